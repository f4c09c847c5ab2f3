"""Counts the 5-gram Kneser-Ney language model of the paper's Table 3 on what the LSTM language model is trained on.

    python recipes/train_n_gram.py --config recipes/configs/budget_language_model.py --data-dir DATA \
        --output runs/budget_n_gram

Formulas and vocabulary are those of the config, so that the perplexities in the folder's `log.jsonl` stand beside the
LSTM's. 84,000 formulas take half a minute and 1 GB.
"""

import argparse
import dataclasses
import json
import platform
import struct
import time
from pathlib import Path

from train import load_config, load_examples

from keras_im2latex.markup import Vocabulary
from keras_im2latex.models import NGramModel


def read_formulas(examples, canvases, maximum_tokens):
    """The formulas of a dataset, and which of them training takes.

    Args:
        examples: `tf.data.Dataset` of dicts with `image`, the bytes of a PNG file, and `latex`.
        canvases: `(height, width)` pairs; a picture that fits none of them is not trained on.
        maximum_tokens: the longest formula that is trained on.

    Returns:
        Two lists of token lists: all, and those that are trained on.
    """
    every, taken = [], []
    for example in examples.as_numpy_iterator():
        tokens = example["latex"].decode().split()
        width, height = struct.unpack(">II", example["image"][16:24])
        every.append(tokens)
        if len(tokens) <= maximum_tokens and any(height <= high and width <= wide for high, wide in canvases):
            taken.append(tokens)
    return every, taken


def main(arguments=None, load=load_examples):
    """Runs the recipe.

    Args:
        arguments: list of strings, the command line; that of the process by default.
        load: function from a dataset's name, its folder and a number of formulas to its splits, as `load_examples`.

    Returns:
        dict, the row of `log.jsonl`.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True, help="the config of the language model to compare with")
    parser.add_argument("--data-dir", help="folder of TensorFlow datasets")
    parser.add_argument("--output", required=True, type=Path, help="folder for the figures")
    parser.add_argument("--formulas", type=int, help="count the first so many formulas instead of the config's")
    parser.add_argument("--order", type=int, default=5, help="tokens of the longest n-gram (default: 5)")
    options = parser.parse_args(arguments)
    config = load_config(options.config)
    if options.formulas is not None:
        config = dataclasses.replace(config, formulas=options.formulas)
    examples = load(config.dataset, options.data_dir, config.formulas)

    every, training = read_formulas(examples["train"], config.canvases, config.maximum_tokens)
    _, validation = read_formulas(examples["validation"], config.validation_canvases, config.maximum_tokens)
    vocabulary = Vocabulary.from_formulas(every, config.minimum_count)
    began = time.monotonic()
    model = NGramModel(vocabulary, options.order).fit(training)
    row = {
        "epoch": 0,
        "perplexity": model.perplexity(training),
        "val_perplexity": model.perplexity(validation),
        "minutes": round((time.monotonic() - began) / 60, 2),
        "validation_formulas": len(validation),
    }
    options.output.mkdir(parents=True, exist_ok=True)
    facts = {
        "config": dataclasses.asdict(config),
        "order": options.order,
        "discounts": model.discounts.tolist(),
        "starts": [{"first_epoch": 0, "devices": ["CPU"], "versions": {"python": platform.python_version()}}],
    }
    vocabulary.save(options.output / "vocabulary.txt")
    (options.output / "formulas.json").write_text(json.dumps({"train": len(every)}))
    (options.output / "run.json").write_text(json.dumps(facts, indent=2) + "\n")
    (options.output / "log.jsonl").write_text(json.dumps(row) + "\n")
    print(f"perplexity: {row['perplexity']:.3f} in training, {row['val_perplexity']:.3f} in validation")
    return row


if __name__ == "__main__":
    main()
