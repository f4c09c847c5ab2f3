import numpy as np
import tensorflow as tf
from plain_numpy import lstm

from keras_im2latex.layers.lstm import lstm_step


def test_a_step_is_the_textbook_lstm():
    generator = np.random.default_rng(0)
    inputs, hidden, cell = generator.normal(size=3), generator.normal(size=4), generator.normal(size=4)
    kernel, recurrent = generator.normal(size=(3, 16)), generator.normal(size=(4, 16))
    bias = generator.normal(size=16)
    expected_hidden, expected_cell = lstm(inputs, hidden, cell, kernel, recurrent, bias)

    gates = tf.constant(inputs @ kernel + hidden @ recurrent + bias, tf.float32)
    new_hidden, new_cell = lstm_step(gates, tf.constant(cell, tf.float32))
    np.testing.assert_allclose(new_hidden, expected_hidden, rtol=0, atol=1e-6)
    np.testing.assert_allclose(new_cell, expected_cell, rtol=0, atol=1e-6)


def test_the_cell_stays_in_float32_while_the_hidden_state_follows_the_gates():
    # 0.001 added to 100 is lost in float16; a closed output gate and an open forget gate show the cell alone.
    gates = tf.constant([[20.0, 20.0, 0.001, -20.0]], tf.float16)
    hidden, cell = lstm_step(gates, tf.constant([[100.0]]))
    assert (hidden.dtype, cell.dtype) == (tf.float16, tf.float32)
    np.testing.assert_allclose(cell, [[100.001]], rtol=0, atol=1e-4)


def test_leading_axes_are_independent():
    generator = np.random.default_rng(0)
    gates, cell = generator.normal(size=(2, 3, 8)).astype("f4"), generator.normal(size=(2, 3, 2)).astype("f4")
    hidden, new_cell = lstm_step(tf.constant(gates), tf.constant(cell))
    for index in np.ndindex(2, 3):
        one_hidden, one_cell = lstm_step(tf.constant(gates[index]), tf.constant(cell[index]))
        np.testing.assert_allclose(hidden[index], one_hidden, rtol=0, atol=1e-6)
        np.testing.assert_allclose(new_cell[index], one_cell, rtol=0, atol=1e-6)
