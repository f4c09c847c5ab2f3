import numpy as np
import pytest

from keras_im2latex.storage.integer_weights import dequantize_channels, quantize_channels


@pytest.fixture
def values():
    """Channels of very different sizes, as after batch normalization."""
    generator = np.random.default_rng(0)
    return generator.normal(size=(3, 3, 20, 50)).astype("float32") * np.logspace(-6, 4, 50, dtype="float32")


def test_integers_and_scales_by_hand():
    integers, scales = quantize_channels(np.array([[1.27, 0.0, -8.0], [-0.5, 0.0, 2.0], [0.004, 0.0, 4.1]]))
    assert integers.dtype == np.int8
    np.testing.assert_array_equal(integers, [[127, 0, -127], [-50, 0, 32], [0, 0, 65]])
    assert scales.dtype == np.float32
    np.testing.assert_allclose(scales, [0.01, 0, 8 / 127], rtol=1e-6)
    restored = dequantize_channels(integers, scales)
    assert restored.dtype == np.float32
    np.testing.assert_allclose(restored[:, 2], [-8, 32 * 8 / 127, 65 * 8 / 127], rtol=1e-6)


def test_no_value_moves_by_more_than_half_a_step(values):
    restored = dequantize_channels(*quantize_channels(values))
    assert restored.shape == values.shape
    for channel in range(values.shape[-1]):
        exact = values[..., channel].astype("float64")
        step = np.abs(exact).max() / 127
        moved = np.abs(restored[..., channel] - exact)
        assert moved.max() <= step / 2 * (1 + 1e-4)
        # Rounding errors are spread evenly over a step: their mean square is a twelfth of its square.
        assert 0.6 < np.mean(moved**2) / (step**2 / 12) < 1.4


def test_the_largest_of_each_channel_and_zero_stay(values):
    values[0, 0, 0] = 0
    restored = dequantize_channels(*quantize_channels(values))
    assert not restored[0, 0, 0].any()
    np.testing.assert_allclose(np.abs(restored).max((0, 1, 2)), np.abs(values).max((0, 1, 2)), rtol=1e-6)


def test_signs_are_treated_alike(values):
    integers, scales = quantize_channels(values)
    negated, same_scales = quantize_channels(-values)
    np.testing.assert_array_equal(negated, -integers)
    np.testing.assert_array_equal(same_scales, scales)


def test_what_was_rounded_once_stays(values):
    integers, scales = quantize_channels(values)
    again, same_scales = quantize_channels(dequantize_channels(integers, scales))
    np.testing.assert_array_equal(again, integers)
    np.testing.assert_allclose(same_scales, scales, rtol=1e-6)


@pytest.mark.parametrize("size", [0.0, 1e-45, 1e-44, 1e-38])
def test_vanishing_channels_stay_finite(size):
    values = np.array([[size, 1.0], [-size, 0.5]], np.float32)
    integers, scales = quantize_channels(values)
    restored = dequantize_channels(integers, scales)
    assert np.isfinite(restored).all()
    np.testing.assert_allclose(restored, values, rtol=0, atol=1 / 254)
    np.testing.assert_allclose(restored[:, 0], values[:, 0], rtol=0, atol=2e-43 + size / 254)


def test_a_vector_is_scaled_value_by_value():
    vector = np.array([3.0, -0.1, 0.0], np.float32)
    integers, scales = quantize_channels(vector)
    np.testing.assert_array_equal(integers, [127, -127, 0])
    np.testing.assert_allclose(dequantize_channels(integers, scales), vector, rtol=1e-6)
