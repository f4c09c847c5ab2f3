"""Makes a shipped preset of a trained one: weights of 8 bits for half the size of float16, a description, its scores.

Command (seconds; no accelerator):

    python recipes/convert_preset.py --preset runs/budget_hard/preset --output keras_im2latex/models/presets/hard \
        --weights int8 --description "Hard attention." --results runs/budget_hard/results.json

`--preset` is the name of a shipped preset or a folder, `--output` a folder, which may be the same one. Config,
vocabulary and metadata are kept but for what `--description` and `--results` say anew, the latter a file written by
`recipes/evaluate.py` or `recipes/evaluate_handwriting.py`. Scores are those of the weights that were evaluated:
evaluate the result where they were others. `--never` silences a token that is spelled as another one today, such as
`\\dots`, which IM2LATEX-100K's page draws as `\\ldots`. What 8 bits rounded away does not come back by converting to
float16.

Greedy search on the first 2,000 validation formulas (1,996 can be drawn), float16 / int8:

    preset            MB           BLEU           token exact    pixel-identical
    standard          19.0 /  9.5  89.93 / 89.93  41.23 / 41.03  70.44 / 70.44
    budget_sparsemax  32.1 / 16.1  88.84 / 88.85  36.67 / 36.67  61.92 / 61.92
"""

import argparse
import json
from pathlib import Path

import keras

from keras_im2latex.models.presets import WEIGHT_TYPES, load_preset, save_preset
from keras_im2latex.storage import preset_folder

SCORES = (
    "bleu",
    "image_match",
    "image_match_without_whitespace",
    "pixel_identical",
    "token_exact_match",
    "coarse_cells",
    "fine_cells",
)
"""What a preset's metadata says of an evaluation."""

SOURCES = {"crohme/prepared, test_2013": "CROHME 2013's test"}
"""What is said of formulas other than IM2LATEX-100K's, by what the results call them."""

_NEVER = -1e4
"""Logit of what is never written: float16 holds it, and its probability is 0."""


def read_scores(path):
    """The scores of a file that an evaluating recipe wrote, rounded, and what they were measured on.

    Raises:
        ValueError: the file has no scores of rendered formulas.
    """
    results = json.loads(Path(path).read_text(encoding="utf-8"))
    found = results.get("runs", {}).get("rendered", {})
    if "bleu" not in found:
        raise ValueError(f"{path}: must hold the scores of a run 'rendered'. Received: {', '.join(found) or 'none'}")
    source = SOURCES.get(results.get("formulas_file"), "IM2LATEX-100K validation")
    formulas = f"{source}, {found['formulas']:,} drawn here, beam {results['beam_size']}"
    return {"formulas": formulas} | {name: round(found[name], 2) for name in SCORES if name in found}


def silence(model, token):
    """Keeps a model from ever writing a token, such as one whose spelling is another's today.

    Args:
        model: a model with a vocabulary and a weight `logit_bias` over it; changed in place.
        token: str.

    Raises:
        ValueError: the vocabulary has no such token.
    """
    if token not in model.vocabulary:
        raise ValueError(f"`never` must be a token of the preset. Received: never={token!r}")
    bias = next(variable for variable in model.weights if variable.path.endswith("/logit_bias"))
    values = bias.numpy()
    values[model.vocabulary.encode([token])[0]] = _NEVER
    bias.assign(values)


def convert(preset, output, weights, description=None, results=None, magnification=None, never=None):
    """Writes a preset's model and metadata to a folder.

    Args:
        preset: name in `PRESETS`, or path of a folder.
        output: the folder to write.
        weights: one of `WEIGHT_TYPES`.
        description: what is said of the preset from now on; by default what was.
        results: path of the results whose scores the preset has from now on; by default those that it had.
        magnification: how many times larger pictures are shown to the model; by default what was.
        never: a token that the model is not to write, or None.

    Returns:
        Bytes of the weights' file before and after.
    """
    folder = preset_folder(preset)
    model = load_preset(keras.Model, preset)
    before = (folder / "weights.npz").stat().st_size
    metadata = json.loads((folder / "config.json").read_text(encoding="utf-8"))["metadata"]
    del metadata["parameters"]
    if magnification is not None:
        model.magnification = metadata["magnification"] = magnification
    if never is not None:
        silence(model, never)
    if description is not None:
        metadata["description"] = description
    if results is not None:
        metadata["scores"] = read_scores(results)
    save_preset(model, output, weights=weights, **metadata)
    return before, (Path(output) / "weights.npz").stat().st_size


def main(arguments=None):
    """Runs the recipe."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", required=True, help="name or folder of the preset")
    parser.add_argument("--output", required=True, type=Path, metavar="FOLDER", help="where to write")
    parser.add_argument("--weights", required=True, choices=WEIGHT_TYPES, help="how to store the weights")
    parser.add_argument("--description", metavar="TEXT", help="what `im2latex presets` says of it")
    parser.add_argument("--results", type=Path, metavar="FILE", help="results.json whose scores it has")
    parser.add_argument("--magnification", type=float, metavar="X", help="pictures are shown so many times larger")
    parser.add_argument("--never", metavar="TOKEN", help="a token that the model is not to write")
    options = parser.parse_args(arguments)
    try:
        before, after = convert(**vars(options))
    except (ValueError, OSError) as error:
        parser.error(str(error))
    print(f"{options.output}: weights of {after:,} bytes, {before:,} before")


if __name__ == "__main__":
    main()
