import numpy as np
import pytest
import tensorflow as tf
from layer_checks import check_layer, check_saving, fill_weights
from plain_numpy import attend, lstm

from keras_im2latex.layers import Decoder, StandardAttention

VOCABULARY, EMBEDDING, UNITS, CHANNELS = 9, 3, 5, 4
SCORES = ["bilinear", "additive"]


def make_layer(score="bilinear", dropout=0.0, **options):
    attention = StandardAttention(score, units=6, **options)
    return Decoder(VOCABULARY, attention, embedding_size=EMBEDDING, units=UNITS, dropout=dropout, **options)


@pytest.fixture
def inputs():
    generator = np.random.default_rng(5)
    mask = np.ones((2, 2, 3), bool)
    mask[1, 1:], mask[1, :, 2:] = False, False
    return {
        "tokens": np.array([[1, 5, 8, 4], [1, 7, 0, 0]], np.int32),
        "grid": generator.normal(size=(2, 2, 3, CHANNELS)).astype("float32"),
        "mask": mask,
    }


@pytest.fixture(params=SCORES)
def layer(request, inputs):
    layer = make_layer(request.param)
    layer(*inputs.values())
    fill_weights(layer)
    return layer


def plain_step(layer, token, hidden, cell, output, cells):
    """One step of the paper's decoder for one formula: hidden state, cell, output, weights and logits."""
    scoring = layer.attention.scoring
    inputs = np.concatenate([layer.embeddings.numpy()[token], output])
    # The layer's recurrent kernel holds the rows for the fed output first, then those for the hidden state.
    fed, recurrent = np.split(layer.recurrent_kernel.numpy(), [UNITS])
    kernel = np.concatenate([layer.kernel.numpy(), fed])
    hidden, cell = lstm(inputs, hidden, cell, kernel, recurrent, layer.bias.numpy())

    def bilinear(query, grid_cell):
        return grid_cell @ scoring.kernel.numpy() @ query

    def additive(query, grid_cell):
        projected = query @ scoring.query_kernel.numpy() + grid_cell @ scoring.kernel.numpy()
        return scoring.scale.numpy() @ np.tanh(projected)

    weights, context = attend(hidden, cells, bilinear if layer.attention.score == "bilinear" else additive)
    output = np.tanh(np.concatenate([context, hidden]) @ layer.output_kernel.numpy())
    return hidden, cell, output, weights, output @ layer.logit_kernel.numpy() + layer.logit_bias.numpy()


def test_one_step_is_the_papers(layer, inputs):
    generator = np.random.default_rng(2)
    queries = 3  # as many hypotheses look at each picture
    hidden, cell, output = (generator.normal(size=(2, queries, UNITS)) for _ in range(3))
    tokens = generator.integers(1, VOCABULARY, size=(2, queries))
    state = type(layer.initial_state(1))(*(tf.constant(part, tf.float32) for part in (hidden, cell, output)))
    memory = layer.memorize(inputs["grid"], inputs["mask"])
    after, looked = layer.step(layer.project_tokens(tf.constant(tokens)), state, memory)
    logits = layer.logits(after.output)
    for index in np.ndindex(2, queries):
        inside = inputs["mask"][index[0]]
        cells = inputs["grid"][index[0]][inside]
        expected = plain_step(layer, tokens[index], hidden[index], cell[index], output[index], cells)
        weights = looked.weights[index].numpy().reshape(inside.shape)[inside]
        received = (after.hidden[index], after.cell[index], after.output[index], weights, logits[index])
        for ours, theirs in zip(received, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def test_known_formulas_run_through_the_papers_decoder(layer, inputs):
    logits = layer(*inputs.values()).numpy()
    for formula, tokens in enumerate(inputs["tokens"]):
        cells = inputs["grid"][formula][inputs["mask"][formula]]
        state = [np.zeros(UNITS)] * 3
        for position, token in enumerate(tokens[tokens != 0]):
            *state, _, expected = plain_step(layer, token, *state, cells)
            np.testing.assert_allclose(logits[formula, position], expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("score", SCORES)
def test_layer(score, inputs, tmp_path):
    def make(**options):
        return make_layer(score, **options)

    check_layer(make, inputs, [(2, 4, VOCABULARY)], output_dtypes=["float32"], roundings=48)
    check_saving(make, inputs, tmp_path)


def test_steps_beyond_the_longest_formula_change_nothing(layer, inputs):
    tokens = np.pad(inputs["tokens"], [[0, 0], [0, 3]])
    longer = layer(tokens, inputs["grid"], inputs["mask"]).numpy()
    assert longer.shape == (2, 7, VOCABULARY)
    np.testing.assert_array_equal(longer[:, :4], layer(*inputs.values()).numpy())


@pytest.mark.parametrize("formulas", [0, 2])
def test_batches_without_any_token_keep_their_shape(layer, inputs, formulas):
    """A replica may get an empty share of a batch."""
    grid, mask = inputs["grid"][:formulas], inputs["mask"][:formulas]
    assert layer(np.zeros((formulas, 4), np.int32), grid, mask).shape == (formulas, 4, VOCABULARY)
    in_graph = tf.function(layer)
    assert in_graph(np.zeros((formulas, 4), np.int32), grid, mask).shape == (formulas, 4, VOCABULARY)


def test_a_logit_depends_on_no_later_token(layer, inputs):
    before = layer(*inputs.values()).numpy()[0]
    tokens = inputs["tokens"].copy()
    tokens[0, 2] = 3
    after = layer(tokens, inputs["grid"], inputs["mask"]).numpy()[0]
    np.testing.assert_array_equal(before[:2], after[:2])
    assert (np.abs(before[2:] - after[2:]).max(axis=-1) > 1e-4).all()


def test_dropout_acts_in_training_alone(inputs):
    layer = make_layer(dropout=0.5)
    layer(*inputs.values())
    fill_weights(layer)
    plain = make_layer()
    plain(*inputs.values())
    plain.set_weights(layer.get_weights())
    np.testing.assert_array_equal(layer(*inputs.values()), plain(*inputs.values()))
    first, second = (layer(*inputs.values(), training=True).numpy() for _ in range(2))
    assert np.abs(first - second).max() > 1e-2


def test_the_first_state_is_zero_and_its_cell_float32():
    layer = make_layer(dtype="mixed_float16")
    state = layer.initial_state(2, queries=3)
    assert [part.dtype for part in state] == [tf.float16, tf.float32, tf.float16]
    assert all(part.shape == (2, 3, UNITS) and not part.numpy().any() for part in state)
