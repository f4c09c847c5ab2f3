"""The budget that all rows of the paper's tables share: 84,000 formulas, chosen once, 12 epochs."""

from keras_im2latex.images import Augmentation
from keras_im2latex.training import TrainingConfig


def budget_config(model, **options):
    """The `TrainingConfig` of one row: the model's arguments, and what else must differ."""
    shared = {
        "formulas": 84_000,
        "minimum_count": 2,
        "batch_size": 128,
        "epochs": 12,
        "canvases": ((48, 320), (64, 480), (160, 480)),
        "learning_rate": 1e-3,
        "warmup_steps": 800,
        "weight_average": 0.995,
        "label_smoothing": 0.05,
        "augmentation": Augmentation(),
    }
    return TrainingConfig(model={"dropout": 0.15, **model}, **{**shared, **options})
