"""Scores a preset on formulas: draws them, reads the pictures back, and compares text and pictures.

Command:

    python recipes/evaluate.py --preset standard --formulas validation.norm.txt.xz --output results.json

FILE holds normalized formulas, one a line, tokens separated by spaces (also .gz, .xz). Predictions are added
to a TSV as they come, so a run that was cut short goes on where it stopped, and a finished one is only scored
again; delete the TSV to read afresh, after retraining for one.

    python recipes/evaluate.py --preset standard --original-sample im2latex100k_original_sample

reads the authors' own images (a folder with `formulas.tsv` and `images/`) and, beside them, the same formulas
drawn here: how far a model trained on our pictures reads theirs. Formulas that cannot be drawn here are left
out of both.

Scores follow Tables 2 and 3 of [Deng et al., 2017](https://arxiv.org/abs/1609.04938). Their "Match" compares
pictures; token exact match is far lower for the same system, so the two stand side by side.
"""

import argparse
import csv
import gzip
import hashlib
import json
import lzma
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from keras_im2latex.markup import detokenize
from keras_im2latex.metrics import score_predictions
from keras_im2latex.rendering import Page, render

MEASURES = {
    "bleu": "BLEU-4 (corpus, as multi-bleu)",
    "token_exact_match": "token exact match",
    "image_match": "image match (published: the paper's Match)",
    "image_match_without_whitespace": "image match (-ws)",
    "pixel_identical": "image match (strict: pixel-identical)",
    "image_edit_score": "image edit score",
    "token_edit_score": "token edit score",
    "character_edit_score": "character edit score",
}
COUNTS = {
    "formulas": "formulas scored",
    "undrawable": "formulas left out: gold does not compile",
    "missing_predictions": "empty predictions",
    "predicted_failures": "predictions that do not compile",
}
CELLS = {
    "coarse_cells": "coarse cells looked at for a token (#C)",
    "fine_cells": "fine cells looked at for a token (#F)",
}
# Formulas drawn, read and saved together.
CHUNK = 512


class PredictionLog:
    """A TSV of predictions that grows as they come and can be picked up again.

    Args:
        path: path of the file; created if missing.
        settings: dict of what the predictions depend on. A file made with other settings is refused.

    Attributes:
        rows: dict from formula index to `(gold, predicted, score)`, gold and predicted as token strings.
    """

    COLUMNS = ["index", "gold", "predicted", "score"]

    def __init__(self, path, settings):
        self.path = Path(path)
        self.rows = {}
        head = "# " + json.dumps(settings, sort_keys=True)
        lines = self.path.read_text(encoding="utf-8").split("\n")[:-1] if self.path.exists() else []
        if lines and lines[0] != head:
            raise SystemExit(f"{path} holds predictions made with {lines[0][2:]}; wanted {head[2:]}")
        for index, gold, predicted, score in csv.reader(lines[2:], delimiter="\t", quoting=csv.QUOTE_NONE):
            self.rows[int(index)] = (gold, predicted, float(score))
        # Written anew, so that a line cut short by a kill is gone.
        self.path.parent.mkdir(parents=True, exist_ok=True)
        whole = [head, "\t".join(self.COLUMNS), *lines[2:]]
        self.path.write_text("".join(line + "\n" for line in whole), encoding="utf-8")

    def append(self, rows):
        """Adds `(index, gold, predicted, score)` tuples and saves them."""
        with self.path.open("a", encoding="utf-8") as file:
            for index, gold, predicted, score in rows:
                file.write(f"{index}\t{gold}\t{predicted}\t{score:.6f}\n")
                self.rows[index] = (gold, predicted, score)

    def check(self, formulas):
        """Stops unless the predictions at hand are for these formulas."""
        for index, (gold, _, _) in self.rows.items():
            if index >= len(formulas) or formulas[index] != gold:
                found = formulas[index] if index < len(formulas) else "no such line"
                raise SystemExit(f"{self.path}: formula {index} is {gold[:60]!r}, but now {found[:60]!r}")


