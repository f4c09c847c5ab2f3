r"""As standard.py, on today's formulas and on the same as the authors of IM2LATEX-100K would have typed them.

tfds build tfds_builders/latex_formulas --config prepared --manual_dir FOLDER --data_dir DATA
tfds build tfds_builders/latex_formulas --config prepared_habits --manual_dir FOLDER --data_dir DATA
python recipes/train.py --config recipes/configs/standard_habits.py --data-dir DATA --output runs/standard_habits

No GPU has run it yet. RUNS.md has what an hour's fraction of it did on two processor cores.
"""

from keras_im2latex.images import Augmentation
from keras_im2latex.training import TrainingConfig


def get_config():
    """The config: twice the formulas of standard.py, so fewer epochs; what draws alike is spelled alike."""
    return TrainingConfig(
        dataset=("latex_formulas/prepared", "latex_formulas/prepared_habits"),
        respell=True,
        model={"attention": "standard", "dropout": 0.15},
        minimum_count=10,
        batch_size=128,
        epochs=7,
        canvases=((48, 320), (64, 480), (160, 480)),
        learning_rate=1e-3,
        warmup_steps=800,
        weight_average=0.998,
        label_smoothing=0.05,
        augmentation=Augmentation(),
    )
