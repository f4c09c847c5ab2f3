"""A reader of anyone's screenshot: residual encoder, pictures of many renderers, varied as people take them.

tfds build tfds_builders/latex_formulas --config prepared --manual_dir FORMULAS --data_dir DATA
tfds build tfds_builders/latex_formulas --config prepared_varied --manual_dir FORMULAS --data_dir DATA
tfds build tfds_builders/foreign_formulas --config training --manual_dir FORMULAS --data_dir DATA
python recipes/train.py --config recipes/configs/screenshots.py --data-dir DATA --output runs/screenshots

Formulas: all of the three, spelled as IM2LATEX-100K spells. RUNS.md has the runs and their scores.
"""

from keras_im2latex.images import Augmentation
from keras_im2latex.training import TrainingConfig


def get_config():
    """The config."""
    return TrainingConfig(
        dataset=("latex_formulas/prepared", "latex_formulas/prepared_varied", "foreign_formulas/training"),
        respell=True,
        model={"attention": "standard", "encoder": "residual", "dropout": 0.15},
        minimum_count=10,
        batch_size=128,
        epochs=4,
        canvases=((48, 320), (64, 480), (160, 480)),
        learning_rate=1e-3,
        warmup_steps=800,
        weight_average=0.998,
        label_smoothing=0.05,
        augmentation=Augmentation.screenshots(),
    )
