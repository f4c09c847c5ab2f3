r"""Handwriting, sparsemax attention: the stage on the synthetic corpus.

python recipes/train.py --config recipes/configs/handwritten_sparsemax_pretraining.py --data-dir DATA \
    --output runs/handwritten_sparsemax_pretraining
"""

from handwritten import pretraining_config


def get_config():
    """The config."""
    return pretraining_config({"attention": "sparsemax"})
