r"""Handwriting, hard attention, trained by REINFORCE from the hierarchical model on CROHME, as in the paper.

python recipes/train.py --config recipes/configs/handwritten_hierarchical.py --data-dir DATA \
    --output runs/handwritten_hierarchical
python recipes/train.py --config recipes/configs/handwritten_hard.py --data-dir DATA \
    --output runs/handwritten_hard
python recipes/evaluate_handwriting.py --preset runs/handwritten_hard/preset --data-dir DATA \
    --plain --output runs/handwritten_hard/results.json
"""

from handwritten import fine_tuning_config


def get_config():
    """The config: what it starts from reads CROHME; it learns to look at one coarse cell, on two processor cores."""
    return fine_tuning_config(
        {"attention": "hard"},
        "runs/handwritten_hierarchical/preset",
        formulas=32_000,
        frozen=("convolutional_encoder",),
        batch_size=64,
        epochs=1,
        learning_rate=1e-4,
        warmup_steps=50,
        weight_average=None,
        xla=False,
    )
