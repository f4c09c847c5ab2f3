"""Trains the same model on one and on two logical CPU devices, and prints how far their weights are apart.

A process of its own, because logical devices must be set before TensorFlow starts.
"""

import contextlib
import json

import keras
import numpy as np
import tensorflow as tf

from keras_im2latex.layers import ConvolutionalEncoder, Decoder, RowEncoder, StandardAttention
from keras_im2latex.training import TokenCrossEntropy, TrainingModel
from keras_im2latex.training.stateless_update import StatelessSGD

BATCH, FULL, RAGGED = 4, 8, 11


def build():
    """A whole model without batch normalization, whose statistics are each replica's own by design."""
    keras.utils.set_random_seed(0)
    image = keras.Input((16, 32, 1), dtype="uint8", name="image")
    size = keras.Input((2,), dtype="int32", name="size")
    tokens = keras.Input((4,), dtype="int32", name="tokens")
    grid, mask = ConvolutionalEncoder((4, 4, 4, 4, 4, 4), batch_normalization=(False,) * 6)(image, size)
    grid = RowEncoder(4)(grid, mask)
    logits = Decoder(8, StandardAttention(units=6), embedding_size=4, units=6)(tokens, grid, mask)
    return TrainingModel(inputs={"image": image, "size": size, "tokens": tokens}, outputs=logits)


def batches(examples):
    """Pictures of several sizes, and formulas of several lengths."""
    generator = np.random.default_rng(0)
    inside = np.arange(4) < generator.integers(1, 5, size=(examples, 1))
    inputs = {
        "image": generator.integers(0, 256, size=(examples, 16, 32, 1), dtype=np.uint8),
        "size": generator.integers(8, [17, 33], size=(examples, 2)).astype(np.int32),
        "tokens": generator.integers(1, 8, size=(examples, 4), dtype=np.int32) * inside,
    }
    targets = generator.integers(1, 8, size=(examples, 4), dtype=np.int32) * inside
    return tf.data.Dataset.from_tensor_slices((inputs, targets)).batch(BATCH)


def trained(strategy, at_once=1):
    """Trainable weights at the start, after full batches, and after ragged ones; and the loss at the end."""
    with strategy.scope() if strategy else contextlib.nullcontext():
        model = build()
        optimizer = StatelessSGD(0.1, momentum=0.9)
        model.compile_training(optimizer, TokenCrossEntropy(), xla=False, steps_per_execution=at_once)
    weights = [model.get_weights()]
    for examples in (FULL, RAGGED):
        model.fit(batches(examples), epochs=2, verbose=0)
        weights.append(model.get_weights())
    return weights, model.evaluate(batches(RAGGED), verbose=0)


def largest(first, second):
    """How far each weight lies from its counterpart."""
    return [float(np.abs(a - b).max()) for a, b in zip(first, second, strict=True)]


def main():
    """Prints a JSON object of differences."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    strategy = tf.distribute.MirroredStrategy(["cpu:0", "cpu:1"])
    (start, full, ragged), loss = trained(strategy)
    (_, full_at_once, ragged_at_once), loss_at_once = trained(strategy, at_once=2)
    (_, one_full, one_ragged), one_loss = trained(None)
    figures = {
        "replicas": strategy.num_replicas_in_sync,
        "smallest_move": min(largest(start, full)),
        "after_full_batches": max(largest(full, one_full)),
        "after_ragged_batches": max(largest(ragged, one_ragged)),
        "after_full_batches_two_at_once": max(largest(full_at_once, one_full)),
        "after_ragged_batches_two_at_once": max(largest(ragged_at_once, one_ragged)),
        "losses": [loss, one_loss, loss_at_once],
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
