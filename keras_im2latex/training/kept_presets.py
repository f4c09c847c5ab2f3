"""Keeps weights of a run as presets that can be used at once: the best, or those of every epoch."""

import math

import keras


def best_of(monitor, values):
    """The best of some values of a logged figure, which is the highest of an accuracy and the lowest of any other.

    Args:
        monitor: the figure's name.
        values: iterable of floats; None and NaN do not count.

    Example:
        >>> best_of("val_token_accuracy", [0.97, 0.98, None]), best_of("val_perplexity", [1.2, 1.1])
        (0.98, 1.1)
    """
    counted = [value for value in values if value is not None and not math.isnan(value)]
    return (max if monitor.endswith("accuracy") else min)(counted, default=None)


class BestPreset(keras.callbacks.Callback):
    """Saves the model as a preset whenever what is monitored is better than ever before: lower, an accuracy higher.

    A run that is killed leaves the preset of its best epoch.

    Args:
        reader: the model that is trained inside the fitted model.
        folder: where the preset goes.
        description: what the preset says of itself.
        best: the best value before this run went on, or None.
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
        self.best = best

    def on_epoch_end(self, epoch, logs=None):
        """Saves the preset if the epoch was the best."""
        value = (logs or {}).get(self.monitor, math.nan)
        if value == best_of(self.monitor, [value, self.best]) != self.best:
            self.best = float(value)
            self.reader.save_to_preset(self.folder, self.description, epoch=epoch + 1, **_validated(logs))


class EpochPresets(keras.callbacks.Callback):
    """Saves the model as a preset `epoch_1`, `epoch_2`, … after each epoch.

    Args:
        reader: the model that is trained inside the fitted model.
        folder: `Path` of the folder that holds the presets.
        description: what each preset says of itself.

    Example:
        >>> training_model.fit(batches, callbacks=[EpochPresets(model, Path("runs/first"))])
    """

    def __init__(self, reader, folder, description=""):
        super().__init__()
        self.reader = reader
        self.folder = folder
        self.description = description

    def on_epoch_end(self, epoch, logs=None):
        """Saves the preset."""
        folder = self.folder / f"epoch_{epoch + 1}"
        self.reader.save_to_preset(folder, self.description, epoch=epoch + 1, **_validated(logs))


def _validated(logs):
    """What an epoch was validated at, to be kept with a preset."""
    return {name: round(float(figure), 4) for name, figure in (logs or {}).items() if name.startswith("val_")}
