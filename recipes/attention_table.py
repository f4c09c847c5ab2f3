"""The paper's Table 4, with ours beside it: scores of the five attentions, and the cells they look at for a token.

    for name in standard coarse_only hierarchical sparsemax hard; do
        python recipes/evaluate.py --preset $name --count-cells --formulas FORMULAS --output results/$name.json
    done
    python recipes/attention_table.py --results standard=results/standard.json sparsemax=results/sparsemax.json

Prints Markdown. The paper's figures are those on the 10,354 test pictures of IM2LATEX-100K, BLEU on normalized tokens;
ours are on the formulas that evaluate.py was given. Attentions without results are "not trained". Below the table
stands what each loses against standard attention.
"""

import argparse
import json
from pathlib import Path

MEASURES = {
    "bleu": ("BLEU", 2),
    "image_match": ("match", 2),
    "image_match_without_whitespace": ("match (-ws)", 2),
    "coarse_cells": ("#C", 1),
    "fine_cells": ("#F", 1),
}
"""Header and decimals of what evaluate.py wrote."""

PUBLISHED = {
    "standard": {"bleu": 87.73, "image_match": 77.46, "image_match_without_whitespace": 79.88},
    "coarse_only": {"bleu": 79.53, "image_match": 44.40, "image_match_without_whitespace": 48.53},
    "hierarchical": {"bleu": 86.21, "image_match": 77.39, "image_match_without_whitespace": 79.63},
    "sparsemax": {"bleu": 86.97, "image_match": 76.15, "image_match_without_whitespace": 78.10},
    "hard": {"bleu": 87.07, "image_match": 74.90, "image_match_without_whitespace": 77.07},
}
"""Deng et al., ICML 2017, Table 2."""

PUBLISHED_CELLS = {
    "standard": (0, 355),
    "coarse_only": (22, 0),
    "hierarchical": (22, 355),
    "sparsemax": (22, 74),
    "hard": (22, 16),
}
"""Coarse and fine cells looked at for a token: Deng et al., ICML 2017, Table 4."""


def read_results(pairs, run):
    """Reads what evaluate.py wrote.

    Args:
        pairs: list of `attention=FILE`.
        run: name of the run in the files.

    Returns:
        Dict from the attention to the run's scores.

    Raises:
        SystemExit: an attention is unknown, or a file has no such run or was made without `--count-cells`.
    """
    found = {}
    for pair in pairs:
        name, _, path = pair.partition("=")
        if name not in PUBLISHED or not path:
            raise SystemExit(f"--results must be one of {', '.join(PUBLISHED)}, =, and a file. Received: {pair}")
        runs = json.loads(Path(path).read_text(encoding="utf-8"))["runs"]
        if run not in runs:
            raise SystemExit(f"{path}: no run {run!r}, but {', '.join(runs)}")
        missing = [measure for measure in MEASURES if measure not in runs[run]]
        if missing:
            raise SystemExit(f"{path}: no {', '.join(missing)}; evaluate with --count-cells")
        found[name] = runs[run]
    return found


def table(results):
    """Lays out the published figures and ours.

    Args:
        results: dict from the attention to its scores.

    Returns:
        A string of several lines.
    """
    heads = [f"{header}, {whose}" for header, _ in MEASURES.values() for whose in ("paper", "ours")]
    lines = [
        "| attention | " + " | ".join(heads) + " | pixel-identical, ours |",
        "|---" * (len(heads) + 2) + "|",
    ]
    for name, published in PUBLISHED.items():
        ours = results.get(name)
        cells = dict(zip(("coarse_cells", "fine_cells"), PUBLISHED_CELLS[name]))
        row = [name.replace("_", "-")]
        for measure, (_, decimals) in MEASURES.items():
            row.append(str(cells[measure]) if measure in cells else f"{published[measure]:.2f}")
            row.append(f"{ours[measure]:.{decimals}f}" if ours else "not trained")
        row.append(f"{ours['pixel_identical']:.2f}" if ours else "not trained")
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines)


def against_standard(results):
    """What each attention loses against standard attention: a list of lines, none without its results."""
    lines = []
    standard = results.get("standard")
    for name, ours in results.items() if standard else ():
        if name != "standard":
            bleu, pixels = (ours[measure] - standard[measure] for measure in ("bleu", "pixel_identical"))
            share = ours["fine_cells"] / standard["fine_cells"]
            label = name.replace("_", "-")
            lines.append(f"- {label}: BLEU {bleu:+.2f}, pixel-identical {pixels:+.2f}, #F {share:.3f} of standard's")
    return lines


def main(arguments=None):
    """Runs the recipe."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--results", nargs="*", default=[], metavar="ATTENTION=FILE", help="what evaluate.py wrote")
    parser.add_argument("--run", default="rendered", help="which of its runs (default: rendered)")
    options = parser.parse_args(arguments)
    results = read_results(options.results, options.run)
    print("\n".join([table(results), "", *against_standard(results)]).rstrip())
    formulas = sorted({scores["formulas"] for scores in results.values()})
    if formulas:
        print(f"\nOurs on {', '.join(f'{number:,}' for number in formulas)} formulas.")


if __name__ == "__main__":
    main()
