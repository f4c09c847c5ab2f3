r"""Goes on from standard_longer.py's weights, on pictures whose strokes are now thinner, now thicker.

for config in prepared_strokes prepared_longer_strokes; do
    tfds build tfds_builders/latex_formulas --config $config --manual_dir FORMULAS --data_dir DATA
done
train="python recipes/train.py --config recipes/configs/standard_strokes.py --data-dir DATA"
$train --output runs/standard_strokes
$train --output runs/standard_strokes_1 --seed 1
python recipes/average_presets.py --output runs/standard_strokes/mean \
    --presets runs/standard_longer/mean runs/standard_strokes/epoch_? runs/standard_strokes_1/epoch_?

The rasterizer of the authors' images places lines at any fraction of a pixel and blackens all pixels that it touches:
bars are one or two pixels thick. Cost: 15 minutes on each of two H200s, five of them XLA's. RUNS.md has the runs and
their scores.
"""

import dataclasses

from standard_longer import get_config as standard_longer_config


def get_config():
    """The config: the same formulas, drawn in eight thicknesses of strokes."""
    return dataclasses.replace(
        standard_longer_config(),
        dataset=("latex_formulas/prepared_strokes", "latex_formulas/prepared_longer_strokes"),
        initial_preset="runs/standard_longer/mean",
        epochs=4,
    )
