"""What training needs beside the model: losses, schedules, input pipeline, distribution."""

from keras_im2latex.training.config import TrainingConfig
from keras_im2latex.training.input_pipeline import FormulaEncoder, epochs, formula_batches
from keras_im2latex.training.optimizers import build_optimizer
from keras_im2latex.training.run import train
from keras_im2latex.training.throughput import Throughput
from keras_im2latex.training.time_limit import TimeLimit
from keras_im2latex.training.token_cross_entropy import TokenCrossEntropy

__all__ = [
    "FormulaEncoder",
    "Throughput",
    "TimeLimit",
    "TokenCrossEntropy",
    "TrainingConfig",
    "build_optimizer",
    "epochs",
    "formula_batches",
    "train",
]
