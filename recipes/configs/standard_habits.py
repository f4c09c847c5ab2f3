r"""As standard.py, on today's formulas and on the same as the authors of IM2LATEX-100K would have typed them.

tfds build tfds_builders/latex_formulas --config prepared --manual_dir FOLDER --data_dir DATA
tfds build tfds_builders/latex_formulas --config prepared_habits --manual_dir FOLDER --data_dir DATA
python recipes/train.py --config recipes/configs/standard_habits.py --data-dir DATA --output runs/standard_habits

No GPU has run it yet. RUNS.md has what an hour's fraction of it did on two processor cores.
"""

import dataclasses

from standard import get_config as standard_config


def get_config():
    """The config: twice the formulas of standard.py, so fewer epochs; what draws alike is spelled alike."""
    return dataclasses.replace(
        standard_config(),
        dataset=("latex_formulas/prepared", "latex_formulas/prepared_habits"),
        respell=True,
        epochs=7,
    )
