"""A bidirectional LSTM that reads each row of the grid from an initial state of its own."""

import keras
import tensorflow as tf

from keras_im2latex.layers.lstm import run_lstm


@keras.saving.register_keras_serializable(package="keras_im2latex")
class RowEncoder(keras.layers.Layer):
    """Runs one bidirectional LSTM over each row of a feature grid, the paper's row encoder.

    The same weights read every row; what tells rows apart is a trainable initial state for each, the paper's
    positional embedding. Rows beyond `maximum_rows` start from the last one's state. Both directions run in one
    loop, and their input projections are computed before it.

    Args:
        units: LSTM cells in each direction.
        maximum_rows: rows that have an initial state of their own.
        positional_states: whether initial states are trained; otherwise rows start from zero.

    Call arguments:
        features: tensor `(batch, rows, columns, channels)`.
        mask: bool tensor `(batch, rows, columns)`; False cells, all at the end of a row, leave the state as it is.

    Returns:
        A tensor `(batch, rows, columns, 2 * units)`: forward and backward outputs side by side.

    Example:
        >>> RowEncoder(256)(tf.zeros((2, 4, 16, 512)), tf.ones((2, 4, 16), bool)).shape
        TensorShape([2, 4, 16, 512])

    Reference:
        Deng et al., ICML 2017, section 3, "Row Encoder".
    """

    def __init__(self, units=256, maximum_rows=20, positional_states=True, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.maximum_rows = maximum_rows
        self.positional_states = positional_states

    def build(self, features_shape, mask_shape=None):
        """Creates kernels, biases and initial states; the leading axis of 2 is the direction."""
        channels, units = features_shape[-1], self.units
        self.kernel = self.add_weight(
            shape=(2, channels, 4 * units), initializer=_glorot(channels, 4 * units), name="kernel"
        )
        self.recurrent_kernel = self.add_weight(
            shape=(2, units, 4 * units), initializer=_glorot(units, 4 * units), name="recurrent_kernel"
        )
        self.bias = self.add_weight(shape=(2, 4 * units), initializer="zeros", name="bias")
        if self.positional_states:
            self.initial_states = self.add_weight(
                shape=(self.maximum_rows, 2, 2, units), initializer="zeros", name="initial_states"
            )
        self.built = True

    def call(self, features, mask):
        """Encodes the rows; see the class."""
        shape = tf.shape(features)
        batch, rows, columns = shape[0], shape[1], shape[2]
        projected = tf.einsum("brci,dij->cdbrj", features, self.kernel) + self.bias[None, :, None, None]
        # The backward direction reads the columns from the last to the first.
        projected = tf.stack([projected[:, 0], tf.reverse(projected[:, 1], [0])], axis=1)
        inside = tf.transpose(mask, [2, 0, 1])
        inside = tf.stack([inside, tf.reverse(inside, [0])], axis=1)
        projected = tf.reshape(projected, [columns, 2, batch * rows, 4 * self.units])
        inside = tf.reshape(inside, [columns, 2, batch * rows, 1])
        recurrent_kernel = tf.cast(self.recurrent_kernel, projected.dtype)
        outputs = run_lstm(projected, recurrent_kernel, inside, *self._initial_state(batch, rows))
        outputs = tf.reshape(outputs, [columns, 2, batch, rows, self.units])
        encoded = tf.concat([outputs[:, 0], tf.reverse(outputs[:, 1], [0])], axis=-1)
        encoded = tf.transpose(encoded, [1, 2, 0, 3])
        return tf.ensure_shape(encoded, [*features.shape[:3], 2 * self.units])

    def _initial_state(self, batch, rows):
        """Hidden state and cell, `(2, batch * rows, units)` each."""
        shape = (2, batch * rows, self.units)
        if not self.positional_states:
            return tf.zeros(shape, self.compute_dtype), tf.zeros(shape, tf.float32)
        row = tf.minimum(tf.range(rows), self.maximum_rows - 1)
        states = tf.transpose(tf.gather(self.initial_states, row), [2, 1, 0, 3])[:, :, None]
        states = tf.reshape(tf.tile(states, [1, 1, batch, 1, 1]), (2, *shape))
        return tf.cast(states[0], self.compute_dtype), tf.cast(states[1], tf.float32)

    def compute_output_shape(self, features_shape, mask_shape=None):
        """Shape of the encoded grid."""
        return (*features_shape[:3], 2 * self.units)

    def get_config(self):
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "maximum_rows": self.maximum_rows,
            "positional_states": self.positional_states,
        }


def _glorot(inputs, outputs):
    """Glorot's uniform initializer for each direction's own matrix, not for the stack of two."""
    limit = (6.0 / (inputs + outputs)) ** 0.5
    return keras.initializers.RandomUniform(-limit, limit)