class PictureFolder:
    """Draws formulas, keeping the pictures in a folder if there is one.

    Args:
        folder: path or `None`. Pictures found there are not drawn again.
        workers: int or `None`. TeX processes at a time.
    """

    def __init__(self, folder=None, workers=None):
        self.folder = Path(folder) if folder else None
        self.workers = workers
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)

    def draw(self, formulas):
        """Gives a uint8 array `[height, width]` for each formula, `None` for one that does not compile."""
        pictures = {text: self._saved(text) for text in formulas}
        wanted = [text for text, picture in pictures.items() if picture is None and text]
        renderings = render([detokenize(text) for text in wanted], page=Page(), workers=self.workers)
        for text, rendering in zip(wanted, renderings, strict=True):
            pictures[text] = rendering.image
            if self.folder and rendering.image is not None:
                Image.fromarray(np.asarray(rendering.image)).save(self._path(text))
        return [pictures[text] for text in formulas]

    def _path(self, text):
        return self.folder / f"{hashlib.sha1(text.encode()).hexdigest()[:16]}.png"

    def _saved(self, text):
        if self.folder is None or not self._path(text).exists():
            return None
        with Image.open(self._path(text)) as picture:
            return np.asarray(picture.convert("L"))


def read_formulas(path, limit=None):
    """Reads normalized formulas, one a line, from a text file, plain or compressed by gzip or xz."""
    openers = {".gz": gzip.open, ".xz": lzma.open}
    with openers.get(Path(path).suffix, open)(path, "rt", encoding="utf-8") as file:
        return [" ".join(line.split()) for line in file][:limit]


