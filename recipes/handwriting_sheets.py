r"""Draws sheets to look at: synthetic handwriting beside its print, and CROHME's pictures beside what a model reads.

    python recipes/handwriting_sheets.py synthetic --corpus FOLDER/handwriting_corpus.tsv.xz \
        --ink crohme_train.tar.xz --output synthetic.png
    python recipes/handwriting_sheets.py readings --preset runs/handwritten_standard/preset --data-dir DATA \
        --output readings.png

`synthetic` takes 40 formulas of the corpus at random, prints them, and writes them as `handwritten_formulas/prepared`
does. `readings` takes 20 formulas of CROHME 2013's test at random, and draws what the preset reads; a bar at the left
is green where the reading is the label token for token, blue where only its drawing is the label's (the paper's
match), red otherwise.
"""

import argparse
import io
import random
from pathlib import Path

import numpy as np
from PIL import Image

from keras_im2latex.evaluation import read_prepared_dataset
from keras_im2latex.markup import detokenize
from keras_im2latex.rendering import render
from keras_im2latex.rendering.comparison import compare_images
from tfds_builders.crohme.writers import HELD_OUT
from tfds_builders.handwritten_formulas.handwritten_formulas_dataset_builder import Builder
from tfds_builders.handwritten_formulas.symbol_samples import SymbolSamples
from tfds_builders.handwritten_formulas.written_records import write_records
from tfds_builders.latex_formulas import pictures
from tfds_builders.latex_formulas.formula_files import read_formulas

MARGIN = 10
COLOURS = {"exact": (40, 150, 60), "match": (60, 110, 220), "wrong": (210, 50, 50)}
_GREYS = 16


def sheet(rows, columns=1):
    """Lays rows of pictures under each other.

    Args:
        rows: list of pairs: a colour or None, and a list of uint8 arrays `(height, width)`, as many in each row.
        columns: into how many columns the rows are broken.

    Returns:
        A Pillow image.
    """
    widths = [max(row[1][place].shape[1] for row in rows) for place in range(len(rows[0][1]))]
    length = -(-len(rows) // columns)
    parts = []
    for start in range(0, len(rows), length):
        part = rows[start : start + length]
        heights = [max(picture.shape[0] for picture in row) for _, row in part]
        canvas = Image.new(
            "RGB", (sum(widths) + MARGIN * (len(widths) + 2), sum(heights) + MARGIN * (len(part) + 1)), "white"
        )
        top = MARGIN
        for (colour, row), height in zip(part, heights):
            if colour:
                canvas.paste(colour, (2, top, 6, top + height))
            left = 2 * MARGIN
            for picture, width in zip(row, widths):
                canvas.paste(Image.fromarray(picture), (left, top + (height - picture.shape[0]) // 2))
                left += width + MARGIN
            top += height + MARGIN
        parts.append(canvas)
    whole = Image.new("RGB", (sum(part.width for part in parts), max(part.height for part in parts)), "white")
    left = 0
    for part in parts:
        whole.paste(part, (left, 0))
        left += part.width
    return whole


def synthetic_rows(corpus, ink, number, seed):
    """Formulas of the corpus, printed and written: rows of `sheet`."""
    config = next(config for config in Builder.BUILDER_CONFIGS if config.name == "prepared")
    formulas = [formula for formula in read_formulas(corpus) if formula.split == "train"]
    chosen = random.Random(seed).sample(formulas, number)
    records = list(write_records(chosen, config, SymbolSamples.read(ink, HELD_OUT)))
    printed = render(detokenize(formula.latex) for formula in chosen)
    return [
        (None, [pictures.pad_and_downsample(drawn.image), _decoded(record.example["image"])])
        for record, drawn in zip(records, printed)
        if record.example and not drawn.error
    ]


def reading_rows(model, formula_set, number, seed):
    """Pictures and readings: rows of `sheet`, and the readings as lines of text."""
    chosen = sorted(random.Random(seed).sample(range(len(formula_set.formulas)), number))
    inks = formula_set.pictures(chosen)
    readings = model.generate(inks, already_downsampled=formula_set.already_downsampled)
    gold = [formula_set.formulas[index] for index in chosen]
    read = [" ".join(reading.tokens) for reading in readings]
    drawn = list(render(detokenize(text) for text in (*gold, *read)))
    rows, lines = [], []
    for picture, label, text, true, own in zip(inks, gold, read, drawn, drawn[number:]):
        verdict = "exact" if text == label else "wrong"
        if own.error:
            shown = np.full((20, 40), 255, np.uint8)
        else:
            shown = pictures.pad_and_downsample(own.image)
            if verdict == "wrong" and not true.error and compare_images(true.image, own.image).image_match:
                verdict = "match"
        rows.append((COLOURS[verdict], [_decoded(picture), shown]))
        lines.append(f"{verdict}\t{text}" + ("" if verdict == "exact" else f"\tlabel: {label}"))
    return rows, lines


def _decoded(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("L"))


def parse_arguments(arguments=None):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True)
    synthetic = kinds.add_parser("synthetic", help="synthetic formulas beside their prints")
    synthetic.add_argument("--corpus", type=Path, required=True, metavar="FILE", help="of handwriting_corpus.py")
    synthetic.add_argument("--ink", type=Path, required=True, metavar="PATH", help="CROHME's training ink")
    readings = kinds.add_parser("readings", help="CROHME's pictures beside a model's readings")
    readings.add_argument("--preset", required=True, help="name or folder of the preset")
    readings.add_argument("--data-dir", metavar="DIR", help="folder of TensorFlow datasets")
    readings.add_argument("--split", default="test_2013")
    for kind, number in ((synthetic, 40), (readings, 20)):
        kind.add_argument("--number", type=int, default=number, metavar="N")
        kind.add_argument("--seed", type=int, default=0)
        kind.add_argument("--output", type=Path, required=True, metavar="FILE", help="a PNG file")
    return parser.parse_args(arguments)


def main(arguments=None):
    """Runs the recipe."""
    options = parse_arguments(arguments)
    if options.kind == "synthetic":
        image = sheet(synthetic_rows(options.corpus, options.ink, options.number, options.seed), columns=2)
        image = image.convert("L").quantize(_GREYS)
    else:
        import tfds_builders  # noqa: F401 - registers them
        from keras_im2latex.models import FormulaReader

        formula_set = read_prepared_dataset("crohme/prepared", options.split, options.data_dir)
        model = FormulaReader.from_preset(options.preset)
        rows, lines = reading_rows(model, formula_set, options.number, options.seed)
        image = sheet(rows).quantize(4 * _GREYS)
        print("\n".join(lines))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    image.save(options.output, optimize=True)


if __name__ == "__main__":
    main()
