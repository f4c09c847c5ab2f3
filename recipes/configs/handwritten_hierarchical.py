r"""Handwriting, hierarchical attention: the stage on CROHME, after handwritten_hierarchical_pretraining.

python recipes/train.py --config recipes/configs/handwritten_hierarchical.py --data-dir DATA \
    --output runs/handwritten_hierarchical
python recipes/evaluate_handwriting.py --preset runs/handwritten_hierarchical/preset --data-dir DATA \
    --plain --output runs/handwritten_hierarchical/results.json
"""

from handwritten import fine_tuning_config


def get_config():
    """The config."""
    return fine_tuning_config({"attention": "hierarchical"}, "runs/handwritten_hierarchical_pretraining/preset")
