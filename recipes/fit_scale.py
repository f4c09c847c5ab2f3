"""Fits the network that measures the scale of a picture, `keras_im2latex/images/scale.npz`.

    python recipes/fit_scale.py --formulas arxiv_formulas.tsv.xz --number 3000 --output keras_im2latex/images/scale.npz

Draws training formulas on pages of many fonts and sizes, a third to five times that of the model's page, and on that
page itself; shows half of them once more as people take them: resampled, blurred, rotated, with less contrast, light
on dark, as JPEG files, with a neighbour's ink. A picture's true scale is the height of its page's x over that of the
model's page, both measured at 1,200 dots an inch. No formula and no renderer of `foreign_formulas` is among them.

Takes about 20 minutes on two cores: half for TeX, half for measuring 40,000 pictures. Prints by which factor measures
are off, on the fifth of the formulas that was held out, and then fits to all of them.
"""

import argparse
import csv
import dataclasses
import io
import itertools
import lzma
import random
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from PIL import Image, ImageFilter
from tqdm import tqdm

from keras_im2latex.images import PADDING, crop_to_ink, normalize_ink
from keras_im2latex.images.scale import TOLERANCE, relative_measures
from keras_im2latex.images.scale_measures import scale_measures
from keras_im2latex.markup import detokenize
from keras_im2latex.rendering import Page, PageVariety, render

RESOLUTIONS = ((70, 110), (110, 160), (160, 240), (240, 340), (340, 500), (500, 900))
"""Pixels an inch; the same number of formulas is drawn in each range."""

FONT_SIZES = (8, 9, 10, 10, 11, 11, 12, 12, 14)
SCALES = (0.33, 5.5)
"""What the network is fitted to."""

HIDDEN = (96, 48)
OWN_WEIGHT = 3.0
"""A picture of the model's own page counts so many times: it loses most by being changed."""

_FILTERS = (
    Image.Resampling.BOX,
    Image.Resampling.BILINEAR,
    Image.Resampling.HAMMING,
    Image.Resampling.BICUBIC,
    Image.Resampling.LANCZOS,
)


@dataclasses.dataclass(frozen=True)
class Example:
    """A picture whose scale is known.

    Attributes:
        formula: number of its formula; those of one number are held out together.
        kind: "own", the model's page; "half", the same halved, as the authors' files are; "varied"; or "taken".
        scale: height of its x over that of the model's page.
        picture: uint8 array `(height, width)`.
    """

    formula: int
    kind: str
    scale: float
    picture: np.ndarray


def read_formulas(path, seed):
    """Yields the training formulas of a table with the columns `split` and `norm`, shuffled, as LaTeX."""
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        texts = [row["norm"] for row in rows if row["split"] == "train"]
    random.Random(seed).shuffle(texts)
    for text in texts:
        try:
            yield detokenize(text)
        except ValueError:
            continue


def x_height(page):
    """Height of an x in pixels an inch of resolution."""
    fine = dataclasses.replace(page, resolution=1200, gamma=1.0, spread=0.0)
    (drawn,) = render(["x"], fine)
    return float(np.sum(255 - drawn.image.min(axis=1).astype(np.float64))) / 255 / fine.resolution


