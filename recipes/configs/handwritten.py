r"""What all readers of handwriting share: a stage on the synthetic corpus, then one on CROHME.

The first starts from a preset that reads print: it knows formulas, and all of CROHME's tokens, but no handwriting.

The data sets, once:

python recipes/handwriting_corpus.py --formulas arxiv_formulas.tsv.xz --ink crohme_train.tar.xz \
    --without crohme_2013_test.tar.xz --output FOLDER/handwriting_corpus.tsv.xz
tfds build tfds_builders/handwritten_formulas --config prepared --manual_dir FOLDER --data_dir DATA
tfds build tfds_builders/crohme --config augmented --manual_dir INK --data_dir DATA
tfds build tfds_builders/crohme --config prepared --manual_dir INK --data_dir DATA
"""

from keras_im2latex.images import Augmentation
from keras_im2latex.training import TrainingConfig

CANVASES = ((64, 256), (96, 384), (160, 480))


def pretraining_config(model, initial_preset="standard", **options):
    """The first stage: printed formulas redrawn in handwriting."""
    shared = {
        "dataset": "handwritten_formulas/prepared",
        "handwriting": True,
        "initial_preset": initial_preset,
        "batch_size": 128,
        "epochs": 6,
        "canvases": CANVASES,
        "learning_rate": 7e-4,
        "warmup_steps": 500,
        "weight_average": 0.995,
        "label_smoothing": 0.05,
        "augmentation": Augmentation(),
    }
    return TrainingConfig(model={"dropout": 0.15, **model}, **{**shared, **options})


def fine_tuning_config(model, initial_preset, **options):
    """The second stage: CROHME's training ink, each formula in eleven drawings; weights by held-out writers."""
    shared = {
        "dataset": "crohme/augmented",
        "handwriting": True,
        "initial_preset": initial_preset,
        "batch_size": 128,
        "epochs": 8,
        "canvases": CANVASES,
        "learning_rate": 5e-4,
        "warmup_steps": 300,
        "weight_average": 0.998,
        "label_smoothing": 0.1,
        "augmentation": Augmentation(),
    }
    return TrainingConfig(model={"dropout": 0.3, **model}, **{**shared, **options})
