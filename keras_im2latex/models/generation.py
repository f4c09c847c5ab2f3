"""Reads any number of pictures, a batch of similar sizes at a time."""

import concurrent.futures

import tensorflow as tf
from tqdm import tqdm

from keras_im2latex.best_readings import best_readings
from keras_im2latex.images import PictureError, prepare_picture, read_picture
from keras_im2latex.models.batches import batches_of_similar_size, pad_batch
from keras_im2latex.models.transcription import token_strings
from keras_im2latex.pixels import crop_to_ink
from keras_im2latex.pixels.picture_source import is_one
from keras_im2latex.reading import Reading
from keras_im2latex.search_options import LENGTH_PENALTY, MAXIMUM_LENGTH, check_options
from keras_im2latex.verification import Verifier, verified_readings

_SIGNATURE = [tf.TensorSpec([None, None, None, 1], tf.uint8), tf.TensorSpec([None, 2], tf.int32)]

WINDOW = 512
"""Pictures that are sorted by size at a time, so that a batch holds similar ones."""


def generate(
    model,
    pictures,
    *,
    beam_size=5,
    n_best=1,
    batch_size=32,
    maximum_length=MAXIMUM_LENGTH,
    length_penalty=LENGTH_PENALTY,
    well_formed=True,
    already_downsampled=False,
    verify=False,
    on_error="raise",
    progress=False,
):
    """Reads pictures of formulas.

    A picture is read alike alone and among any others.

    Args:
        model: a `FormulaReader`.
        pictures: one picture or an iterable of them; see `prepare_picture` for what a picture may be.
        beam_size: hypotheses kept for each picture; 1 is greedy search.
        n_best: readings returned for each picture, at most `beam_size`; all but the best as its `alternatives`.
        batch_size: pictures read at once; fewer where they are large.
        maximum_length: tokens after which a formula is cut.
        length_penalty: exponent of the length by which hypotheses' sums of log-probabilities are divided when they
            are compared; 0 is the paper's way, which favours short formulas.
        well_formed: whether readings that compile are preferred: arrays get the columns that their rows have, and where
            the best hypothesis is not well formed even so, the first of the beam that is takes its place. False gives
            the search alone.
        already_downsampled: the pictures are at 100 dots an inch instead of 200.
        verify: whether to draw all hypotheses of the beam and order them by how well their drawings match the picture;
            see `Verifier`. Needs TeX; the wider the beam, the more there is to choose from.
        on_error: "raise", or "keep" to give an unreadable picture a `Reading` with its `error`.
        progress: whether to show a bar on standard error.

    Returns:
        A `Reading`, or a list of them in the order of the pictures.

    Raises:
        PictureError: a picture can't be read, and `on_error` is "raise".
        MissingTeX: `verify` is asked for, and TeX or dvipng is not installed.
        ValueError: an option is out of its range.

    Example:
        >>> model = Im2Latex.from_preset("standard")
        >>> [reading.latex for reading in model.generate(["first.png", "second.png"])]
        ['x^2', '\\alpha']
    """
    handwriting = getattr(model, "handwriting", False)
    check_options(beam_size=beam_size, n_best=n_best, on_error=on_error, verify=verify, handwriting=handwriting)
    single = is_one(pictures)
    verifier = Verifier(halved=already_downsampled) if verify else None
    wanted = beam_size if verify else n_best
    confidence = getattr(model, "confidence", None)
    how = {"beam_size": beam_size, "length_penalty": length_penalty, "well_formed": well_formed}

    def search(pictures, count):
        found = _search_function(model, beam_size, count, maximum_length, length_penalty)
        return _hypotheses(found, pictures, count)

    sources = [pictures] if single else pictures
    total = len(sources) if hasattr(sources, "__len__") else None
    readings = []
    with tqdm(total=total, unit="picture", disable=not progress) as bar:
        for window in _windows(sources, max(WINDOW, batch_size)):
            prepared, found = _prepare_all(model, window, already_downsampled, on_error)
            sizes = {index: picture.shape[:2] for index, picture in prepared.items()}
            for chosen in batches_of_similar_size(sizes, batch_size):
                batch = [prepared[index] for index in chosen]
                batch = best_readings(search, batch, n_best=wanted, confidence=confidence, **how)
                found.update(zip(chosen, batch))
                bar.update(len(chosen))
            if verifier:
                inks = [crop_to_ink(read_picture(window[index]).numpy()[..., 0]) for index in prepared]
                unverified = [found[index] for index in prepared]
                found.update(zip(prepared, verified_readings(verifier, unverified, inks, n_best, confidence)))
            bar.update(len(window) - len(prepared))
            readings.extend(found[index] for index in range(len(window)))
    return readings[0] if single else readings


def _hypotheses(search, pictures, count):
    """For each picture its best hypotheses, pairs of tokens and score."""
    text, scores = search(*pad_batch(pictures))
    return [
        [(tuple(one.decode().split()), float(score)) for one, score in zip(*row)]
        for row in zip(text.numpy()[:, :count], scores.numpy()[:, :count])
    ]


def _search_function(model, beam_size, n_best, maximum_length, length_penalty):
    """The traced search, kept with the model so that later calls find it compiled."""
    searches = model.__dict__.setdefault("_searches", {})
    key = (beam_size, n_best, maximum_length, length_penalty)
    if key not in searches:

        @tf.function(input_signature=_SIGNATURE)
        def search(image, size):
            hypotheses = model.search(
                image,
                size,
                beam_size=beam_size,
                n_best=n_best,
                maximum_length=maximum_length,
                length_penalty=length_penalty,
            )
            return token_strings(hypotheses, model.vocabulary.tokens), hypotheses.scores

        searches[key] = search
    return searches[key]


def _windows(sources, size):
    window = []
    for source in sources:
        window.append(source)
        if len(window) == size:
            yield window
            window = []
    if window:
        yield window


def _prepare_all(model, window, already_downsampled, on_error):
    options = getattr(model, "preparation", {})

    def prepare(picture):
        try:
            return prepare_picture(picture, already_downsampled, **options)
        except PictureError as error:
            return error

    # Decoding and resampling let go of the interpreter.
    with concurrent.futures.ThreadPoolExecutor() as threads:
        results = list(threads.map(prepare, window))
    prepared, failed = {}, {}
    for index, result in enumerate(results):
        if not isinstance(result, PictureError):
            prepared[index] = result
        elif on_error == "raise":
            raise result
        else:
            failed[index] = Reading(error=str(result))
    return prepared, failed
