"""Keeps the best weights of a run as a preset that can be used at once."""

import keras


class BestPreset(keras.callbacks.Callback):
    """Saves the model as a preset whenever validation perplexity is lower than ever before.

    A run that is killed leaves the preset of its best epoch.

    Args:
        reader: the `Im2Latex` that is trained inside the fitted model.
        folder: where the preset goes.
        description: what the preset says of itself.
        best: the lowest perplexity before this run went on, or None.

    Example:
        >>> training_model.fit(batches, callbacks=[BestPreset(model, "runs/first/preset")])
    """

    def __init__(self, reader, folder, description="", best=None):
        super().__init__()
        self.reader = reader
        self.folder = folder
        self.description = description
        self.best = float("inf") if best is None else best

    def on_epoch_end(self, epoch, logs=None):
        """Saves the preset if the epoch was the best."""
        perplexity = (logs or {}).get("val_perplexity", float("nan"))
        if perplexity < self.best:
            self.best = float(perplexity)
            facts = {"epoch": epoch + 1, "validation_perplexity": round(self.best, 4)}
            self.reader.save_to_preset(self.folder, self.description, **facts)
