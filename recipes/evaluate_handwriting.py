r"""Scores a preset on CROHME's handwriting, beside the paper's figures and those of the competition's systems.

    python recipes/evaluate_handwriting.py --preset runs/handwritten_standard/preset --data-dir DATA \
        --output runs/handwritten_standard/results.json

DATA holds `crohme/prepared`, built by

    tfds build tfds_builders/crohme --config prepared --manual_dir INK --data_dir DATA

All 671 formulas of CROHME 2013's test are read from pictures of their ink, and scored by text and by picture. Both
sides are drawn by TeX: the label in its normalized form, and the reading. The expression rate, by which the
competition ranks, is the share of formulas read token for token; `within_1` and `within_2` are those with so many
wrong tokens at most.

Predictions are added to a TSV beside the results as they come, so a run that was cut short goes on where it stopped;
delete the TSV to read afresh, after retraining for one. `--read-only` reads where there is no TeX; the same command
without it, where the files were taken to, scores.
"""

import argparse
import json
import math
from pathlib import Path

from evaluate import PLAIN_HELP, count, load_preset, score
from paper.systems import HANDWRITING, SYSTEMS

from keras_im2latex.evaluation import (
    MEASURES,
    EvaluationInputError,
    PredictionLog,
    read_pictures,
    read_prepared_dataset,
)
from keras_im2latex.metrics.edit_score import edit_distances
from keras_im2latex.storage import weights_digest

DATASET = "crohme/prepared"
SHOWN = {
    "bleu": "BLEU",
    "image_match": "match",
    "image_match_without_whitespace": "match (-ws)",
    "pixel_identical": "pixel-identical",
    "token_exact_match": "expression rate",
}


def parse_arguments(arguments=None):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", required=True, help="name or folder of the preset")
    parser.add_argument("--data-dir", metavar="DIR", help="folder of TensorFlow datasets")
    parser.add_argument("--split", default="test_2013", help="default: test_2013; validation: the held-out writers")
    parser.add_argument("--beam-size", type=int, default=5)
    parser.add_argument("--plain", action="store_true", help=PLAIN_HELP)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--limit", type=int, help="the first N formulas only")
    parser.add_argument("--workers", type=int, help="TeX processes at a time")
    parser.add_argument("--count-cells", action="store_true", help="count the cells looked at")
    parser.add_argument("--read-only", action="store_true", help="read and count, without scores: needs no TeX")
    parser.add_argument("--output", type=Path, default=Path("results.json"), metavar="FILE")
    return parser.parse_args(arguments)


def wrong_tokens(log):
    """Shares of formulas, in percent, with at most one and at most two tokens to edit."""
    rows = [log.rows[index] for index in sorted(log.rows)]
    distances = edit_distances(*([row[side].split() for row in rows] for side in (0, 1)))
    return {f"within_{most}": float(100.0 * (distances <= most).mean()) for most in (1, 2)}


def evaluate(options, load):
    """Reads, scores and writes.

    Args:
        options: the command line, parsed.
        load: function from a preset's name to an object with `generate`.

    Returns:
        Dict, as written to the output file.
    """
    import tfds_builders  # noqa: F401 - registers them

    formula_set = read_prepared_dataset(DATASET, options.split, options.data_dir, options.limit)
    loaded = []

    def reader():
        if not loaded:
            loaded.append(load(options.preset))
        return loaded[0]

    # As in `evaluate`: without the setting, the search alone.
    chosen = {} if options.plain else {"well_formed": True}
    settings = {
        "weights": weights_digest(options.preset),
        "beam_size": options.beam_size,
        "pictures": formula_set.title,
        **chosen,
    }
    log = PredictionLog(options.output.with_suffix(".predictions.tsv"), settings)
    searching = {
        "beam_size": options.beam_size,
        "batch_size": options.batch_size,
        "well_formed": not options.plain,
    }
    kind = {"already_downsampled": formula_set.already_downsampled}
    read, seconds, _ = read_pictures(
        reader, formula_set.formulas, formula_set.pictures, log, "reading", **searching, **kind
    )
    scores = {"pictures_read": read, "reading_seconds": round(seconds, 1)}
    if not options.read_only:
        scores |= score(log, formula_set.formulas, options.workers) | wrong_tokens(log)
    if options.count_cells:
        scores |= count(reader, log, formula_set.pictures, options.batch_size, **kind)
    results = {
        "preset": options.preset,
        "beam_size": options.beam_size,
        **chosen,
        "limit": options.limit,
        "formulas_file": formula_set.title,
        "measures": MEASURES,
        "runs": {"rendered": scores},
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return results


def comparison(scores):
    """Our scores beside the published ones, as text.

    Args:
        scores: dict of ours by name, in percent, with the number of `formulas`.

    Returns:
        String of several lines.
    """
    published = [SYSTEMS[name] for name in HANDWRITING if SYSTEMS[name].published]
    rows = {", ".join(filter(None, (system.label, system.variant))): system.published for system in published}
    width = max(map(len, rows))
    lines = [" " * width + "".join(f"{label:>17}" for label in SHOWN.values())]
    for name, figures in {"ours": scores, **rows}.items():
        shown = dict(figures)
        if figures is not scores and len(figures) == 1:
            shown = {"token_exact_match": figures["image_match"]}  # what the competition counts
        cells = [f"{shown[measure]:17.2f}" if measure in shown else " " * 16 + "-" for measure in SHOWN]
        lines.append(f"{name:<{width}}" + "".join(cells))
    share = scores["token_exact_match"]
    chance = 1.96 * math.sqrt(share * (100 - share) / scores["formulas"])
    lines.append(
        f"{scores['formulas']} formulas; expression rate ± {chance:.2f} (95 %), with one wrong token at most "
        f"{scores['within_1']:.2f}, with two {scores['within_2']:.2f}; {scores['predicted_failures']} do not compile"
    )
    return "\n".join(lines)


def main(arguments=None, load=load_preset):
    """Runs the recipe; data that is of no use ends it with a line that says why.

    Args:
        arguments: list of strings, the command line; that of the process by default.
        load: function from a preset's name to an object with `generate`.

    Returns:
        Dict, as written to the output file.
    """
    options = parse_arguments(arguments)
    try:
        results = evaluate(options, load)
    except EvaluationInputError as error:
        raise SystemExit(str(error)) from error
    if not options.read_only:
        print(comparison(results["runs"]["rendered"]))
    return results


if __name__ == "__main__":
    main()
