r"""Fits the small networks that tell handwriting from print and measure how large it is written.

    python recipes/fit_handwriting.py --ink crohme_train.tar.xz --test crohme_2013_test.tar.xz \
        --formulas arxiv_formulas.tsv.xz --validation im2latex100k_validation.norm.txt.xz \
        --kind keras_im2latex/images/handwriting_kind.npz --scale keras_im2latex/images/handwriting_scale.npz

Both read the measures of `recipes/fit_scale.py`: lengths of strokes, gaps and letters, and how soft the edges are. For
the kind all lengths are relative to the strokes' thickness, so that size says nothing. Handwriting is CROHME's
training ink, without the held-out writers, drawn at many sizes with many pens; print is training formulas, and as many
of the ink's short labels, on pages of many fonts and sizes; of both every second picture comes once more as people take
it. A picture's true scale is the usual length of a stroke over that which models of handwriting learn from.

Takes about 10 minutes on two cores. Prints how many pictures are told right of CROHME 2013's test, drawn in four sizes
and pens, and, printed on the model's own page, of its labels and of IM2LATEX-100K's validation formulas, half of each
once more as taken; and by which factor the scale of the handwriting is off.
"""

import argparse
import itertools
import random
from pathlib import Path

import keras
import numpy as np
from fit_scale import Example, draw, fit, measure, read_formulas, take
from tqdm import tqdm

from keras_im2latex.evaluation import read_formula_file
from keras_im2latex.images.scale import relative_measures
from keras_im2latex.markup import detokenize
from keras_im2latex.rendering import render
from tfds_builders.crohme.ink_files import read_ink_files
from tfds_builders.crohme.inkml import UnreadableInk, read_inkml
from tfds_builders.crohme.labels import read_label
from tfds_builders.crohme.stroke_pictures import PREPARED_SYMBOL_SIZE, draw_strokes, scale_strokes
from tfds_builders.crohme.writers import HELD_OUT, is_held_out, writer_of

SIZES = (9.0, 180.0)
"""Usual lengths of a stroke in the pictures that are fitted to, in pixels."""

PENS = (0.05, 0.22)
"""Widths of the pen as shares of that, but not below a pixel."""

TESTED = ((20.0, 3.0), (30.0, 4.0), (60.0, 5.0), (40.0, 8.0))
"""Sizes and pens of the test."""

UNITS = 24
PRINT, HANDWRITING = 0, 1


def read_ink(path, held_out=0.0):
    """The strokes, and the labels as LaTeX, of all files that can be read and are not by held-out writers."""
    strokes, labels = [], []
    for name, data in read_ink_files(path):
        try:
            ink = read_inkml(data)
            label = read_label(ink)[1]
        except UnreadableInk:
            continue
        if not is_held_out(writer_of(ink, name), held_out):
            strokes.append(ink.strokes)
            labels.append(detokenize(label))
    return strokes, labels


def mixed(formulas, labels, seed):
    """Formulas and labels in turn; the labels in any order, again and again."""
    chance = random.Random(seed)
    for formula in formulas:
        yield formula
        yield chance.choice(labels)


def write(strokes, size, pen):
    """A handwritten formula at a size: its picture, and its scale."""
    scaled, _ = scale_strokes(strokes, symbol_size=size)
    return draw_strokes(scaled, pen), size / PREPARED_SYMBOL_SIZE


def handwriting(inks, number, chance):
    """Yields handwritten formulas of random sizes and pens, as `Example`."""
    for place in range(number):
        size = float(np.exp(chance.uniform(*np.log(SIZES))))
        pen = max(1.0, size * float(np.exp(chance.uniform(*np.log(PENS)))))
        picture, scale = write(inks[chance.integers(len(inks))], size, pen)
        yield Example(place, "written", scale, picture)


def print_each(formulas):
    """Yields formulas on the model's own page, as `Example`; `formulas` are lists of LaTeX by the examples' kind."""
    for kind, texts in formulas.items():
        for place, drawn in enumerate(render(texts)):
            if drawn.error is None:
                yield Example(place, kind, 1.0, drawn.image)


def measure_each(examples, chance, unit=1.0):
    """Measures pictures, and every second one as somebody may have taken it.

    Args:
        examples: iterable of `Example`.
        chance: NumPy generator.
        unit: what the examples' scales are multiplied by to be those of `fit_scale`.

    Returns:
        Arrays: measures, logarithms of the scales, kinds.
    """
    rows = []
    for place, example in enumerate(examples):
        shown = [example]
        if place % 2:
            taken = take(Example(example.formula, example.kind, example.scale * unit, example.picture), chance)
            shown.append(Example(taken.formula, f"{example.kind}, taken", taken.scale / unit, taken.picture))
        for one in shown:
            if one.picture.size < 4_000_000:
                measures = measure(one.picture).numpy()
                if np.isfinite(measures).all():
                    rows.append((measures, np.log(one.scale), one.kind))
    return tuple(np.array(column) for column in zip(*rows))


