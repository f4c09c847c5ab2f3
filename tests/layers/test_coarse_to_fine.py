"""The attentions over two grids, against the paper's sums written out cell by cell."""

import numpy as np
import pytest
import tensorflow as tf
from layer_checks import check_layer, check_saving, fill_weights
from looking import Look
from plain_numpy import attend, softmax, sparsemax

from keras_im2latex.layers import (
    CoarseOnlyAttention,
    CoarseToFineAttention,
    HardAttention,
    HierarchicalAttention,
    SparsemaxAttention,
)

BATCH, QUERIES, CHANNELS, QUERY_CHANNELS, UNITS = 2, 3, 5, 6, 7
ROWS, COLUMNS = 5, 10  # neither divides by 4
COARSE = (2, 3)
KINDS = [HierarchicalAttention, SparsemaxAttention, HardAttention]
SCORES = ["bilinear", "additive"]


@pytest.fixture
def inputs():
    generator = np.random.default_rng(3)
    mask, coarse_mask = np.ones((BATCH, ROWS, COLUMNS), bool), np.ones((BATCH, *COARSE), bool)
    mask[1, 4:], mask[1, :, 7:] = False, False
    coarse_mask[1, 1:], coarse_mask[1, :, 2:] = False, False
    return {
        "query": generator.normal(size=(BATCH, QUERIES, QUERY_CHANNELS)).astype("float32"),
        "grid": generator.normal(size=(BATCH, ROWS, COLUMNS, CHANNELS)).astype("float32"),
        "mask": mask,
        "coarse_grid": generator.normal(size=(BATCH, *COARSE, CHANNELS)).astype("float32"),
        "coarse_mask": coarse_mask,
    }


def build(kind, inputs, score="bilinear", scale=0.5, **options):
    attention = kind(score, UNITS, **options)
    attention.build(inputs["query"].shape, inputs["grid"].shape, inputs["coarse_grid"].shape)
    fill_weights(attention, scale)
    return attention


def memorize(attention, inputs):
    return attention.memorize(*[tf.constant(inputs[name]) for name in list(inputs)[1:]])


def score_of(scoring):
    """The paper's score of one query and one cell, with the layer's weights."""
    if hasattr(scoring, "query_kernel"):
        query_kernel, kernel, scale = (
            weight.numpy() for weight in (scoring.query_kernel, scoring.kernel, scoring.scale)
        )
        return lambda query, cell: scale @ np.tanh(query @ query_kernel + cell @ kernel)
    matrix = scoring.kernel.numpy()
    return lambda query, cell: cell @ matrix @ query


def coarse_probabilities(kind, scores):
    if kind is HardAttention:
        return np.eye(len(scores))[np.argmax(scores)]
    return (sparsemax if kind is SparsemaxAttention else softmax)(np.array(scores))


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("kind", KINDS)
def test_context_is_the_papers_double_sum(kind, score, inputs):
    attention = build(kind, inputs, score)
    looked = attention(tf.constant(inputs["query"]), memorize(attention, inputs))
    score_fine, score_coarse = score_of(attention.scoring), score_of(attention.coarse_scoring)
    supports = set()
    for picture, number in np.ndindex(BATCH, QUERIES):
        query = inputs["query"][picture, number]
        coarse_cells = list(zip(*np.nonzero(inputs["coarse_mask"][picture])))
        scores = [score_coarse(query, inputs["coarse_grid"][picture][cell]) for cell in coarse_cells]
        probabilities = coarse_probabilities(kind, scores)
        weights, context, opened = np.zeros((ROWS, COLUMNS)), np.zeros(CHANNELS), 0
        for (row, column), probability in zip(coarse_cells, probabilities, strict=True):
            window = (picture, slice(4 * row, 4 * row + 4), slice(4 * column, 4 * column + 4))
            inside = inputs["mask"][window]
            under, average = attend(query, inputs["grid"][window][inside], score_fine)
            weights[window[1:]][inside] = probability * under
            context += probability * average
            opened += inside.sum() * (kind is HierarchicalAttention or probability > 0)
        ours = looked.weights[picture, number].numpy().reshape(ROWS, COLUMNS)
        np.testing.assert_allclose(ours, weights, rtol=0, atol=1e-5)
        np.testing.assert_allclose(looked.context[picture, number], context, rtol=0, atol=1e-5)
        coarse = looked.coarse_weights[picture, number].numpy().reshape(COARSE)
        np.testing.assert_allclose(coarse[inputs["coarse_mask"][picture]], probabilities, rtol=0, atol=1e-5)
        assert not coarse[~inputs["coarse_mask"][picture]].any()
        assert looked.coarse_cells[picture, number] == len(coarse_cells)
        assert looked.fine_cells[picture, number] == opened
        supports.add((probabilities > 0).sum())
    if kind is SparsemaxAttention:
        assert len(supports) > 1, "the case must have supports of several sizes"


