r"""Goes on from standard.py's weights, on formulas as the authors of IM2LATEX-100K would have typed them.

tfds build tfds_builders/latex_formulas --config prepared_habits --manual_dir FOLDER --data_dir DATA
python recipes/train.py --config recipes/configs/standard_habits.py --data-dir DATA --output runs/standard_habits

Cost: 80,000 formulas with the convolutions as they are: 72 minutes on two processor cores that multiply bfloat16, not
compiled (`xla=False`). No GPU has run it. RUNS.md has the run and its scores.
"""

import dataclasses

from standard import get_config as standard_config


def get_config():
    """The config: a single pass at a lower rate; what draws alike is spelled alike."""
    return dataclasses.replace(
        standard_config(),
        dataset="latex_formulas/prepared_habits",
        formulas=80_000,
        respell=True,
        initial_preset="runs/standard/preset",
        frozen=("convolutional_encoder",),
        batch_size=64,
        epochs=1,
        learning_rate=3e-4,
        warmup_steps=100,
        weight_average=0.995,
    )