def read_original_sample(folder, limit=None):
    """Reads `formulas.tsv` of the authors' sample: normalized formulas, and the paths of their images."""
    with (Path(folder) / "formulas.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[:limit]
    formulas = [" ".join(row["normalized"].split()) for row in rows]
    return formulas, [Path(folder) / "images" / row["image"] for row in rows]


def predict(reader, formulas, pictures_of, log, description, **options):
    """Reads the pictures of those formulas that the log does not hold yet.

    Args:
        reader: function without arguments that gives an `Im2Latex`; called if there is something to read.
        formulas: list of normalized formulas.
        pictures_of: function from a list of indices to their pictures, `None` for a formula without one.
        log: `PredictionLog`.
        description: string for the progress bar.
        **options: passed to `Im2Latex.generate`.

    Returns:
        Tuple `(pictures read, seconds spent reading them)`.
    """
    log.check(formulas)
    pending = [index for index in range(len(formulas)) if index not in log.rows]
    read, seconds = 0, 0.0
    done = len(formulas) - len(pending)
    with tqdm(total=len(formulas), initial=done, desc=description, unit="formula") as bar:
        for start in range(0, len(pending), CHUNK):
            chunk = pending[start : start + CHUNK]
            drawn = [pair for pair in zip(chunk, pictures_of(chunk)) if pair[1] is not None]
            model = reader()
            began = time.monotonic()
            readings = model.generate([picture for _, picture in drawn], n_best=1, **options) if drawn else []
            seconds += time.monotonic() - began
            read += len(drawn)
            log.append(
                (index, formulas[index], " ".join(reading.tokens), float(reading.score))
                for (index, _), reading in zip(drawn, readings, strict=True)
            )
            bar.update(len(chunk))
    return read, seconds


def score(log, formulas, workers=None):
    """Scores a finished log: a dict of scores, counts and seconds."""
    began = time.monotonic()
    rows = [log.rows[index] for index in sorted(log.rows)]
    if not rows:
        raise SystemExit(f"{log.path}: nothing to score, none of {len(formulas)} formulas has a picture")
    gold, predicted, _ = zip(*rows)
    scores = score_predictions(gold, predicted, workers=workers).to_dict()
    return {
        **scores,
        "undrawable": len(formulas) - len(rows),
        "scoring_seconds": round(time.monotonic() - began, 1),
        "predictions": log.path.name,
    }


def count(model, log, pictures_of, batch_size, **options):
    """Counts the cells looked at while the formulas in a finished log were predicted.

    Args:
        model: the `Im2Latex` that predicted them.
        log: `PredictionLog`.
        pictures_of: function from a list of indices to their pictures.
        batch_size: pictures encoded at once.
        **options: passed to `count_cells`.

    Returns:
        Dict of means over the tokens, the end tokens included, by the names in `CELLS`.
    """
    from keras_im2latex.models import count_cells

    indices, total, tokens = sorted(log.rows), dict.fromkeys(CELLS, 0.0), 0
    for start in tqdm(range(0, len(indices), CHUNK), desc="counting cells", unit="chunk"):
        chunk = indices[start : start + CHUNK]
        predicted = [log.rows[index][1].split() for index in chunk]
        counts = count_cells(model, pictures_of(chunk), predicted, batch_size=batch_size, **options)
        tokens += counts.tokens
        for name in CELLS:
            total[name] += getattr(counts, name) * counts.tokens
    return {name: round(value / tokens, 3) for name, value in total.items()}


def table(runs):
    """Lays out the runs side by side.

    Args:
        runs: dict from the run's name to the dict that `score` gives.

    Returns:
        string of several lines.
    """
    width = max(len(label) for label in (*MEASURES.values(), *COUNTS.values()))
    columns = [max(len(name), 7) for name in runs]
    lines = [" " * width + "".join(f"   {name:>{column}}" for name, column in zip(runs, columns))]
    for measures, number in ((MEASURES, ".2f"), (CELLS, ".1f"), (COUNTS, "d")):
        for key, label in measures.items():
            if measures is CELLS and not all(key in run for run in runs.values()):
                continue
            figures = [format(run[key], number) for run in runs.values()]
            cells = (f"   {figure:>{column}}" for figure, column in zip(figures, columns))
            lines.append(f"{label:<{width}}" + "".join(cells))
    return "\n".join(lines)


def parse_arguments(arguments=None):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--preset", default="standard", help="name or folder of the preset")
    parser.add_argument("--formulas", type=Path, metavar="FILE", help="normalized formulas, one a line")
    parser.add_argument("--original-sample", type=Path, metavar="DIR", help="formulas.tsv and images/")
    parser.add_argument("--beam-size", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--limit", type=int, help="the first N formulas only")
    parser.add_argument("--workers", type=int, help="TeX processes at a time")
    parser.add_argument(
        "--count-cells", action="store_true", help="count the cells looked at; encodes all pictures again"
    )
    parser.add_argument("--images", type=Path, metavar="DIR", help="where to keep and find rendered pictures")
    parser.add_argument("--predictions", type=Path, metavar="FILE", help="TSV; default: beside the results")
    parser.add_argument("--output", type=Path, default=Path("results.json"), metavar="FILE")
    parsed = parser.parse_args(arguments)
    if not (parsed.formulas or parsed.original_sample):
        parser.error("give --formulas, --original-sample, or both")
    return parsed


def main(arguments=None, load=None):
    """Runs the recipe.

    Args:
        arguments: list of strings, the command line; that of the process by default.
        load: function from a preset's name to an object with `generate`; `Im2Latex.from_preset` by default.

    Returns:
        dict, as written to the output file.
    """
    options = parse_arguments(arguments)
    loaded = []

    def reader():
        if not loaded:
            loaded.append(load(options.preset) if load else load_preset(options.preset))
        return loaded[0]

    predictions = options.predictions or options.output.with_suffix(".predictions.tsv")
    folder = PictureFolder(options.images, options.workers)
    runs = {}

    def run(name, formulas, pictures_of, source, path, **generate_options):
        settings = {"preset": options.preset, "beam_size": options.beam_size, "pictures": source}
        log = PredictionLog(path, settings)
        generate_options |= {"beam_size": options.beam_size, "batch_size": options.batch_size}
        read, seconds = predict(reader, formulas, pictures_of, log, f"reading, {name}", **generate_options)
        runs[name] = {
            **score(log, formulas, options.workers),
            "pictures_read": read,
            "reading_seconds": round(seconds, 1),
        }
        if options.count_cells:
            # What `generate` was told of the pictures besides how to search.
            kind = {key: value for key, value in generate_options.items() if key == "already_downsampled"}
            runs[name] |= count(reader(), log, pictures_of, options.batch_size, **kind)

    if options.formulas:
        formulas = read_formulas(options.formulas, options.limit)
        run(
            "rendered",
            formulas,
            lambda indices: folder.draw([formulas[index] for index in indices]),
            options.formulas.name,
            predictions,
        )
    if options.original_sample:
        sample, paths = read_original_sample(options.original_sample, options.limit)
        drawn = folder.draw(sample)

        def original(indices):
            return [None if drawn[index] is None else str(paths[index]) for index in indices]

        for name, pictures_of, flags in (
            ("authors' images", original, {"already_downsampled": True}),
            ("same, rendered", lambda indices: [drawn[index] for index in indices], {}),
        ):
            kind = "original" if flags else "sample"
            run(name, sample, pictures_of, kind, predictions.with_suffix(f".{kind}.tsv"), **flags)

    results = {
        "preset": options.preset,
        "beam_size": options.beam_size,
        "limit": options.limit,
        "formulas_file": options.formulas.name if options.formulas else None,
        "measures": MEASURES,
        "runs": runs,
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(table(runs))
    for name, scores in runs.items():
        if scores["reading_seconds"]:
            speed = scores["pictures_read"] / scores["reading_seconds"]
            print(f"{name}: {speed:.1f} pictures a second", file=sys.stderr)
    return results


def load_preset(name):
    """Loads the reader; only when there is something left to read."""
    from keras_im2latex import Im2Latex

    return Im2Latex.from_preset(name)


if __name__ == "__main__":
    main()
