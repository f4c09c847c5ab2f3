"""The stages of the Beam pipeline: plain functions of this module, so that any runner's workers can import them."""

import json
from collections import Counter
from collections.abc import Iterable

import apache_beam as beam
from etils import epath

from tfds_builders.arxiv_formulas.arxiv_formulas_config import ArxivFormulasConfig
from tfds_builders.arxiv_formulas.paper_formulas import normalized_formulas, order_of
from tfds_builders.latex_formulas.formula_files import Formula
from tfds_builders.latex_formulas.records import render_records

REFUSED = "refused"


def paper_to_formulas(paper, config: ArxivFormulasConfig):
    """Finds a paper's formulas; a pair (where to count, reason) for those refused goes to the output `REFUSED`."""
    for outcome in normalized_formulas(paper, config):
        yield outcome if isinstance(outcome, Formula) else beam.pvalue.TaggedOutput(REFUSED, outcome)


def with_occurrences(formula: Formula):
    """Keys a formula by its tokens, together with how often it occurs in which split."""
    return formula.latex, (formula, Counter([formula.split]))


def first_of_equals(equals: Iterable[tuple[Formula, Counter]]):
    """The first of formulas with the same tokens, and how often they occur in which split."""
    first, occurrences = None, Counter()
    for formula, counts in equals:
        occurrences.update(counts)
        if first is None or order_of(formula) < order_of(first):
            first = formula
    return first, occurrences


def repetitions(keyed):
    """A pair (split, reason) for each formula that is left out because another is equal to it."""
    _, (first, occurrences) = keyed
    for split, count in (occurrences - Counter([first.split])).items():
        yield from [(split, "seen before")] * count


def formula_of(keyed):
    """Keys the formula that was kept by its paper: a paper is rendered at once."""
    formula = keyed[1][0]
    return formula.file, formula


def formulas_to_examples(keyed, config: ArxivFormulasConfig):
    """Renders a paper's formulas. Yields (split, (key, example)), and refusals as `paper_to_formulas` does."""
    formulas = sorted(keyed[1], key=order_of)
    splits = {formula.key: formula.split for formula in formulas}
    for record in render_records(formulas, config):
        if record.refusal:
            yield beam.pvalue.TaggedOutput(REFUSED, (splits[record.key], record.refusal))
        else:
            yield splits[record.key], (record.key, record.example)


def is_of_split(keyed, split: str) -> bool:
    """Whether an example belongs to a split."""
    return keyed[0] == split


def example_of(keyed):
    """An example without its split."""
    return keyed[1]


def write_counts(counts: dict, path: str):
    """Writes how many formulas were refused where and why, as JSON."""
    nested = {}
    for (where, reason), count in sorted(counts.items()):
        nested.setdefault(where, {})[reason] = count
    epath.Path(path).write_text(json.dumps(nested))
