"""Optimizers whose update is a function of values, so that XLA compiles it under a distribution strategy."""

import keras

_Plain = keras.optimizers.Optimizer.__bases__[-1]  # what is the same for all of Keras' backends


class StatelessUpdate:
    """Mixin that gives optimizers `stateless_apply`, which Keras 3.15 refuses on TensorFlow.

    There an update asks the distribution strategy to change its variables, one kernel after another on each. With this
    it changes Keras variables as on the other backends, and so stays within `keras.StatelessScope`. Gradients must be
    summed over replicas before.

    Example:
        >>> optimizer = StatelessAdam(1e-3)
        >>> optimizer.build(model.trainable_variables)
        >>> trainable, state = optimizer.stateless_apply(state, gradients, trainable)
    """

    assign = _Plain.assign
    assign_add = _Plain.assign_add
    assign_sub = _Plain.assign_sub
    stateless_apply = _Plain.stateless_apply
    _backend_update_step = _Plain._backend_update_step
    _var_key = _Plain._var_key


class StatelessAdam(StatelessUpdate, keras.optimizers.Adam):
    """`keras.optimizers.Adam` with `StatelessUpdate`."""


class StatelessSGD(StatelessUpdate, keras.optimizers.SGD):
    """`keras.optimizers.SGD` with `StatelessUpdate`."""
