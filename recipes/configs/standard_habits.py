r"""Goes on from standard.py's weights, on formulas as the authors of IM2LATEX-100K would have typed them.

tfds build tfds_builders/latex_formulas --config prepared_habits --manual_dir FOLDER --data_dir DATA
python recipes/train.py --config recipes/configs/standard_habits.py --data-dir DATA --output runs/standard_habits

Cost: 11 minutes on one H200. RUNS.md has the run and its scores.
"""

import dataclasses

from standard import get_config as standard_config


def get_config():
    """The config: a lower rate that comes down to zero; what draws alike is spelled alike."""
    return dataclasses.replace(
        standard_config(),
        dataset="latex_formulas/prepared_habits",
        respell=True,
        initial_preset="runs/standard/preset",
        epochs=8,
        learning_rate=7e-4,
        warmup_steps=300,
    )
