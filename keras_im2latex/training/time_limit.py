"""Stops a run at an epoch's end, where its backup is complete, before a queue's time limit cuts it off."""

import time

import keras


class TimeLimit(keras.callbacks.Callback):
    """Ends training after the epoch after which another one would no longer fit.

    Args:
        minutes: minutes from the start of `fit`.

    Example:
        >>> model.fit(data, callbacks=[TimeLimit(minutes=55)])
    """

    def __init__(self, minutes):
        super().__init__()
        self.minutes = minutes
        self._longest = 0.0

    def on_train_begin(self, logs=None):
        """Starts the clock."""
        self._start = self._epoch_start = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        """Stops where the longest epoch so far would end too late."""
        now = time.monotonic()
        self._longest = max(self._longest, now - self._epoch_start)
        self._epoch_start = now
        if now - self._start + self._longest > 60 * self.minutes:
            self.model.stop_training = True
