r"""Table 4, coarse-only attention, within the shared budget.

python recipes/train.py --config recipes/configs/budget_coarse_only.py --data-dir DATA \
    --output runs/budget_coarse_only
"""

from budget import budget_config


def get_config():
    """The config."""
    return budget_config({"attention": "coarse_only"})
