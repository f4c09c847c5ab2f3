"""Calibrates a preset's confidence on validation formulas, and draws how reliable it is.

Command (two processor cores: about six minutes for a thousand pictures, most of it reading):

    python recipes/calibrate.py --preset standard --formulas validation.norm.txt.xz --output calibration

Confidence is the probability that the drawing of what was read is, to the pixel, that of the true formula. What the
reader alone knows of that is fitted on pictures drawn on IM2LATEX-100K's page. What verifying adds is fitted on such
pictures and on as many of `PageVariety`, other typefaces, sizes and inks: where the drawing has the picture's very
pixels there is little to doubt, and a picture that our renderer drew is known by its columns, so other pages decide the
rest. Half of the formulas are fitted on; the errors printed and drawn are those of the other half.

`--predictions` takes a TSV that `recipes/evaluate.py` wrote for the same formulas, to fit the first part on all of them
instead of the `--number` read here. Readings are added to `readings.jsonl` in the output folder, so that a run cut
short goes on. `--update-preset` writes the result into the preset's config.json.
"""

import argparse
import dataclasses
import json
import random
from pathlib import Path

import numpy as np
from tqdm import tqdm

from keras_im2latex.evaluation import read_formula_file
from keras_im2latex.markup import detokenize
from keras_im2latex.metrics.rendered_pairs import compare_renderings
from keras_im2latex.rendering import Page, PageVariety, render

PAGES = {"own": Page(), "varied": PageVariety(number=16, seed=5)}
"""Pages that pictures are drawn on: the one that drawings are held against them on, and others."""

CHUNK = 128
"""Pictures read between two writes, and drawn together."""

SEED = 6
"""Of the sample of formulas, and of the half that is fitted on."""

BINS = 10


