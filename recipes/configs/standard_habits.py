r"""The preset `standard`, taught the writing habits of IM2LATEX-100K's authors in an hour on two processor cores.

tfds build tfds_builders/latex_formulas --config prepared_habits --manual_dir FOLDER --data_dir DATA
python recipes/train.py --config recipes/configs/standard_habits.py --data-dir DATA --output runs/standard_habits

Starts from the preset as it was shipped. The convolutions stay as they are: what has to be learnt is what distances
mean, and which of the spellings that draw alike the dataset has.
"""

from keras_im2latex.images import Augmentation
from keras_im2latex.training import TrainingConfig


def get_config():
    """The config."""
    return TrainingConfig(
        dataset="latex_formulas/prepared_habits",
        formulas=32_000,
        respell=True,
        initial_preset="standard",
        frozen=("convolutional_encoder",),
        model={"attention": "standard", "dropout": 0.15},
        batch_size=64,
        epochs=2,
        canvases=((48, 320), (64, 480), (160, 480)),
        learning_rate=3e-4,
        warmup_steps=100,
        weight_average=None,
        label_smoothing=0.05,
        augmentation=Augmentation(),
        xla=False,
    )
