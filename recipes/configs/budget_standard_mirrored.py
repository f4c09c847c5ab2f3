r"""Table 4's standard attention on both GPUs of a host, each with the batch that one GPU has for itself.

python recipes/train.py --config recipes/configs/budget_standard_mirrored.py --strategy mirrored --data-dir DATA \
    --output runs/budget_standard_mirrored
"""

import dataclasses

from budget_standard import get_config as budget_standard_config


def get_config():
    """The config: twice the batch, and the square root of that in the learning rate, as Adam wants it."""
    return dataclasses.replace(budget_standard_config(), batch_size=256, learning_rate=1.4e-3, warmup_steps=400)
