r"""The row CTC of Table 2, within the shared budget.

python recipes/train.py --config recipes/configs/budget_ctc.py --data-dir DATA \
    --output runs/budget_ctc
"""

from budget import budget_config


def get_config():
    """The config."""
    return budget_config({}, system="ctc")
