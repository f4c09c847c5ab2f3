import numpy as np
import pytest
from layer_checks import check_layer, check_saving, fill_weights

from keras_im2latex.layers import ConvolutionalEncoder

FILTERS = (2, 3, 3, 4, 4, 5)


def make_layer(**options):
    return ConvolutionalEncoder(FILTERS, **options)


def pictures(seed=11):
    generator = np.random.default_rng(seed)
    image = generator.integers(0, 256, size=(2, 16, 32, 1), dtype=np.uint8)
    size = np.array([[16, 32], [7, 19]], np.int32)
    image[1, 7:], image[1, :, 19:] = 255, 255
    return {"image": image, "size": size}


def convolve(features, kernel, bias):
    """A padded 3 x 3 convolution, pixel by pixel."""
    height, width, _ = features.shape
    padded = np.pad(features, [[1, 1], [1, 1], [0, 0]])
    output = np.empty((height, width, kernel.shape[-1]))
    for y, x in np.ndindex(height, width):
        output[y, x] = np.tensordot(padded[y : y + 3, x : x + 3], kernel, 3) + bias
    return output


def pool(features, height, width):
    rows, columns, channels = features.shape
    return features.reshape(rows // height, height, columns // width, width, channels).max(axis=(1, 3))


def plain_encoding(layer, image):
    """The features of one picture whose sides are multiples of 8, by Table 1 of the paper."""
    features = (image.astype("float64") - 128) / 128
    poolings = {1: (2, 2), 2: (2, 2), 4: (2, 1), 5: (1, 2)}  # the authors' code: height first, then width
    for number, (convolution, normalization) in enumerate(zip(layer.convolutions, layer.normalizations), 1):
        features = convolve(features, *(weight.numpy() for weight in convolution.weights))
        if number in (3, 5, 6):
            gamma, beta, mean, variance = (weight.numpy() for weight in normalization.weights)
            features = gamma * (features - mean) / np.sqrt(variance + 1e-5) + beta
        features = np.maximum(features, 0)
        if number in poolings:
            features = pool(features, *poolings[number])
    return features


@pytest.fixture
def layer():
    layer = make_layer()
    layer(*pictures().values())
    fill_weights(layer)
    return layer


def test_features_are_those_of_plain_convolutions_and_poolings(layer):
    inputs = pictures()
    features, mask = layer(inputs["image"][:1], inputs["size"][:1])
    expected = plain_encoding(layer, inputs["image"][0])
    assert expected.shape == (2, 4, 5)
    assert expected.std() > 0.1
    np.testing.assert_allclose(features[0], expected, rtol=1e-4, atol=1e-4)
    assert mask.numpy().all()


def test_layer(tmp_path):
    output_shapes = [(2, 2, 4, FILTERS[-1]), (2, 2, 4)]
    check_layer(make_layer, pictures(), output_shapes, output_dtypes=["compute", "bool"], roundings=32)
    check_saving(make_layer, pictures(), tmp_path)


@pytest.mark.parametrize(("convolutions", "grid"), [(3, (4, 8)), (4, (2, 8)), (5, (2, 4))])
def test_the_fourth_pooling_halves_the_height_and_the_fifth_the_width(convolutions, grid):
    whole = make_layer()
    first = slice(convolutions)
    part = ConvolutionalEncoder(FILTERS[first], whole.batch_normalization[first], whole.pools[first])
    features, mask = part(*pictures().values())
    assert features.shape[1:3] == grid
    assert mask.shape[1:] == grid


def test_cells_outside_a_picture_are_zero_and_masked(layer):
    features, mask = layer(*pictures().values())
    assert mask[1].numpy().tolist() == [[True, True, True, False], [False] * 4]
    assert not features.numpy()[1][~mask[1].numpy()].any()
    assert features.numpy()[1][mask[1].numpy()].any()


@pytest.mark.parametrize("training", [False, True])
def test_what_lies_outside_a_picture_changes_nothing(layer, training):
    inputs = pictures()
    changed = dict(inputs, image=inputs["image"].copy())
    changed["image"][1, 8:], changed["image"][1, :, 24:] = 17, 17
    before, _ = layer(*inputs.values(), training=training)
    after, _ = layer(*changed.values(), training=training)
    np.testing.assert_array_equal(before, after)


def test_batch_statistics_leave_padding_out(layer):
    """The same pictures on a larger canvas update the moving statistics alike."""
    inputs = pictures()
    canvas = np.full((2, 32, 64, 1), 255, np.uint8)
    canvas[:, :16, :32] = inputs["image"]
    start = layer.get_weights()
    layer(*inputs.values(), training=True)
    expected = layer.get_weights()
    layer.set_weights(start)
    layer(canvas, inputs["size"], training=True)
    for before, ours, theirs in zip(start, layer.get_weights(), expected):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)
        assert before.shape == ours.shape
    assert any((before != after).any() for before, after in zip(start, expected))


def test_lengths_of_the_arguments_must_agree():
    with pytest.raises(ValueError, match=r"one entry for each convolution. Received lengths: 2, 6, 6"):
        ConvolutionalEncoder(filters=(3, 4))
