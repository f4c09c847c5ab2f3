"""`im2latex predict`: reads pictures of formulas."""

import argparse
import contextlib
import itertools
import json
import math
import sys

from keras_im2latex.commands.attention_pictures import AttentionPictures
from keras_im2latex.commands.exit_status import ALL_DONE, EPILOG, SOME_FAILED, UsageError
from keras_im2latex.commands.model_options import ONNX, add_model_options, add_runtime, load_model
from keras_im2latex.commands.numbers import positive
from keras_im2latex.commands.picture_sources import CLIPBOARD, SUFFIXES, PictureSources
from keras_im2latex.commands.reading_file import ReadingFile
from keras_im2latex.commands.silent_tensorflow import silent_tensorflow
from keras_im2latex.commands.terminal_style import styled
from keras_im2latex.pixels import PictureError
from keras_im2latex.reading import Reading

# Batches read between two writes: enough to put pictures of similar size together.
BATCHES_AT_A_TIME = 4
# The same where what was read goes to a file: nobody waits for it.
BATCHES_TO_A_FILE = 16
# Pictures from which a progress bar is shown even where standard error is no terminal.
MANY_PICTURES = 20

EXAMPLES = """examples:
  im2latex predict shot.png
  im2latex predict shot.png --runtime onnx       the same in a second
  im2latex predict *.png --json > readings.jsonl
  cat shot.png | im2latex predict -
  im2latex predict --clipboard                   the picture that was copied
  im2latex predict paper.pdf --page 3 --box 72,300,540,360
  im2latex predict folder --json --output readings.jsonl
                                                 after a kill the same goes on
  im2latex predict shot.png --attention-picture where.png

"""


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "predict",
        help="read pictures",
        description="Reads pictures of formulas and writes their LaTeX, one line a picture, in\n"
        "order. One file gives its LaTeX alone; several files, or a folder, give path,\n"
        "tab and LaTeX. A picture that can't be read gets a line on standard error\n"
        "instead.",
        epilog=EXAMPLES + EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help=f"picture (PNG, JPEG and others), PDF, folder (all its {', '.join(SUFFIXES)}, at any depth), or - "
        "for one picture on standard input",
    )
    parser.add_argument(
        "--clipboard", action="store_true", help="read the picture that was copied (Linux: by wl-clipboard or xclip)"
    )
    pages = parser.add_argument_group("pages of PDF files, drawn at 200 dots an inch")
    pages.add_argument("--page", type=positive, metavar="N", help="which page, from 1 on")
    pages.add_argument(
        "--box",
        type=_box,
        metavar="X0,Y0,X1,Y1",
        help="the part of it to read: left, top, right and bottom in points (1/72 inch) from its top left corner",
    )
    add_model_options(parser, auto=True)
    add_runtime(parser, "what runs the model; onnx starts in a second, without TensorFlow, and needs the extra `onnx`")
    parser.add_argument(
        "--n-best",
        type=positive,
        default=1,
        metavar="N",
        help="readings of each picture, one a line, best first",
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help="draw every reading of the beam and give the one that looks like the picture; needs TeX",
    )
    parser.add_argument("--batch-size", type=positive, default=32, metavar="N", help="pictures read at once")
    parser.add_argument(
        "--json",
        action="store_true",
        help="write a JSON object a picture: path, latex, tokens, score (log-probability), confidence, exact "
        "(with --verify), alternatives; path and "
        "error of one that can't be read",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="with --json: add to FILE what it does not hold yet; after whatever ended it, the same command goes on",
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
        "name is a folder, which gets a sheet for each picture; not with --runtime onnx",
    )

    def run(options):
        if not options.paths and not options.clipboard:
            parser.error(f"expected a PATH or --{CLIPBOARD}")
        return _run(options)

    parser.set_defaults(run=run)


