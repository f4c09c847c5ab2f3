"""Trains a model from a config.

    python recipes/train.py --config recipes/configs/standard.py --data-dir DATA --output runs/standard

DATA holds a TensorFlow dataset built by `tfds build tfds_builders/latex_formulas --config prepared`. Called again with
the same output folder after a kill, the run goes on after its last complete epoch. `--strategy mirrored` trains on all
GPUs of this host; `--strategy workers` on those of several hosts, each of which runs the same command with its own
TF_CONFIG.

XLA tries many algorithms for each convolution when it compiles, which takes a minute or two of every start. With
`--autotuning FILE.textproto` its choices are kept, and taken from there by later runs of the same shapes on the same
kind of GPU. Delete the file when the driver or TensorFlow has changed. `--turns DIR` lets several runs share a GPU: of
those with the same folder one trains and one compiles at a time.
"""

import argparse
import atexit
import contextlib
import dataclasses
import os
import runpy
import sys
from pathlib import Path

from turns import Turns

STRATEGIES = {"one": None, "mirrored": "MirroredStrategy", "workers": "MultiWorkerMirroredStrategy"}
"""What spreads the work, by the name of the class in `tf.distribute`."""


def load_config(path):
    """The `TrainingConfig` that a config file's `get_config` returns; a config may import its neighbours."""
    folder = str(Path(path).resolve().parent)
    sys.path.insert(0, folder)
    try:
        return runpy.run_path(path)["get_config"]()
    finally:
        sys.path.remove(folder)


def check_autotuning(parser, path):
    """Ends the program where `--autotuning` is given a `Path` of which XLA could not read again what it wrote."""
    if path and path.suffix != ".textproto":
        parser.error(f"--autotuning must end in .textproto. Received: {path}")


def keep_autotuning(path):
    """Lets XLA keep its choice of algorithms in a file, and start from those that are in it.

    Call it before TensorFlow is imported.

    Args:
        path: `Path` of the file, which need not be there. XLA tells text from binary by its suffix: `.textproto`.

    Returns:
        Function without arguments, to be called once everything is compiled: puts the choices into the file, if they
        are more than it holds by then.
    """
    own = path.with_name(f"{path.stem}.{os.getpid()}{path.suffix}")
    flags = [os.environ.get("XLA_FLAGS", ""), f"--xla_gpu_dump_autotune_results_to={own}"]
    if path.is_file() and not path.read_bytes().startswith(b"version: "):
        print(f"{path} holds no choices of XLA's and is not used", file=sys.stderr)
    elif path.is_file():
        flags.append(f"--xla_gpu_load_autotune_results_from={path}")
    os.environ["XLA_FLAGS"] = " ".join(filter(None, flags))

    def keep():
        if own.is_file() and own.stat().st_size > (path.stat().st_size if path.is_file() else 0):
            own.replace(path)

    atexit.register(own.unlink, missing_ok=True)  # XLA writes it anew whenever it compiles
    return keep


def time_beside_others(tf):
    """Lets XLA time algorithms on a GPU where another process trains.

    It hides the launch behind a kernel that spins until the launch is done, for a tenth of a second in vain where
    another process has the GPU, hundreds of times; not so where it finds launches to block. CUDA itself, once
    started, takes no notice.
    """
    tf.zeros(1).numpy()
    os.environ["CUDA_LAUNCH_BLOCKING"] = "1"


@contextlib.contextmanager
def training_turn(keep_choices, turns):
    """What `train` is to do before its first step and after its last; both arguments may be None."""
    if keep_choices:
        keep_choices()
    with turns.training() if turns else contextlib.nullcontext():
        yield


def load_examples(names, data_dir, formulas=None):
    """Training and validation examples with their pictures still encoded, so that they shuffle cheaply.

    Args:
        names: name of a TensorFlow dataset with its config, or a tuple of such names: training examples come from all
            of them, mixed, validation examples from the first. A name may end with the part of the training examples
            that is taken, as TFDS writes it: `latex_formulas/prepared[:25%]`.
        data_dir: folder of the datasets.
        formulas: the first so many training formulas of each, instead of all or that part.

    Returns:
        Dict of two `tf.data.Dataset`s, `train` and `validation`.
    """
    import tensorflow as tf
    import tensorflow_datasets as tfds

    def read(builder, split):
        examples = builder.as_dataset(
            split=split,
            decoders={"image": tfds.decode.SkipDecoding()},
            read_config=tfds.ReadConfig(interleave_cycle_length=16, shuffle_seed=0),
        )
        return examples.map(lambda example: {name: example[name] for name in ("image", "latex")})

    builders, parts = [], []
    for name in [names] if isinstance(names, str) else names:
        name, bracket, part = name.partition("[")
        builders.append(tfds.builder(name, data_dir=data_dir))
        parts.append(read(builders[-1], f"train{bracket}{part}" if formulas is None else f"train[:{formulas}]"))
    train = parts[0]
    if len(parts) > 1:
        sizes = [int(part.cardinality()) for part in parts]
        shares = [size / sum(sizes) for size in sizes]
        train = tf.data.Dataset.sample_from_datasets(parts, shares, seed=0, stop_on_empty_dataset=False)
        train = train.apply(tf.data.experimental.assert_cardinality(sum(sizes)))
    return {"train": train, "validation": read(builders[0], "validation")}


def main():
    """Reads the arguments and trains."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True, help="a file with a function get_config")
    parser.add_argument("--data-dir", help="folder of TensorFlow datasets")
    parser.add_argument("--output", required=True, help="folder for backups, logs and the preset")
    parser.add_argument("--strategy", choices=STRATEGIES, default="one")
    parser.add_argument("--minutes", type=float, help="stop at an epoch's end before this many minutes")
    parser.add_argument("--formulas", type=int, help="train on the first so many formulas instead of the config's")
    parser.add_argument("--initial-preset", help="start from the weights of this preset instead of the config's")
    parser.add_argument("--seed", type=int, help="of weights, order and augmentation, instead of the config's")
    parser.add_argument("--autotuning", type=Path, metavar="FILE", help="a .textproto, where XLA's choices are kept")
    parser.add_argument("--turns", metavar="DIR", help="take turns with the runs that are given the same folder")
    parser.add_argument("--verbose", type=int, default=1, choices=(0, 1, 2), help="as in Keras' fit")
    arguments = parser.parse_args()
    check_autotuning(parser, arguments.autotuning)
    with Turns(arguments.turns) if arguments.turns else contextlib.nullcontext() as turns:
        run(arguments, turns)


def run(arguments, turns):
    """Trains.

    Args:
        arguments: the command line, parsed.
        turns: the `Turns` that this run takes with others, or None.
    """
    keep_choices = keep_autotuning(arguments.autotuning.resolve()) if arguments.autotuning else None

    import tensorflow as tf

    from keras_im2latex.training import train

    if turns:
        time_beside_others(tf)
    strategy = STRATEGIES[arguments.strategy]
    if strategy is not None:  # before anything else: hosts find each other at TensorFlow's start
        strategy = getattr(tf.distribute, strategy)()
    config = load_config(arguments.config)
    overridden = {name: getattr(arguments, name) for name in ("formulas", "initial_preset", "seed")}
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
        turn=training_turn(keep_choices, turns),
    )


if __name__ == "__main__":
    main()
