"""The whole reader as a SavedModel: bytes of pictures in, LaTeX out, everything in the graph."""

from pathlib import Path

import keras
import tensorflow as tf

from keras_im2latex.images import CELL, lay_on_canvas, prepare, read_image
from keras_im2latex.images.pictures import LARGEST_PREPARED_PICTURE
from keras_im2latex.markup.detokenizer_graph import detokenize_graph
from keras_im2latex.models.transcription import MAXIMUM_LENGTH, token_strings


def export_model(model, folder, *, beam_size=5, maximum_length=MAXIMUM_LENGTH):
    """Writes a SavedModel that reads pictures in any program that has TensorFlow, without this package.

    Its signature `serving_default` takes `image_bytes`, a string tensor `(batch,)` with the contents of one
    or more PNG and JPEG files of any sizes, and gives a dict of

    - `latex`: string tensor `(batch,)`, what `Im2Latex.generate` gives for the same pictures;
    - `score`: float32 tensor `(batch,)`, the sum of the tokens' natural log-probabilities.

    A blank picture gets an empty string and the score NaN. A picture that is broken, or so large that
    `prepare_picture` would refuse it, fails its whole batch with `tf.errors.InvalidArgumentError`.

    Args:
        model: a `FormulaReader`.
        folder: the folder to write, str or path; made where it is missing. TensorFlow Serving wants it to be
            named by a version number, `im2latex/1`.
        beam_size: hypotheses kept for each picture; 1 is greedy search.
        maximum_length: tokens after which a formula is cut.

    Returns:
        The folder, a `pathlib.Path`.

    Raises:
        ValueError: `beam_size` or `maximum_length` is below 1.

    Example:
        >>> export_model(Im2Latex.from_preset("standard"), "im2latex/1")
        >>> read = tf.saved_model.load("im2latex/1").signatures["serving_default"]
        >>> read(image_bytes=tf.constant([Path("formula.png").read_bytes()]))["latex"].numpy()
        array([b'E = m c^2'], dtype=object)
    """
    for name, value in (("beam_size", beam_size), ("maximum_length", maximum_length)):
        if value < 1:
            raise ValueError(f"`{name}` must be at least 1. Received: {name}={value}")

    def read(image_bytes):
        image, size, blank = _prepare_batch(image_bytes)
        hypotheses = model.search(image, size, beam_size=beam_size, maximum_length=maximum_length)
        latex = detokenize_graph(token_strings(hypotheses, model.vocabulary.tokens)[:, 0])
        return {
            "latex": tf.where(blank, "", latex),
            "score": tf.where(blank, float("nan"), hypotheses.scores[:, 0]),
        }

    archive = keras.export.ExportArchive()
    archive.track(model)
    signature = [tf.TensorSpec([None], tf.string, name="image_bytes")]
    archive.add_endpoint("serving_default", read, input_signature=signature)
    archive.write_out(str(folder), verbose=False)
    return Path(folder)


def _prepare_batch(image_bytes):
    """Images on one canvas `(batch, height, width, 1)`, their sizes `(batch, 2)`, and which are blank."""

    def read_one(picture):
        prepared = prepare(read_image(picture))
        size = tf.shape(prepared)[:2]
        limit = tf.debugging.assert_less_equal(
            tf.reduce_prod(size), LARGEST_PREPARED_PICTURE, "picture too large: pixels around its ink"
        )
        with tf.control_dependencies([limit]):
            return tf.reshape(prepared, [-1]), size, tf.reduce_all(prepared == 255)

    flat, size, blank = tf.map_fn(
        read_one,
        image_bytes,
        fn_output_signature=(
            tf.RaggedTensorSpec([None], tf.uint8, ragged_rank=0),
            tf.TensorSpec([2], tf.int32),
            tf.TensorSpec([], tf.bool),
        ),
    )
    largest = tf.reduce_max(tf.concat([size, [[CELL, CELL]]], axis=0), axis=0)
    canvas = (largest + CELL - 1) // CELL * CELL

    def lay_one(picture):
        pixels, size = picture
        return lay_on_canvas(tf.reshape(pixels, [size[0], size[1], 1]), canvas)

    image = tf.map_fn(lay_one, (flat, size), fn_output_signature=tf.TensorSpec([None, None, 1], tf.uint8))
    return image, size, blank
