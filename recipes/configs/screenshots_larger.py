r"""Goes on from screenshots_habits.py's weights, on pictures a quarter larger than on the model's page.

tfds build tfds_builders/latex_formulas --config prepared_larger --manual_dir FORMULAS --data_dir DATA
for config in training_larger training_larger_more training_larger_mathtext; do
    tfds build tfds_builders/foreign_formulas --config $config --manual_dir FORMULAS --data_dir DATA
done
python recipes/train.py --config recipes/configs/screenshots_larger.py --data-dir DATA --output runs/screenshots_larger
python recipes/average_presets.py --presets runs/screenshots_larger/epoch_? --output runs/screenshots_larger/mean

The preset then wants `recipes/convert_preset.py --magnification 1.25`. Cost: 15 minutes on one H200. Of three epochs
the first has the most tokens of varied pages right, the last the most formulas; the preset `screenshots` is the mean of
all. It started from the first epoch of a run without `training_larger_more`; RUNS.md has both.
"""

import dataclasses

from screenshots_habits import get_config as screenshots_habits_config


def get_config():
    """The config: canvases a quarter larger, and what other renderers drew three times; every epoch is kept."""
    foreign = ("training_larger", "training_larger_more", "training_larger_mathtext")
    return dataclasses.replace(
        screenshots_habits_config(),
        dataset=("latex_formulas/prepared_larger", *3 * tuple(f"foreign_formulas/{name}" for name in foreign)),
        initial_preset="runs/screenshots_habits/preset",
        canvases=((64, 400), (80, 600), (200, 600)),
        validation_canvases=((200, 600),),
        epochs=3,
        keep_epochs=True,
        batch_size=128,
        learning_rate=7e-4,
    )
