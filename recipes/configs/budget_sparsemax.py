r"""Table 4, sparsemax attention, within the shared budget.

python recipes/train.py --config recipes/configs/budget_sparsemax.py --data-dir DATA \
    --output runs/budget_sparsemax
"""

from budget import budget_config


def get_config():
    """The config."""
    return budget_config({"attention": "sparsemax"})