def draw(formulas, number, own_number, pages, seed):
    """Draws formulas on pages of many looks and on the model's own page.

    Args:
        formulas: iterator of LaTeX.
        number: formulas for each range of resolutions.
        own_number: formulas for the model's page.
        pages: pages for each range of resolutions.
        seed: what chooses the pages.

    Yields:
        `Example`.
    """
    own = x_height(Page()) * Page().resolution
    heights, count = {}, itertools.count()
    for band, resolutions in enumerate(RESOLUTIONS):
        variety = PageVariety(number=pages, seed=100 * seed + band, resolutions=resolutions, font_sizes=FONT_SIZES)
        chosen = list(itertools.islice(formulas, number))
        for formula, drawn in zip(chosen, render(chosen, variety, max_side=6000)):
            page = variety.page_of(formula)
            typeface = (page.font_family, page.font_size, page.weight)
            if typeface not in heights:
                heights[typeface] = x_height(page)
            if drawn.error is None:
                yield Example(next(count), "varied", heights[typeface] * page.resolution / own, drawn.image)
    for drawn in render(itertools.islice(formulas, own_number)):
        if drawn.error is None:
            formula = next(count)
            yield Example(formula, "own", 1.0, drawn.image)
            if formula % 3 == 0:
                padded = Image.fromarray(np.pad(drawn.image, PADDING, constant_values=255))
                half = padded.resize((padded.width // 2, padded.height // 2), Image.Resampling.LANCZOS)
                yield Example(formula, "half", 0.5, np.asarray(half))


def take(example, chance):
    """Shows a picture as somebody may have taken it.

    Args:
        example: `Example`.
        chance: NumPy generator.

    Returns:
        An `Example` of the kind "taken".
    """
    picture, scale = Image.fromarray(np.pad(example.picture, 4, constant_values=255)), example.scale
    if chance.random() < 0.6:
        smallest, largest = np.log(max(0.3, 0.36 / scale)), np.log(max(min(2.5, 5 / scale), 0.31))
        factor = min(np.exp(chance.uniform(smallest, max(smallest, largest))), 3000 / max(picture.size))
        sides = [max(2, round(side * factor)) for side in picture.size]
        picture, scale = picture.resize(sides, _FILTERS[chance.integers(len(_FILTERS))]), scale * factor
    unit = 15 * scale  # pixels of an x
    margin = 2 + (int(chance.uniform(0, 3) * unit) if chance.random() < 0.3 else 0)
    pixels = np.pad(np.asarray(picture), margin, constant_values=255)
    if chance.random() < 0.1:
        pixels = _with_neighbour(pixels, unit, chance)
    picture = Image.fromarray(pixels)
    if chance.random() < 0.12:
        picture = picture.rotate(chance.uniform(-2, 2), Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    if chance.random() < 0.25:
        picture = picture.filter(ImageFilter.GaussianBlur(float(chance.uniform(0.01, 0.09) * unit)))
    grey = np.asarray(picture, np.float32)
    if chance.random() < 0.3:
        grey = 255 * (grey / 255) ** np.exp(chance.uniform(-0.7, 0.9))
    if chance.random() < 0.3:
        ink, paper = chance.uniform(0, 90), chance.uniform(200, 255)
        grey = ink + (paper - ink) * grey / 255
    if chance.random() < 0.1:
        grey = 255 - grey
    pixels = np.rint(grey).astype(np.uint8)
    if chance.random() < 0.25:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "JPEG", quality=int(chance.uniform(25, 95)))
        pixels = np.asarray(Image.open(file))
    return Example(example.formula, "taken", scale, pixels)


def _with_neighbour(pixels, unit, chance):
    """Lets a strip of the picture's own far edge reach in at one of its sides."""
    turns = chance.integers(4)
    turned = np.rot90(pixels, turns)
    last = np.flatnonzero((turned < 255).any(axis=1))[-1] + 1
    strip = turned[max(last - max(1, int(chance.uniform(0.2, 0.6) * unit)), 0) : last]
    gap = np.full((max(1, int(chance.uniform(0.6, 1.2) * unit) - 2), turned.shape[1]), 255, np.uint8)
    return np.ascontiguousarray(np.rot90(np.concatenate([strip, gap, turned]), -turns))


@tf.function(input_signature=[tf.TensorSpec([None, None], tf.uint8)])
def measure(pixels):
    """The measures of a picture as it is read; NaN where it is blank."""
    return scale_measures(crop_to_ink(normalize_ink(tf.cast(pixels, tf.float32)[..., None])))


def measure_all(examples, chance):
    """Measures pictures and, of those that are not own or half ones, a taken variant of each.

    Returns:
        Arrays: measures, logarithms of the scales, kinds, numbers of the formulas.
    """
    rows = []
    for example in examples:
        shown = [example]
        if example.kind == "varied" or (example.kind == "own" and example.formula % 3 == 1):
            shown.append(take(example, chance))
        for one in shown:
            if SCALES[0] < one.scale < SCALES[1] and one.picture.size < 4_000_000:
                measures = measure(one.picture).numpy()
                if np.isfinite(measures).all():
                    rows.append((measures, np.log(one.scale), one.kind, one.formula))
    return tuple(np.array(column) for column in zip(*rows))


def fit(measures, target, kind, *, epochs, seed):
    """Fits the network.

    Returns:
        Dict of arrays, what `keras_im2latex/images/scale.npz` holds, and the Keras model of normalized measures.
    """
    keras.utils.set_random_seed(seed)
    relative = relative_measures(measures).numpy()
    mean, deviation = relative.mean(axis=0), relative.std(axis=0) + 1e-3
    inputs = hidden = keras.Input(mean.shape)
    for units in HIDDEN:
        hidden = keras.layers.Dense(units, "tanh")(hidden)
    linear = keras.layers.Dense(1, use_bias=False, name="linear")
    model = keras.Model(inputs, keras.layers.Add()([linear(inputs), keras.layers.Dense(1)(hidden)]))
    batch_size = 256
    rate = keras.optimizers.schedules.CosineDecay(3e-3, epochs * -(-len(target) // batch_size))
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-2), keras.losses.Huber(delta=0.15))
    weight = np.where(np.isin(kind, ["own", "half"]), OWN_WEIGHT, 1.0)
    model.fit((relative - mean) / deviation, target, batch_size, epochs, sample_weight=weight, shuffle=True, verbose=0)
    weights = {"mean": mean, "deviation": deviation, "linear": linear.kernel.numpy()}
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense) and layer.use_bias]
    for number, layer in enumerate(dense):
        weights |= {f"kernel_{number}": layer.kernel.numpy(), f"bias_{number}": layer.bias.numpy()}
    return {name: np.float32(values) for name, values in weights.items()}, model


