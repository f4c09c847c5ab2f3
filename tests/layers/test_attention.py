import keras
import numpy as np
import pytest
import tensorflow as tf
from layer_checks import check_layer, check_saving, fill_weights
from looking import Look
from plain_numpy import attend

from keras_im2latex.layers import AdditiveScore, Attention, BilinearScore, StandardAttention

BATCH, ROWS, COLUMNS, CHANNELS, QUERIES, QUERY_CHANNELS, UNITS = 2, 3, 4, 5, 2, 6, 7
SCORES = ["bilinear", "additive"]


@keras.saving.register_keras_serializable(package="tests")
class ScoreCells(keras.layers.Layer):
    """A score's projection and product in one."""

    def __init__(self, scoring, **kwargs):
        super().__init__(**kwargs)
        self.scoring = scoring

    def build(self, query_shape, cells_shape):
        if not self.scoring.built:
            self.scoring.build(query_shape, cells_shape)
        self.built = True

    def call(self, query, cells):
        return self.scoring(query, self.scoring.project(cells))

    def compute_output_shape(self, query_shape, cells_shape):
        return (*query_shape[:2], cells_shape[1])

    def get_config(self):
        return {**super().get_config(), "scoring": keras.saving.serialize_keras_object(self.scoring)}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "scoring": keras.saving.deserialize_keras_object(config["scoring"])})


@pytest.fixture
def inputs():
    generator = np.random.default_rng(3)
    mask = np.ones((BATCH, ROWS, COLUMNS), bool)
    mask[1, 2:], mask[1, :, 3:] = False, False
    return {
        "query": generator.normal(size=(BATCH, QUERIES, QUERY_CHANNELS)).astype("float32"),
        "grid": generator.normal(size=(BATCH, ROWS, COLUMNS, CHANNELS)).astype("float32"),
        "mask": mask,
    }


def plain_score(scoring):
    """The paper's score of one query and one cell, with the layer's weights."""
    if isinstance(scoring, BilinearScore):
        matrix = scoring.kernel.numpy()
        return lambda query, cell: cell @ matrix @ query
    query_kernel, kernel, scale = (weight.numpy() for weight in (scoring.query_kernel, scoring.kernel, scoring.scale))
    return lambda query, cell: scale @ np.tanh(query @ query_kernel + cell @ kernel)


@pytest.mark.parametrize("score", SCORES)
def test_attention_is_the_papers_over_the_cells_inside(score, inputs):
    attention = StandardAttention(score, UNITS)
    attention.build(inputs["query"].shape, inputs["grid"].shape)
    fill_weights(attention)
    looked = attention(inputs["query"], attention.memorize(inputs["grid"], inputs["mask"]))
    for picture, query in np.ndindex(BATCH, QUERIES):
        inside = inputs["mask"][picture]
        cells = inputs["grid"][picture][inside]
        weights, context = attend(inputs["query"][picture, query], cells, plain_score(attention.scoring))
        np.testing.assert_allclose(looked.context[picture, query], context, rtol=0, atol=1e-5)
        ours = looked.weights[picture, query].numpy().reshape(ROWS, COLUMNS)
        np.testing.assert_allclose(ours[inside], weights, rtol=0, atol=1e-6)
        assert (ours[~inside] == 0).all()
        assert looked.fine_cells[picture, query] == inside.sum()
    assert not looked.coarse_cells.numpy().any()
    assert looked.coarse_cells.shape == (BATCH, QUERIES)


@pytest.mark.parametrize("score", SCORES)
def test_layer(score, inputs, tmp_path):
    def make_layer(**options):
        return Look(StandardAttention(score, UNITS, **options), **options)

    counts = (BATCH, QUERIES)
    shapes = [(*counts, CHANNELS), (*counts, ROWS * COLUMNS), (*counts, 0), counts, counts, counts]
    check_layer(make_layer, inputs, shapes, output_dtypes=["compute", *["float32"] * 5])
    check_saving(make_layer, inputs, tmp_path)


@pytest.mark.parametrize("kind", [BilinearScore, AdditiveScore])
def test_scores(kind, inputs, tmp_path):
    def make_layer(**options):
        return ScoreCells(kind(UNITS, **options), **options)

    cells = inputs["grid"].reshape(BATCH, ROWS * COLUMNS, CHANNELS)
    inputs = {"query": inputs["query"], "cells": cells}
    layer = check_layer(make_layer, inputs, [(BATCH, QUERIES, ROWS * COLUMNS)], output_dtypes=["compute"])
    check_saving(make_layer, inputs, tmp_path)

    scores = layer(*inputs.values()).numpy()
    score = plain_score(layer.scoring)
    for picture, query, cell in np.ndindex(*scores.shape):
        expected = score(inputs["query"][picture, query], cells[picture, cell])
        np.testing.assert_allclose(scores[picture, query, cell], expected, rtol=0, atol=1e-5)


def test_weights_stay_exact_probabilities_where_scores_are_huge(inputs):
    attention = StandardAttention()
    attention.build(inputs["query"].shape, inputs["grid"].shape)
    fill_weights(attention, scale=1e4)
    weights = attention(inputs["query"], attention.memorize(inputs["grid"], inputs["mask"])).weights
    np.testing.assert_allclose(tf.reduce_sum(weights, axis=-1), 1.0, rtol=0, atol=1e-6)


def test_errors():
    with pytest.raises(ValueError, match=r"`score` must be one of .*additive.*Received: score='dot'"):
        StandardAttention(score="dot")
    with pytest.raises(NotImplementedError, match="Attention must implement `memorize`"):
        Attention().memorize(None, None)
