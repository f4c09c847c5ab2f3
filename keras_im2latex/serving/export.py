"""The whole reader as a SavedModel: bytes of pictures in, LaTeX out, everything in the graph."""

from pathlib import Path

import keras
import tensorflow as tf

from keras_im2latex.images import CELL, lay_on_canvas, prepare, read_image
from keras_im2latex.markup.detokenizer_graph import detokenize_graph
from keras_im2latex.models.transcription import token_strings
from keras_im2latex.pixels.picture_error import LARGEST_PREPARED_PICTURE
from keras_im2latex.search_options import MAXIMUM_LENGTH


def export_model(model, folder, *, beam_size=5, maximum_length=MAXIMUM_LENGTH):
    """Writes a SavedModel that reads pictures in any program that has TensorFlow, without this package.

    Two signatures take `image_bytes`, a string tensor `(batch,)` with the contents of one or more PNG and JPEG
    files of any sizes, and give `latex` and `score`:

    - `serving_default`: string and float32 tensors `(batch,)`; the strings are those that `Im2Latex.generate` gives
      for the same pictures with `well_formed=False`, a score is the sum of the tokens' natural log-probabilities;
    - `n_best`: string and float32 tensors `(batch, beam_size)`, best first. Where the model knows fewer formulas,
      the scores of the others are minus infinity.

    A blank picture gets empty strings and the score NaN. A picture that is broken, or so large that
    `prepare_picture` would refuse it, fails its whole batch with `tf.errors.InvalidArgumentError`. The same in two
    stages, for a server that puts pictures of different callers together (`ModelServer`):

    - `prepare`: one picture's `image_bytes`, a string scalar, to its `image`, uint8 `(height, width, 1)`;
    - `read_prepared`: `image`, uint8 `(batch, height, width, 1)`, prepared pictures padded at the right and the bottom
      with 255 to sides that are multiples of 8, and `size`, int32 `(batch, 2)`, their own heights and widths, to
      `latex` and `score` as `n_best` gives them.

    Args:
        model: a `FormulaReader`.
        folder: the folder to write, str or path; made where it is missing. TensorFlow Serving wants it to be
            named by a version number, `im2latex/1`; `export_version` sees to that.
        beam_size: hypotheses kept for each picture; 1 is greedy search.
        maximum_length: tokens after which a formula is cut.

    Returns:
        The folder, a `pathlib.Path`.

    Raises:
        ValueError: `beam_size` or `maximum_length` is below 1.

    Example:
        >>> folder = export_model(Im2Latex.from_preset("standard"), "im2latex/1")
        >>> read = tf.saved_model.load("im2latex/1").signatures["serving_default"]
        >>> read(image_bytes=tf.constant([Path("formula.png").read_bytes()]))["latex"].numpy()
        array([b'E = mc^2'], dtype=object)
    """
    for name, value in (("beam_size", beam_size), ("maximum_length", maximum_length)):
        if value < 1:
            raise ValueError(f"`{name}` must be at least 1. Received: {name}={value}")

    image_spec = tf.TensorSpec([None, None, None, 1], tf.uint8, name="image")
    size_spec = tf.TensorSpec([None, 2], tf.int32, name="size")

    # One function inside all signatures: the search is in the SavedModel once.
    @tf.function(input_signature=[image_spec, size_spec])
    def search(image, size):
        hypotheses = model.search(image, size, beam_size=beam_size, maximum_length=maximum_length)
        text = tf.ensure_shape(token_strings(hypotheses, model.vocabulary.tokens), [None, beam_size])
        blank = tf.reduce_all(image == 255, axis=[1, 2, 3])[:, None]
        scores = tf.ensure_shape(hypotheses.scores, [None, beam_size])
        return tf.where(blank, "", text), tf.where(blank, float("nan"), scores)

    def read_prepared(image, size):
        text, scores = search(image, size)
        return {"latex": detokenize_graph(text), "score": scores}

    def prepare_one(image_bytes):
        return _prepare(image_bytes, model.preparation)

    def n_best(image_bytes):
        return read_prepared(*_prepare_batch(image_bytes, prepare_one))

    def best(image_bytes):
        text, scores = search(*_prepare_batch(image_bytes, prepare_one))
        return {"latex": detokenize_graph(text[:, 0]), "score": scores[:, 0]}

    pictures = tf.TensorSpec([None], tf.string, name="image_bytes")
    picture = tf.TensorSpec([], tf.string, name="image_bytes")
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serving_default", best, input_signature=[pictures])
    archive.add_endpoint("n_best", n_best, input_signature=[pictures])
    archive.add_endpoint("prepare", lambda image_bytes: {"image": prepare_one(image_bytes)}, input_signature=[picture])
    archive.add_endpoint("read_prepared", read_prepared, input_signature=[image_spec, size_spec])
    archive.write_out(str(folder), verbose=False)
    return Path(folder)


def _prepare(picture, options):
    """One prepared image `(height, width, 1)`, of a size that can be afforded."""
    prepared = prepare(read_image(picture), **options)
    limit = tf.debugging.assert_less_equal(
        tf.size(prepared), LARGEST_PREPARED_PICTURE, "picture too large: pixels around its ink"
    )
    with tf.control_dependencies([limit]):
        return tf.identity(prepared)


def _prepare_batch(image_bytes, prepare_one):
    """Images on one canvas `(batch, height, width, 1)` and their sizes `(batch, 2)`."""

    def read_one(picture):
        prepared = prepare_one(picture)
        return tf.reshape(prepared, [-1]), tf.shape(prepared)[:2]

    flat, size = tf.map_fn(
        read_one,
        image_bytes,
        fn_output_signature=(tf.RaggedTensorSpec([None], tf.uint8, ragged_rank=0), tf.TensorSpec([2], tf.int32)),
    )
    largest = tf.reduce_max(tf.concat([size, [[CELL, CELL]]], axis=0), axis=0)
    canvas = (largest + CELL - 1) // CELL * CELL

    def lay_one(picture):
        pixels, size = picture
        return lay_on_canvas(tf.reshape(pixels, [size[0], size[1], 1]), canvas)

    image = tf.map_fn(lay_one, (flat, size), fn_output_signature=tf.TensorSpec([None, None, 1], tf.uint8))
    return image, size
