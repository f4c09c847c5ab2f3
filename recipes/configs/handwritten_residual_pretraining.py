r"""Handwriting, residual encoder: the stage on the synthetic corpus.

python recipes/train.py --config recipes/configs/handwritten_residual_pretraining.py --data-dir DATA \
    --output runs/handwritten_residual_pretraining
"""

from handwritten import pretraining_config


def get_config():
    """The config."""
    return pretraining_config({"attention": "standard", "encoder": "residual"}, "screenshots")
