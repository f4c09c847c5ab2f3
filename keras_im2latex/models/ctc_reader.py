"""The CTC baseline: a convolutional-recurrent reader that goes from left to right once."""

import keras
import tensorflow as tf

from keras_im2latex.decoding import Hypotheses
from keras_im2latex.layers import ColumnMaximum, ConvolutionalEncoder, RowEncoder
from keras_im2latex.markup import Vocabulary
from keras_im2latex.models.reader import FormulaReader
from keras_im2latex.search_options import LENGTH_PENALTY, MAXIMUM_LENGTH

BLANK_ID = Vocabulary.SPECIAL_TOKENS.index("<pad>")
"""The class that stands for no token; padding has no other use here."""


@keras.saving.register_keras_serializable(package="keras_im2latex")
class CtcReader(FormulaReader):
    """Convolutions, two bidirectional LSTMs over the columns, and connectionist temporal classification.

    It can write at most a token for each 4 pixels of width, in the order of the columns: what stands above what is
    lost to it, which is what the paper shows with it.

    Args:
        vocabulary: a `Vocabulary`, or the tokens of one without the special ones.
        filters: output channels of the six convolutions.
        units: LSTM cells in each direction.
        dropout: share of the LSTMs' outputs dropped in training.

    Call arguments:
        image: uint8 or float tensor `(batch, height, width, 1)`, as in `Im2Latex`.
        size: int32 tensor `(batch, 2)`.

    Returns:
        Float32 logits `(batch, width / 4, len(vocabulary))`, blank where a picture has ended.

    Example:
        >>> reader = CtcReader(["a", "b"])
        >>> reader({"image": tf.fill((1, 32, 128, 1), 255), "size": tf.constant([[32, 128]])}).shape
        TensorShape([1, 32, 6])

    Reference:
        Shi, Bai, Yao: An End-to-End Trainable Neural Network for Image-based Sequence Recognition, 2015; the row
        "CTC" of Deng et al., ICML 2017, Table 2.
    """

    def __init__(self, vocabulary, filters=(64, 128, 256, 256, 512, 512), units=256, dropout=0.0, dtype=None, **kwargs):
        if not isinstance(vocabulary, Vocabulary):
            vocabulary = Vocabulary(vocabulary)

        # === Layers ===
        pools = ((2, 2), (2, 2), None, (2, 1), None, None)
        encoder = ConvolutionalEncoder(filters, pools=pools, dtype=dtype, name="convolutional_encoder")
        columns = ColumnMaximum(dtype=dtype, name="columns")
        recurrent = [
            RowEncoder(units, positional_states=False, dtype=dtype, name=f"recurrent_{number}") for number in (1, 2)
        ]
        drop = keras.layers.Dropout(dropout, dtype=dtype, name="dropout")
        classify = Classify(len(vocabulary), dtype=dtype, name="classify")

        # === Functional model ===
        image = keras.Input((None, None, 1), dtype="uint8", name="image")
        size = keras.Input((2,), dtype="int32", name="size")
        row, inside = columns(*encoder(image, size))
        for layer in recurrent:
            row = drop(layer(row, inside))
        logits = classify(row, inside)
        super().__init__(inputs={"image": image, "size": size}, outputs=logits, **kwargs)

        # === Config ===
        self.vocabulary = vocabulary
        self.filters = tuple(filters)
        self.units = units
        self.dropout = dropout

    def search(
        self, image, size, *, beam_size=5, n_best=None, maximum_length=MAXIMUM_LENGTH, length_penalty=LENGTH_PENALTY
    ):
        """Searches formulas; see `FormulaReader.search`. Scores are those of all paths that give the formula.

        With `beam_size` 1 the score is that of the best path alone. `length_penalty` changes nothing.
        """
        log_probabilities = tf.nn.log_softmax(self({"image": image, "size": size}, training=False))
        steps = tf.fill([tf.shape(image)[0]], tf.shape(log_probabilities)[1])
        inputs = tf.transpose(log_probabilities, [1, 0, 2])
        if beam_size == 1:
            decoded, negative = tf.nn.ctc_greedy_decoder(inputs, steps, blank_index=BLANK_ID)
            tokens, scores = self._close(decoded[0], maximum_length)[:, None], -negative
        else:
            # This operation's blank is the last class.
            inputs = tf.concat([inputs[..., BLANK_ID + 1 :], inputs[..., BLANK_ID : BLANK_ID + 1]], axis=-1)
            decoded, scores = tf.nn.ctc_beam_search_decoder(inputs, steps, beam_width=beam_size, top_paths=beam_size)
            paths = [self._close(path, maximum_length, BLANK_ID + 1) for path in decoded]
            longest = tf.reduce_max([tf.shape(path)[1] for path in paths])
            tokens = tf.stack([tf.pad(path, [[0, 0], [0, longest - tf.shape(path)[1]]]) for path in paths], axis=1)
        return Hypotheses(tokens, scores)

    def _close(self, path, maximum_length, offset=0):
        """A sparse matrix of class numbers as dense ids, with the end token after each formula that is not cut."""
        ids = tf.cast(tf.sparse.to_dense(path, default_value=-1), tf.int32)
        lengths = tf.minimum(tf.reduce_sum(tf.cast(ids >= 0, tf.int32), axis=1), maximum_length)
        ids = tf.pad(tf.where(ids >= 0, ids + offset, 0), [[0, 0], [0, 1]])[:, :maximum_length]
        ends = self.vocabulary.end_id * tf.one_hot(lengths, tf.shape(ids)[1], dtype=tf.int32)
        return ids + ends

    def get_config(self):
        """The constructor's arguments."""
        return {
            "name": self.name,
            "vocabulary": list(self.vocabulary.tokens[len(Vocabulary.SPECIAL_TOKENS) :]),
            "filters": self.filters,
            "units": self.units,
            "dropout": self.dropout,
        }


@keras.saving.register_keras_serializable(package="keras_im2latex")
class Classify(keras.layers.Layer):
    """Logits of each column's class; beyond the picture the blank is certain, so that lengths need not be known.

    Args:
        classes: number of classes.

    Call arguments:
        row: tensor `(batch, 1, columns, channels)`.
        mask: bool tensor `(batch, 1, columns)`.

    Returns:
        A float32 tensor `(batch, columns, classes)`.

    Example:
        >>> Classify(9)(tf.ones((2, 1, 40, 512)), tf.ones((2, 1, 40), bool)).shape
        TensorShape([2, 40, 9])
    """

    def __init__(self, classes, **kwargs):
        super().__init__(**kwargs)
        self.classes = classes

    def build(self, row_shape, mask_shape=None):
        """Creates the matrix and the bias."""
        self.kernel = self.add_weight(shape=(row_shape[-1], self.classes), name="kernel")
        self.bias = self.add_weight(shape=(self.classes,), initializer="zeros", name="bias")
        self.built = True

    def call(self, row, mask):
        """The logits; see the class."""
        logits = tf.einsum("bci,ij->bcj", tf.cast(row[:, 0], tf.float32), tf.cast(self.kernel, tf.float32))
        certain = tf.where(tf.range(self.classes) == BLANK_ID, 0.0, -1e9)
        return tf.where(mask[:, 0, :, None], logits + tf.cast(self.bias, tf.float32), certain)

    def compute_output_shape(self, row_shape, mask_shape=None):
        """Shape of the logits."""
        return (row_shape[0], row_shape[2], self.classes)

    def compute_output_spec(self, row, mask):
        """Shape and dtype of the logits."""
        return keras.KerasTensor(self.compute_output_shape(row.shape), "float32")

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "classes": self.classes}
