import keras
import numpy as np
import pytest

from keras_im2latex.training import TokenCrossEntropy

PADDING, VOCABULARY = 0, 6
TARGETS = np.array([[4, 5, 2, 0, 0], [3, 2, 0, 0, 0], [1, 1, 1, 1, 2]], np.int32)


@pytest.fixture
def logits():
    return np.random.default_rng(0).normal(size=(*TARGETS.shape, VOCABULARY)).astype("float32")


def token_losses(logits, smoothing, padding=PADDING):
    """The loss of each token that counts, formula by formula."""
    formulas = []
    for targets, rows in zip(TARGETS, logits.astype("float64")):
        losses = []
        for target, row in zip(targets, rows):
            if target != padding:
                log_probabilities = row - np.log(np.exp(row).sum())
                wanted = np.full(VOCABULARY, smoothing / VOCABULARY)
                wanted[target] += 1 - smoothing
                losses.append(-(wanted * log_probabilities).sum())
        formulas.append(losses)
    return formulas


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_per_token_is_the_mean_over_tokens(logits, smoothing):
    expected = np.concatenate(token_losses(logits, smoothing)).mean()
    loss = TokenCrossEntropy(label_smoothing=smoothing)(TARGETS, logits)
    np.testing.assert_allclose(loss, expected, rtol=1e-6)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_per_formula_is_the_sum_over_tokens_and_the_mean_over_formulas(logits, smoothing):
    expected = np.mean([sum(losses) for losses in token_losses(logits, smoothing)])
    loss = TokenCrossEntropy("formula", smoothing)(TARGETS, logits)
    np.testing.assert_allclose(loss, expected, rtol=1e-6)


@pytest.mark.parametrize("per", ["token", "formula"])
def test_padding_has_neither_loss_nor_gradient(logits, per):
    changed = np.where((TARGETS == PADDING)[..., None], 50 * logits, logits)
    loss = TokenCrossEntropy(per, 0.1)
    np.testing.assert_array_equal(loss(TARGETS, logits), loss(TARGETS, changed))
    longer = np.pad(TARGETS, [[0, 0], [0, 3]]), np.pad(logits, [[0, 0], [0, 3], [0, 0]])
    np.testing.assert_allclose(loss(*longer), loss(TARGETS, logits), rtol=1e-6)


def test_another_padding_id(logits):
    expected = np.concatenate(token_losses(logits, 0.0, padding=1)).mean()
    np.testing.assert_allclose(TokenCrossEntropy(padding_id=1)(TARGETS, logits), expected, rtol=1e-6)


@pytest.mark.parametrize("per", ["token", "formula"])
def test_padding_alone_costs_nothing(logits, per):
    assert float(TokenCrossEntropy(per)(np.zeros_like(TARGETS), logits)) == 0


def test_low_precision_logits_are_summed_in_float32(logits):
    loss = TokenCrossEntropy("formula")
    low = keras.ops.cast(logits, "bfloat16")
    value = loss(TARGETS, low)
    assert value.dtype == "float32"
    np.testing.assert_allclose(value, loss(TARGETS, keras.ops.cast(low, "float32")), rtol=1e-6)


def test_config_round_trip(logits):
    loss = TokenCrossEntropy("formula", 0.2, padding_id=3)
    rebuilt = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert rebuilt.get_config() == loss.get_config()
    np.testing.assert_array_equal(rebuilt(TARGETS, logits), loss(TARGETS, logits))


def test_errors():
    with pytest.raises(ValueError, match=r"`per` must be 'token' or 'formula'. Received: per='batch'"):
        TokenCrossEntropy("batch")
