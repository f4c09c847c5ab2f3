import numpy as np
import pytest
import tensorflow as tf
from layer_checks import check_layer, check_saving, fill_weights
from plain_numpy import lstm

from keras_im2latex.layers import RowEncoder

ROWS, COLUMNS, CHANNELS, UNITS = 4, 5, 3, 2
LENGTHS = (5, 2)  # columns inside each of the two pictures


def make_layer(positional_states=True, **options):
    return RowEncoder(UNITS, maximum_rows=3, positional_states=positional_states, **options)


@pytest.fixture
def inputs():
    generator = np.random.default_rng(7)
    mask = np.arange(COLUMNS) < np.reshape(LENGTHS, (2, 1, 1))
    mask = np.repeat(mask, ROWS, axis=1)
    features = generator.normal(size=(2, ROWS, COLUMNS, CHANNELS)).astype("float32")
    return {"features": features * mask[..., None], "mask": mask}


@pytest.fixture
def layer(inputs):
    layer = make_layer()
    layer(*inputs.values())
    fill_weights(layer)
    return layer


def read_row(layer, cells, row, direction):
    """Outputs `(cells, units)` of one direction over one row's cells, from that row's own initial state."""
    kernel, recurrent, bias = (
        weight[direction].numpy() for weight in (layer.kernel, layer.recurrent_kernel, layer.bias)
    )
    state = np.zeros((2, UNITS))
    if layer.positional_states:
        state = layer.initial_states[min(row, layer.maximum_rows - 1)].numpy()[direction]
    hidden, cell = state
    outputs = []
    for inputs in cells[:: 1 if direction == 0 else -1]:
        hidden, cell = lstm(inputs, hidden, cell, kernel, recurrent, bias)
        outputs.append(hidden)
    return np.stack(outputs[:: 1 if direction == 0 else -1])


@pytest.mark.parametrize("positional_states", [True, False])
def test_rows_are_read_as_by_plain_lstms_in_both_directions(inputs, positional_states):
    layer = make_layer(positional_states)
    layer(*inputs.values())
    fill_weights(layer)
    encoded = layer(*inputs.values()).numpy()
    for picture, length in enumerate(LENGTHS):
        for row in range(ROWS):
            cells = inputs["features"][picture, row, :length]
            directions = [read_row(layer, cells, row, direction) for direction in (0, 1)]
            expected = np.concatenate(directions, axis=-1)
            np.testing.assert_allclose(encoded[picture, row, :length], expected, rtol=0, atol=1e-6)


def test_layer(inputs, tmp_path):
    check_layer(make_layer, inputs, [(2, ROWS, COLUMNS, 2 * UNITS)], output_dtypes=["compute"])
    check_saving(make_layer, inputs, tmp_path)


def test_without_positional_states(inputs, tmp_path):
    def make(**options):
        return make_layer(positional_states=False, **options)

    layer = check_layer(make, inputs, [(2, ROWS, COLUMNS, 2 * UNITS)], output_dtypes=["compute"])
    assert len(layer.weights) == 3
    check_saving(make, inputs, tmp_path)


def test_changing_a_row_changes_that_row_alone(layer, inputs):
    changed = dict(inputs, features=inputs["features"].copy())
    changed["features"][0, 1, 3] += 1.0
    difference = np.abs(layer(*changed.values()).numpy() - layer(*inputs.values()).numpy()).max(axis=-1)
    assert (difference[0, 1] > 1e-4).all(), "both directions must carry the change over the whole row"
    difference[0, 1] = 0
    assert difference.max() == 0


def test_equal_rows_differ_by_their_initial_states_up_to_maximum_rows(layer):
    row = np.random.default_rng(0).normal(size=(1, 1, COLUMNS, CHANNELS)).astype("float32")
    encoded = layer(np.repeat(row, 6, axis=1), np.ones((1, 6, COLUMNS), bool)).numpy()[0]
    for first, second in ((0, 1), (1, 2), (0, 2)):
        assert np.abs(encoded[first] - encoded[second]).max() > 1e-3
    for beyond in (3, 4, 5):
        np.testing.assert_array_equal(encoded[beyond], encoded[2])


def test_a_row_depends_on_its_own_initial_state_alone(layer, inputs):
    before = layer(*inputs.values()).numpy()
    states = layer.initial_states.numpy()
    states[1] += 0.5
    layer.initial_states.assign(states)
    changed = np.abs(layer(*inputs.values()).numpy() - before).max(axis=(0, 2, 3)) > 0
    assert changed.tolist() == [False, True, False, False]


def test_what_lies_in_masked_cells_changes_nothing_inside(layer, inputs):
    filled = np.where(inputs["mask"][..., None], inputs["features"], 9.0)
    changed = dict(inputs, features=filled.astype("float32"))
    before, after = layer(*inputs.values()).numpy(), layer(*changed.values()).numpy()
    np.testing.assert_array_equal(before[inputs["mask"]], after[inputs["mask"]])


def test_each_direction_starts_with_glorots_limit_for_its_own_matrix():
    layer = RowEncoder(64)
    layer.build((None, None, None, 128))
    for kernel, fan in ((layer.kernel, 128 + 4 * 64), (layer.recurrent_kernel, 64 + 4 * 64)):
        largest = tf.reduce_max(tf.abs(kernel), axis=(1, 2)).numpy()
        np.testing.assert_allclose(largest, (6 / fan) ** 0.5, rtol=0.01)
