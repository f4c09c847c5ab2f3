r"""Goes on from screenshots.py's weights, on formulas as the authors of IM2LATEX-100K would have typed them.

tfds build tfds_builders/latex_formulas --config prepared_varied_habits --manual_dir FORMULAS --data_dir DATA
for config in training training_habits training_habits_more training_mathtext; do
    tfds build tfds_builders/foreign_formulas --config $config --manual_dir FORMULAS --data_dir DATA
done
python recipes/train.py --config recipes/configs/screenshots_habits.py --strategy mirrored --data-dir DATA \
    --output runs/screenshots_habits

A third of what screenshots read wrong on web pages was white space, and two fifths of mathtext's formulas were wrong.
What other renderers drew is given twice, being half of all; what is kept is best on the varied pages. For the two GPUs
of a host, each with the batch of one. The formulas have been seen six times before, so more is dropped.
"""

import dataclasses

from screenshots import get_config as screenshots_config


def get_config():
    """The config: spaces in every renderer's pictures, and the learning rate comes down to zero."""
    config = screenshots_config()
    foreign = ("training", "training_habits", "training_habits_more", "training_mathtext")
    return dataclasses.replace(
        config,
        dataset=("latex_formulas/prepared_varied_habits", *2 * tuple(f"foreign_formulas/{name}" for name in foreign)),
        initial_preset="runs/screenshots/preset",
        model={**config.model, "dropout": 0.25},
        batch_size=256,
        warmup_steps=300,
    )
