"""Reads the pictures of `foreign_formulas` with a preset: scores by renderer, by scale and by disturbance.

Command:

    python recipes/evaluate_foreign.py --preset standard --data-dir DIR --output foreign/results.json

DIR is where `tfds build tfds_builders/foreign_formulas` put the dataset. Prints Markdown tables and writes them, all
figures as JSON, and a picture of the match against the scale, `results.md`, `results.json` and `results.png`. Pictures
are drawn on nobody's page but their renderers'; a prediction counts by its drawing on our page against that of the
gold formula there.

Predictions are added to a TSV as they come, so that a run cut short goes on where it stopped. Reading is fast on a GPU,
scoring needs TeX: `--read-only` stops before the scores, and the same command without it, where the predictions were
taken to, scores them.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

from keras_im2latex.commands.model_options import LENGTH_PENALTY_OPTION
from keras_im2latex.evaluation import EvaluationInputError, PredictionLog, read_pictures, read_prepared_dataset
from keras_im2latex.evaluation.bootstrap import bootstrap_intervals
from keras_im2latex.markup import detokenize
from keras_im2latex.metrics import ScoreCounts, compare_renderings
from keras_im2latex.storage import weights_digest

COLUMNS = {
    "formulas": ("pictures", "d"),
    "bleu": ("BLEU", ".2f"),
    "token_exact_match": ("token exact", ".2f"),
    "image_match": ("match", ".2f"),
    "image_match_without_whitespace": ("match (-ws)", ".2f"),
    "pixel_identical": ("strict", ".2f"),
}
"""Header and format of the tables' columns."""


def parse_arguments(arguments=None):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--preset", default="standard", help="name or folder of the preset")
    parser.add_argument("--dataset", default="foreign_formulas/default", help="name and config, built before")
    parser.add_argument("--data-dir", metavar="DIR", help="TFDS's folder, by default its own")
    parser.add_argument("--beam-size", type=int, default=5)
    parser.add_argument("--length-penalty", **LENGTH_PENALTY_OPTION)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--limit", type=int, help="the first N pictures only; their order is a shuffled one")
    parser.add_argument("--workers", type=int, help="TeX processes at a time")
    parser.add_argument("--resamples", type=int, default=1000, help="of the bootstrap")
    parser.add_argument("--read-only", action="store_true", help="read, without scores: needs no TeX")
    parser.add_argument("--output", type=Path, default=Path("foreign.json"), metavar="FILE")
    return parser.parse_args(arguments)


def read_labels(name, data_dir, limit):
    """What the dataset says of each picture besides its formula.

    Returns:
        Dict from a grouping to an array of strings, one for each picture, and for `"scale"` of floats.
    """
    import tensorflow_datasets as tfds

    builder = tfds.builder(name, data_dir=data_dir, try_gcs=False)
    wanted = tfds.decode.PartialDecoding({key: True for key in ("renderer", "font", "scale", "disturbance")})
    dataset = builder.as_dataset(split="validation", decoders=wanted, shuffle_files=False)
    records = list(tfds.as_numpy(dataset if limit is None else dataset.take(limit)))
    texts = {key: [record[key].decode() for record in records] for key in ("renderer", "font", "disturbance")}
    scale = [f"{record['scale']:.2g}" for record in records]
    return {
        "renderer": texts["renderer"],
        "font": [f"{renderer} {font}" for renderer, font in zip(texts["renderer"], texts["font"])],
        "scale": scale,
        "scale, plain": [
            size if kind == "plain" else None for size, kind in zip(scale, texts["disturbance"], strict=True)
        ],
        "disturbance": texts["disturbance"],
        "renderer and scale": [f"{renderer} {size}" for renderer, size in zip(texts["renderer"], scale)],
    }


def score(gold, predicted, labels, *, workers=None, resamples=1000):
    """Scores all pictures and every group of them.

    Args:
        gold: list of strings, normalized tokens.
        predicted: list of strings, tokens; an empty one is a missing prediction.
        labels: dict from a grouping to a list of each picture's group, `None` for pictures in none.
        workers: TeX processes at a time.
        resamples: of the bootstrap, for the 95 % interval of the match.

    Returns:
        Dict from a grouping to a dict from a group to its scores; `"all"` has the one group `"all"`.
    """
    latex = [[detokenize(text) for text in texts] for texts in (gold, predicted)]
    pairs = compare_renderings(*latex, workers=workers)
    pairs = list(tqdm(pairs, total=len(gold), desc="comparing pictures", unit="formula"))
    counts = ScoreCounts([text.split() for text in gold], [text.split() for text in predicted], *latex, pairs)

    def scores_of(chosen):
        low, high = bootstrap_intervals(counts.table[chosen], resamples=resamples)["image_match"]
        return {**counts.scores(chosen).to_dict(), "image_match_interval": [round(low, 2), round(high, 2)]}

    found = {"all": {"all": scores_of(np.arange(len(gold)))}}
    for grouping, groups in labels.items():
        names = sorted({name for name in groups if name is not None}, key=_order)
        found[grouping] = {name: scores_of(np.flatnonzero([group == name for group in groups])) for name in names}
    return found


