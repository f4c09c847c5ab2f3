r"""The row LSTM-LM of Table 3, within the shared budget.

python recipes/train.py --config recipes/configs/budget_language_model.py --data-dir DATA \
    --output runs/budget_language_model
"""

from budget import budget_config


def get_config():
    """The config."""
    return budget_config({}, system="language_model")
