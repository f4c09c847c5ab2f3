r"""Handwriting, residual encoder: CROHME and the synthetic corpus mixed, after handwritten_residual_pretraining.

python recipes/train.py --config recipes/configs/handwritten_mixed.py --data-dir DATA \
    --output runs/handwritten_mixed
python recipes/evaluate_handwriting.py --preset runs/handwritten_mixed/preset --data-dir DATA \
    --output runs/handwritten_mixed/results.json

Of CROHME's 4,500 training labels a model soon knows each; the synthetic formulas keep it from reading no others.
"""

from handwritten import fine_tuning_config


def get_config():
    """The config: twice the formulas an epoch, so fewer epochs; validated on CROHME alone."""
    return fine_tuning_config(
        {"attention": "standard", "encoder": "residual", "dropout": 0.2},
        "runs/handwritten_residual_pretraining/preset",
        dataset=("crohme/augmented", "handwritten_formulas/prepared"),
        epochs=8,
        label_smoothing=0.05,
    )