def _order(name):
    """Scales by size, everything else by name."""
    *words, last = name.split()
    number = last.replace(".", "", 1).isdigit()
    return (words if number else name.split(), float(last) if number else 0.0)


def tables(found):
    """The scores as Markdown."""
    lines = []
    for grouping, groups in found.items():
        header = ["" if grouping == "all" else grouping, *(label for label, _ in COLUMNS.values()), "match, 95 %"]
        lines += ["| " + " | ".join(header) + " |", "|---|" + "---:|" * (len(header) - 1)]
        for name, scores in groups.items():
            cells = [format(scores[key], form) for key, (_, form) in COLUMNS.items()]
            low, high = scores["image_match_interval"]
            lines.append(f"| {name} | " + " | ".join(cells) + f" | {low:.1f} to {high:.1f} |")
        lines.append("")
    return "\n".join(lines)


def draw(found, path):
    """Draws the match against the scale, by renderer and over all, plain pictures beside all of them."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for renderer in found["renderer"]:
        of_scale = {scale: found["renderer and scale"].get(f"{renderer} {scale}") for scale in found["scale"]}
        points = [(float(scale), scores["image_match"]) for scale, scores in of_scale.items() if scores]
        axes.plot(*zip(*points), marker="o", linewidth=1, label=renderer)
    for grouping, style in (("scale", "-"), ("scale, plain", ":")):
        scales = [float(name) for name in found[grouping]]
        match = np.array([scores["image_match"] for scores in found[grouping].values()])
        axes.plot(scales, match, style, color="black", linewidth=2.5, label="all" if style == "-" else "all, plain")
        if style == "-":
            low, high = np.array([scores["image_match_interval"] for scores in found[grouping].values()]).T
            axes.fill_between(scales, low, high, color="black", alpha=0.12, linewidth=0)
    ticks = [float(name) for name in found["scale"]]
    axes.set_xscale("log")
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_xticks([], minor=True)
    axes.set_ylim(0, 100)
    axes.set_xlabel("height of an x, as a multiple of that of IM2LATEX-100K's page")
    axes.set_ylabel("image match, %")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def main(arguments=None, load=None):
    """Runs the recipe; a dataset that is of no use ends it with a line that says why.

    Args:
        arguments: list of strings, the command line; that of the process by default.
        load: function from a preset's name to an object with `generate`; `Im2Latex.from_preset` by default.

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
    import tfds_builders  # noqa: F401 - registers them

    formula_set = read_prepared_dataset(options.dataset, data_dir=options.data_dir, limit=options.limit)
    labels = read_labels(options.dataset, options.data_dir, options.limit)
    search = {"beam_size": options.beam_size, "length_penalty": options.length_penalty}
    settings = {"weights": weights_digest(options.preset), **search, "pictures": formula_set.title, "well_formed": True}
    log = PredictionLog(options.output.with_suffix(".predictions.tsv"), settings)
    loaded = []

    def reader():
        if not loaded:
            loaded.append(load(options.preset))
        return loaded[0]

    generate_options = {**search, "batch_size": options.batch_size, "on_error": "keep"}
    read, seconds, errors = read_pictures(
        reader, formula_set.formulas, formula_set.pictures, log, "reading", **generate_options
    )
    for index, reason in errors.items():
        print(f"picture {index}: {reason}", file=sys.stderr)
    results = {**settings, "limit": options.limit, "pictures_read": read, "reading_seconds": round(seconds, 1)}
    if not options.read_only:
        predicted = [log.rows[index][1] for index in range(len(formula_set.formulas))]
        results["scores"] = score(
            formula_set.formulas, predicted, labels, workers=options.workers, resamples=options.resamples
        )
        text = tables(results["scores"])
        options.output.with_suffix(".md").write_text(text, encoding="utf-8")
        draw(results["scores"], options.output.with_suffix(".png"))
        print(text)
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return results


def load_preset(name):
    """Loads the reader; only when there is something left to read."""
    from keras_im2latex import Im2Latex

    return Im2Latex.from_preset(name)


if __name__ == "__main__":
    main()
