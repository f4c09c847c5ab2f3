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

Reading is fast on a GPU, scoring needs TeX. For a machine that lacks one of them, `--images DIR` keeps the pictures
and `--read-only` stops before the scores; the same command without it, where the predictions were taken to, scores.

Scores follow Tables 2 and 3 of [Deng et al., 2017](https://arxiv.org/abs/1609.04938). Their "Match" compares
pictures; token exact match is far lower for the same system, so the two stand side by side.
"""

import argparse
import hashlib
import json
import sys
import time
from pathlib import Path

from tqdm import tqdm

from keras_im2latex.commands.model_options import LENGTH_PENALTY_OPTION
from keras_im2latex.evaluation import (
    CELLS,
    MEASURES,
    DrawnFormulas,
    EvaluationInputError,
    PredictionLog,
    read_formula_file,
    read_pictures,
    read_sample_folder,
    score_table,
)
from keras_im2latex.metrics import score_predictions
from keras_im2latex.search_options import MAXIMUM_LENGTH
from keras_im2latex.storage import weights_digest

# Pictures at hand at once while cells are counted.
CHUNK = 512

PLAIN_LENGTH = 200
"""Tokens after which the search alone cuts a formula, as it did when the tables' rows were read."""

PLAIN_HELP = "the search alone, without readings that compile being preferred"


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
    """Counts the cells looked at while the formulas in a finished log were predicted; kept beside the log.

    Args:
        model: function without arguments that gives the `Im2Latex` that predicted them.
        log: `PredictionLog`.
        pictures_of: function from a list of indices to their pictures.
        batch_size: pictures encoded at once.
        **options: passed to `count_cells`.

    Returns:
        Dict of means over the tokens, the end tokens included, by the names in `CELLS`.
    """
    from keras_im2latex.models import count_cells

    kept, digest = log.path.with_suffix(".cells.json"), hashlib.sha256(log.path.read_bytes()).hexdigest()
    if kept.exists():
        found = json.loads(kept.read_text())
        if found["predictions"] == digest:
            return found["cells"]
    indices, total, tokens = sorted(log.rows), dict.fromkeys(CELLS, 0.0), 0
    for start in tqdm(range(0, len(indices), CHUNK), desc="counting cells", unit="chunk"):
        chunk = indices[start : start + CHUNK]
        predicted = [log.rows[index][1].split() for index in chunk]
        counts = count_cells(model(), pictures_of(chunk), predicted, batch_size=batch_size, **options)
        tokens += counts.tokens
        for name in CELLS:
            total[name] += getattr(counts, name) * counts.tokens
    cells = {name: round(value / tokens, 3) for name, value in total.items()}
    kept.write_text(json.dumps({"predictions": digest, "cells": cells}) + "\n", encoding="utf-8")
    return cells


def parse_arguments(arguments=None):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--preset", default="standard", help="name or folder of the preset")
    parser.add_argument("--formulas", type=Path, metavar="FILE", help="normalized formulas, one a line")
    parser.add_argument("--original-sample", type=Path, metavar="DIR", help="formulas.tsv and images/")
    parser.add_argument("--beam-size", type=int, default=5)
    parser.add_argument("--length-penalty", **LENGTH_PENALTY_OPTION)
    parser.add_argument("--verify", action="store_true", help="draw the beam's hypotheses, take what matches best")
    parser.add_argument("--plain", action="store_true", help=f"{PLAIN_HELP}, {PLAIN_LENGTH} tokens at most")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--limit", type=int, help="the first N formulas only")
    parser.add_argument("--workers", type=int, help="TeX processes at a time")
    parser.add_argument(
        "--count-cells", action="store_true", help="count the cells looked at; encodes all pictures again"
    )
    parser.add_argument("--read-only", action="store_true", help="read and count, without scores: needs no TeX")
    parser.add_argument("--images", type=Path, metavar="DIR", help="where to keep and find rendered pictures")
    parser.add_argument("--predictions", type=Path, metavar="FILE", help="TSV; default: beside the results")
    parser.add_argument("--output", type=Path, default=Path("results.json"), metavar="FILE")
    parsed = parser.parse_args(arguments)
    if not (parsed.formulas or parsed.original_sample):
        parser.error("give --formulas, --original-sample, or both")
    return parsed


def main(arguments=None, load=None):
    """Runs the recipe; a file that is of no use ends it with a line that says why.

    Args:
        arguments: list of strings, the command line; that of the process by default.
        load: function from a preset's name to an object with `generate`; `FormulaReader.from_preset` by default.

    Returns:
        dict, as written to the output file.
    """
    options = parse_arguments(arguments)
    try:
        return evaluate(options, load or load_preset)
    except EvaluationInputError as error:
        raise SystemExit(str(error)) from error


def evaluate(options, load):
    """Reads, scores and writes; arguments as `main`'s, the command line parsed."""
    loaded = []

    def reader():
        if not loaded:
            loaded.append(load(options.preset))
        return loaded[0]

    predictions = options.predictions or options.output.with_suffix(".predictions.tsv")
    folder = DrawnFormulas(options.images, options.workers)
    search = {"beam_size": options.beam_size, "length_penalty": options.length_penalty}
    if options.verify:
        search["verify"] = True
    # What was read before there was a choice has no such setting, and was the search alone.
    chosen = {} if options.plain else {"well_formed": True, "maximum_length": MAXIMUM_LENGTH}
    searched = {"well_formed": False, "maximum_length": PLAIN_LENGTH} if options.plain else chosen
    runs = {}

    def run(name, formulas, pictures_of, source, path, **generate_options):
        settings = {"weights": weights_digest(options.preset), "pictures": source, **search, **chosen}
        log = PredictionLog(path, settings)
        generate_options |= {"batch_size": options.batch_size, **search, **searched}
        read, seconds, _ = read_pictures(reader, formulas, pictures_of, log, f"reading, {name}", **generate_options)
        runs[name] = {"pictures_read": read, "reading_seconds": round(seconds, 1)}
        if not options.read_only:
            runs[name] |= score(log, formulas, options.workers)
        if options.count_cells:
            # What `generate` was told of the pictures besides how to search.
            kind = {key: value for key, value in generate_options.items() if key == "already_downsampled"}
            runs[name] |= count(reader, log, pictures_of, options.batch_size, **kind)

    if options.formulas:
        formulas = read_formula_file(options.formulas, options.limit).formulas
        run(
            "rendered",
            formulas,
            lambda indices: folder.draw([formulas[index] for index in indices]),
            options.formulas.name,
            predictions,
        )
    if options.original_sample:
        formula_set = read_sample_folder(options.original_sample, options.limit)
        sample = formula_set.formulas
        drawn = folder.draw(sample)

        def original(indices):
            pairs = zip(indices, formula_set.pictures(indices))
            return [None if drawn[index] is None else path for index, path in pairs]

        for name, pictures_of, flags in (
            ("authors' images", original, {"already_downsampled": True}),
            ("same, rendered", lambda indices: [drawn[index] for index in indices], {}),
        ):
            kind = "original" if flags else "sample"
            run(name, sample, pictures_of, kind, predictions.with_suffix(f".{kind}.tsv"), **flags)

    results = {
        "preset": options.preset,
        **search,
        **chosen,
        "limit": options.limit,
        "formulas_file": options.formulas.name if options.formulas else None,
        "measures": MEASURES,
        "runs": runs,
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    if not options.read_only:
        print(score_table(runs))
    for name, scores in runs.items():
        if scores["reading_seconds"]:
            speed = scores["pictures_read"] / scores["reading_seconds"]
            print(f"{name}: {speed:.1f} pictures a second", file=sys.stderr)
    return results


def load_preset(name):
    """Loads the reader; only when there is something left to read."""
    from keras_im2latex.models import FormulaReader

    return FormulaReader.from_preset(name)


if __name__ == "__main__":
    main()
