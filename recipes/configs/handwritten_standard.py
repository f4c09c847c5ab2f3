r"""Handwriting, standard attention: the stage on CROHME, after handwritten_standard_pretraining.

python recipes/train.py --config recipes/configs/handwritten_standard.py --data-dir DATA \
    --output runs/handwritten_standard
python recipes/evaluate_handwriting.py --preset runs/handwritten_standard/preset --data-dir DATA \
    --plain --output runs/handwritten_standard/results.json
"""

from handwritten import fine_tuning_config


def get_config():
    """The config."""
    return fine_tuning_config({"attention": "standard"}, "runs/handwritten_standard_pretraining/preset")
