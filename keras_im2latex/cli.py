"""The command `im2latex`: reads pictures of formulas, lists presets, and exports models."""

import argparse
import itertools
import json
import math
import os
import sys

from keras_im2latex import __version__
from keras_im2latex.silent_start import silent_start

SUFFIXES = (".png", ".jpg", ".jpeg")
STANDARD_INPUT = "-"

ALL_READ, SOME_UNREADABLE, WRONG_USAGE, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141
EPILOG = f"""exit status:
  {ALL_READ}    all pictures were read
  {SOME_UNREADABLE}    some picture could not be read (one line on standard error tells which and why)
  {WRONG_USAGE}    wrong usage, or a preset that is not there
  {INTERRUPTED}  interrupted from the keyboard
  {BROKEN_PIPE}  whoever read the output stopped reading"""

# Batches read between two writes: enough to put pictures of similar size together.
BATCHES_AT_A_TIME = 4
# Pictures from which a progress bar is shown even where standard error is no terminal.
MANY_PICTURES = 20


def main(arguments=None):
    """Runs the command.

    Args:
        arguments: list of str, the command line; that of the process by default.

    Returns:
        The exit status, see `im2latex --help`.
    """
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except UsageError as error:
        print(f"im2latex: {error}", file=sys.stderr)
        return WRONG_USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Python flushes standard output once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE


class UsageError(Exception):
    """The command line asks for what is not there."""


def _parser():
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        "im2latex",
        description="Turns pictures of formulas into LaTeX.",
        epilog=EPILOG,
        formatter_class=formatter,
    )
    parser.add_argument("--version", action="version", version=f"im2latex {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    predict = commands.add_parser(
        "predict",
        help="read pictures",
        description="Reads pictures of formulas and writes their LaTeX, one line a picture, in order. One "
        "file gives its LaTeX alone; several files, or a folder, give path, tab and LaTeX. A picture that "
        "can't be read gets a line on standard error instead.",
        epilog=EPILOG,
        formatter_class=formatter,
    )
    predict.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help=f"picture (PNG, JPEG and others), folder (all its {', '.join(SUFFIXES)}, at any depth), or - "
        "for one picture on standard input",
    )
    _add_model_options(predict)
    predict.add_argument(
        "--n-best",
        type=_positive,
        default=1,
        metavar="N",
        help="readings of each picture, one a line, best first",
    )
    predict.add_argument(
        "--batch-size", type=_positive, default=32, metavar="N", help="pictures read at once"
    )
    predict.add_argument(
        "--json",
        action="store_true",
        help="write a JSON object a picture: path, latex, tokens, score (log-probability), alternatives",
    )
    predict.add_argument(
        "--already-downsampled",
        action="store_true",
        help="the pictures are at 100 dots an inch instead of 200",
    )
    predict.set_defaults(run=_predict)

    presets = commands.add_parser(
        "presets", help="list the trained models", description="Lists the trained models."
    )
    presets.set_defaults(run=_presets)

    export = commands.add_parser(
        "export",
        help="write a SavedModel",
        description="Writes a SavedModel that takes the bytes of pictures (image_bytes) and gives latex and "
        "score, for TensorFlow Serving or any program that has TensorFlow.",
    )
    export.add_argument("folder", metavar="DIR", help="where to write it; TensorFlow Serving wants NAME/1")
    _add_model_options(export)
    export.set_defaults(run=_export)
    return parser


def _add_model_options(parser):
    parser.add_argument(
        "--preset",
        default="standard",
        metavar="NAME",
        help="trained model: a name, or a folder (default: standard)",
    )
    parser.add_argument(
        "--beam-size",
        type=_positive,
        default=5,
        metavar="N",
        help="hypotheses kept, 1 is greedy (default: 5)",
    )


def _positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1 on, received {text}")
    return number


# === predict ===


def _predict(options):
    if options.n_best > options.beam_size:
        raise UsageError(
            f"--n-best must be at most --beam-size {options.beam_size}. Received: {options.n_best}"
        )
    if options.paths.count(STANDARD_INPUT) > 1:
        raise UsageError("standard input (-) can be read once only")
    total = sum(1 for _ in _pictures(options.paths))
    several = len(options.paths) > 1 or os.path.isdir(options.paths[0])
    model = _load(options.preset)
    if hasattr(sys.stdout, "reconfigure"):  # a path need not be text
        sys.stdout.reconfigure(errors="surrogateescape")

    from tqdm import tqdm

    terminal = sys.stderr.isatty()
    shown = total > 1 if terminal else total > MANY_PICTURES
    failed = False
    pictures = _pictures(options.paths)
    with tqdm(total=total, unit="picture", disable=not shown, mininterval=0.1 if terminal else 10.0) as bar:
        for window in _windows(pictures, BATCHES_AT_A_TIME * options.batch_size):
            for path, reading in zip(window, _read(model, window, options)):
                if reading.error is None:
                    bar.write(_written(path, reading, several, options), file=sys.stdout)
                else:
                    failed = True
                    bar.write(f"im2latex: {path}: {reading.error}", file=sys.stderr)
            sys.stdout.flush()
            bar.update(len(window))
    return SOME_UNREADABLE if failed else ALL_READ


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


def _read(model, window, options):
    """The readings of pictures; a folder is named here when it holds none, and gets one that says so."""
    from keras_im2latex.images.pictures import LARGEST_FILE
    from keras_im2latex.models import Reading

    files = [path for path in window if path == STANDARD_INPUT or not os.path.isdir(path)]
    readings = model.generate(
        [sys.stdin.buffer.read(LARGEST_FILE + 1) if path == STANDARD_INPUT else path for path in files],
        beam_size=options.beam_size,
        n_best=options.n_best,
        batch_size=options.batch_size,
        already_downsampled=options.already_downsampled,
        on_error="keep",
    )
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


# === presets, export ===


def _presets(options):
    with silent_start():
        from keras_im2latex.models.presets import PRESETS
    for name, facts in PRESETS.items():
        print(f"{name}\t{facts['parameters']:,} parameters\t{facts['description']}")
    return ALL_READ


def _export(options):
    if os.path.exists(options.folder) and not os.path.isdir(options.folder):
        raise UsageError(f"DIR must be a folder. Received: {options.folder}")
    model = _load(options.preset)
    from keras_im2latex.serving import export_model

    print(export_model(model, options.folder, beam_size=options.beam_size))
    return ALL_READ


def _load(preset):
    with silent_start():
        from keras_im2latex.models import Im2Latex

        try:
            return Im2Latex.from_preset(preset)
        except ValueError as error:
            reason = error
    raise UsageError(reason)


if __name__ == "__main__":
    sys.exit(main())
