import numpy as np
import pytest
import tensorflow as tf
from layer_checks import check_layer, check_saving, fill_weights

from keras_im2latex.layers import CoarseEncoder

CHANNELS, FILTERS = 3, 5


def make_layer(**options):
    return CoarseEncoder(FILTERS, **options)


@pytest.fixture
def inputs():
    mask = np.zeros((2, 6, 9), bool)
    mask[0], mask[1, :4, :5] = True, True
    features = np.abs(np.random.default_rng(2).normal(size=(2, 6, 9, CHANNELS))).astype("float32")
    return {"features": features * mask[..., None], "mask": mask}


def test_layer(inputs, tmp_path):
    check_layer(make_layer, inputs, [(2, 2, 3, FILTERS), (2, 2, 3)], output_dtypes=["compute", "bool"])
    check_saving(make_layer, inputs, tmp_path)


def normalized(layer, values):
    offset, scale = layer.beta.numpy(), layer.gamma.numpy()
    mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy()
    return (values - mean) / np.sqrt(variance + 1e-5) * scale + offset


def convolved(layer, features):
    kernel, bias = layer.kernel.numpy(), layer.bias.numpy()
    padded = np.pad(features, [[1, 1], [1, 1], [0, 0]])
    rows, columns, _ = features.shape
    result = np.zeros((rows, columns, kernel.shape[-1]))
    for row, column in np.ndindex(rows, columns):
        result[row, column] = np.tensordot(padded[row : row + 3, column : column + 3], kernel, 3) + bias
    return result


def test_a_coarse_cell_is_the_largest_of_the_16_under_it(inputs):
    layer = make_layer()
    layer(*inputs.values())
    fill_weights(layer)
    ours, mask = layer(*inputs.values())
    for picture, (rows, columns) in enumerate([(6, 9), (4, 5)]):
        features = inputs["features"][picture, :rows, :columns]
        first = np.maximum(normalized(layer.normalizations[0], convolved(layer.convolutions[0], features)), 0)
        coarse = np.zeros((-(-rows // 4), -(-columns // 4), FILTERS))
        for row, column in np.ndindex(coarse.shape[:2]):
            coarse[row, column] = first[4 * row : 4 * row + 4, 4 * column : 4 * column + 4].max(axis=(0, 1))
        expected = np.maximum(normalized(layer.normalizations[1], convolved(layer.convolutions[1], coarse)), 0)
        np.testing.assert_allclose(ours[picture, : coarse.shape[0], : coarse.shape[1]], expected, rtol=1e-4, atol=1e-4)
        inside = np.zeros((2, 3), bool)
        inside[: coarse.shape[0], : coarse.shape[1]] = True
        np.testing.assert_array_equal(mask[picture], inside)
        assert not ours[picture].numpy()[~inside].any()


def test_a_picture_alone_and_among_larger_ones(inputs):
    layer = make_layer()
    together, _ = layer(*inputs.values())
    alone, mask = layer(tf.constant(inputs["features"][1:, :4, :5]), tf.constant(inputs["mask"][1:, :4, :5]))
    assert mask.numpy().all()
    np.testing.assert_allclose(together[1, :1, :2], alone[0], rtol=0, atol=1e-6)