def _box(text):
    try:
        left, top, right, bottom = (float(number) for number in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected four numbers X0,Y0,X1,Y1, received {text}") from None
    if not (left < right and top < bottom and math.isfinite(left + top + right + bottom)):
        raise argparse.ArgumentTypeError(f"expected X0 < X1 and Y0 < Y1, received {text}")
    return left, top, right, bottom


def _run(options):
    if options.n_best > options.beam_size:
        raise UsageError(f"--n-best must be at most --beam-size {options.beam_size}. Received: {options.n_best}")
    if options.attention_picture and options.runtime == ONNX:
        raise UsageError("--attention-picture needs --runtime tensorflow. Received: --runtime onnx")
    if options.verify:
        _require_tex()
    sources = PictureSources(options.paths, options.clipboard, options.page, options.box)
    if options.output is not None:
        if not options.json:
            raise UsageError("--output needs --json")
        if not sources.repeatable:
            raise UsageError("--output needs pictures that can be read again. Received: standard input or --clipboard")
    drawings = options.attention_picture and AttentionPictures(options.attention_picture, sources.several)
    with _reading_file(options) if options.output is not None else contextlib.nullcontext() as kept:
        names, total, done = sources.names(), sum(1 for _ in sources.names()), 0
        if kept is not None:
            done = sum(name in kept for name in sources.names()) if len(kept) else 0
            names = (name for name in names if name not in kept)
        if done:
            print(f"im2latex: {kept.path} holds {done:,} of {total:,} pictures already", file=sys.stderr)
            if done == total:
                return SOME_FAILED if kept.failed else ALL_DONE
        return _read_all(options, sources, names, drawings, kept, total, done)


def _reading_file(options):
    # Not the runtime: both read alike.
    settings = ("preset", "beam_size", "n_best", "verify", "already_downsampled", "page", "box")
    return ReadingFile(options.output, json.loads(json.dumps({name: getattr(options, name) for name in settings})))


def _read_all(options, sources, names, drawings, kept, total, done):
    model = load_model(options.preset, options.runtime, auto=True)
    if drawings:
        drawings.check(model)
    if options.verify and getattr(model, "handwriting", False):
        raise UsageError(f"--verify needs a model of print. Received: --preset {options.preset}, of handwriting")
    if hasattr(sys.stdout, "reconfigure"):  # a path need not be text
        sys.stdout.reconfigure(errors="surrogateescape")

    from tqdm import tqdm

    terminal = sys.stderr.isatty()
    shown = total > 1 if terminal else total > MANY_PICTURES
    interval = 0.1 if terminal else 10.0
    size = options.batch_size * (BATCHES_AT_A_TIME if kept is None else BATCHES_TO_A_FILE)
    failed = kept is not None and kept.failed > 0
    sign = styled("im2latex:", "error", sys.stderr)
    with tqdm(total=total, initial=done, unit="picture", disable=not shown, mininterval=interval) as bar:
        for window in _windows(names, size):
            if kept is not None:  # what is named twice is kept once
                window = list(dict.fromkeys(window))
            readings = _read(model, sources, window, options, drawings)
            for name, reading in zip(window, readings):
                if reading.error is not None:
                    failed = True
                    bar.write(f"{sign} {name}: {reading.error}", file=sys.stderr)
                if kept is None and (options.json or reading.error is None):
                    bar.write(_written(name, reading, sources.several, options), file=sys.stdout)
            if kept is None:
                sys.stdout.flush()
            else:
                try:
                    kept.write(_object(name, reading, options) for name, reading in zip(window, readings))
                except OSError as error:
                    bar.write(f"{sign} {kept.path}: {error.strerror or error}", file=sys.stderr)
                    bar.write(f"{sign} {len(kept)} pictures are done; the same command goes on", file=sys.stderr)
                    return SOME_FAILED
            bar.update(len(window))
    return SOME_FAILED if failed else ALL_DONE


def _require_tex():
    from keras_im2latex.rendering import MissingTeX
    from keras_im2latex.rendering.sandbox import require_programs

    try:
        require_programs()
    except MissingTeX as error:
        raise UsageError(f"--verify: {error}") from None


def _windows(names, size):
    while window := list(itertools.islice(names, size)):
        yield window


def _read(model, sources, window, options, drawings):
    """The readings of pictures, those that can't be had included."""
    found, images = {}, {}
    for place, name in enumerate(window):
        try:
            images[place] = sources.picture(name)
        except PictureError as error:
            found[place] = Reading(error=str(error))
    with contextlib.nullcontext() if options.runtime == ONNX else silent_tensorflow():
        readings = model.generate(
            list(images.values()),
            beam_size=options.beam_size,
            n_best=options.n_best,
            batch_size=options.batch_size,
            already_downsampled=options.already_downsampled,
            verify=options.verify,
            on_error="keep",
        )
        found.update(zip(images, readings, strict=True))
        if drawings:
            for place, image in images.items():
                drawings.draw(model, window[place], image, found[place], options.already_downsampled)
    return [found[place] for place in range(len(window))]


def _written(name, reading, several, options):
    if options.json:
        return json.dumps(_object(name, reading, options))
    start = f"{styled(name, 'path', sys.stdout)}\t" if several else ""
    return "\n".join(start + found.latex for found in (reading, *reading.alternatives))


def _object(name, reading, options):
    return {"path": name, **reading.to_dict(alternatives=options.n_best > 1)}
