"""From formulas to the records of a dataset, refusals included."""

import dataclasses
from collections import deque
from collections.abc import Iterable, Iterator

from keras_im2latex.markup import detokenize, tokenize
from keras_im2latex.rendering import render
from tfds_builders.latex_formulas import pictures
from tfds_builders.latex_formulas.formula_files import Formula
from tfds_builders.latex_formulas.picture_config import PictureConfig


@dataclasses.dataclass(frozen=True)
class Record:
    """What became of one formula: an example, or the reason why there is none.

    Attributes:
        key: the formula's key, the same in every build.
        example: the features by name, or `None`.
        refusal: the reason in words that equal cases share, or `None`.
    """

    key: str
    example: dict | None = None
    refusal: str | None = None


def render_records(formulas: Iterable[Formula], config: PictureConfig) -> Iterator[Record]:
    """Renders formulas and makes one record of each.

    Nothing is remembered from one formula to the next: any cut of a file into batches gives the same records.

    Args:
        formulas: the formulas; read as rendering goes on.
        config: how to store pictures, and which to drop.

    Yields:
        A `Record` for each formula. Those refused unrendered may come before their predecessors.
    """
    waiting, refused = deque(), deque()

    def sources():
        for formula in formulas:
            try:
                latex = formula.latex or " ".join(tokenize(formula.raw))
                refusal = _refusal_of_tokens(latex, config)
                source = None if refusal else formula.drawn or detokenize(latex)
            except ValueError as error:
                refusal = str(error).split(" Received:")[0]
            if refusal:
                refused.append(Record(formula.key, refusal=refusal))
                continue
            waiting.append(dataclasses.replace(formula, latex=latex))
            yield source

    for rendering in render(sources(), workers=config.workers):
        yield from _drain(refused)
        yield _record(waiting.popleft(), rendering, config)
    yield from _drain(refused)


def _record(formula, rendering, config):
    if rendering.error:
        return Record(formula.key, refusal=rendering.error)
    height, width = pictures.halved_size(*rendering.image.shape)
    if config.max_height and height > config.max_height:
        return Record(formula.key, refusal=f"higher than {config.max_height} pixels")
    if config.max_width and width > config.max_width:
        return Record(formula.key, refusal=f"wider than {config.max_width} pixels")
    example = {"latex": formula.latex, "index": formula.index}
    example.update((name, formula.columns.get(name, "")) for name in config.columns)
    if config.prepared:
        example["image"] = pictures.encode_16_grey_png(pictures.pad_and_downsample(rendering.image))
    else:
        example["image"] = pictures.encode_png(rendering.image)
        example["raw"] = formula.raw
    return Record(formula.key, example)


def _refusal_of_tokens(latex, config):
    if not latex:
        return "no tokens"
    if config.max_tokens and len(latex.split()) > config.max_tokens:
        return f"more than {config.max_tokens} tokens"
    return None


def _drain(queue):
    while queue:
        yield queue.popleft()
