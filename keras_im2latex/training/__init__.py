"""What training needs beside the model: losses, schedules, input pipeline, distribution."""

from keras_im2latex.training.augment_pictures import AugmentPictures
from keras_im2latex.training.config import TrainingConfig
from keras_im2latex.training.ctc_loss import CtcLoss
from keras_im2latex.training.input_pipeline import FormulaEncoder, epochs, formula_batches
from keras_im2latex.training.optimizers import build_optimizer
from keras_im2latex.training.run import train
from keras_im2latex.training.throughput import Throughput
from keras_im2latex.training.time_limit import TimeLimit
from keras_im2latex.training.token_cross_entropy import TokenCrossEntropy
from keras_im2latex.training.training_model import TrainingModel, build_training_model

__all__ = [
    "AugmentPictures",
    "CtcLoss",
    "FormulaEncoder",
    "Throughput",
    "TimeLimit",
    "TokenCrossEntropy",
    "TrainingConfig",
    "TrainingModel",
    "build_optimizer",
    "build_training_model",
    "epochs",
    "formula_batches",
    "train",
]
