"""One of several hosts that train together: `python worker_run.py FOLDER whole|killed`, with its own TF_CONFIG.

Trains a reader of pictures for a few steps and keeps its weights, then runs `train` on a language model, whose first
process ends without warning in the second epoch if it is to be killed.
"""

import contextlib
import os
import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from mirrored_steps import BATCH, batches, build

from keras_im2latex.training import TokenCrossEntropy, TrainingConfig, train
from keras_im2latex.training import run as run_module
from keras_im2latex.training.several_hosts import fit_over_hosts, is_chief, split_batches
from keras_im2latex.training.stateless_update import StatelessSGD

TRAINING, VALIDATION = 8, 11  # the last three of which make no full batch
CONFIG = TrainingConfig(
    system="language_model",
    model={"embedding_size": 8, "units": 16},
    minimum_count=1,
    maximum_tokens=7,
    batch_size=12,
    epochs=3,
    canvases=((32, 32),),
    validation_canvases=((32, 32),),
    length_step=None,
    warmup_steps=2,
    learning_rate=1e-2,
    weight_average=0.9,
    precision="float32",
    xla=False,
)


def train_pictures(strategy, folder):
    """Two epochs over pictures, under a strategy or by `fit`; keeps the weights and what was logged."""
    rows = []
    log = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: rows.append(dict(logs)))
    options = {"epochs": 2, "callbacks": [log], "verbose": 0}
    with strategy.scope() if strategy else contextlib.nullcontext():
        model = build()
        model.compile_training(StatelessSGD(0.1, momentum=0.9), TokenCrossEntropy(), xla=False)
    if strategy is None:
        model.fit(batches(TRAINING), validation_data=batches(VALIDATION), **options)
    else:
        full = batches(TRAINING).unbatch().batch(BATCH, drop_remainder=True)
        training = split_batches(strategy, full.repeat(), BATCH)
        validation = split_batches(strategy, batches(VALIDATION), BATCH)
        fit_over_hosts(model, strategy, training, validation, steps=TRAINING // BATCH, **options)
    if is_chief(strategy):
        figures = np.array([[float(row[name]) for name in ("loss", "val_loss")] for row in rows])
        np.savez(folder / "pictures.npz", *model.get_weights(), figures=figures)


def formulas(number=36):
    """Formulas of several lengths beside blank pictures."""
    generator = np.random.default_rng(0)
    latex = [" ".join(generator.choice([*"abxy12+="], size=generator.integers(3, 7))) for _ in range(number)]
    return tf.data.Dataset.from_tensor_slices({"latex": latex, "image": np.full((number, 16, 32, 1), 255, np.uint8)})


def train_language_model(strategy, folder):
    """A whole run of `train`."""
    examples = {"train": formulas(), "validation": formulas(31)}
    train(CONFIG, examples, folder / "run", strategy=strategy, verbose=0)


class EndsWithoutWarning(run_module.Throughput):
    """As a process does that is killed in the middle of the second epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        """Remembers the epoch."""
        super().on_epoch_begin(epoch, logs)
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        """Ends the process."""
        super().on_train_batch_end(batch, logs)
        if self.epoch == 1 and batch == 1:
            os._exit(9)


def main():
    """Runs as one of the hosts that TF_CONFIG names."""
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    folder = Path(sys.argv[1])
    if sys.argv[2] == "killed":
        train_pictures(strategy, folder)
        run_module.Throughput = EndsWithoutWarning
    train_language_model(strategy, folder)


if __name__ == "__main__":
    main()
