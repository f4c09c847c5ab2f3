"""A model that XLA compiles under any distribution strategy."""

import concurrent.futures

import keras
import tensorflow as tf

from keras_im2latex.training.augment_pictures import AugmentPictures


class TrainingModel(keras.Model):
    """A functional model whose training step XLA compiles under any `tf.distribute` strategy.

    On one device Keras compiles the whole step. Under a strategy of several replicas it can't, because variables
    can't be synchronized inside a compiled program; there the compiled program takes the values of the variables
    and returns gradients and the new values of the statistics, and synchronization and update stay outside. Each
    replica's gradients weigh as much as its share of what the loss is a mean over, tokens or formulas, so that a
    global batch moves the weights as it would on one device.

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
        self._gradients = None

    def compile_training(self, optimizer, loss, *, xla=True, **kwargs):
        """Configures training; call it under the strategy's scope.

        Args:
            optimizer: a Keras optimizer.
            loss: a Keras loss.
            xla: whether training steps are compiled by XLA; the few of validation run faster than their shapes compile.
            **kwargs: passed on to `keras.Model.compile`.
        """
        self._replicas = tf.distribute.get_strategy().num_replicas_in_sync
        self._compiled = xla
        self.compile(optimizer=optimizer, loss=loss, jit_compile=xla and self._replicas == 1, **kwargs)

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
        """One step; under several replicas with the gradients from one program on each."""
        if self._replicas == 1:
            return super().train_step(data)
        inputs, targets, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        loss, outputs, gradients, statistics = self._compute_gradients(inputs, targets)
        share = self._count_loss(loss, targets, sample_weight)
        gradients = [gradient * tf.cast(share, gradient.dtype) for gradient in gradients]
        self.optimizer.apply(gradients, self.trainable_variables)
        for variable, value in zip(self.non_trainable_variables, statistics):
            variable.assign(value)
        return self.compute_metrics(inputs, targets, outputs, sample_weight)

    def test_step(self, data):
        """One step of validation."""
        if self._replicas == 1:
            return super().test_step(data)
        inputs, targets, sample_weight = keras.utils.unpack_x_y_sample_weight(data)
        outputs = self(inputs, training=False)
        loss = self.compute_loss(inputs, targets, outputs, sample_weight, training=False)
        self._count_loss(loss, targets, sample_weight)
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

    def _count_loss(self, loss, targets, sample_weight):
        """Adds a replica's loss to the mean over batches.

        Returns:
            A float32 scalar: what is due to this replica, as a multiple of an equal share.
        """
        rows = tf.cast(tf.shape(targets)[0], tf.float32)
        formulas = rows if sample_weight is None else tf.reduce_sum(tf.cast(sample_weight, tf.float32))
        if getattr(self.loss, "per", None) == "token":
            weight = tf.math.count_nonzero(targets != self.loss.padding_id, dtype=tf.float32)
        else:  # a mean over all rows, also over those of no weight
            loss, weight = loss * rows / tf.maximum(formulas, 1.0), formulas
        totals = tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, [weight, formulas])
        share = weight / tf.maximum(totals[0], 1.0)
        # Keras divides a loss by the number of replicas, whose gradients are summed.
        self._loss_tracker.update_state(loss * self._replicas, sample_weight=share * totals[1])
        return share * self._replicas

    def _compute_gradients(self, inputs, targets):
        if self._gradients is None:
            self._gradients = self._gradient_function(targets)
        trainable = [tf.convert_to_tensor(variable.value) for variable in self.trainable_variables]
        non_trainable = [tf.convert_to_tensor(variable.value) for variable in self.non_trainable_variables]
        return self._gradients(trainable, non_trainable, inputs, targets)

    def _gradient_function(self, targets):
        """One traced function for all shapes, of which XLA then compiles each."""
        signature = [
            [tf.TensorSpec(variable.shape, variable.dtype) for variable in self.trainable_variables],
            [tf.TensorSpec(variable.shape, variable.dtype) for variable in self.non_trainable_variables],
            {tensor.name: tf.TensorSpec(tensor.shape, tensor.dtype) for tensor in self.inputs},
            tf.TensorSpec([None] * len(targets.shape), targets.dtype),
        ]
        return tf.function(
            self._loss_and_gradients, jit_compile=self._compiled, autograph=False, input_signature=signature
        )

    def _loss_and_gradients(self, trainable, non_trainable, inputs, targets):
        with tf.GradientTape() as tape:
            tape.watch(trainable)
            outputs, non_trainable = self.stateless_call(trainable, non_trainable, inputs, training=True)
            loss = self.compute_loss(inputs, targets, outputs, training=True)
            scaled = self.optimizer.scale_loss(loss)
        return loss, outputs, tape.gradient(scaled, trainable), non_trainable


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