def parse_arguments(arguments=None):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="standard", help="name or folder of the preset")
    parser.add_argument("--formulas", required=True, type=Path, metavar="FILE", help="normalized, one a line")
    parser.add_argument("--predictions", type=Path, metavar="TSV", help="of recipes/evaluate.py, for the plain part")
    parser.add_argument("--number", type=int, default=800, help="formulas read on IM2LATEX-100K's page")
    parser.add_argument("--varied-number", type=int, default=300, help="further formulas read on varied pages")
    parser.add_argument("--beam-size", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--update-preset", action="store_true", help="write the result into the preset's config.json")
    parser.add_argument("--output", type=Path, default=Path("calibration"), metavar="DIR")
    return parser.parse_args(arguments)


def sample(number_of_formulas, number, varied_number):
    """Which formulas are drawn on which kind of page: a dict of lists of indices, no index in two."""
    order = list(range(number_of_formulas))
    random.Random(SEED).shuffle(order)
    return {"own": order[:number], "varied": order[number : number + varied_number]}


def read(options, formulas, load):
    """Reads every picture of the sample that the log does not hold.

    Returns:
        Dict from a kind of page to a dict from a formula's index to its hypotheses, pairs of tokens and score.
    """
    path = options.output / "readings.jsonl"
    found = {kind: {} for kind in PAGES}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        row = json.loads(line)
        found[row["pages"]][row["index"]] = [(tuple(tokens.split()), score) for tokens, score in row["hypotheses"]]
    model = None
    for kind, indices in sample(len(formulas), options.number, options.varied_number).items():
        pending = [index for index in indices if index not in found[kind]]
        for start in tqdm(range(0, len(pending), CHUNK), desc=f"reading, {kind} pages", unit="chunk"):
            model = model or load(options.preset)
            some = pending[start : start + CHUNK]
            drawn = [pair for pair in zip(some, draw_formulas(kind, formulas, some)) if pair[1] is not None]
            readings = model.generate(
                [picture for _, picture in drawn],
                beam_size=options.beam_size,
                n_best=options.beam_size,
                batch_size=options.batch_size,
            )
            with path.open("a", encoding="utf-8") as file:
                for (index, _), reading in zip(drawn, readings):
                    hypotheses = [(each.tokens, each.score) for each in (reading, *reading.alternatives)]
                    found[kind][index] = hypotheses
                    texts = [(" ".join(tokens), score) for tokens, score in hypotheses]
                    file.write(json.dumps({"pages": kind, "index": index, "hypotheses": texts}) + "\n")
    return found


def draw_formulas(kind, formulas, indices):
    """The pictures of some formulas on a kind of page, None where TeX refuses."""
    return [rendering.image for rendering in render([detokenize(formulas[i]) for i in indices], PAGES[kind])]


def verify(formulas, found):
    """Verifies all readings.

    Returns:
        Dict from a kind of page to a list of triples: the formula's index, the winning `Candidate`, and whether its
        drawing is that of the true formula.
    """
    from keras_im2latex.pixels import crop_to_ink
    from keras_im2latex.verification import Candidate, Verifier

    verifier = Verifier()
    verified = {}
    for kind, readings in found.items():
        indices, winners = list(readings), []
        for start in tqdm(range(0, len(indices), CHUNK), desc=f"verifying, {kind} pages", unit="chunk"):
            some = indices[start : start + CHUNK]
            pictures = [crop_to_ink(picture) for picture in draw_formulas(kind, formulas, some)]
            candidates = [[Candidate(detokenize(tokens), tokens, score) for tokens, score in readings[i]] for i in some]
            winners += [ordered[0] for ordered in verifier.verify(pictures, candidates)]
        right = is_right([formulas[i] for i in indices], [winner.tokens for winner in winners])
        verified[kind] = [row for row in zip(indices, winners, right) if row[2] is not None]
    return verified


def is_right(gold, predicted):
    """Whether each predicted formula's drawing is its gold formula's; None where the latter has none."""
    pairs = compare_renderings([detokenize(text) for text in gold], [detokenize(tokens) for tokens in predicted])
    return [None if pair.comparison is None else pair.comparison.pixel_identical for pair in pairs]


def plain_readings(options, formulas, found):
    """What was read without verifying: a list of triples of index, tokens and score."""
    if not options.predictions:
        return [(index, *hypotheses[0]) for index, hypotheses in found["own"].items()]
    lines = options.predictions.read_text(encoding="utf-8").splitlines()[2:]
    rows = []
    for line in lines:
        index, gold, predicted, score = line.split("\t")
        if formulas[int(index)] != gold:
            raise SystemExit(f"{options.predictions}: formula {index} is another one in {options.formulas}")
        rows.append((int(index), tuple(predicted.split()), float(score)))
    return rows


def calibrate(options, load):
    """Reads, verifies, fits, and measures.

    Returns:
        The `Confidence`, and a dict from a kind of reading to its held-out confidences and whether they were right.
    """
    from keras_im2latex.confidence import Confidence, fit_logistic, plain_features, verified_features

    formulas = read_formula_file(options.formulas).formulas
    found = read(options, formulas, load)
    fitted = set(random.Random(f"{SEED} fitted").sample(range(len(formulas)), len(formulas) // 2))

    plain = plain_readings(options, formulas, found)
    right = is_right([formulas[index] for index, _, _ in plain], [tokens for _, tokens, _ in plain])
    plain = [
        (index, (score, len(tokens)), same) for (index, tokens, score), same in zip(plain, right) if same is not None
    ]
    weights = fit_logistic(*zip(*((plain_features(*known), same) for index, known, same in plain if index in fitted)))

    verified = verify(formulas, found)
    of_half = [row for rows in verified.values() for row in rows if row[0] in fitted]
    certain = [same for _, winner, same in of_half if winner.exact]
    doubtful = [(verified_features(winner), same) for _, winner, same in of_half if not winner.exact and winner.drawn]
    # Laplace's rule of succession: never quite certain.
    exact = (sum(certain) + 1) / (len(certain) + 2)
    confidence = Confidence(weights, fit_verified(*zip(*doubtful)), exact)

    held_out = {"plain": [(confidence.of(*known), same) for index, known, same in plain if index not in fitted]}
    for kind, rows in verified.items():
        held_out[f"verified, {kind} pages"] = [
            (confidence.of(winner.score, len(winner.tokens), winner), same)
            for index, winner, same in rows
            if index not in fitted
        ]
    return confidence, held_out


def fit_verified(features, right):
    """Weights of `verified_features`. Few readings can mislead; but what looks less alike is never the likelier."""
    from keras_im2latex.confidence import fit_logistic

    weights = fit_logistic(features, right)
    return weights if weights[-1] <= 0 else (*fit_logistic([row[:-1] for row in features], right), 0.0)


def draw(held_out, path):
    """Draws the share of right readings over their confidence, one panel for each kind of reading."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(held_out), figsize=(4.2 * len(held_out), 4.4), layout="constrained")
    for axes, (name, pairs) in zip(np.atleast_1d(panels), held_out.items()):
        known, right = np.array(pairs, float).T
        order = np.argsort(known, kind="stable")
        bins = [(known[some].mean(), right[some].mean(), len(some)) for some in np.array_split(order, BINS)]
        centre, share, count = np.array(bins).T
        axes.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        spread = 1.96 * np.sqrt(np.maximum(share * (1 - share), 0.25 / count) / count)
        axes.errorbar(centre, share, spread, fmt="o", color="black", markersize=4, elinewidth=1)
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal", xlabel="confidence", title=name)
        axes.text(0.03, 0.93, f"{len(pairs):,} readings, error {error_of(pairs):.3f}", transform=axes.transAxes)
    np.atleast_1d(panels)[0].set_ylabel("share right")
    figure.savefig(path, dpi=150)
    plt.close(figure)


def error_of(pairs):
    """Expected calibration error of pairs of a confidence and whether it was right."""
    from keras_im2latex.confidence import calibration_error

    return calibration_error(*zip(*pairs), bins=BINS)


def update_preset(preset, confidence):
    """Writes a confidence into the metadata of a preset, a name or a folder."""
    from keras_im2latex.storage import preset_folder

    path = preset_folder(preset) / "config.json"
    stored = json.loads(path.read_text(encoding="utf-8"))
    stored["metadata"]["confidence"] = confidence.to_dict()
    path.write_text(json.dumps(stored, indent=2) + "\n", encoding="utf-8")


def main(arguments=None, load=None):
    """Runs the recipe.

    Args:
        arguments: list of strings, the command line; that of the process by default.
        load: function from a preset's name to an object with `generate`; `FormulaReader.from_preset` by default.

    Returns:
        dict, as written to the output folder.
    """
    options = parse_arguments(arguments)
    options.output.mkdir(parents=True, exist_ok=True)
    confidence, held_out = calibrate(options, load or load_preset)
    errors = {name: round(error_of(pairs), 4) for name, pairs in held_out.items()}
    shares = {name: round(float(np.mean([same for _, same in pairs])), 4) for name, pairs in held_out.items()}
    counts = {name: len(pairs) for name, pairs in held_out.items()}
    facts = "; ".join(f"{name}: {errors[name]:.3f} on {counts[name]:,}" for name in errors)
    confidence = dataclasses.replace(confidence, description=f"Expected calibration error, held out: {facts}")
    results = {
        "preset": options.preset,
        "beam_size": options.beam_size,
        "confidence": confidence.to_dict(),
        "expected_calibration_error": errors,
        "share_right": shares,
        "readings": counts,
    }
    (options.output / "calibration.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    draw(held_out, options.output / "reliability.png")
    if options.update_preset:
        update_preset(options.preset, confidence)
    for name in errors:
        print(f"{name}: {counts[name]:,} held out, {shares[name]:.1%} right, calibration error {errors[name]:.4f}")
    return results


def load_preset(name):
    """Loads the reader; only when there is something left to read."""
    from keras_im2latex.models import FormulaReader

    return FormulaReader.from_preset(name)


if __name__ == "__main__":
    main()
