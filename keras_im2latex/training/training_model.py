"""A model that XLA compiles under any distribution strategy."""

import concurrent.futures
import math

import keras
import tensorflow as tf

from keras_im2latex.training.augment_pictures import AugmentPictures

_HANDLE = tf.TensorSpec([], tf.resource)


class TrainingModel(keras.Model):
    """A functional model whose training step XLA compiles under any `tf.distribute` strategy.

    On one device Keras compiles the whole step. Under a strategy of several replicas it can't, because variables
    can't be synchronized inside a compiled program; there a step is two of them on each replica, one from its part of
    the batch to one vector of gradients and statistics, one from the sum of these vectors to new values, which each
    replica keeps as its own. Both read and write a replica's variables themselves, one by one they would cost more than
    the exchange. Each replica's gradients weigh as much as its share of what the loss is a mean over, tokens or
    formulas, so that a global batch moves the weights as it would on one device; statistics are means over replicas.

    Args:
        inputs: as in `keras.Model`.
        outputs: as in `keras.Model`.

    Example:
        >>> model = TrainingModel(inputs=inputs, outputs=outputs)
        >>> model.compile_training(optimizer, TokenCrossEntropy(), xla=True)
        >>> model.fit(batches)
    """

    def __init__(self, inputs, outputs, **kwargs):
        super().__init__(inputs=inputs, outputs=outputs, **kwargs)
        self._replicas = 1
        self._compiled = False
        self._gradients = self._update = None

    def compile_training(self, optimizer, loss, *, xla=True, **kwargs):
        """Configures training; call it under the strategy's scope.

        Args:
            optimizer: a Keras optimizer; under several replicas one with `StatelessUpdate`.
            loss: a Keras loss.
            xla: whether training steps are compiled by XLA; the few of validation run faster than their shapes compile.
            **kwargs: passed on to `keras.Model.compile`.
        """
        self._replicas = tf.distribute.get_strategy().num_replicas_in_sync
        self._compiled = xla
        self.compile(optimizer=optimizer, loss=loss, jit_compile=xla and self._replicas == 1, **kwargs)
        if self._replicas > 1:  # variables of metrics and optimizer can't be made within a program
            inputs = {tensor.name: tensor for tensor in self.inputs}
            self._symbolic_build(data_batch=(inputs, keras.KerasTensor((None, None), "int32")))

    def make_train_function(self, force=False):
        """Under several replicas, too, several steps at once are one program, which Keras 3.15 has for one alone."""
        if self._replicas == 1:
            return super().make_train_function(force)
        if self.train_function is None or force:
            self.train_function = self._program(self.train_step, self.steps_per_execution)

    def make_test_function(self, force=False):
        """Leaves validation uncompiled, and under several replicas step by step: what is left may be fewer."""
        if self._replicas == 1:
            jit_compile, self.jit_compile = self.jit_compile, False
            try:
                return super().make_test_function(force)
            finally:
                self.jit_compile = jit_compile
        if self.test_function is None or force:
            step = self._program(self.test_step, 1)

            def steps(iterator):
                return [step(iterator) for _ in range(self.steps_per_execution)][-1]

            self.test_function = steps

    def compile_shapes(self, batches, element_spec):
        """Compiles the step for several shapes at once, a thread each, before `fit` meets them one by one.

        A compiled model is needed. Weights, statistics and the optimizer's state are as before afterwards.

        Args:
            batches: pairs of inputs and targets, one for each shape.
            element_spec: that of the dataset that `fit` will be given.
        """
        self.optimizer.build(self.trainable_variables)
        self.make_train_function()
        variables = [*self.variables, *self.optimizer.variables]
        values = [variable.numpy() for variable in variables]

        def run(batch):
            repeated = [batch] * self.steps_per_execution
            dataset = tf.data.Dataset.from_generator(lambda: repeated, output_signature=element_spec)
            self.train_function(iter(dataset))

        with concurrent.futures.ThreadPoolExecutor(max(len(batches), 1)) as threads:
            list(threads.map(run, batches))
        for variable, value in zip(variables, values):
            variable.assign(value)
        self.reset_metrics()

    def try_validation(self, batches, element_spec):
        """Traces validation and lets the device choose its kernels, before `fit` does so after its first epoch.

        Args:
            batches: pairs of inputs and targets, one for each shape.
            element_spec: that of the dataset that `fit` will be given.
        """
        self.evaluate(tf.data.Dataset.from_generator(lambda: batches, output_signature=element_spec), verbose=0)
        self.reset_metrics()

    def train_step(self, data):
        """One step; under several replicas one vector is exchanged, between two programs on each."""
        if self._replicas == 1:
            return super().train_step(data)
        inputs, targets, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        batch = (inputs, targets) if sample_weight is None else (inputs, targets, sample_weight)
        handles = [[variable.value.handle for variable in some] for some in self._state()]
        if self._gradients is None:
            signature = [self._batch_signature(*batch), [[_HANDLE] * len(some) for some in handles]]
            self._gradients = self._compile_function(self._compute_gradients, signature)
            self._update = self._compile_function(self._apply_gradients)
        vector, own = self._gradients(batch, handles)
        vector = tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, vector)
        self._update(vector, own, handles, [variable.value.handle for variable in self.optimizer.variables])
        return self.get_metrics_result()

    def test_step(self, data):
        """One step of validation."""
        if self._replicas == 1:
            return super().test_step(data)
        inputs, targets, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        outputs = self(inputs, training=False)
        loss = self.compute_loss(inputs, targets, outputs, sample_weight, training=False)
        own = self._counts(loss, targets, sample_weight)
        context = tf.distribute.get_replica_context()
        self._count_loss(own, *context.all_reduce(tf.distribute.ReduceOp.SUM, own[1:]))
        return self.compute_metrics(inputs, targets, outputs, sample_weight)

    def run_on_replicas(self, step, batch):
        """Runs a step on all replicas; what it returns stays in the metrics.

        Args:
            step: the model's `train_step` or `test_step`.
            batch: of a distributed dataset, a part for each replica.
        """
        self.distribute_strategy.run(lambda data: (step(data), None)[1], args=(batch,))

    def _program(self, step, number):
        """So many steps on all replicas as one program, which returns the metrics after them."""

        @tf.function(reduce_retracing=True)
        def run(iterator):
            for _ in tf.range(number):
                self.run_on_replicas(step, next(iterator))
            return self.get_metrics_result()

        def steps(iterator):
            try:
                return run(iterator)
            except tf.errors.OutOfRangeError as error:
                raise StopIteration from error

        return steps

    def _counts(self, loss, targets, sample_weight):
        """A replica's loss, the weight that has among those of others, and its formulas; float32 scalars."""
        rows = tf.cast(tf.shape(targets)[0], tf.float32)
        formulas = rows if sample_weight is None else tf.reduce_sum(tf.cast(sample_weight, tf.float32))
        if getattr(self.loss, "per", None) == "token":
            weight = tf.math.count_nonzero(targets != self.loss.padding_id, dtype=tf.float32)
        else:  # a mean over all rows, also over those of no weight
            weight = formulas
            loss *= rows / tf.maximum(formulas, 1.0)
        # Keras divides a loss by the number of replicas, whose gradients it expects to be summed.
        return [loss * self._replicas, weight, formulas]

    def _count_loss(self, own, weight, formulas):
        """Adds a replica's `_counts`, with weight and formulas of all replicas, to the mean over batches."""
        self._loss_tracker.update_state(own[0], sample_weight=own[1] / tf.maximum(weight, 1.0) * formulas)

    def _state(self):
        """Lists of the model's variables: what is trained, statistics and seeds, metrics."""
        return self.trainable_variables, self.non_trainable_variables, self.metrics_variables

    @property
    def _averaged(self):
        """Statistics; seeds are everywhere the same."""
        return [variable for variable in self.non_trainable_variables if tf.as_dtype(variable.dtype).is_floating]

    def _handles_of(self, variables, handles):
        """Those of some of the model's variables, of the lists for all of `_state`."""
        of = {id(one): handle for some, each in zip(self._state(), handles) for one, handle in zip(some, each)}
        return [of[id(variable)] for variable in variables]

    def _compute_gradients(self, batch, handles):
        """From a replica's part of a batch to the vector that is exchanged and its `_counts`; seeds and metrics change.

        The vector has weighted gradients, statistics, the weight and the number of formulas.
        """
        inputs, targets, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
        state = [_read(*some) for some in zip(self._state(), handles)]
        variables = [variable for some in self._state() for variable in some]
        with tf.GradientTape() as tape, keras.StatelessScope(zip(variables, tf.nest.flatten(state))) as scope:
            tape.watch(state[0])
            outputs = self(inputs, training=True)
            loss = self.compute_loss(inputs, targets, outputs, training=True)
            self.compute_metrics(inputs, targets, outputs, sample_weight)
            scaled = self.optimizer.scale_loss(loss) * self._replicas
        own = self._counts(loss, targets, sample_weight)
        # Embeddings' gradients are slices, whose number differs from replica to replica and step to step.
        gradients = [tf.convert_to_tensor(gradient) * own[1] for gradient in tape.gradient(scaled, state[0])]
        averaged = self._averaged
        own_to_keep = [one for some in self._state()[1:] for one in some if all(one is not each for each in averaged)]
        _write(self._handles_of(own_to_keep, handles), map(scope.get_current_value, own_to_keep))
        return _packed([*gradients, *map(scope.get_current_value, averaged), *own[1:]]), own

    def _apply_gradients(self, vector, own, handles, optimizer_handles):
        """From the sum of the replicas' vectors to new weights, statistics, state of the optimizer and mean loss."""
        trainable, averaged = self.trainable_variables, self._averaged
        shapes = [*(variable.shape for variable in (*trainable, *averaged)), (), ()]
        *values, weight, formulas = _unpacked(vector, shapes)
        gradients = [value / tf.maximum(weight, 1.0) for value in values[: len(trainable)]]
        _write(self._handles_of(averaged, handles), [value / self._replicas for value in values[len(trainable) :]])
        losses = self._loss_tracker.variables
        loss_handles = self._handles_of(losses, handles)
        with keras.StatelessScope(zip(losses, _read(losses, loss_handles))) as scope:
            self._count_loss(own, weight, formulas)
        _write(loss_handles, map(scope.get_current_value, losses))
        state = _read(self.optimizer.variables, optimizer_handles)
        trained, state = self.optimizer.stateless_apply(state, gradients, _read(trainable, handles[0]))
        _write([*handles[0], *optimizer_handles], [*trained, *state])

    def _batch_signature(self, _, *others):
        """What all batches have in common: the shapes of inputs are the model's, others can be of any."""
        inputs = {tensor.name: _of_shape(tensor) for tensor in self.inputs}
        return inputs, *(tf.TensorSpec([None] * len(other.shape), other.dtype) for other in others)

    def _compile_function(self, function, signature=None):
        """One traced function for all shapes, of which XLA then compiles each."""
        return tf.function(function, jit_compile=self._compiled, autograph=False, input_signature=signature)


