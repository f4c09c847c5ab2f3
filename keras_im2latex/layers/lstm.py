"""The recurrent part of an LSTM, for loops whose input projections are computed outside."""

import tensorflow as tf


def lstm_step(gates, cell):
    """One LSTM step from the summed projections of input and hidden state.

    Args:
        gates: tensor `(..., 4 * units)`: input, forget, candidate and output gate before their nonlinearities.
        cell: float32 tensor `(..., units)`, the cell before the step.

    Returns:
        A pair: the hidden state in the dtype of `gates`, and the cell in float32, which is where sums of many
        steps are kept.

    Reference:
        Hochreiter & Schmidhuber 1997; forget gate of Gers et al. 2000.
    """
    input_gate, forget_gate, candidate, output_gate = tf.split(tf.cast(gates, tf.float32), 4, axis=-1)
    cell = tf.sigmoid(forget_gate) * cell + tf.sigmoid(input_gate) * tf.tanh(candidate)
    hidden = tf.sigmoid(output_gate) * tf.tanh(cell)
    return tf.cast(hidden, gates.dtype), cell
