r"""Handwriting, residual encoder: the stage on CROHME, after handwritten_residual_pretraining.

python recipes/train.py --config recipes/configs/handwritten_residual.py --data-dir DATA \
    --output runs/handwritten_residual
python recipes/evaluate_handwriting.py --preset runs/handwritten_residual/preset --data-dir DATA \
    --output runs/handwritten_residual/results.json
"""

from handwritten import fine_tuning_config


def get_config():
    """The config."""
    return fine_tuning_config(
        {"attention": "standard", "encoder": "residual"}, "runs/handwritten_residual_pretraining/preset"
    )
