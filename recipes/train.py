"""Trains a model from a config.

    python recipes/train.py --config recipes/configs/standard.py --data-dir DATA --output runs/standard

DATA holds a TensorFlow dataset built by `tfds build tfds_builders/latex_formulas`. Called again with the same output
folder after a kill, the run goes on after its last complete epoch. `--strategy mirrored` trains on all GPUs.
"""

import argparse
import dataclasses
import runpy
import sys
from pathlib import Path


def load_config(path):
    """The `TrainingConfig` that a config file's `get_config` returns; a config may import its neighbours."""
    folder = str(Path(path).resolve().parent)
    sys.path.insert(0, folder)
    try:
        return runpy.run_path(path)["get_config"]()
    finally:
        sys.path.remove(folder)


def load_examples(name, data_dir, formulas=None):
    """Training and validation examples with their pictures still encoded, so that they shuffle cheaply."""
    import tensorflow_datasets as tfds

    builder = tfds.builder(name, data_dir=data_dir)
    read = tfds.ReadConfig(interleave_cycle_length=16, shuffle_seed=0)
    decoders = {"image": tfds.decode.SkipDecoding()}
    slices = {"train": "train" if formulas is None else f"train[:{formulas}]", "validation": "validation"}
    return {
        split: builder.as_dataset(split=slice_, decoders=decoders, read_config=read) for split, slice_ in slices.items()
    }


def main():
    """Reads the arguments and trains."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True, help="a file with a function get_config")
    parser.add_argument("--data-dir", help="folder of TensorFlow datasets")
    parser.add_argument("--output", required=True, help="folder for backups, logs and the preset")
    parser.add_argument("--strategy", choices=("one", "mirrored"), default="one")
    parser.add_argument("--minutes", type=float, help="stop at an epoch's end before this many minutes")
    parser.add_argument("--formulas", type=int, help="train on the first so many formulas instead of the config's")
    parser.add_argument("--initial-preset", help="start from the weights of this preset instead of the config's")
    parser.add_argument("--verbose", type=int, default=1, choices=(0, 1, 2), help="as in Keras' fit")
    arguments = parser.parse_args()

    import tensorflow as tf

    from keras_im2latex.training import train

    strategy = tf.distribute.MirroredStrategy() if arguments.strategy == "mirrored" else None
    config = load_config(arguments.config)
    overridden = {name: getattr(arguments, name) for name in ("formulas", "initial_preset")}
    config = dataclasses.replace(config, **{name: value for name, value in overridden.items() if value is not None})
    examples = load_examples(config.dataset, arguments.data_dir, config.formulas)
    train(
        config,
        examples,
        arguments.output,
        strategy=strategy,
        minutes=arguments.minutes,
        description=Path(arguments.config).stem,
        verbose=arguments.verbose,
    )


if __name__ == "__main__":
    main()
