r"""Goes on from standard_habits.py's weights, on formulas of up to 320 tokens, and matrices typed as arrays.

for config in prepared_habits prepared_longer; do
    tfds build tfds_builders/latex_formulas --config $config --manual_dir FORMULAS --data_dir DATA
done
python recipes/train.py --config recipes/configs/standard_longer.py --data-dir DATA --output runs/standard_longer
python recipes/average_presets.py --presets runs/standard_longer/epoch_? --output runs/standard_longer/mean

A reader ends where the formulas it was taught with ended, at 150 tokens; what is longer was 3 of its 90 BLEU on the
authors' own images. Cost: 7.5 minutes on one H200. standard_strokes.py went on from the mean of the three epochs
and of what they started from, which an earlier drawing of the page had given; RUNS.md has the runs and their scores.
"""

import dataclasses

from standard_habits import get_config as standard_habits_config


def get_config():
    """The config: a canvas for what is larger; every epoch's weights are kept."""
    return dataclasses.replace(
        standard_habits_config(),
        dataset=("latex_formulas/prepared_habits", "latex_formulas/prepared_longer"),
        initial_preset="runs/standard_habits/preset",
        maximum_tokens=320,
        canvases=((48, 320), (64, 480), (160, 480), (200, 800)),
        epochs=3,
        monitor="val_token_accuracy",
        keep_epochs=True,
    )
