"""Where the time of a training step goes, and how far it is from what the chip could do.

    python recipes/benchmark_training.py --config recipes/configs/standard.py

For each canvas of the config: formulas a second of the whole step, its share of the floor (the step's arithmetic at
the rate that a large matrix product reaches on the same chip), and the time of the convolutions, the row encoder and
the decoder, forward and backward, each compiled alone. Random pictures; nothing is read from disk.
"""

import argparse
import json
import statistics
import time

import keras
import numpy as np
import tensorflow as tf
from train import load_config

from keras_im2latex.markup import Vocabulary
from keras_im2latex.models import Im2Latex
from keras_im2latex.training import TokenCrossEntropy, build_optimizer, build_training_model


def milliseconds(function, *arguments, runs=10):
    """Median time of a call after a first one that compiles, and that first one's seconds."""
    start = time.perf_counter()
    tf.nest.map_structure(np.asarray, function(*arguments))
    compile_seconds = time.perf_counter() - start
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        tf.nest.map_structure(np.asarray, function(*arguments))
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times), compile_seconds


def matrix_product_rate(size, dtype):
    """Floating-point operations a second of a large matrix product."""
    left, right = (tf.cast(tf.random.normal((size, size)), dtype) for _ in range(2))
    chain = tf.function(lambda a, b: tf.reduce_sum(tf.cast(a @ b @ b @ b @ b, tf.float32)))
    time_ms, _ = milliseconds(chain, left, right)
    return 4 * 2 * size**3 / (time_ms / 1000)


def encoder_operations(encoder, height, width):
    """Floating-point operations of the convolutional encoder for one picture, as TensorFlow counts them."""
    picture = tf.TensorSpec((1, height, width, 1))
    size = tf.constant([[height, width]])
    graph = tf.function(lambda image: encoder(image, size)[0]).get_concrete_function(picture).graph
    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation())
    return profiler.profile(graph, options=options.with_empty_output().build()).total_float_ops


def step_operations(model, height, width, steps):
    """Floating-point operations of one formula, forward and backward, multiplications and additions apart."""
    cells, units, memory = height * width / 64, model.decoder_units, 2 * model.encoder_units
    products = cells * 2 * 4 * model.encoder_units * (model.filters[-1] + model.encoder_units)
    products += cells * memory * units
    gates = 4 * units * (model.embedding_size + 2 * units)
    products += steps * (gates + cells * (units + memory) + (memory + units) * units + units * len(model.vocabulary))
    return 3 * (2 * products + encoder_operations(model.get_layer("convolutional_encoder"), height, width))


def gradient_function(forward, weights, jit_compile):
    """Forward and backward of a part of the model, as one compiled function of its inputs."""

    @tf.function(jit_compile=jit_compile)
    def run(inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            loss = tf.reduce_sum(tf.cast(forward(inputs), tf.float32))
        return [tf.reduce_sum(tf.cast(gradient, tf.float32)) for gradient in tape.gradient(loss, weights)]

    return run


def measure(config, model, training_model, height, width, steps, rate):
    """All figures of one canvas."""
    batch = config.batch_size
    random = np.random.default_rng(0)
    pictures = tf.constant(random.integers(0, 256, (batch, height, width, 1), np.uint8))
    size = tf.fill((batch, 2), 0) + tf.constant([[height, width]])
    tokens = random.integers(4, len(model.vocabulary), (batch, config.maximum_tokens + 1)).astype(np.int32)
    tokens[:, steps:] = 0
    inputs = {"image": pictures, "size": size, "tokens": tf.constant(tokens)}

    def step():
        return training_model.train_on_batch(inputs, tokens)

    step_ms, compile_seconds = milliseconds(step)
    encoder, rows, decoder = (model.get_layer(name) for name in ("convolutional_encoder", "row_encoder", "decoder"))
    dtype = encoder.compute_dtype
    shape = (batch, height // 8, width // 8)
    features = tf.cast(tf.random.normal((*shape, model.filters[-1])), dtype)
    grid = tf.cast(tf.random.normal((*shape, 2 * model.encoder_units)), dtype)
    mask = tf.ones(shape, bool)
    parts = {
        "convolutions": (lambda x: encoder(x, size, training=True)[0], pictures, encoder),
        "row encoder": (lambda x: rows(x, mask), features, rows),
        "decoder": (lambda x: decoder(inputs["tokens"], x, mask, training=True), grid, decoder),
    }
    times = {}
    for name, (forward, given, layer) in parts.items():
        run = gradient_function(forward, layer.trainable_weights, config.xla)
        times[name], _ = milliseconds(run, given)
    floor_ms = 1000 * batch * step_operations(model, height, width, steps) / rate
    return {
        "canvas": f"{height}x{width}",
        "steps": steps,
        "step_ms": round(step_ms, 2),
        "formulas_per_second": round(1000 * batch / step_ms),
        "share_of_floor": round(floor_ms / step_ms, 3),
        "compile_seconds": round(compile_seconds, 1),
        **{f"{name}_ms": round(value, 2) for name, value in times.items()},
    }


def main():
    """Reads the arguments, measures, and prints one JSON object a canvas."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default="recipes/configs/standard.py")
    parser.add_argument("--batch-size", type=int, help="instead of the config's")
    parser.add_argument("--canvas", type=int, nargs=2, action="append", metavar=("HEIGHT", "WIDTH"))
    parser.add_argument("--steps", type=int, default=64, help="tokens of each formula")
    parser.add_argument("--matrix-size", type=int, default=8192, help="for the chip's own rate")
    arguments = parser.parse_args()

    config = load_config(arguments.config)
    if arguments.batch_size:
        config = config.__class__(**{**vars(config), "batch_size": arguments.batch_size})
    keras.config.set_dtype_policy(config.precision)
    dtype = keras.config.dtype_policy().compute_dtype
    rate = matrix_product_rate(arguments.matrix_size, dtype)
    print(json.dumps({"matrix_product_tflops": round(rate / 1e12, 3), "dtype": dtype}), flush=True)

    model = Im2Latex(Vocabulary([f"t{index}" for index in range(500)]), **config.model)
    training_model = build_training_model(model, config)
    loss = TokenCrossEntropy(config.loss_per, config.label_smoothing)
    training_model.compile_training(build_optimizer(config, 1000), loss, xla=config.xla)
    for height, width in arguments.canvas or config.canvases:
        print(json.dumps(measure(config, model, training_model, height, width, arguments.steps, rate)), flush=True)


if __name__ == "__main__":
    main()
