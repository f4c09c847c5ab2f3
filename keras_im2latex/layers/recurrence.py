"""A recurrent loop whose gradient by what the loop leaves unchanged is taken once, over all steps together."""

import tensorflow as tf


def recur(step, inputs, state, constants, count, notes=()):
    """Runs a recurrent step again and again and keeps every state.

    The gradient by a tensor that each step reads is a sum over the steps, and the backward pass of a plain loop reads
    and writes all of that sum at each of them: a decoder's memory of the pictures, the weights, the whole of the
    inputs. Here the backward loop follows the state alone: it computes each step once more from the state before it,
    of which nothing else is kept. What it finds, the gradient by the state after each step, then goes through all
    steps at once, side by side, to inputs and constants. The sum is that of a matrix product, and rounded as such.

    Args:
        step: function `(inputs, state, constants) -> (state, notes)` that takes many steps as well as one: the second
            axis of inputs, states and notes is that of steps, none of which sees another.
        inputs: nest of tensors `(batch, steps, ...)`, what each step is given.
        state: nest of tensors `(batch, 1, ...)`, the state before the first step.
        constants: nest of tensors that every step reads.
        count: int32 scalar, the steps that are run, at least one.
        notes: nest of tensors `(batch, 1, ...)` of the shapes and dtypes of what a step notes beside its state; no
            gradient is taken through it.

    Returns:
        A pair of nests like `state` and `notes`, of tensors `(batch, steps, ...)`: the states after each step and what
        it noted; zeros from `count` on.

    Example:
        >>> def add(given, total, scale):
        ...     return total + scale * given, ()
        >>> states, _ = recur(add, tf.constant([[1.0, 2.0, 3.0]]), tf.zeros((1, 1)), tf.constant(10.0), 3)
        >>> states.numpy()
        array([[10., 30., 60.]], dtype=float32)
    """
    structure = (inputs, state, constants)

    @tf.custom_gradient
    def run(*flat):
        inputs, state, constants = tf.nest.pack_sequence_as(structure, flat)
        states, noted = _run_forward(step, inputs, state, constants, count, notes)

        def gradient(*upstream):
            upstream, _ = tf.nest.pack_sequence_as((states, noted), upstream)
            before = _map(lambda first, each: tf.concat([first, each[:, :-1]], axis=1), state, states)
            of_state, of_after = _run_backward(step, inputs, before, constants, upstream, count)
            differentiable = [part for part in tf.nest.flatten((inputs, constants)) if part.dtype.is_floating]
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(differentiable)
                after, _ = step(inputs, before, constants)
            of_inputs, of_constants = tape.gradient(after, (inputs, constants), of_after)
            return tf.nest.flatten((of_inputs, of_state, of_constants))

        return tf.nest.flatten((states, noted)), gradient

    return tf.nest.pack_sequence_as((state, notes), run(*tf.nest.flatten(structure)))


def _run_forward(step, inputs, state, constants, count, notes):
    """The states after each step and what it noted, `(batch, steps, ...)`."""
    inputs = _map(_steps_first, inputs)
    steps = tf.shape(tf.nest.flatten(inputs)[0])[0]

    def body(position, state, kept):
        state, noted = step(_map(lambda part: part[position], inputs), state, constants)
        kept = _map(lambda part, array: array.write(position, part), (state, noted), kept)
        return position + 1, state, kept

    loop = (tf.constant(0), state, _map(lambda part: _array(part, steps), (state, notes)))
    *_, kept = tf.while_loop(lambda position, *_: position < count, body, loop, maximum_iterations=steps)
    return _map(_batch_first, kept)


def _run_backward(step, inputs, before, constants, upstream, count):
    """Follows the state from the last step to the first.

    Args:
        step: as in `recur`, `inputs`, `constants` and `count` too.
        before: nest of tensors `(batch, steps, ...)`, the states before each step.
        upstream: nest of the same, the gradient by the states after each step as results alone.

    Returns:
        The gradient by the first state, `(batch, 1, ...)`, and that by the states after each step, as results and as
        what the next step starts from, `(batch, steps, ...)`.
    """
    inputs, before, upstream = _map(_steps_first, inputs), _map(_steps_first, before), _map(_steps_first, upstream)
    steps = tf.shape(tf.nest.flatten(inputs)[0])[0]

    def body(position, of_state, kept):
        of_state = _map(lambda part, each: part + each[position], of_state, upstream)
        kept = _map(lambda part, array: array.write(position, part), of_state, kept)
        given, state = (_map(lambda part: part[position], parts) for parts in (inputs, before))
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(state)
            after, _ = step(given, state, constants)
        return position - 1, tape.gradient(after, state, of_state, "zero"), kept

    nothing = _map(lambda part: tf.zeros_like(part[0]), before)
    loop = (tf.minimum(count, steps) - 1, nothing, _map(lambda part: _array(part, steps), nothing))
    _, of_first, kept = tf.while_loop(lambda position, *_: position >= 0, body, loop, maximum_iterations=steps)
    return of_first, _map(_batch_first, kept)


def _map(function, *structures):
    return tf.nest.map_structure(function, *structures)


def _array(part, steps):
    return tf.TensorArray(part.dtype, size=steps, element_shape=part.shape)


def _steps_first(tensor):
    """`(batch, steps, ...)` to `(steps, batch, 1, ...)`."""
    return tf.transpose(tensor[:, :, None], [1, 0, *range(2, len(tensor.shape) + 1)])


def _batch_first(array):
    """An array of states `(batch, 1, ...)` to a tensor `(batch, steps, ...)`."""
    tensor = array.stack()[:, :, 0]
    return tf.transpose(tensor, [1, 0, *range(2, len(tensor.shape))])
