r"""Table 4, standard attention, within the shared budget.

python recipes/train.py --config recipes/configs/budget_standard.py --data-dir DATA \
    --output runs/budget_standard
"""

from budget import budget_config


def get_config():
    """The config."""
    return budget_config({"attention": "standard"})
