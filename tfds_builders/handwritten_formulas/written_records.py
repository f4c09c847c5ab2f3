"""From formulas to the records of a handwritten dataset, refusals included."""

import collections
import dataclasses
import itertools
import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from keras_im2latex.images import PADDING
from keras_im2latex.markup import detokenize, tokenize
from keras_im2latex.rendering import encode_png, typeset
from tfds_builders.crohme.handwritten_form import handwritten_form
from tfds_builders.crohme.stroke_pictures import draw_strokes, pen_width, scale_strokes
from tfds_builders.handwritten_formulas.handwriting import Handwriting
from tfds_builders.handwritten_formulas.printed_symbols import printed_symbols
from tfds_builders.latex_formulas import pictures
from tfds_builders.latex_formulas.formula_files import Formula

_BATCH = 250  # formulas a TeX run
_AHEAD = 2  # batches that wait for each process

# Fonts of packages that the page lacks; by hand they are written as these.
_PLAINER = {"\\bm": "\\boldsymbol", "\\mathds": "\\mathbb", "\\mathbbm": "\\mathbb", "\\mathscr": "\\mathcal"}


@dataclasses.dataclass(frozen=True)
class WrittenRecord:
    """What became of one formula: an example, or the reason why there is none.

    Attributes:
        key: the formula's key, the same in every build.
        example: the features by name, or `None`.
        refusal: the reason in words that equal cases share, or `None`.
        unsampled: names of its printed symbols of which there is no handwritten sample, in alphabetic order.
    """

    key: str
    example: dict | None = None
    refusal: str | None = None
    unsampled: tuple[str, ...] = ()


def write_records(formulas: Iterable[Formula], config, samples) -> Iterator[WrittenRecord]:
    """Writes formulas by hand and makes one record of each.

    What a formula looks like depends on its key and the config alone: any cut of a file, and any number of processes,
    gives the same records.

    Args:
        formulas: the formulas; read as writing goes on.
        config: `HandwrittenFormulasConfig`.
        samples: `SymbolSamples`.

    Yields:
        A `WrittenRecord` for each formula, in their order.
    """
    iterator = iter(formulas)
    batches = iter(lambda: list(itertools.islice(iterator, _BATCH)), [])
    if config.workers == 1:
        for batch in batches:
            yield from _write_batch(batch, config, samples)
        return
    context = multiprocessing.get_context("spawn")  # TensorFlow's threads survive no fork
    with ProcessPoolExecutor(config.workers, context, _keep, (config, samples)) as pool:
        waiting = collections.deque()
        for batch in batches:
            waiting.append(pool.submit(_write_kept, batch))
            if len(waiting) > _AHEAD * config.workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


_kept = []


def _keep(*kept):
    _kept[:] = kept


def _write_kept(batch):
    return _write_batch(batch, *_kept)


def _write_batch(formulas, config, samples):
    records, sources = {}, []
    for formula in formulas:
        try:
            tokens = formula.latex.split() or tokenize(formula.raw)
            written = " ".join(tokens)
            target = handwritten_form(written) if config.form == "handwritten" else written
            refusal = _refusal_of_tokens(target, config)
        except ValueError as error:
            refusal = str(error).split(" Received:")[0]
        if refusal:
            records[formula.key] = WrittenRecord(formula.key, refusal=refusal)
        else:
            drawn = formula.drawn or detokenize(_PLAINER.get(token, token) for token in tokens)
            sources.append((formula, target, drawn))
    typesettings = typeset((drawn for _, _, drawn in sources), batch_size=_BATCH)
    for (formula, target, _), typesetting in zip(sources, typesettings):
        records[formula.key] = _record(formula, target, typesetting, config, samples)
    return [records[formula.key] for formula in formulas]


def _record(formula, target, typesetting, config, samples):
    key = formula.key
    if typesetting.error:
        return WrittenRecord(key, refusal=typesetting.error)
    try:
        symbols = printed_symbols(typesetting, samples.labels)
    except ValueError as error:
        return WrittenRecord(key, refusal=str(error))
    if not symbols:
        return WrittenRecord(key, refusal="blank")
    unsampled = tuple(sorted({symbol.name for symbol in symbols if symbol.label is None}))
    if unsampled and config.unsampled == "refuse":
        return WrittenRecord(key, refusal="a symbol without a sample", unsampled=unsampled)
    hand = Handwriting(samples, f"{config.seed} {key}", config.habits)
    strokes = hand.write(symbols)
    if config.symbol_size is not None:
        strokes, _ = scale_strokes(strokes, symbol_size=config.symbol_size * hand.size)
    extent = np.ptp(np.concatenate(strokes), axis=0)
    border = 2 * PADDING + hand.pen + 2
    smaller = min(1.0, *(np.array([2 * config.max_width, 2 * config.max_height]) - border) / np.maximum(extent, 1))
    if smaller < config.smallest:
        return WrittenRecord(key, refusal="too large", unsampled=unsampled)
    image = draw_strokes([stroke * smaller for stroke in strokes], pen_width(hand.pen, smaller))
    image = pictures.encode_16_grey_png(pictures.pad_and_downsample(image)) if config.prepared else encode_png(image)
    example = {"image": image, "latex": target, "index": formula.index, "unsampled": " ".join(unsampled)}
    example.update((name, formula.columns.get(name, "")) for name in config.columns)
    return WrittenRecord(key, example, unsampled=unsampled)


def _refusal_of_tokens(latex, config):
    if not latex:
        return "no tokens"
    if config.max_tokens and len(latex.split()) > config.max_tokens:
        return f"more than {config.max_tokens} tokens"
    return None
