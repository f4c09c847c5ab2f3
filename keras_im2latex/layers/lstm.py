"""The recurrent part of an LSTM, a step at a time or over a known sequence, with input projections computed outside."""

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


def run_lstm(projected, recurrent_kernel, inside, hidden, cell):
    """Runs LSTMs side by side over sequences that are known from the start.

    The gradient's loop holds only what is recurrent in it, as the forward loop does: gates are computed again and
    weights' gradients summed over all steps at once, outside.

    Args:
        projected: tensor `(steps, LSTMs, batch, 4 * units)`, the inputs' share of the gates.
        recurrent_kernel: tensor `(LSTMs, units, 4 * units)` of the same dtype.
        inside: bool tensor `(steps, LSTMs, batch, 1)`; a step outside leaves the state as it is.
        hidden: tensor `(LSTMs, batch, units)` of the same dtype, the state before the first step.
        cell: float32 tensor `(LSTMs, batch, units)`.

    Returns:
        A tensor `(steps, LSTMs, batch, units)`, the hidden states.
    """
    steps, inside = projected.shape[0] or tf.shape(projected)[0], tf.convert_to_tensor(inside)

    @tf.custom_gradient
    def run(projected, recurrent_kernel, hidden, cell):
        def step(position, hidden, cell, outputs, cells):
            gates = projected[position] + tf.matmul(hidden, recurrent_kernel)
            next_hidden, next_cell = lstm_step(gates, cell)
            cells = cells.write(position, cell)
            hidden = tf.where(inside[position], next_hidden, hidden)
            cell = tf.where(inside[position], next_cell, cell)
            return position + 1, hidden, cell, outputs.write(position, hidden), cells

        shape = hidden.shape
        arrays = [tf.TensorArray(state.dtype, size=steps, element_shape=shape) for state in (hidden, cell)]
        loop = (tf.constant(0), hidden, cell, *arrays)
        *_, outputs, cells = tf.while_loop(lambda position, *_: position < steps, step, loop)
        outputs, cells = outputs.stack(), cells.stack()

        def gradient(upstream):
            hiddens = tf.concat([hidden[None], outputs[:-1]], axis=0)
            gates = tf.cast(projected + tf.matmul(hiddens, recurrent_kernel), tf.float32)
            return _gradient(gates, cells, hiddens, recurrent_kernel, inside, upstream)

        return outputs, gradient

    return run(projected, recurrent_kernel, hidden, cell)


def _gradient(gates, cells, hiddens, recurrent_kernel, inside, upstream):
    """Gradients of what `run_lstm` runs, from the states before each step."""
    steps, dtype = upstream.shape[0] or tf.shape(upstream)[0], upstream.dtype
    input_gate, forget_gate, candidate, output_gate = tf.split(gates, 4, axis=-1)
    input_gate, forget_gate, output_gate = map(tf.sigmoid, (input_gate, forget_gate, output_gate))
    candidate = tf.tanh(candidate)
    squashed = tf.tanh(forget_gate * cells + input_gate * candidate)
    by_cell = [
        candidate * input_gate * (1 - input_gate),
        cells * forget_gate * (1 - forget_gate),
        input_gate * (1 - candidate * candidate),
    ]
    by_hidden = squashed * output_gate * (1 - output_gate)
    slopes = tf.cast(tf.where(inside, tf.concat([*by_cell, by_hidden], axis=-1), 0.0), dtype)
    to_cell = tf.where(inside, output_gate * (1 - squashed * squashed), 0.0)
    forget_gate = tf.where(inside, forget_gate, 1.0)

    def step(position, of_hidden, of_cell, of_gates):
        of_hidden += upstream[position]
        of_cell += tf.cast(of_hidden, tf.float32) * to_cell[position]
        narrow = tf.cast(of_cell, dtype)
        of_each = tf.concat([narrow, narrow, narrow, of_hidden], axis=-1) * slopes[position]
        kept = tf.where(inside[position], tf.zeros_like(of_hidden), of_hidden)
        of_hidden = tf.matmul(of_each, recurrent_kernel, transpose_b=True) + kept
        return position - 1, of_hidden, of_cell * forget_gate[position], of_gates.write(position, of_each)

    of_gates = tf.TensorArray(dtype, size=steps, element_shape=gates.shape[1:])
    loop = (steps - 1, tf.zeros_like(hiddens[0]), tf.zeros_like(cells[0]), of_gates)
    _, of_hidden, of_cell, of_gates = tf.while_loop(lambda position, *_: position >= 0, step, loop)
    of_gates = of_gates.stack()
    return of_gates, tf.einsum("tdbi,tdbj->dij", hiddens, of_gates), of_hidden, of_cell
