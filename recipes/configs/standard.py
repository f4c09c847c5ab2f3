"""The paper's standard-attention model (IM2TEX), trained the way that reads best.

python recipes/train.py --config recipes/configs/standard.py --data-dir DATA --output runs/standard

Formulas: all of `latex_formulas/prepared`. Cost: about 20 minutes on one H100. RUNS.md has the runs and their scores.
"""

from keras_im2latex.images import Augmentation
from keras_im2latex.training import TrainingConfig


def get_config():
    """The config."""
    return TrainingConfig(
        model={"attention": "standard", "dropout": 0.15},
        minimum_count=10,
        batch_size=128,
        epochs=9,
        canvases=((48, 320), (64, 480), (160, 480)),
        learning_rate=1e-3,
        warmup_steps=800,
        weight_average=0.998,
        label_smoothing=0.05,
        augmentation=Augmentation(),
    )
