"""Formulas a second from text to cropped picture, and where the processor time goes.

    python recipes/benchmark_rendering.py formulas.txt --workers 2
    python recipes/benchmark_rendering.py arxiv_formulas.tsv.xz --column norm --limit 20000

Reads formulas (one a line, or a column of a tab-separated file), draws them all through `render`, and prints formulas
a second by the clock and processor milliseconds a formula: those hold on a busy machine as well. Then it draws a part
of those that compile once more, one stage at a time. 1,000 formulas a second on two cores need 2 ms a formula at most.

Cost: two cores, TeX, no accelerator; half a minute for 20,000 formulas.
Score: see the printed table.
"""

import argparse
import collections
import itertools
import lzma
import os
import resource
import time

from keras_im2latex.markup import detokenize
from keras_im2latex.rendering import Page, render
from keras_im2latex.rendering.tex_run import TexRun

STAGE_FORMULAS = 1000


def read_formulas(path, column, limit):
    """Returns the first formulas of a file, `norm` ones joined from their tokens."""
    with (lzma.open if path.endswith(".xz") else open)(path, "rt", encoding="utf-8") as lines:
        if ".tsv" not in path:
            return [line.rstrip("\n") for line in itertools.islice(lines, limit)]
        place = next(lines).rstrip("\n").split("\t").index(column)
        cells = [line.rstrip("\n").split("\t")[place] for line in itertools.islice(lines, limit)]
    return [detokenize(cell) for cell in cells] if column == "norm" else cells


def processor_seconds():
    """Returns processor seconds so far: of this process, and of the TeX and dvipng runs that have ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return tuple(usage.ru_utime + usage.ru_stime for usage in usages)


def spent(start):
    """Returns processor seconds since `start`, of this process and of its children."""
    return [now - then for now, then in zip(processor_seconds(), start)]


def main():
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("formulas", help="file with one formula a line, or .tsv, also as .xz")
    parser.add_argument("--column", default="norm", help="column of a .tsv (default: %(default)s)")
    parser.add_argument("--limit", type=int, default=20_000, help="formulas to draw (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="default: one a processor")
    options = parser.parse_args()

    formulas = read_formulas(options.formulas, options.column, options.limit)
    page = Page()
    list(render(["x"], page))  # builds the page's format where it is not cached
    load = os.getloadavg()[0]
    clock, start = time.perf_counter(), processor_seconds()
    renderings = list(render(formulas, page, workers=options.workers))
    clock, (python, programs) = time.perf_counter() - clock, spent(start)
    drawn = [formula for formula, rendering in zip(formulas, renderings) if rendering.error is None]
    total = len(formulas)
    print(f"{total} formulas, {total - len(drawn)} refused, {options.workers} workers, load before {load:.1f}")
    print(f"{total / clock:8.0f} formulas a second ({clock:.1f} s)")
    print(f"{1000 * (python + programs) / total:8.2f} ms of processor a formula")
    print(f"{1000 * programs / total:8.2f} ms of it TeX and dvipng")
    print(f"{1000 * python / total:8.2f} ms of it Python")
    for reason, count in collections.Counter(r.error for r in renderings if r.error).most_common(5):
        print(f"{count:8d} refused: {reason}")

    part = dict(enumerate(drawn[:STAGE_FORMULAS]))
    start = processor_seconds()
    with TexRun(part, page, timeout=60) as run:
        stages = {"writing formulas, reading the log": spent(start)[0], "TeX": spent(start)[1]}
        start = processor_seconds()
        pictures = list(run.paint(len(part), 4000))
        stages["dvipng"], stages["reading, inking, encoding pictures"] = reversed(spent(start))
    size = sum(len(picture.png) for picture in pictures) / len(pictures)
    print(f"One run over {len(part)} formulas that compile ({size:.0f} bytes a picture):")
    for stage, seconds in stages.items():
        print(f"{1000 * seconds / len(part):8.2f} ms {stage}")


if __name__ == "__main__":
    main()
