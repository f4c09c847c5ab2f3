"""`im2latex normalize`: brings formulas to one spelling."""

import argparse
import collections
import contextlib
import itertools
import os
import sys
from concurrent.futures import ProcessPoolExecutor

from tqdm import tqdm

from keras_im2latex.commands.exit_status import ALL_DONE, EPILOG, SOME_FAILED, UsageError
from keras_im2latex.commands.numbers import positive
from keras_im2latex.markup.normalization import MAX_LENGTH, NormalizationError, normalize

STANDARD_INPUT = "-"

# Bytes of a line that are read at once. A longer line is too long for any formula.
_MAX_BYTES = 4 * MAX_LENGTH
# Lines handed to another process at a time.
_BATCH = 500
# Seconds after which a progress bar is shown.
_PATIENCE = 2.0


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "normalize",
        help="bring formulas to one spelling",
        description="Brings formulas to one spelling: one formula a line in, one line a formula out, tokens "
        "separated by spaces. A formula that can't be read gives an empty line, and a line on standard error "
        "that says where it stands and why.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "files",
        nargs="*",
        default=[STANDARD_INPUT],
        metavar="FILE",
        help="text in UTF-8, a formula a line, without dollars around it; - or nothing for standard input",
    )
    parser.add_argument(
        "--mode",
        choices=("faithful", "im2markup"),
        default="faithful",
        help="faithful: one spelling for each picture, and nothing lost (default); im2markup: what the authors "
        "of IM2LATEX-100K wrote, losses included, for comparing with published scores",
    )
    parser.add_argument(
        "--workers",
        type=positive,
        default=1,
        metavar="N",
        help=f"processes; more than one take {_BATCH} lines at a time (default: 1, line by line)",
    )
    parser.set_defaults(run=_run)


def _run(options):
    for file in options.files:
        if file != STANDARD_INPUT and (os.path.isdir(file) or not os.access(file, os.R_OK)):
            raise UsageError(f"{file}: no file that can be read")
    if options.files.count(STANDARD_INPUT) > 1:
        raise UsageError("standard input (-) can be read once only")
    failed = False
    shown = sys.stderr.isatty() and not sys.stdout.isatty()
    with tqdm(unit="formula", disable=not shown, delay=_PATIENCE) as bar:
        for place, normalized, reason in _normalized(_lines(options.files), options.mode, options.workers):
            print(normalized, flush=options.workers == 1)
            if reason is not None:
                failed = True
                bar.write(f"im2latex: {place}: {reason}", file=sys.stderr)
            bar.update()
    sys.stdout.flush()
    return SOME_FAILED if failed else ALL_DONE


def _lines(files):
    """Every line of the files with its place, as bytes; of a line too long for a formula the beginning."""
    for file in files:
        with contextlib.nullcontext(sys.stdin.buffer) if file == STANDARD_INPUT else open(file, "rb") as lines:
            for number in itertools.count(1):
                line = lines.readline(_MAX_BYTES)
                if not line:
                    break
                end = line
                while len(end) == _MAX_BYTES and not end.endswith(b"\n"):
                    end = lines.readline(_MAX_BYTES)
                yield f"{file}:{number}", line


def _normalized(lines, mode, workers):
    """Yields place, normalized formula and `None`, or the reason why it is empty, in the order of the lines."""
    if workers == 1:
        for place, line in lines:
            yield place, *_attempt(line, mode)
        return
    with ProcessPoolExecutor(workers) as executor:
        waiting = collections.deque()
        while batch := list(itertools.islice(lines, _BATCH)):
            waiting.append((batch, executor.submit(_attempt_all, [line for _, line in batch], mode)))
            if len(waiting) > 2 * workers:
                yield from _collected(*waiting.popleft())
        while waiting:
            yield from _collected(*waiting.popleft())


def _collected(batch, future):
    for (place, _), outcome in zip(batch, future.result()):
        yield place, *outcome


def _attempt_all(lines, mode):
    return [_attempt(line, mode) for line in lines]


def _attempt(line, mode):
    try:
        return normalize(line.rstrip(b"\r\n").decode("utf-8"), mode), None
    except UnicodeDecodeError as error:
        return "", f"not UTF-8, at byte {error.start}. Received: {error.object[error.start : error.end]!r}"
    except NormalizationError as error:
        return "", str(error)
