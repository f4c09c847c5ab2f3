"""Trains a model from a config.

    python recipes/train.py --config recipes/configs/standard.py --data-dir DATA --output runs/standard

DATA holds a TensorFlow dataset built by `tfds build tfds_builders/latex_formulas`. Called again with the same output
folder after a kill, the run goes on after its last complete epoch. `--strategy mirrored` trains on all GPUs.
"""

import argparse
import importlib.util
from pathlib import Path


def load_config(path):
    """The `TrainingConfig` that a config file's `get_config` returns."""
    specification = importlib.util.spec_from_file_location(Path(path).stem, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.get_config()


def load_examples(name, data_dir, limit=None):
    """Training and validation examples with their pictures still encoded, so that they shuffle cheaply."""
    import tensorflow_datasets as tfds

    builder = tfds.builder(name, data_dir=data_dir)
    read = tfds.ReadConfig(interleave_cycle_length=16, shuffle_seed=0)
    decoders = {"image": tfds.decode.SkipDecoding()}
    slice_ = f"[:{limit}]" if limit else ""
    return {
        split: builder.as_dataset(split=f"{split}{slice_}", decoders=decoders, read_config=read)
        for split in ("train", "validation")
    }


def main():
    """Reads the arguments and trains."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True, help="a file with a function get_config")
    parser.add_argument("--data-dir", help="folder of TensorFlow datasets")
    parser.add_argument("--output", required=True, help="folder for backups, logs and the preset")
    parser.add_argument("--strategy", choices=("one", "mirrored"), default="one")
    parser.add_argument("--minutes", type=float, help="stop at an epoch's end before this many minutes")
    parser.add_argument("--limit", type=int, help="use the first so many formulas of each split only")
    parser.add_argument("--verbose", type=int, default=1, choices=(0, 1, 2), help="as in Keras' fit")
    arguments = parser.parse_args()

    import tensorflow as tf

    from keras_im2latex.training import train

    strategy = tf.distribute.MirroredStrategy() if arguments.strategy == "mirrored" else None
    config = load_config(arguments.config)
    examples = load_examples(config.dataset, arguments.data_dir, arguments.limit)
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
