"""Formulas a second, epoch by epoch."""

import time

import keras


class Throughput(keras.callbacks.Callback):
    """Adds `formulas_per_second` to each epoch's logs: training steps alone, validation and backups left out.

    Args:
        batch_size: formulas in a step over all replicas.

    Example:
        >>> model.fit(data, callbacks=[Throughput(batch_size=128)])
    """

    def __init__(self, batch_size):
        super().__init__()
        self.batch_size = batch_size

    def on_epoch_begin(self, epoch, logs=None):
        """Starts the clock."""
        self._start = time.monotonic()
        self._steps = 0

    def on_train_batch_end(self, batch, logs=None):
        """Counts steps, of which one call may report several."""
        self._steps = batch + 1
        self._end = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        """Reports the epoch's rate."""
        if logs is not None and self._steps:
            logs["formulas_per_second"] = self._steps * self.batch_size / (self._end - self._start)
