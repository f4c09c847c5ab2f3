"""From a paper to the formulas of a dataset: what a Beam worker does before rendering."""

import hashlib
from collections.abc import Iterator

from keras_im2latex.markup.extraction import KINDS, Paper, UnreadablePaper, extract_papers
from keras_im2latex.markup.normalization import NormalizationError, normalize
from tfds_builders.arxiv_formulas.arxiv_formulas_config import ArxivFormulasConfig
from tfds_builders.latex_formulas.formula_files import Formula

# Where refusals are counted that belong to no split.
UNREADABLE, PROBLEMS = "unreadable_papers", "problems"


def normalized_formulas(
    paper: Paper | UnreadablePaper, config: ArxivFormulasConfig
) -> Iterator[Formula | tuple[str, str]]:
    """Finds a paper's formulas and brings them to one spelling.

    Args:
        paper: the paper.
        config: which formulas to take, and how to normalize them.

    Yields:
        A `Formula` for each to be rendered; for each other a pair of where it is counted (its split) and the reason.
    """
    (extracted,) = extract_papers([paper])
    if extracted.error is not None:
        yield UNREADABLE, extracted.error
        return
    name = paper.name.partition("/")[2] or paper.name  # whatever the folder of papers is called
    split = split_of(name, config.validation_percent)
    for index, found in enumerate(extracted.formulas):
        if found.kind not in KINDS:
            yield PROBLEMS, found.dropped
        elif found.kind not in config.kinds:
            continue
        elif found.dropped is not None:
            yield split, found.dropped
        else:
            latex, refusal = _normalized(found.latex, config)
            if refusal:
                yield split, refusal
                continue
            columns = {"paper": name, "kind": found.kind, "environment": found.environment, "file": found.file}
            drawn = found.latex if config.normalization == "im2markup" else ""
            yield Formula(name, index, split, latex, found.latex, columns, drawn)


def split_of(paper: str, validation_percent: int) -> str:
    """The split a paper belongs to, by a hash of its name: the same whatever other papers there are."""
    place = int.from_bytes(_digest(paper)[:8], "big") / 2**64
    return "validation" if 100 * place < validation_percent else "train"


def order_of(formula: Formula) -> tuple[bytes, str, int]:
    """What formulas are ordered by: which of several equal ones is kept must not hang on which is read first."""
    return _digest(formula.file), formula.file, formula.index


def _normalized(latex, config):
    try:
        normalized = normalize(latex, mode=config.normalization)
    except NormalizationError as error:
        return "", error.reason
    if config.min_tokens and len(normalized.split()) < config.min_tokens:
        return "", f"fewer than {config.min_tokens} tokens"
    return normalized, "" if normalized else "no tokens"


def _digest(paper):
    return hashlib.sha256(paper.encode("utf-8", "surrogatepass")).digest()
