r"""The ablation -RowEnc of Table 3, within the shared budget.

python recipes/train.py --config recipes/configs/budget_no_row_encoder.py --data-dir DATA \
    --output runs/budget_no_row_encoder
"""

from budget import budget_config


def get_config():
    """The config."""
    return budget_config({"row_encoder": False})
