"""Training over several hosts, for which Keras' `fit` has no way: an epoch loop over the same strategy.

Under `tf.distribute.MultiWorkerMirroredStrategy` the `fit` of Keras 3.15 fails where it converts the results of a step
([keras#20585](https://github.com/keras-team/keras/issues/20585)). Each host runs the same program on the same formulas
in the same order, and computes its part of every global batch.
"""

import functools

import keras
import tensorflow as tf


def over_several_hosts(strategy):
    """Whether a `tf.distribute.Strategy`, or None, spans several processes."""
    return isinstance(strategy, tf.distribute.MultiWorkerMirroredStrategy)


def is_chief(strategy):
    """Whether this process is the one that writes a run's files: the first worker, or the only process."""
    if not over_several_hosts(strategy):
        return True
    resolver = strategy.cluster_resolver
    if resolver is None or resolver.task_type is None:
        return True
    return resolver.task_type == "chief" or (
        resolver.task_type == "worker" and resolver.task_id == 0 and "chief" not in resolver.cluster_spec().jobs
    )


def split_batches(strategy, batches, batch_size):
    """Gives each replica of each host its part of every global batch.

    Args:
        strategy: a `tf.distribute.Strategy`.
        batches: `tf.data.Dataset` of pairs of inputs and targets, global batches, the same on every host. Where the
            number of rows is not known, batches may have fewer: they are made up of copies of their last row, and
            all rows get a third part, a weight, which is 0 for the copies.
        batch_size: formulas in a full global batch.

    Returns:
        A distributed dataset of the replicas' batches.

    Raises:
        ValueError: the replicas can't share a batch evenly.
    """
    replicas = strategy.num_replicas_in_sync
    if batch_size % replicas:
        raise ValueError(
            f"`batch_size` must be a multiple of the number of replicas, {replicas}. Received: batch_size={batch_size}"
        )
    if tf.nest.flatten(batches.element_spec)[0].shape[0] is None:
        batches = batches.map(lambda *batch: _fill(batch, batch_size))

    def of_host(context):
        share = batch_size // context.num_input_pipelines
        first = context.input_pipeline_id * share

        def take(*batch):
            return tf.nest.map_structure(lambda rows: rows[first : first + share], batch)

        return batches.map(take).rebatch(batch_size // replicas, drop_remainder=True).prefetch(4)

    return strategy.distribute_datasets_from_function(of_host)


def _fill(batch, batch_size):
    """A batch of so many rows, and which of them it had before."""
    rows = tf.shape(tf.nest.flatten(batch)[0])[0]

    def fill(part):
        copies = tf.repeat(part[-1:], batch_size - rows, axis=0)
        return tf.ensure_shape(tf.concat([part, copies], axis=0), [batch_size, *part.shape[1:]])

    inputs, targets = tf.nest.map_structure(fill, batch)
    inside = tf.cast(tf.range(batch_size) < rows, targets.dtype)
    # Metrics and losses of tokens count what is no padding.
    return inputs, targets * inside[:, None], tf.cast(inside, tf.float32)


def fit_over_hosts(model, strategy, training, validation, *, epochs, steps, callbacks, verbose="auto"):
    """Trains and validates a compiled model as `fit` does, epoch by epoch, under any strategy.

    Metrics are read at the end of an epoch: reading them takes all hosts. A callback that stops training on one host
    stops it on all of them.

    Args:
        model: a `TrainingModel`, compiled under the strategy's scope by `compile_training`.
        strategy: a `tf.distribute.Strategy`.
        training: distributed dataset of `split_batches`, of at least as many batches as are asked for.
        validation: distributed dataset of `split_batches`; all of it is used in every epoch.
        epochs: number of the epoch to stop before.
        steps: global batches in an epoch.
        callbacks: list of Keras callbacks; those that write belong to the chief alone.
        verbose: as in `fit`.
    """
    container = keras.callbacks.CallbackList(
        callbacks, add_history=True, add_progbar=verbose != 0, verbose=verbose, epochs=epochs, steps=steps, model=model
    )
    train_step, test_step = (
        tf.function(functools.partial(model.run_on_replicas, step), reduce_retracing=True)
        for step in (model.train_step, model.test_step)
    )
    model.stop_training = False
    container.on_train_begin()
    iterator = iter(training)
    logs = {}
    for epoch in range(model._initial_epoch or 0, epochs):
        model.reset_metrics()
        container.on_epoch_begin(epoch)
        for step in range(steps):
            container.on_train_batch_begin(step)
            train_step(next(iterator))
            container.on_train_batch_end(step)
        logs = dict(model.get_metrics_result())
        model.reset_metrics()
        container.on_test_begin()
        for step, batch in enumerate(validation):
            container.on_test_batch_begin(step)
            test_step(batch)
            container.on_test_batch_end(step)
        validated = dict(model.get_metrics_result())
        container.on_test_end(validated)
        logs.update({f"val_{name}": value for name, value in validated.items()})
        container.on_epoch_end(epoch, logs)
        if _any(strategy, model.stop_training):
            break
    container.on_train_end(logs)


def _any(strategy, flag):
    """Whether a flag is set on any host; all wait for each other here."""

    @tf.function
    def count():
        return strategy.reduce(tf.distribute.ReduceOp.SUM, strategy.run(lambda: tf.constant(float(flag))), axis=None)

    return float(count()) > 0
