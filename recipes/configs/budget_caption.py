r"""The row CAPTION of Table 2: no row encoder, more filters, within the shared budget.

python recipes/train.py --config recipes/configs/budget_caption.py --data-dir DATA \
    --output runs/budget_caption
"""

from budget import budget_config


def get_config():
    """The config."""
    return budget_config({"row_encoder": False, "filters": (64, 128, 256, 512, 512, 512)})
