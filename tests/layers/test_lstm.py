import keras
import numpy as np
import pytest
import tensorflow as tf
from plain_numpy import lstm

from keras_im2latex.layers.lstm import lstm_step, run_lstm


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


@pytest.mark.parametrize("jit_compile", [False, True])
def test_gradients_of_a_run_are_those_of_keras(jit_compile):
    """Keras' LSTM, differentiated automatically, leaves the state as it is at masked steps, too."""
    generator = np.random.default_rng(1)
    steps, batch, units = 6, 3, 4

    def random(*shape):
        return tf.constant(generator.normal(size=shape), tf.float32)

    projected, kernels = random(steps, 2, batch, 4 * units), random(2, units, 4 * units)
    hidden, cell, weights = random(2, batch, units), random(2, batch, units), random(steps, 2, batch, units)
    inside = np.arange(steps)[:, None, None, None] < generator.integers(1, steps + 1, size=(2, batch, 1))

    @tf.function(jit_compile=jit_compile)
    def ours():
        with tf.GradientTape() as tape:
            tape.watch([projected, kernels, hidden, cell])
            outputs = run_lstm(projected, kernels, inside, hidden, cell)
            loss = tf.reduce_sum(weights * outputs)
        return outputs, tape.gradient(loss, [projected, kernels, hidden, cell])

    outputs, gradients = ours()
    for which in range(2):
        layer = keras.layers.LSTM(units, return_sequences=True, use_bias=False)
        layer.build((None, None, 4 * units))
        layer.cell.kernel.assign(np.eye(4 * units))
        layer.cell.recurrent_kernel.assign(kernels[which])
        inputs = tf.transpose(projected[:, which], [1, 0, 2])
        mask = tf.transpose(tf.constant(inside)[:, which, :, 0])
        state = [hidden[which], cell[which]]
        with tf.GradientTape() as tape:
            tape.watch([inputs, *state])
            theirs = tf.transpose(layer(inputs, mask=mask, initial_state=state), [1, 0, 2])
            loss = tf.reduce_sum(weights[:, which] * theirs)
        of_inputs, of_kernel, *of_state = tape.gradient(loss, [inputs, layer.cell.recurrent_kernel.value, *state])
        np.testing.assert_allclose(outputs[:, which], theirs, rtol=0, atol=1e-5)
        expected = [tf.transpose(of_inputs, [1, 0, 2]), of_kernel, *of_state]
        found = [gradients[0][:, which], *(gradient[which] for gradient in gradients[1:])]
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=0, atol=2e-5)
