"""A recurrence against the same steps written out one after the other, which TensorFlow differentiates by itself."""

import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex.layers.recurrence import recur

BATCH, STEPS, COUNT, UNITS = 3, 7, 5, 4
NOTES = tf.zeros((BATCH, 1), tf.int32)


def step(inputs, state, constants):
    """Two states, one fed by the other, and constants of three kinds, one of them not differentiable."""
    given, shift = inputs
    kernel, scale, inside = constants
    position = tf.where(inside, state["position"], 0.0)
    position = tf.tanh(given + tf.einsum("bsi,ij->bsj", position, kernel)) * scale
    total = 0.5 * state["sum"] + tf.reduce_sum(position, axis=-1) * shift
    return {"position": position, "sum": total}, tf.cast(position[..., 0] > 0, tf.int32)


def written_out(step, inputs, state, constants, count, notes):
    states, noted = [], []
    for position in range(count):
        state, note = step([part[:, position : position + 1] for part in inputs], state, constants)
        states.append(state)
        noted.append(note)
    beyond = [{name: tf.zeros_like(part) for name, part in state.items()}] * (STEPS - count)
    noted += [tf.zeros_like(notes)] * (STEPS - count)
    states = {name: tf.concat([each[name] for each in states + beyond], axis=1) for name in state}
    return states, tf.concat(noted, axis=1)


@pytest.fixture
def given():
    generator = np.random.default_rng(3)

    def normal(*shape):
        return tf.constant(generator.normal(size=shape), tf.float32)

    inputs = [normal(BATCH, STEPS, UNITS), normal(BATCH, STEPS)]
    state = {"position": normal(BATCH, 1, UNITS), "sum": normal(BATCH, 1)}
    return inputs, state, (normal(UNITS, UNITS), normal(BATCH, 1, 1), tf.constant([True, True, False, True]))


def states_and_gradients(run, given, wrap=lambda function: function):
    weights = np.random.default_rng(4).normal(size=(BATCH, STEPS)).astype("float32")

    def both(inputs, state, constants):
        watched = [part for part in tf.nest.flatten((inputs, state, constants)) if part.dtype.is_floating]
        with tf.GradientTape() as tape:
            tape.watch(watched)
            states, noted = run(step, inputs, state, constants, COUNT, NOTES)
            loss = tf.reduce_sum(states["sum"] ** 2 * weights) + tf.reduce_sum(states["position"] ** 3)
        return states, noted, tape.gradient(loss, watched)

    states, noted, gradients = wrap(both)(*given)
    return [part.numpy() for part in (*states.values(), noted, *gradients)]


@pytest.mark.parametrize("options", [None, {}, {"jit_compile": True}], ids=["eager", "graph", "xla"])
def test_states_and_gradients_are_those_of_the_steps_written_out(given, options):
    expected = states_and_gradients(written_out, given)
    wrap = (lambda function: function) if options is None else lambda function: tf.function(function, **options)
    for ours, theirs in zip(states_and_gradients(recur, given, wrap), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)


def test_a_state_nothing_depends_on_has_no_gradient_and_harms_none(given):
    inputs, state, constants = given
    with tf.GradientTape() as tape:
        tape.watch([state["sum"], constants[0]])
        states, _ = recur(step, inputs, state, constants, COUNT, NOTES)
        loss = tf.reduce_sum(states["position"])
    of_sum, of_kernel = tape.gradient(loss, [state["sum"], constants[0]])
    assert not of_sum.numpy().any()
    np.testing.assert_array_equal(of_kernel.numpy().any(axis=1), constants[2])


def test_gradients_by_constants_are_summed_more_exactly_than_in_half_precision():
    """A plain loop adds each step's share to a float16 sum, of which 2,048 ones and one more are 2,048 still."""
    steps = 3000

    def add(given, total, constant):
        return 0.0 * total + given * constant, ()

    def of_constant(run):
        constant = tf.ones((1, 1), tf.float16)
        with tf.GradientTape() as tape:
            tape.watch(constant)
            loss = tf.reduce_sum(tf.cast(run(constant), tf.float32))
        return float(tape.gradient(loss, constant)[0, 0])

    given = tf.ones((1, steps), tf.float16)
    assert of_constant(lambda constant: recur(add, given, tf.zeros((1, 1), tf.float16), constant, steps)[0]) == steps
