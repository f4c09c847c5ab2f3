r"""Handwriting, standard attention: the stage on the synthetic corpus.

python recipes/train.py --config recipes/configs/handwritten_standard_pretraining.py --data-dir DATA \
    --output runs/handwritten_standard_pretraining
"""

from handwritten import pretraining_config


def get_config():
    """The config."""
    return pretraining_config({"attention": "standard"})
