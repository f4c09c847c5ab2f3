"""A model that XLA compiles under any distribution strategy."""

import concurrent.futures

import keras
import tensorflow as tf

from keras_im2latex.training.augment_pictures import AugmentPictures

_SCALAR = tf.TensorSpec([], tf.float32)


class TrainingModel(keras.Model):
    """A functional model whose training step XLA compiles under any `tf.distribute` strategy.

    On one device Keras compiles the whole step. Under a strategy of several replicas it can't, because variables
    can't be synchronized inside a compiled program; there a step is two of them on each replica, one from values of
    the variables to gradients and statistics, one from their sums over the replicas to new values, which each replica
    keeps as its own. Each replica's gradients weigh as much as its share of what the loss is a mean over, tokens or
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
        """One step; under several replicas all gradients are exchanged at once, between two programs on each."""
        if self._replicas == 1:
            return super().train_step(data)
        inputs, targets, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        batch = (inputs, targets) if sample_weight is None else (inputs, targets, sample_weight)
        state = [_values(some) for some in self._state()]
        if self._gradients is None:
            signature = [self._batch_signature(*batch), tf.nest.map_structure(_of_shape, state), (_SCALAR,) * 2]
            self._gradients = self._compile_function(self._compute_gradients, signature)
            self._update = self._compile_function(self.optimizer.stateless_apply)
        gradients, statistics, metrics = self._gradients(batch, state, self._share(targets, sample_weight))
        gradients, statistics = self._exchange(gradients, statistics)
        trainable, optimizer_state = self._update(_values(self.optimizer.variables), gradients, state[0])
        for variables, values in zip(self._state(), (trainable, statistics, metrics), strict=True):
            _assign_here(variables, values)
        _assign_here(self.optimizer.variables, optimizer_state)
        return self.get_metrics_result()

    def test_step(self, data):
        """One step of validation."""
        if self._replicas == 1:
            return super().test_step(data)
        inputs, targets, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        outputs = self(inputs, training=False)
        loss = self.compute_loss(inputs, targets, outputs, sample_weight, training=False)
        self._count_loss(loss, targets, sample_weight, *self._share(targets, sample_weight))
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

    def _share(self, targets, sample_weight):
        """A replica's share in the loss of a global batch, and how many formulas that has; float32 scalars."""
        formulas = _formulas(targets, sample_weight)
        if self._per_token:
            weight = tf.math.count_nonzero(targets != self.loss.padding_id, dtype=tf.float32)
        else:
            weight = formulas
        totals = tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, [weight, formulas])
        return weight / tf.maximum(totals[0], 1.0), totals[1]

    @property
    def _per_token(self):
        return getattr(self.loss, "per", None) == "token"

    def _count_loss(self, loss, targets, sample_weight, share, formulas):
        """Adds a replica's loss, and what `_share` says of it, to the mean over batches."""
        if not self._per_token:  # a mean over all rows, also over those of no weight
            loss *= tf.cast(tf.shape(targets)[0], tf.float32) / tf.maximum(_formulas(targets, sample_weight), 1.0)
        # Keras divides a loss by the number of replicas, whose gradients are summed.
        self._loss_tracker.update_state(loss * self._replicas, sample_weight=share * formulas)

    def _exchange(self, gradients, statistics):
        """Sums gradients over the replicas and averages statistics; seeds are everywhere the same."""
        averaged = [value / self._replicas for value in statistics if value.dtype.is_floating]
        context = tf.distribute.get_replica_context()
        summed = context.all_reduce(tf.distribute.ReduceOp.SUM, [*gradients, *averaged])
        means = iter(summed[len(gradients) :])
        return (
            summed[: len(gradients)],
            [next(means) if value.dtype.is_floating else value for value in statistics],
        )

    def _state(self):
        """Lists of the model's variables: what is trained, statistics and seeds, metrics."""
        return self.trainable_variables, self.non_trainable_variables, self.metrics_variables

    def _compute_gradients(self, batch, state, share):
        """From a replica's part of a batch to gradients of the trained values, statistics and metrics."""
        inputs, targets, sample_weight = keras.utils.unpack_x_y_sample_weight(batch)
        variables = [variable for some in self._state() for variable in some]
        with tf.GradientTape() as tape, keras.StatelessScope(zip(variables, tf.nest.flatten(state))) as scope:
            tape.watch(state[0])
            outputs = self(inputs, training=True)
            loss = self.compute_loss(inputs, targets, outputs, training=True)
            self._count_loss(loss, targets, sample_weight, *share)
            self.compute_metrics(inputs, targets, outputs, sample_weight)
            scaled = self.optimizer.scale_loss(loss) * share[0] * self._replicas
        # Embeddings' gradients are slices, whose number differs from replica to replica and step to step.
        gradients = [tf.convert_to_tensor(gradient) for gradient in tape.gradient(scaled, state[0])]
        return gradients, *([scope.get_current_value(each) for each in some] for some in self._state()[1:])

    def _batch_signature(self, _, *others):
        """What all batches have in common: the shapes of inputs are the model's, others can be of any."""
        inputs = {tensor.name: _of_shape(tensor) for tensor in self.inputs}
        return inputs, *(tf.TensorSpec([None] * len(other.shape), other.dtype) for other in others)

    def _compile_function(self, function, signature=None):
        """One traced function for all shapes, of which XLA then compiles each."""
        return tf.function(function, jit_compile=self._compiled, autograph=False, input_signature=signature)


def _of_shape(tensor):
    return tf.TensorSpec(tensor.shape, tensor.dtype)


def _formulas(targets, sample_weight):
    """How many formulas of a replica's batch count; a float32 scalar."""
    if sample_weight is None:
        return tf.cast(tf.shape(targets)[0], tf.float32)
    return tf.reduce_sum(tf.cast(sample_weight, tf.float32))


def _values(variables):
    """What variables hold on this replica."""
    return [tf.convert_to_tensor(variable.value) for variable in variables]


def _assign_here(variables, values):
    """Gives variables values on this replica alone; but for metrics, which are its own, the others compute the same."""
    for variable, value in zip(variables, values, strict=True):
        tf.raw_ops.AssignVariableOp(resource=variable.value.handle, value=value)


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
