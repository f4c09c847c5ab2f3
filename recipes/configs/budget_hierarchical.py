r"""Table 4, hierarchical attention, within the shared budget.

python recipes/train.py --config recipes/configs/budget_hierarchical.py --data-dir DATA \
    --output runs/budget_hierarchical
"""

from budget import budget_config


def get_config():
    """The config."""
    return budget_config({"attention": "hierarchical"})
