"""`im2latex extract`: formulas out of papers' LaTeX sources."""

import argparse
import contextlib
import dataclasses
import hashlib
import itertools
import json
import os
import sys
import tempfile

from keras_im2latex.commands.exit_status import ALL_DONE, EPILOG, SOME_FAILED, UsageError
from keras_im2latex.commands.numbers import positive

STANDARD_OUTPUT = "-"


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "extract",
        help="find the formulas of papers",
        description="Finds the formulas in papers' LaTeX sources and writes a JSON object for each, one a line: paper, "
        "kind (inline, display, or row of a display), environment, file, line, offset, row, latex. The author's macros "
        "are expanded. What was found, kept and dropped, and why, is told on standard error. FILE appears when it is "
        "complete.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "papers",
        nargs="+",
        metavar="PAPERS",
        help="LaTeX file, archive (.tar, .tar.gz, .zip, .gz and the like) or folder: each file with a \\documentclass "
        "in it is a paper, and may read the others of its folder",
    )
    parser.add_argument("-o", "--output", required=True, metavar="FILE", help="file to write, or - for standard output")
    parser.add_argument(
        "--paper",
        action="store_true",
        help="find what the authors of IM2LATEX-100K found: their five patterns, more than 40 and fewer than 1,024 "
        "characters, macros left as they are",
    )
    parser.add_argument("--unique", action="store_true", help="write a formula once, where it comes first")
    parser.add_argument(
        "--max-length", type=positive, default=10_000, metavar="N", help="drop longer formulas (10,000 characters)"
    )
    parser.add_argument("--workers", type=positive, default=os.cpu_count(), metavar="N", help="processes")
    parser.add_argument("--summary", metavar="FILE", help="write the summary as JSON, too")
    parser.set_defaults(run=_run)


def _run(options):
    for path in options.papers:
        if not os.path.exists(path):
            raise UsageError(f"no such file or folder: {path}")

    from tqdm import tqdm

    from keras_im2latex.markup.extraction import ExtractionSummary, extract_papers, find_papers

    summary, seen = ExtractionSummary(), set() if options.unique else None
    papers = itertools.chain.from_iterable(map(find_papers, options.papers))
    extracted = extract_papers(papers, options.paper, options.max_length, options.workers)
    with (
        contextlib.closing(extracted),
        _output(options.output) as output,
        tqdm(unit="paper", disable=None, mininterval=0.1) as bar,
    ):
        for paper in extracted:
            if paper.error is not None:
                summary.unreadable += 1
                bar.write(f"im2latex: {paper.name}: {paper.error}", file=sys.stderr)
                continue
            summary.papers += 1
            for formula in paper.formulas:
                formula = formula if seen is None else _once(formula, seen)
                summary.add(formula)
                if formula.dropped is None:
                    output.write(json.dumps(formula.to_json()) + "\n")
            bar.update()
    print(summary, file=sys.stderr)
    if options.summary:
        with _output(options.summary) as output:
            json.dump(summary.to_json(), output, indent=2)
            output.write("\n")
    return SOME_FAILED if summary.unreadable else ALL_DONE


def _once(formula, seen):
    """The formula, dropped if it was seen before."""
    if formula.dropped is not None:
        return formula
    digest = hashlib.blake2b(formula.latex.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if digest in seen:
        return dataclasses.replace(formula, latex="", dropped="seen before")
    seen.add(digest)
    return formula


@contextlib.contextmanager
def _output(path):
    """Standard output, or a file that takes its name once all is in it."""
    if path == STANDARD_OUTPUT:
        yield sys.stdout
        sys.stdout.flush()
        return
    folder = os.path.dirname(os.path.abspath(path))
    try:
        descriptor, unfinished = tempfile.mkstemp(dir=folder, prefix=f".{os.path.basename(path)}.", suffix=".part")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    try:
        with open(descriptor, "w", encoding="utf-8") as stream:
            yield stream
        os.chmod(unfinished, 0o666 & ~_umask())
        os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(unfinished)
        raise


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask
