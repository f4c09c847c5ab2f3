"""One call that checks everything a layer owes its users, whatever it computes."""

import contextlib

import keras
import numpy as np
import tensorflow as tf

MIXED_POLICIES = ("mixed_bfloat16", "mixed_float16")
EPSILON = {"bfloat16": 2.0**-8, "float16": 2.0**-11}


def check_layer(make_layer, inputs, output_shapes, *, output_dtypes, roundings=16):
    """Checks shapes, config, mixed precision, saving, gradients and compilation of a layer.

    Args:
        make_layer: function of `dtype` that returns a new layer, the same one each time.
        inputs: dict of NumPy arrays, the layer's call arguments by name, batch first.
        output_shapes: the expected shape of each output, in order.
        output_dtypes: the expected dtype of each output; "compute" stands for the policy's compute dtype.
        roundings: how many roundings of the compute dtype, relative to the largest output, the outputs under
            mixed precision may differ from those in float32.
    """
    inputs = {name: tf.constant(value) for name, value in inputs.items()}
    layer = make_layer()
    layer(*inputs.values())
    fill_weights(layer)
    expected = _run(layer, inputs)
    assert [output.shape for output in expected] == list(output_shapes)

    _check_symbolic_outputs(layer, inputs, output_shapes, output_dtypes)
    _check_config(layer, inputs, expected)
    for policy in MIXED_POLICIES:
        _check_mixed_precision(make_layer, layer, inputs, expected, output_dtypes, policy, roundings)
    _check_gradients(layer, inputs)
    _check_compiled(layer, inputs, expected)
    return layer


def check_saving(make_layer, inputs, folder):
    """Checks that a functional model around the layer gives identical outputs once saved and loaded."""
    symbols = {name: keras.Input(value.shape[1:], dtype=value.dtype.name, name=name) for name, value in inputs.items()}
    model = keras.Model(symbols, make_layer()(*symbols.values()))
    fill_weights(model)
    model.save(folder / "model.keras")
    loaded = keras.saving.load_model(folder / "model.keras")
    for before, after in zip(tf.nest.flatten(model(inputs)), tf.nest.flatten(loaded(inputs)), strict=True):
        np.testing.assert_array_equal(before, after)


def fill_weights(layer, scale=0.5, seed=0):
    """Gives every weight seeded normal values, so that none is zero or one by initialization."""
    generator = np.random.default_rng(seed)
    for variable in layer.weights:
        values = generator.normal(0.0, scale, variable.shape)
        variable.assign(np.abs(values) + 0.5 if variable.path.endswith("moving_variance") else values)


@contextlib.contextmanager
def global_policy(policy):
    """Sets Keras's dtype policy, and puts the one before back."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _run(layer, inputs):
    return [output.numpy() for output in tf.nest.flatten(layer(*inputs.values()))]


def _check_symbolic_outputs(layer, inputs, output_shapes, output_dtypes):
    shapes = {f"{name}_shape": value.shape for name, value in inputs.items()}
    computed = layer.compute_output_shape(**shapes)
    several = isinstance(computed[0], tuple)
    assert [tuple(shape) for shape in (computed if several else [computed])] == list(output_shapes)
    symbols = {
        name: keras.Input(batch_shape=(None, *value.shape[1:]), dtype=value.dtype.name)
        for name, value in inputs.items()
    }
    outputs = tf.nest.flatten(layer(*symbols.values()))
    assert [output.shape for output in outputs] == [(None, *shape[1:]) for shape in output_shapes]
    dtypes = ["float32" if dtype == "compute" else dtype for dtype in output_dtypes]
    assert [keras.backend.standardize_dtype(output.dtype) for output in outputs] == dtypes


def _check_config(layer, inputs, expected):
    config = keras.saving.serialize_keras_object(layer)
    rebuilt = keras.saving.deserialize_keras_object(config)
    assert keras.saving.serialize_keras_object(rebuilt) == config
    rebuilt(*inputs.values())
    rebuilt.set_weights(layer.get_weights())
    for before, after in zip(expected, _run(rebuilt, inputs), strict=True):
        np.testing.assert_array_equal(before, after)


def _check_mixed_precision(make_layer, layer, inputs, expected, output_dtypes, policy, roundings):
    with global_policy(policy):
        by_global_policy = make_layer()
        by_global_policy(*inputs.values())
    by_argument = make_layer(dtype=policy)
    by_argument(*inputs.values())
    compute_dtype = by_argument.compute_dtype
    results = []
    for mixed in (by_global_policy, by_argument):
        assert {variable.dtype for variable in mixed.weights} == {"float32"}
        mixed.set_weights(layer.get_weights())
        results.append(_run(mixed, inputs))
    for ours, theirs, reference, dtype in zip(*results, expected, output_dtypes, strict=True):
        assert ours.dtype.name == (compute_dtype if dtype == "compute" else dtype)
        np.testing.assert_array_equal(ours, theirs, err_msg="`dtype` and the global policy differ")
        largest = np.abs(reference.astype("float32")).max(initial=0.0)
        tolerance = roundings * EPSILON[compute_dtype] * largest if reference.dtype.kind == "f" else 0
        np.testing.assert_allclose(ours.astype("float32"), reference.astype("float32"), rtol=0, atol=tolerance)


def _check_gradients(layer, inputs):
    generator = np.random.default_rng(1)
    with tf.GradientTape() as tape:
        outputs = [output for output in tf.nest.flatten(layer(*inputs.values())) if output.dtype.is_floating]
        directions = [generator.normal(size=output.shape) for output in outputs]
        loss = tf.add_n([tf.reduce_sum(output * by) for output, by in zip(outputs, directions)])
    gradients = tape.gradient(loss, [variable.value for variable in layer.trainable_variables])
    for variable, gradient in zip(layer.trainable_variables, gradients, strict=True):
        assert gradient is not None, f"no gradient reaches {variable.path}"
        gradient = tf.convert_to_tensor(gradient).numpy()
        assert np.isfinite(gradient).all(), f"the gradient of {variable.path} is not finite"
        assert np.abs(gradient).max() > 1e-6, f"the gradient of {variable.path} is zero"


def _check_compiled(layer, inputs, expected):
    compiled = tf.function(lambda tensors: layer(*tensors.values()), jit_compile=True)
    outputs = tf.nest.flatten(compiled(inputs))
    for before, after in zip(expected, outputs, strict=True):
        np.testing.assert_allclose(before, after.numpy(), rtol=1e-4, atol=1e-5)
