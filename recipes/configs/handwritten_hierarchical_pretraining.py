r"""Handwriting, hierarchical attention: the stage on the synthetic corpus.

python recipes/train.py --config recipes/configs/handwritten_standard_pretraining.py --data-dir DATA \
    --output runs/handwritten_standard_pretraining
python recipes/train.py --config recipes/configs/handwritten_hierarchical_pretraining.py --data-dir DATA \
    --output runs/handwritten_hierarchical_pretraining

It has the standard model's encoder and decoder after theirs, and learns where to look: three epochs, not six.
"""

from handwritten import pretraining_config


def get_config():
    """The config."""
    return pretraining_config(
        {"attention": "hierarchical"},
        "runs/handwritten_standard_pretraining/preset",
        epochs=3,
        learning_rate=5e-4,
    )
