r"""Goes on from standard_strokes.py's weights, on formulas of many lines.

tfds build tfds_builders/latex_formulas --config prepared_rows --manual_dir FORMULAS --data_dir DATA
python recipes/train.py --config recipes/configs/standard_rows.py --data-dir DATA --output runs/standard_rows
python recipes/average_presets.py --presets runs/standard_strokes/mean runs/standard_rows/epoch_? \
    --output runs/standard_rows/mean

Of displays of many lines readers leave lines out, or read one again and again. Cost: 4 minutes on one H200. The preset
`standard` is the mean of this epoch's weights and of those that they started from, without `\dots` (`convert_preset.py
--never`); RUNS.md has the run and its scores.
"""

import dataclasses

from standard_strokes import get_config as standard_strokes_config


def get_config():
    """The config: arrays of three to ten rows, longer formulas, and a quarter of the others."""
    return dataclasses.replace(
        standard_strokes_config(),
        dataset=(
            "latex_formulas/prepared_strokes[:25%]",
            "latex_formulas/prepared_longer_strokes",
            "latex_formulas/prepared_rows",
        ),
        initial_preset="runs/standard_strokes/mean",
        maximum_tokens=400,
        canvases=((160, 480), (200, 800)),
        epochs=1,
        learning_rate=5e-4,
        warmup_steps=100,
    )
