import numpy as np
import pytest
from layer_checks import check_layer, check_saving, fill_weights
from test_convolutional_encoder import pictures

from keras_im2latex.layers import ResidualEncoder

FILTERS, BLOCKS = (2, 3, 4, 5), (0, 1, 2, 1)


def make_layer(**options):
    return ResidualEncoder(FILTERS, BLOCKS, **options)


def convolve(features, kernel, stride):
    """A 3 x 3 convolution, pixel by pixel; of stride 2 its windows begin at every second pixel."""
    height, width, _ = features.shape
    before = 1 if stride == 1 else 0
    padded = np.pad(features, [[before, 1], [before, 1], [0, 0]])
    output = np.empty((height // stride, width // stride, kernel.shape[-1]))
    for y, x in np.ndindex(*output.shape[:2]):
        output[y, x] = np.tensordot(padded[stride * y :, stride * x :][:3, :3], kernel, 3)
    return output


def plain_encoding(weights, image):
    """The features of one picture whose sides are multiples of 8, from the weights in the order of the convolutions."""
    remaining = iter(weights)

    def normalized(features, stride):
        kernel, gamma, beta, mean, variance = next(remaining)
        return gamma * (convolve(features, kernel, stride) - mean) / np.sqrt(variance + 1e-5) + beta

    features = (image.astype("float64") - 128) / 128
    for stage, blocks in enumerate(BLOCKS):
        features = np.maximum(normalized(features, 2 if stage else 1), 0)
        for _ in range(blocks):
            inner = np.maximum(normalized(features, 1), 0)
            features = np.maximum(features + normalized(inner, 1), 0)
    return features


@pytest.fixture
def layer():
    layer = make_layer()
    layer(*pictures().values())
    fill_weights(layer)
    return layer


def test_features_are_those_of_plain_convolutions(layer):
    inputs = pictures()
    features, mask = layer(inputs["image"][:1], inputs["size"][:1])
    pairs = [pair for stage in layer.stages for pair in stage]
    weights = [[weight.numpy() for part in pair for weight in part.weights] for pair in pairs]
    expected = plain_encoding(weights, inputs["image"][0])
    assert expected.shape == (2, 4, 5)
    assert expected.std() > 0.1
    np.testing.assert_allclose(features[0], expected, rtol=1e-4, atol=1e-4)
    assert mask.numpy().all()


def test_layer(tmp_path):
    output_shapes = [(2, 2, 4, FILTERS[-1]), (2, 2, 4)]
    check_layer(make_layer, pictures(), output_shapes, output_dtypes=["compute", "bool"], roundings=64)
    check_saving(make_layer, pictures(), tmp_path)


@pytest.mark.parametrize("training", [False, True])
def test_what_lies_outside_a_picture_changes_nothing(layer, training):
    inputs = pictures()
    changed = dict(inputs, image=inputs["image"].copy())
    changed["image"][1, 8:], changed["image"][1, :, 24:] = 17, 17
    before, mask = layer(*inputs.values(), training=training)
    after, _ = layer(*changed.values(), training=training)
    np.testing.assert_array_equal(before, after)
    assert not before.numpy()[1][~mask[1].numpy()].any()
    assert before.numpy()[1][mask[1].numpy()].any()


def test_a_picture_has_the_same_features_on_a_larger_canvas(layer):
    inputs = pictures()
    canvas = np.full((2, 32, 64, 1), 255, np.uint8)
    canvas[:, :16, :32] = inputs["image"]
    features, _ = layer(*inputs.values())
    on_canvas, mask = layer(canvas, inputs["size"])
    np.testing.assert_allclose(on_canvas[:, :2, :4], features, rtol=1e-5, atol=1e-6)
    assert not mask.numpy()[:, 2:].any()
    assert not mask.numpy()[:, :, 4:].any()


def test_lengths_of_the_arguments_must_agree():
    with pytest.raises(ValueError, match=r"each of 4 stages. Received lengths: 2, 4"):
        ResidualEncoder(filters=(3, 4))
