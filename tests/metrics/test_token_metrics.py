"""Keras metrics against NumPy."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from keras_im2latex.metrics import Perplexity, TokenAccuracy

PADDING = 0


def batches(seed=0):
    """Batches of different lengths, padded at the end: ids, logits and weights."""
    generator = np.random.default_rng(seed)
    for batch, time in ((4, 3), (2, 17), (5, 8)):
        ids = generator.integers(1, 11, (batch, time))
        ids[np.arange(time) >= generator.integers(1, time + 1, (batch, 1))] = PADDING
        logits = generator.normal(size=(batch, time, 11)).astype("float32") * 3
        yield ids, logits, generator.random((batch, time)).astype("float32")


def log_probabilities(logits):
    logits = logits.astype("float64")
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


def expected(weigh):
    """Perplexity and accuracy over all batches at once, tokens weighed by `weigh(ids, weights)`."""
    loss = right = total = 0.0
    for ids, logits, weights in batches():
        weights = weigh(ids, weights)
        token = np.take_along_axis(log_probabilities(logits), ids[..., None], -1)[..., 0]
        loss -= (token * weights).sum()
        right += ((logits.argmax(-1) == ids) * weights).sum()
        total += weights.sum()
    return np.exp(loss / total), right / total


@pytest.mark.parametrize(("metric", "which"), [(Perplexity, 0), (TokenAccuracy, 1)])
class TestAgainstNumPy:
    def test_masked(self, metric, which):
        metric = metric(mask_token_id=PADDING)
        for ids, logits, _ in batches():
            metric.update_state(ids, logits)
        assert float(metric.result()) == pytest.approx(expected(lambda ids, _: (ids != PADDING) * 1.0)[which], rel=1e-5)

    def test_weighted(self, metric, which):
        metric = metric()
        for ids, logits, weights in batches():
            metric.update_state(ids, logits, sample_weight=weights)
        assert float(metric.result()) == pytest.approx(expected(lambda _, weights: weights)[which], rel=1e-5)

    def test_masked_and_weighted_per_example(self, metric, which):
        metric = metric(mask_token_id=PADDING)
        for ids, logits, weights in batches():
            metric.update_state(ids, logits, sample_weight=weights[:, 0])
        assert float(metric.result()) == pytest.approx(
            expected(lambda ids, weights: (ids != PADDING) * weights[:, :1])[which], rel=1e-5
        )

    def test_reset_forgets(self, metric, which):
        metric = metric(mask_token_id=PADDING)
        first, *_, last = batches()
        metric.update_state(*first[:2])
        metric.reset_state()
        metric.update_state(*last[:2])
        alone = type(metric)(mask_token_id=PADDING)
        alone.update_state(*last[:2])
        assert float(metric.result()) == float(alone.result())

    def test_serialization(self, metric, which):
        config = keras.saving.serialize_keras_object(metric(mask_token_id=3, name="other"))
        assert config["registered_name"] == f"keras_im2latex>{metric.__name__}"
        restored = keras.saving.deserialize_keras_object(config)
        assert (type(restored), restored.mask_token_id, restored.name) == (metric, 3, "other")

    def test_fit_reports_it_by_token(self, metric, which):
        ids, logits, weights = next(batches())
        inputs = keras.Input((None, 11))
        model = keras.Model(inputs, keras.layers.Identity()(inputs))
        model.compile(
            loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            weighted_metrics=[metric(name="measured")],
        )
        report = model.evaluate(logits, ids, sample_weight=weights, batch_size=4, verbose=0, return_dict=True)
        alone = metric()
        alone.update_state(ids, logits, sample_weight=weights)
        assert report["measured"] == pytest.approx(float(alone.result()), rel=1e-5)


def test_perplexity_of_a_uniform_guess_is_the_vocabulary_size():
    metric = Perplexity()
    metric.update_state(np.ones((2, 5), int), np.zeros((2, 5, 500), "float32"))
    assert float(metric.result()) == pytest.approx(500, rel=1e-5)


def test_perplexity_from_probabilities():
    ids, logits, _ = next(batches())
    metric, other = Perplexity(from_logits=False, mask_token_id=PADDING), Perplexity(mask_token_id=PADDING)
    metric.update_state(ids, np.exp(log_probabilities(logits)).astype("float32"))
    other.update_state(ids, logits)
    assert float(metric.result()) == pytest.approx(float(other.result()), rel=1e-4)
    assert Perplexity.from_config(metric.get_config()).from_logits is False


def test_padding_id_outside_the_vocabulary_is_no_matter():
    ids, logits, _ = next(batches())
    metric, other = Perplexity(mask_token_id=-1), Perplexity(mask_token_id=PADDING)
    metric.update_state(np.where(ids == PADDING, -1, ids), logits)
    other.update_state(ids, logits)
    assert float(metric.result()) == pytest.approx(float(other.result()), rel=1e-6)


def test_half_precision_logits_are_summed_in_full_precision():
    ids, logits, _ = next(batches())
    half = logits.astype("float16")
    metric, other = Perplexity(mask_token_id=PADDING), Perplexity(mask_token_id=PADDING)
    metric.update_state(ids, half)
    other.update_state(ids, half.astype("float32"))
    assert float(metric.result()) == pytest.approx(float(other.result()), rel=1e-6)


REPLICAS = """
import numpy as np, keras, tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from keras_im2latex.metrics import Perplexity, TokenAccuracy
generator = np.random.default_rng(0)
ids, logits = generator.integers(0, 7, (12, 6)), generator.normal(size=(12, 6, 7)).astype("float32")
def build():
    inputs = keras.Input((6, 7))
    model = keras.Model(inputs, keras.layers.Identity()(inputs))
    metrics = [Perplexity(mask_token_id=0), TokenAccuracy(mask_token_id=0)]
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=metrics)
    return model
one = build().evaluate(logits, ids, batch_size=4, verbose=0, return_dict=True)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
assert strategy.num_replicas_in_sync == 2
with strategy.scope():
    model = build()
two = model.evaluate(logits, ids, batch_size=4, verbose=0, return_dict=True)
for name in ("perplexity", "token_accuracy"):
    np.testing.assert_allclose(one[name], two[name], rtol=1e-5)
print("replicas agree")
"""


def test_two_replicas_give_what_one_gives():
    # A process of its own: logical devices must be set up before TensorFlow starts.
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.run(
        [sys.executable, "-c", REPLICAS], capture_output=True, text=True, env=environment, timeout=300
    )
    assert "replicas agree" in process.stdout, process.stderr[-3000:]
