"""Optimizers and their learning rates, as a config names them."""

import keras

from keras_im2latex.training.stateless_update import StatelessAdam, StatelessSGD


def build_optimizer(config, total_steps):
    """The optimizer of a training config.

    Args:
        config: a `TrainingConfig`.
        total_steps: steps of the whole run, over which the cosine decays.

    Returns:
        A `keras.optimizers.Optimizer`.
    """
    if config.optimizer == "sgd":
        return StatelessSGD(config.learning_rate, global_clipnorm=config.clip_norm, **_average(config))
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.learning_rate / 100,
        warmup_target=config.learning_rate,
        warmup_steps=config.warmup_steps,
        decay_steps=max(total_steps - config.warmup_steps, 1),
        alpha=0.01,
    )
    return StatelessAdam(schedule, beta_2=0.98, global_clipnorm=config.clip_norm, **_average(config))


def _average(config):
    if config.weight_average is None:
        return {}
    return {"use_ema": True, "ema_momentum": config.weight_average}