def report(weights, model, measures, target, kind):
    """Prints and returns by which factor the measures are off, by kind and by scale."""
    inputs = (relative_measures(measures).numpy() - weights["mean"]) / weights["deviation"]
    error = model.predict(inputs, verbose=0)[:, 0] - target
    groups = {name: kind == name for name in sorted(set(kind))}
    for low, high in itertools.pairwise((0.33, 0.5, 0.8, 1.25, 2.0, 5.5)):
        groups[f"{low} to {high}"] = (target > np.log(low)) & (target <= np.log(high)) & (kind != "own")
    found = {}
    for name, chosen in groups.items():
        if chosen.any():
            factor = float(np.exp(np.sqrt(np.mean(error[chosen] ** 2))))
            beyond = float(100 * np.mean(np.abs(error[chosen]) > np.log(TOLERANCE)))
            found[name] = {"pictures": int(chosen.sum()), "rms_factor": factor, "beyond_tolerance": beyond}
            print(f"{name:12s} {chosen.sum():6d} pictures, off by x{factor:.3f}, {beyond:.2f} % by over {TOLERANCE}")
    return found


def main(arguments=None):
    """Runs the recipe.

    Args:
        arguments: list of strings, the command line; that of the process by default.

    Returns:
        Dict, the report on the held-out formulas.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--formulas", required=True, type=Path, help=".tsv.xz with the columns split and norm")
    parser.add_argument("--number", type=int, default=3000, help="formulas for each of six ranges of resolutions")
    parser.add_argument("--own-number", type=int, default=12000, help="formulas on the model's own page")
    parser.add_argument("--pages", type=int, default=44, help="pages for each range of resolutions")
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--measures", type=Path, metavar="FILE", help=".npz that keeps what was measured for another fit"
    )
    parser.add_argument("--output", required=True, type=Path, metavar="FILE", help=".npz to write")
    options = parser.parse_args(arguments)
    columns = ("measures", "target", "kind", "formula")
    if options.measures and options.measures.exists():
        with np.load(options.measures) as file:
            measures, target, kind, formula = (file[column] for column in columns)
    else:
        formulas = read_formulas(options.formulas, options.seed)
        examples = draw(formulas, options.number, options.own_number, options.pages, options.seed)
        measured = measure_all(tqdm(examples, unit="picture"), np.random.default_rng(options.seed))
        if options.measures:
            np.savez(options.measures, **dict(zip(columns, measured)))
        measures, target, kind, formula = measured
    training = {"epochs": options.epochs, "seed": options.seed}
    held_out = formula % 5 == 0
    fitted = fit(measures[~held_out], target[~held_out], kind[~held_out], **training)
    found = report(*fitted, measures[held_out], target[held_out], kind[held_out])
    weights, _ = fit(measures, target, kind, **training)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    np.savez(options.output, **weights)
    return found


if __name__ == "__main__":
    main()
