"""`im2latex predict`: reads pictures of formulas."""

import argparse
import itertools
import json
import math
import os
import sys

from keras_im2latex.commands.attention_pictures import AttentionPictures
from keras_im2latex.commands.exit_status import ALL_DONE, EPILOG, SOME_FAILED, UsageError
from keras_im2latex.commands.model_options import add_model_options, load_model
from keras_im2latex.commands.numbers import positive
from keras_im2latex.commands.silent_tensorflow import silent_tensorflow

SUFFIXES = (".png", ".jpg", ".jpeg")
STANDARD_INPUT = "-"

# Batches read between two writes: enough to put pictures of similar size together.
BATCHES_AT_A_TIME = 4
# Pictures from which a progress bar is shown even where standard error is no terminal.
MANY_PICTURES = 20


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "predict",
        help="read pictures",
        description="Reads pictures of formulas and writes their LaTeX, one line a picture, in order. One "
        "file gives its LaTeX alone; several files, or a folder, give path, tab and LaTeX. A picture that "
        "can't be read gets a line on standard error instead.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help=f"picture (PNG, JPEG and others), folder (all its {', '.join(SUFFIXES)}, at any depth), or - "
        "for one picture on standard input",
    )
    add_model_options(parser)
    parser.add_argument(
        "--n-best",
        type=positive,
        default=1,
        metavar="N",
        help="readings of each picture, one a line, best first",
    )
    parser.add_argument("--batch-size", type=positive, default=32, metavar="N", help="pictures read at once")
    parser.add_argument(
        "--json",
        action="store_true",
        help="write a JSON object a picture: path, latex, tokens, score (log-probability), alternatives",
    )
    parser.add_argument(
        "--already-downsampled",
        action="store_true",
        help="the pictures are at 100 dots an inch instead of 200",
    )
    parser.add_argument(
        "--attention-picture",
        metavar="FILE",
        help="draw where the model looked for each token: FILE.png is a sheet, FILE.gif an animation; any other "
        "name is a folder, which gets a sheet for each picture",
    )
    parser.set_defaults(run=_run)


def _run(options):
    if options.n_best > options.beam_size:
        raise UsageError(f"--n-best must be at most --beam-size {options.beam_size}. Received: {options.n_best}")
    if options.paths.count(STANDARD_INPUT) > 1:
        raise UsageError("standard input (-) can be read once only")
    total = sum(1 for _ in _pictures(options.paths))
    several = len(options.paths) > 1 or os.path.isdir(options.paths[0])
    drawings = options.attention_picture and AttentionPictures(options.attention_picture, several)
    model = load_model(options.preset)
    if drawings:
        drawings.check(model)
    if hasattr(sys.stdout, "reconfigure"):  # a path need not be text
        sys.stdout.reconfigure(errors="surrogateescape")

    from tqdm import tqdm

    terminal = sys.stderr.isatty()
    shown = total > 1 if terminal else total > MANY_PICTURES
    failed = False
    pictures = _pictures(options.paths)
    with tqdm(total=total, unit="picture", disable=not shown, mininterval=0.1 if terminal else 10.0) as bar:
        for window in _windows(pictures, BATCHES_AT_A_TIME * options.batch_size):
            for path, reading in zip(window, _read(model, window, options, drawings)):
                if reading.error is None:
                    bar.write(_written(path, reading, several, options), file=sys.stdout)
                else:
                    failed = True
                    bar.write(f"im2latex: {path}: {reading.error}", file=sys.stderr)
            sys.stdout.flush()
            bar.update(len(window))
    return SOME_FAILED if failed else ALL_DONE


def _pictures(paths):
    """Every picture that the command line names, folders walked in alphabetical order."""
    for path in paths:
        if path == STANDARD_INPUT or not os.path.isdir(path):
            yield path
            continue
        empty = True
        for folder, folders, files in os.walk(path):
            folders.sort()
            for name in sorted(files):
                if name.lower().endswith(SUFFIXES):
                    empty = False
                    yield os.path.join(folder, name)
        if empty:
            yield path


def _windows(paths, size):
    while window := list(itertools.islice(paths, size)):
        yield window


def _read(model, window, options, drawings):
    """The readings of pictures; a folder is named here when it holds none, and gets one that says so."""
    from keras_im2latex.images.pictures import LARGEST_FILE
    from keras_im2latex.models import Reading

    files = [path for path in window if path == STANDARD_INPUT or not os.path.isdir(path)]
    images = [sys.stdin.buffer.read(LARGEST_FILE + 1) if path == STANDARD_INPUT else path for path in files]
    with silent_tensorflow():
        readings = model.generate(
            images,
            beam_size=options.beam_size,
            n_best=options.n_best,
            batch_size=options.batch_size,
            already_downsampled=options.already_downsampled,
            on_error="keep",
        )
        if drawings:
            for path, image, reading in zip(files, images, readings):
                drawings.draw(model, path, image, reading, options.already_downsampled)
    found = dict(zip(files, readings))
    empty = Reading(error=f"no picture ({', '.join(SUFFIXES)}) in this folder")
    return [found.get(path, empty) for path in window]


def _written(path, reading, several, options):
    if options.json:
        fields = _fields(reading)
        if options.n_best > 1:
            fields["alternatives"] = [_fields(alternative) for alternative in reading.alternatives]
        return json.dumps({"path": path, **fields})
    start = f"{path}\t" if several else ""
    return "\n".join(start + found.latex for found in (reading, *reading.alternatives))


def _fields(reading):
    score = reading.score if math.isfinite(reading.score) else None
    return {"latex": reading.latex, "score": score, "tokens": list(reading.tokens)}
