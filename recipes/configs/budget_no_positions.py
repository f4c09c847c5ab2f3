r"""The ablation -PosEmbed of Table 3, within the shared budget.

python recipes/train.py --config recipes/configs/budget_no_positions.py --data-dir DATA \
    --output runs/budget_no_positions
"""

from budget import budget_config


def get_config():
    """The config."""
    return budget_config({"positional_states": False})