def fit_kind(measures, kind, *, epochs, seed):
    """Fits the network that tells the kind.

    Args:
        measures: array `(pictures, measures)`.
        kind: array `(pictures,)` of `PRINT` and `HANDWRITING`.
        epochs: passes over the pictures.
        seed: of the weights and the order.

    Returns:
        Dict of arrays, what `handwriting_kind.npz` holds.
    """
    keras.utils.set_random_seed(seed)
    shape = _shape(measures)
    mean, deviation = shape.mean(axis=0), shape.std(axis=0) + 1e-3
    model = keras.Sequential([keras.Input(mean.shape), keras.layers.Dense(UNITS, "tanh"), keras.layers.Dense(1)])
    batch_size = 256
    rate = keras.optimizers.schedules.CosineDecay(5e-3, epochs * -(-len(kind) // batch_size))
    loss = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.02)
    model.compile(keras.optimizers.AdamW(rate, weight_decay=1e-2), loss)
    counts = np.bincount(kind)
    model.fit((shape - mean) / deviation, kind, batch_size, epochs, sample_weight=(len(kind) / counts)[kind], verbose=0)
    weights = {"mean": mean, "deviation": deviation}
    for number, layer in enumerate(model.layers):
        weights |= {f"kernel_{number}": layer.kernel.numpy(), f"bias_{number}": layer.bias.numpy()}
    return {name: np.float32(values) for name, values in weights.items()}


def _shape(measures):
    return relative_measures(measures).numpy()[:, 1:]


def share_right(weights, measures, kind):
    """How many percent of some pictures, all of one kind, are told right."""
    inputs = (_shape(measures) - weights["mean"]) / weights["deviation"]
    hidden = np.tanh(inputs @ weights["kernel_0"] + weights["bias_0"])
    told = (hidden @ weights["kernel_1"] + weights["bias_1"])[:, 0] > 0
    return float(100 * np.mean(told == (kind == HANDWRITING)))


def parse_arguments(arguments=None):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ink", type=Path, required=True, metavar="PATH", help="CROHME's training ink")
    parser.add_argument("--test", type=Path, required=True, metavar="PATH", help="ink to test on")
    parser.add_argument("--formulas", type=Path, required=True, metavar="FILE", help="a .tsv.xz with split and norm")
    parser.add_argument("--validation", type=Path, required=True, metavar="FILE", help="formulas to test on")
    parser.add_argument("--number", type=int, default=8000, metavar="N", help="handwritten pictures")
    parser.add_argument("--printed", type=int, default=1000, metavar="N", help="formulas a range of resolutions")
    parser.add_argument("--tested", type=int, default=2000, metavar="N", help="validation formulas")
    parser.add_argument("--pages", type=int, default=30, help="pages for each range of resolutions")
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", type=Path, required=True, metavar="FILE", help=".npz to write")
    parser.add_argument("--scale", type=Path, required=True, metavar="FILE", help=".npz to write")
    return parser.parse_args(arguments)


def main(arguments=None):
    """Runs the recipe.

    Returns:
        Dict of what it prints.
    """
    options = parse_arguments(arguments)
    chance = np.random.default_rng(options.seed)
    unit = PREPARED_SYMBOL_SIZE / 20.0  # print's scale is that of a page on which digits are 21 pixels high
    inks, labels = read_ink(options.ink, HELD_OUT)
    written = measure_each(tqdm(handwriting(inks, options.number, chance), "writing"), chance, unit)
    formulas = mixed(read_formulas(options.formulas, options.seed), labels, options.seed)
    drawn = draw(formulas, options.printed, 2 * options.printed, options.pages, options.seed)
    printed = measure_each(tqdm(drawn, "printing"), chance)

    training = {"epochs": options.epochs, "seed": options.seed}
    measures = np.concatenate([written[0], printed[0]])
    kinds = np.repeat([HANDWRITING, PRINT], [len(written[0]), len(printed[0])])
    kind = fit_kind(measures, kinds, **training)
    scale, scale_model = fit(*written, **training)
    for path, weights in ((options.kind, kind), (options.scale, scale)):
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **weights)

    test, test_labels = read_ink(options.test)
    examples = (
        Example(place, f"{size:.0f} pixels, pen {pen:.0f}", *write(strokes, size, pen)[::-1])
        for place, (strokes, (size, pen)) in enumerate(itertools.product(test, TESTED))
    )
    tested = measure_each(tqdm(examples, "test, written"), chance, unit)
    lines = [line for line in read_formula_file(options.validation).formulas if line]
    chosen = random.Random(options.seed).sample(lines, min(options.tested, len(lines)))
    prints = {"IM2LATEX-100K": map(detokenize, chosen), "test labels": test_labels}
    tested_print = measure_each(tqdm(print_each(prints), "test, printed"), chance)

    found = {"handwriting": {}, "print": {}, "scale_off_by": {}}
    inputs = (relative_measures(tested[0]).numpy() - scale["mean"]) / scale["deviation"]
    error = scale_model.predict(inputs, verbose=0)[:, 0] - tested[1]
    for name, (measured, _, shown), is_kind in (("handwriting", tested, HANDWRITING), ("print", tested_print, PRINT)):
        for one in sorted(set(shown)):
            part = measured[shown == one]
            found[name][one] = share_right(kind, part, np.full(len(part), is_kind))
            print(f"{name}, {one}: {len(part)} pictures, {found[name][one]:.2f} % told right")
    for one in sorted(set(tested[2])):
        off = float(np.exp(np.sqrt(np.mean(error[tested[2] == one] ** 2))))
        found["scale_off_by"][one] = off
        print(f"scale of handwriting, {one}: off by x{off:.3f}")
    return found


if __name__ == "__main__":
    main()
