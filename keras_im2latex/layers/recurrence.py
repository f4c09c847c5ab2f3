"""A recurrent loop whose gradient by what the loop leaves unchanged is taken once, over all steps together."""

import tensorflow as tf


def recur(step, inputs, state, constants, count):
    """Runs a recurrent step again and again and keeps every state.

    The gradient by a tensor that each step reads is a sum over the steps, and the backward pass of a plain loop reads
    and writes all of that sum at each of them: a decoder's memory of the pictures, the weights. Here the backward loop
    follows the state alone. What it finds, the gradient by the state after each step, then goes through all steps at
    once, computed again side by side from the states that were kept, to inputs and constants. The sum is that of a
    matrix product, and rounded as such.

    Args:
        step: function `(inputs, state, constants) -> state` that takes many steps as well as one: the second axis of
            inputs and states is that of steps, none of which sees another.
        inputs: nest of tensors `(batch, steps, ...)`, what each step is given.
        state: nest of tensors `(batch, 1, ...)`, the state before the first step.
        constants: nest of tensors that every step reads.
        count: int32 scalar, the steps that are run, at least one.

    Returns:
        A nest like `state` of tensors `(batch, steps, ...)`, the states after each step; zeros from `count` on.

    Example:
        >>> def add(given, total, scale):
        ...     return total + scale * given
        >>> recur(add, tf.constant([[1.0, 2.0, 3.0]]), tf.zeros((1, 1)), tf.constant(10.0), 3).numpy()
        array([[10., 30., 60.]], dtype=float32)
    """
    structure = (inputs, state, constants)

    @tf.custom_gradient
    def run(*flat):
        inputs, state, constants = tf.nest.pack_sequence_as(structure, flat)
        steps = tf.shape(tf.nest.flatten(inputs)[0])[1]
        taps = _map(lambda part: tf.zeros([steps, *tf.unstack(tf.shape(part))], part.dtype), state)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch((state, taps))
            states = _run_loop(step, inputs, state, constants, taps, count)

        def gradient(*upstream):
            of_state, of_taps = tape.gradient(states, (state, taps), list(upstream), "zero")
            before = _map(lambda first, each: tf.concat([first, each[:, :-1]], axis=1), state, states)
            differentiable = [part for part in tf.nest.flatten((inputs, constants)) if part.dtype.is_floating]
            with tf.GradientTape(watch_accessed_variables=False) as side_by_side:
                side_by_side.watch(differentiable)
                after = step(inputs, before, constants)
            of_after = _map(_batch_first, of_taps)
            of_inputs, of_constants = side_by_side.gradient(after, (inputs, constants), of_after)
            return tf.nest.flatten((of_inputs, of_state, of_constants))

        return tf.nest.flatten(states), gradient

    return tf.nest.pack_sequence_as(state, run(*tf.nest.flatten(structure)))


def _run_loop(step, inputs, state, constants, taps, count):
    """The states, whose gradient reaches the first state and the taps alone.

    A tap `(steps, batch, 1, ...)` is zero and added to the state after each step; so its gradient is that state's.
    """
    inputs = _map(lambda part: _unstack(_steps_first(tf.stop_gradient(part))), inputs)
    steps, taps = tf.shape(tf.nest.flatten(taps)[0])[0], _map(_unstack, taps)
    kept = _map(lambda part: tf.TensorArray(part.dtype, size=steps, element_shape=part.shape), state)

    def body(position, state, kept):
        state = step(_map(lambda part: part.read(position), inputs), state, _map(tf.stop_gradient, constants))
        state = _map(lambda part, tap: part + tap.read(position), state, taps)
        return position + 1, state, _map(lambda part, states: states.write(position, part), state, kept)

    loop = (tf.constant(0), state, kept)
    *_, kept = tf.while_loop(lambda position, *_: position < count, body, loop, maximum_iterations=steps)
    return _map(lambda states: _batch_first(states.stack()), kept)


def _map(function, *structures):
    return tf.nest.map_structure(function, *structures)


def _unstack(tensor):
    return tf.TensorArray(tensor.dtype, size=tf.shape(tensor)[0]).unstack(tensor)


def _steps_first(tensor):
    """`(batch, steps, ...)` to `(steps, batch, 1, ...)`."""
    return tf.transpose(tensor[:, :, None], [1, 0, *range(2, len(tensor.shape) + 1)])


def _batch_first(tensor):
    """`(steps, batch, 1, ...)` to `(batch, steps, ...)`."""
    return tf.transpose(tensor[:, :, 0], [1, 0, *range(2, len(tensor.shape) - 1)])
