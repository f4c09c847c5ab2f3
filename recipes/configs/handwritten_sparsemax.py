r"""Handwriting, sparsemax attention: the stage on CROHME, after handwritten_hierarchical_pretraining.

python recipes/train.py --config recipes/configs/handwritten_sparsemax.py --data-dir DATA \
    --output runs/handwritten_sparsemax
python recipes/evaluate_handwriting.py --preset runs/handwritten_sparsemax/preset --data-dir DATA \
    --plain --output runs/handwritten_sparsemax/results.json

Sparsemax has hierarchical attention's weights, all of them.
"""

from handwritten import fine_tuning_config


def get_config():
    """The config."""
    return fine_tuning_config({"attention": "sparsemax"}, "runs/handwritten_hierarchical_pretraining/preset")
