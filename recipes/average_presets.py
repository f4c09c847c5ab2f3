"""Makes one preset of several: the mean of their weights.

Command (seconds; no accelerator):

    python recipes/average_presets.py --presets runs/a/epoch_1 runs/a/epoch_2 runs/a/epoch_3 --output runs/a/mean

The epochs of one run, and what it started from, are weights between which the loss hardly rises, so that their mean
reads at least as well as each and what none of them was taught better (Wortsman et al.: Model soups, ICML 2022). A
config with `keep_epochs` keeps them. Batch normalization's statistics are averaged like weights.
"""

import argparse
from pathlib import Path

import keras
import numpy as np

from keras_im2latex.models.presets import load_preset


def average(presets):
    """The model whose weights are the mean of those of several presets.

    Args:
        presets: names of shipped presets or paths of folders, of one architecture and one vocabulary.

    Returns:
        The model of the first, with other weights.

    Raises:
        ValueError: the presets' vocabularies or weights are not alike.
    """
    first, *others = (load_preset(keras.Model, preset) for preset in presets)
    sums = {variable.path: variable.numpy().astype(np.float64) for variable in first.weights}
    for preset, model in zip(presets[1:], others):
        shapes = {variable.path: tuple(variable.shape) for variable in model.weights}
        if shapes != {path: value.shape for path, value in sums.items()}:
            raise ValueError(f"`presets` must have weights of the same shapes. Received: {preset}, unlike {presets[0]}")
        if model.vocabulary.tokens != first.vocabulary.tokens:
            raise ValueError(f"`presets` must have the same vocabulary. Received: {preset}, unlike {presets[0]}")
        for variable in model.weights:
            sums[variable.path] += variable.numpy()
    for variable in first.weights:
        if np.issubdtype(variable.numpy().dtype, np.floating):  # seeds stay
            variable.assign(sums[variable.path] / len(presets))
    return first


def main(arguments=None):
    """Runs the recipe."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", required=True, nargs="+", metavar="PRESET", help="names or folders")
    parser.add_argument("--output", required=True, type=Path, metavar="FOLDER", help="where to write")
    options = parser.parse_args(arguments)
    try:
        average(options.presets).save_to_preset(options.output, f"Mean of {', '.join(options.presets)}.")
    except (ValueError, OSError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
