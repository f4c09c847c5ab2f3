"""From formulas to the records of a dataset, refusals included."""

import dataclasses
from collections import deque
from collections.abc import Iterable, Iterator

from keras_im2latex.markup import detokenize
from keras_im2latex.rendering import Page, PageVariety, render
from tfds_builders.latex_formulas import pictures
from tfds_builders.latex_formulas.formula_files import Formula, tokens_of
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


def render_records(formulas: Iterable[Formula], config: PictureConfig, draw=render, habits=None) -> Iterator[Record]:
    """Renders formulas and makes one record of each.

    Nothing is remembered from one formula to the next: any cut of a file into batches gives the same records.

    Args:
        formulas: the formulas; read as rendering goes on.
        config: how to draw and store pictures, and which to drop.
        draw: what draws, called as `keras_im2latex.rendering.render`.
        habits: `Habits` of the authors who type each formula anew, or None.

    Yields:
        A `Record` for each formula. Those refused unrendered may come before their predecessors.
    """
    waiting, refused = deque(), deque()

    def sources():
        for formula in formulas:
            try:
                latex = tokens_of(formula, habits)
                refusal = _refusal_of_tokens(latex, config)
                source = None if refusal else formula.drawn or detokenize(latex)
            except ValueError as error:
                refusal = str(error).split(" Received:")[0]
            if refusal:
                refused.append(Record(formula.key, refusal=refusal))
                continue
            waiting.append(dataclasses.replace(formula, latex=latex))
            yield source

    page = Page() if config.variety is None else PageVariety(**config.variety)
    for rendering in draw(sources(), page, workers=config.workers):
        yield from _drain(refused)
        yield _record(waiting.popleft(), rendering, config)
    yield from _drain(refused)


def _record(formula, rendering, config):
    if rendering.error:
        return Record(formula.key, refusal=rendering.error)
    image = rendering.image
    height, width = pictures.halved_size(*image.shape)
    if config.max_height and height > config.max_height:
        return Record(formula.key, refusal=f"higher than {config.max_height} pixels")
    if config.max_width and width > config.max_width:
        return Record(formula.key, refusal=f"wider than {config.max_width} pixels")
    example = {"latex": formula.latex, "index": formula.index}
    example.update((name, formula.columns.get(name, "")) for name in config.columns)
    if config.prepared:
        example["image"] = pictures.encode_16_grey_png(pictures.pad_and_downsample(image))
    else:
        example["image"] = rendering.png
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
