r"""Goes on from screenshots.py's weights, on formulas as the authors of IM2LATEX-100K would have typed them.

tfds build tfds_builders/latex_formulas --config prepared_habits --manual_dir FORMULAS --data_dir DATA
tfds build tfds_builders/latex_formulas --config prepared_varied_habits --manual_dir FORMULAS --data_dir DATA
tfds build tfds_builders/foreign_formulas --config training --manual_dir FORMULAS --data_dir DATA
tfds build tfds_builders/foreign_formulas --config training_habits --manual_dir FORMULAS --data_dir DATA
python recipes/train.py --config recipes/configs/screenshots_habits.py --data-dir DATA --output runs/screenshots_habits

A third of what screenshots reads wrong on web pages is white space. What other renderers drew is given thrice, being a
quarter of all; what is kept is best on the varied pages. No GPU has run this one yet.
"""

import dataclasses

from screenshots import get_config as screenshots_config


def get_config():
    """The config: spaces in every renderer's pictures, and the learning rate comes down to zero."""
    return dataclasses.replace(
        screenshots_config(),
        dataset=(
            "latex_formulas/prepared_varied_habits",
            "latex_formulas/prepared_habits",
            *3 * ("foreign_formulas/training", "foreign_formulas/training_habits"),
        ),
        initial_preset="runs/screenshots/preset",
        epochs=4,
        learning_rate=7e-4,
        warmup_steps=300,
    )
