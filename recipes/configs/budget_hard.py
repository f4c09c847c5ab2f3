r"""Table 4, hard attention, trained by REINFORCE from the hierarchical model, as in the paper.

python recipes/train.py --config recipes/configs/budget_hierarchical.py --data-dir DATA \
    --output runs/budget_hierarchical
python recipes/train.py --config recipes/configs/budget_hard.py --data-dir DATA \
    --output runs/budget_hard
"""

from budget import budget_config


def get_config():
    """The config: a lower rate and fewer epochs than those that start from nothing."""
    return budget_config(
        {"attention": "hard"},
        initial_preset="runs/budget_hierarchical/preset",
        epochs=6,
        learning_rate=3e-4,
        warmup_steps=200,
    )
