r"""Handwriting, hard attention, trained by REINFORCE from the hierarchical model on CROHME, as in the paper.

python recipes/train.py --config recipes/configs/handwritten_hierarchical.py --data-dir DATA \
    --output runs/handwritten_hierarchical
python recipes/train.py --config recipes/configs/handwritten_hard.py --data-dir DATA \
    --output runs/handwritten_hard
python recipes/evaluate_handwriting.py --preset runs/handwritten_hard/preset --data-dir DATA \
    --output runs/handwritten_hard/results.json
"""

from handwritten import fine_tuning_config


def get_config():
    """The config: a lower rate and fewer epochs than those that have yet to see CROHME."""
    return fine_tuning_config(
        {"attention": "hard"},
        "runs/handwritten_hierarchical/preset",
        epochs=4,
        learning_rate=2e-4,
    )