@pytest.mark.parametrize("scale", [0.02, 0.2, 1.0, 5.0])
@pytest.mark.parametrize("queries", [1, QUERIES])
def test_sparse_sparsemax_equals_the_dense_one(inputs, scale, queries):
    """Supports from all cells down to one, for one query a picture and for several."""
    sparse = build(SparsemaxAttention, inputs, scale=scale)
    dense = build(SparsemaxAttention, inputs, scale=scale, dense=True)
    query = tf.constant(inputs["query"][:, :queries])
    memory = memorize(sparse, inputs)
    for ours, theirs in zip(sparse(query, memory), dense(query, memory), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


def test_coarse_only_is_standard_attention_over_the_coarse_grid(inputs):
    attention = CoarseOnlyAttention(units=UNITS)
    attention.build(inputs["query"].shape, inputs["coarse_grid"].shape)
    fill_weights(attention)
    memory = attention.memorize(inputs["coarse_grid"], inputs["coarse_mask"])
    looked = attention(tf.constant(inputs["query"]), memory)
    for picture, number in np.ndindex(BATCH, QUERIES):
        inside = inputs["coarse_mask"][picture]
        cells = inputs["coarse_grid"][picture][inside]
        weights, context = attend(inputs["query"][picture, number], cells, score_of(attention.scoring))
        np.testing.assert_allclose(looked.context[picture, number], context, rtol=0, atol=1e-5)
        ours = looked.coarse_weights[picture, number].numpy().reshape(COARSE)
        np.testing.assert_allclose(ours[inside], weights, rtol=0, atol=1e-5)
        assert looked.coarse_cells[picture, number] == inside.sum()
        assert looked.fine_cells[picture, number] == 0


def test_hard_attention_draws_as_often_as_it_is_probable(inputs):
    attention = build(HardAttention, inputs)
    draws = 4000
    query = tf.repeat(tf.constant(inputs["query"][:, :1]), draws, axis=1)
    memory = memorize(attention, inputs)
    noise, other_noise = (attention.draw_noise(memory, draws, tf.constant([1, number])) for number in (2, 3))
    looked = attention(query, memory, training=True, noise=noise)
    probabilities = attention.coarse_probabilities(query, memory)[:, 0].numpy()
    shares = tf.reduce_mean(looked.coarse_weights, axis=1).numpy()
    deviation = np.sqrt(probabilities * (1 - probabilities) / draws)
    assert (np.abs(shares - probabilities) <= 4 * deviation + 1e-9).all()
    assert (shares > 0).sum() > 4
    chosen = tf.argmax(looked.coarse_weights, axis=-1).numpy()
    expected = np.log(np.take_along_axis(probabilities[:, None].repeat(draws, 1), chosen[..., None], 2)[..., 0])
    np.testing.assert_allclose(looked.choice_log_probability, expected, rtol=1e-5, atol=1e-6)
    again = attention(query, memory, training=True, noise=noise).coarse_weights
    other = attention(query, memory, training=True, noise=other_noise).coarse_weights
    np.testing.assert_array_equal(again, looked.coarse_weights)
    assert (other.numpy() != looked.coarse_weights.numpy()).any()


def test_hierarchical_layer(inputs, tmp_path):
    def make_layer(**options):
        return Look(HierarchicalAttention("bilinear", UNITS, **options), **options)

    counts = (BATCH, QUERIES)
    shapes = [(*counts, CHANNELS), (*counts, ROWS * COLUMNS), (*counts, 6), counts, counts, counts]
    check_layer(make_layer, inputs, shapes, output_dtypes=["compute", *["float32"] * 5])
    check_saving(make_layer, inputs, tmp_path)


@pytest.mark.parametrize("kind", [SparsemaxAttention, HardAttention])
def test_sparse_layers_are_saved(kind, inputs, tmp_path):
    def make_layer(**options):
        return Look(kind("bilinear", UNITS, **options), **options)

    check_saving(make_layer, inputs, tmp_path)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("kind", KINDS)
def test_mixed_precision_keeps_probabilities_exact(kind, policy, inputs):
    attention = build(kind, inputs, dtype=policy)
    looked = attention(tf.cast(inputs["query"], attention.compute_dtype), memorize(attention, inputs))
    assert looked.context.dtype == attention.compute_dtype
    np.testing.assert_allclose(tf.reduce_sum(looked.weights, axis=-1), 1.0, rtol=0, atol=1e-5)
    np.testing.assert_allclose(tf.reduce_sum(looked.coarse_weights, axis=-1), 1.0, rtol=0, atol=1e-5)


def test_a_subclass_must_say_how_coarse_cells_are_weighted():
    with pytest.raises(NotImplementedError, match="CoarseToFineAttention must implement `coarse_probabilities`"):
        CoarseToFineAttention().coarse_probabilities(None, None)