def _of_shape(tensor):
    return tf.TensorSpec(tensor.shape, tensor.dtype)


def _read(variables, handles):
    """What Keras variables hold on the replica whose handles these are."""
    values = [tf.raw_ops.ReadVariableOp(resource=handle, dtype=one.dtype) for one, handle in zip(variables, handles)]
    return [tf.ensure_shape(value, one.shape) for one, value in zip(variables, values, strict=True)]


def _write(handles, values):
    """Gives variables values on the replica whose handles these are; but for metrics, the others compute the same."""
    for handle, value in zip(handles, values, strict=True):
        tf.raw_ops.AssignVariableOp(resource=handle, value=value)


def _packed(tensors):
    """One vector with the values of several tensors."""
    return tf.concat([tf.reshape(tensor, [-1]) for tensor in tensors], axis=0)


def _unpacked(vector, shapes):
    """Tensors of these shapes, whose values are one after the other in a vector."""
    parts = tf.split(vector, [math.prod(shape) for shape in shapes])
    return [tf.reshape(part, shape) for part, shape in zip(parts, shapes)]


def build_training_model(model, config):
    """Puts the augmentation of a config before a model, sharing its weights.

    Args:
        model: a functional model of pictures, tokens or both.
        config: a `TrainingConfig`.

    Returns:
        A `TrainingModel` of the same inputs and outputs.
    """
    inputs = {tensor.name: tensor for tensor in model.inputs}
    prepared = dict(inputs)
    if config.augmentation is not None and "image" in inputs:
        augment = AugmentPictures(config.augmentation, seed=config.seed)
        prepared["image"], prepared["size"] = augment(inputs["image"], inputs["size"])
    return TrainingModel(inputs=inputs, outputs=model(prepared))
