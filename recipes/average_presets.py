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

    A run adds the tokens it meets to the vocabulary it started from; what belongs to a token is the mean over the
    presets that have it.

    Args:
        presets: names of shipped presets or paths of folders, of one architecture. Each vocabulary is that of another
            one, or begins with it.

    Returns:
        The model of the first that has all tokens, with other weights.

    Raises:
        ValueError: the presets' vocabularies or weights are not alike.
    """
    models = [load_preset(keras.Model, preset) for preset in presets]
    place, mean = max(enumerate(models), key=lambda item: len(item[1].vocabulary.tokens))  # the first of the largest
    sums = {variable.path: np.zeros(variable.shape) for variable in mean.weights}
    counts = {path: np.zeros(array.shape) for path, array in sums.items()}
    for preset, model in zip(presets, models):
        unlike = f"Received: {preset}, unlike {presets[place]}"
        tokens = model.vocabulary.tokens
        if tokens != mean.vocabulary.tokens[: len(tokens)]:
            raise ValueError(f"`presets` must have the same vocabulary, or one that begins with it. {unlike}")
        if not _alike(model, mean):
            raise ValueError(f"`presets` must have weights of the same shapes. {unlike}")
        for variable in model.weights:
            known = tuple(slice(size) for size in variable.shape)
            sums[variable.path][known] += variable.numpy()
            counts[variable.path][known] += 1
    for variable in mean.weights:
        if np.issubdtype(variable.numpy().dtype, np.floating):  # seeds stay
            variable.assign(sums[variable.path] / counts[variable.path])
    return mean


def _alike(model, larger):
    """Whether the weights have the same shapes but for the numbers of tokens."""
    vocabularies = len(model.vocabulary.tokens), len(larger.vocabulary.tokens)
    shapes, others = ({one.path: tuple(one.shape) for one in each.weights} for each in (model, larger))
    return shapes.keys() == others.keys() and all(
        len(shape) == len(others[path])
        and all(sizes[0] == sizes[1] or sizes == vocabularies for sizes in zip(shape, others[path]))
        for path, shape in shapes.items()
    )


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
