"""Updates as functions of values, against Keras' own updates of variables."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex.training.stateless_update import StatelessAdam, StatelessSGD

OPTIMIZERS = {
    "adam": (StatelessAdam, keras.optimizers.Adam, {"beta_2": 0.98, "global_clipnorm": 0.5}),
    "average": (StatelessAdam, keras.optimizers.Adam, {"use_ema": True, "ema_momentum": 0.9}),
    "sgd": (StatelessSGD, keras.optimizers.SGD, {"momentum": 0.9}),
}


def weights():
    """Two weights of a model, and what their gradients are in each of three steps."""
    generator = np.random.default_rng(0)
    shapes = ((3, 2), (4,))
    values = [generator.normal(size=shape).astype(np.float32) for shape in shapes]
    steps = [[generator.normal(size=shape).astype(np.float32) for shape in shapes] for _ in range(3)]
    return [keras.Variable(value) for value in values], [[tf.constant(each) for each in step] for step in steps]


@pytest.mark.parametrize("compiled", [False, True], ids=["plain", "compiled"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_values_are_those_that_keras_gives_variables(name, compiled):
    """A rate that changes, momentum, clipping and a moving average of weights, over three steps."""
    stateless, plain, options = OPTIMIZERS[name]
    schedule = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=10, warmup_target=0.1, warmup_steps=2)
    expected, steps = weights()
    optimizer = plain(schedule, **options)
    for gradients in steps:
        optimizer.apply(gradients, expected)

    variables, _ = weights()
    before = [variable.numpy() for variable in variables]
    updating = stateless(schedule, **options)
    updating.build(variables)
    apply = tf.function(updating.stateless_apply, jit_compile=compiled, autograph=False)
    values, state = ([tf.constant(each.numpy()) for each in some] for some in (variables, updating.variables))
    for gradients in steps:
        values, state = apply(state, gradients, values)

    for value, variable in zip(values, expected, strict=True):
        np.testing.assert_allclose(value, variable.numpy(), rtol=1e-6, atol=1e-7)
    for value, variable in zip(state, optimizer.variables, strict=True):
        np.testing.assert_allclose(value, variable.numpy(), rtol=1e-6, atol=1e-7)
    for variable, value in zip(variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value)


def test_variables_are_updated_as_by_keras():
    """On one device, where Keras applies gradients itself."""
    (first, steps), (second, _) = weights(), weights()
    optimizers = StatelessAdam(0.1, global_clipnorm=0.5), keras.optimizers.Adam(0.1, global_clipnorm=0.5)
    for optimizer, variables in zip(optimizers, (first, second)):
        for gradients in steps:
            optimizer.apply(gradients, variables)
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
