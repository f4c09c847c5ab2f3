r"""The row IM2TEX-TOK of Table 2: targets that are only tokenized, not normalized, within the shared budget.

tfds build tfds_builders/latex_formulas --config prepared_tokenized --manual_dir FORMULAS --data_dir DATA
python recipes/train.py --config recipes/configs/budget_tokenized.py --data-dir DATA \
    --output runs/budget_tokenized
"""

from budget import budget_config


def get_config():
    """The config."""
    return budget_config({"attention": "standard"}, dataset="latex_formulas/prepared_tokenized")
