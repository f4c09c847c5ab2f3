"""`im2latex render`: draws formulas."""

import argparse
import collections
import os
import sys

from keras_im2latex.commands.exit_status import ALL_DONE, EPILOG, SOME_FAILED, UsageError
from keras_im2latex.commands.formula_lines import COLUMNS, STANDARD_INPUT, read_formula_lines
from keras_im2latex.commands.numbers import positive

# Formulas from which pictures lie in subfolders, and a progress bar is shown even where standard error is no terminal.
MANY_PICTURES = 1000
# Formulas a TeX run.
SMALLEST_BATCH, LARGEST_BATCH = 50, 1000
# Reasons of failure that are told at the end; all are in the list.
REASONS = 5


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "render",
        help="draw formulas",
        description="Draws each formula of a file as TeX does, cropped to its ink, into DIR: a PNG named by its line, "
        "and the list formulas.tsv with name, LaTeX, and where there is no picture the reason. A run that was killed "
        "goes on where it was when it is started again. Formulas may hold anything: none reads or writes a file, takes "
        "more than ten seconds, or changes another's picture.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "file",
        metavar="FILE",
        help="text with a formula a line; .tsv with the columns' names in its first line; .jsonl with objects that "
        "have a field latex; these as .xz, .gz or .bz2; or - for text on standard input",
    )
    parser.add_argument("-o", "--output", required=True, metavar="DIR", help="folder for the pictures")
    parser.add_argument(
        "--column", metavar="NAME", help=f"column or field of the formulas (default: the first of {', '.join(COLUMNS)})"
    )
    parser.add_argument("--font-family", metavar="NAME", help="such as times or palatino (default: computer-modern)")
    parser.add_argument("--font-size", type=positive, metavar="POINTS", help="size of the text (default: 12)")
    parser.add_argument("--resolution", type=positive, metavar="DPI", help="pixels an inch (default: 200)")
    parser.add_argument("--weight", choices=("medium", "bold"), help="default: medium")
    parser.add_argument(
        "--package", action="append", default=[], metavar="NAME", help="LaTeX package to load, such as bm; repeatable"
    )
    parser.add_argument(
        "--variety",
        action="store_true",
        help="vary what is not given of font family, size, resolution and weight, and the darkness of strokes, from "
        "formula to formula",
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another --variety (default: 0)")
    parser.add_argument(
        "--workers", type=positive, metavar="N", help="TeX runs at a time (default: one for each processor)"
    )
    parser.set_defaults(run=_run)


def _run(options):
    from keras_im2latex.rendering import MissingTeX, PictureFolder

    if options.seed and not options.variety:
        raise UsageError("--seed needs --variety")
    try:
        page = _page(options)
        total = _count(options)
        settings = {"page": repr(page), "column": options.column}
        with PictureFolder(options.output, settings, total is None or total > MANY_PICTURES) as folder:
            return _draw(folder, options, page, total)
    except (MissingTeX, ValueError) as error:
        raise UsageError(str(error)) from error
    except BrokenPipeError:
        raise
    except BlockingIOError as error:
        raise UsageError(f"{options.output} is being written by another run") from error
    except OSError as error:
        raise UsageError(f"{error.filename or options.output}: {error.strerror or error}") from error


def _page(options):
    from keras_im2latex.rendering import Page, PageVariety

    given = {name: getattr(options, name) for name in ("font_family", "font_size", "resolution", "weight")}
    given = {name: value for name, value in given.items() if value is not None}
    packages = tuple(options.package)
    if not options.variety:
        return Page(**given, packages=packages)
    ranges = {
        "font_family": ("font_families", 1),
        "font_size": ("font_sizes", 1),
        "resolution": ("resolutions", 2),
        "weight": ("weights", 1),
    }
    fixed = {ranges[name][0]: (value,) * ranges[name][1] for name, value in given.items()}
    return PageVariety(**fixed, seed=options.seed, page=Page(packages=packages))


def _count(options):
    """The number of formulas, or `None` where they can be read once only."""
    if options.file == STANDARD_INPUT or (os.path.exists(options.file) and not os.path.isfile(options.file)):
        if os.path.isdir(options.file):
            raise UsageError(f"FILE must be a file. Received a folder: {options.file}")
        return None
    try:
        return sum(1 for _ in read_formula_lines(options.file, options.column))
    except OSError as error:
        raise UsageError(f"{options.file}: {error.strerror or error}") from error


def _draw(folder, options, page, total):
    from tqdm import tqdm

    formulas = read_formula_lines(options.file, options.column)
    drawn = folder.compare(formula.latex for formula in formulas)
    terminal = sys.stderr.isatty()
    shown = total is None or total - drawn > (1 if terminal else MANY_PICTURES)
    seconds = 0.1 if terminal else 10.0
    try:
        with tqdm(total=total, initial=drawn, unit="formula", disable=not shown, delay=1.0, mininterval=seconds) as bar:
            for latex, rendering in _renderings(formulas, page, options.workers, total and total - drawn):
                folder.add(latex, rendering)
                bar.update()
    except OSError as error:
        print(f"im2latex: {error.filename or folder.path}: {error.strerror or error}", file=sys.stderr)
        print(f"im2latex: {len(folder)} formulas are done; the same command goes on from there", file=sys.stderr)
        return SOME_FAILED
    if folder.errors:
        named = [f"{count} {reason}" for reason, count in folder.errors.most_common(REASONS)]
        if len(folder.errors) > REASONS:
            named.append(f"{len(folder.errors) - REASONS} other reasons")
        failed = f"{folder.errors.total()} of {len(folder)} formulas"
        print(f"im2latex: no picture of {failed}, see {folder.index}: {', '.join(named)}", file=sys.stderr)
    print(folder.index)
    return SOME_FAILED if folder.errors else ALL_DONE


def _renderings(formulas, page, workers, total):
    from keras_im2latex.rendering import Rendering, render

    waiting = collections.deque()

    def sources():
        for formula in formulas:
            waiting.append(formula)
            yield formula.source

    workers = workers or os.cpu_count() or 1
    batch_size = LARGEST_BATCH if total is None else min(LARGEST_BATCH, max(SMALLEST_BATCH, -(-total // workers)))
    for rendering in render(sources(), page, workers=workers, batch_size=batch_size):
        formula = waiting.popleft()
        yield formula.latex, rendering if formula.error is None else Rendering(error=formula.error)
