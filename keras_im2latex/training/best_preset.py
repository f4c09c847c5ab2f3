"""Keeps the best weights of a run as a preset that can be used at once."""

import keras


class BestPreset(keras.callbacks.Callback):
    """Saves the model as a preset whenever what is monitored is lower than ever before.

    A run that is killed leaves the preset of its best epoch.

    Args:
        reader: the model that is trained inside the fitted model.
        folder: where the preset goes.
        description: what the preset says of itself.
        best: the lowest value before this run went on, or None.
        monitor: the logged figure.

    Example:
        >>> training_model.fit(batches, callbacks=[BestPreset(model, "runs/first/preset")])
    """

    def __init__(self, reader, folder, description="", best=None, monitor="val_perplexity"):
        super().__init__()
        self.reader = reader
        self.folder = folder
        self.description = description
        self.monitor = monitor
        self.best = float("inf") if best is None else best

    def on_epoch_end(self, epoch, logs=None):
        """Saves the preset if the epoch was the best."""
        value = (logs or {}).get(self.monitor, float("nan"))
        if value < self.best:
            self.best = float(value)
            facts = {"epoch": epoch + 1, self.monitor: round(self.best, 4)}
            self.reader.save_to_preset(self.folder, self.description, **facts)
