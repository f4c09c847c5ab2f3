"""How well the normalizer keeps to its two promises, on real formulas.

    python recipes/check_normalizer.py --data DIR

`im2markup`: the share of formulas written token by token as the authors of IM2LATEX-100K wrote them, on the
validation split of `arxiv_formulas.tsv.xz` and on `im2latex100k_original_sample.tar.xz`. At least 99 % is
asked.

`faithful`: the share of formulas that draw the same picture, pixel for pixel, before and after, of those that
compile, and also once detokenized; and whether normalizing twice changes nothing. At least 99.8 % is asked.
Then the number of different tokens and the mean length, as written, by the authors' rules and faithfully, over
the whole file.

Both: formulas a second on one core (3,000 are asked), and the ten most frequent causes of what is left.

Cost: two cores, no accelerator, TeX needed; about 5 minutes, and 20 seconds with `--limit 1000 --train 0`.
Score, with Python 3.11 on one of two Xeon cores at 2.5 GHz that other work shared (load 4):

    | formulas                    | token-identical | compile | same picture | once detokenized |
    | arXiv validation, 4,373     | 4,373 (100 %)   | 4,091   | 4,091        | 4,091            |
    | original sample, 1,107      | 1,107 (100 %)   | 1,071   | 1,071        | 1,071            |
    | arXiv training, first 5,000 |                 | 4,739   | 4,739        | 4,739            |

Formulas a second: 6,491 or more by the authors' rules, 5,650 or more faithfully.
None of them changes when normalized twice. Over the whole file (378,820 formulas, 121 of them refused):

    |            | tokens a formula | different tokens | of them in 10 formulas or more |
    | as written | 48.93            | 682              | 647                            |
    | im2markup  | 57.05            | 589              | 587                            |
    | faithful   | 55.33            | 861              | 626                            |

The faithful form is 3 % shorter than the authors', and has fewer tokens in use than the formulas as written, but
more than the authors': it gives `\\log` a token of its own, and keeps what theirs loses (`\\limits`, `\\dfrac`, the gap
after a row, the punctuation and spacing of texts). The file holds only formulas whose tokens by the authors' rules
are frequent, so that these have no rare ones.
"""

import argparse
import collections
import itertools
import lzma
import os
import pathlib
import platform
import sys
import tarfile
import time

import numpy as np

from keras_im2latex.markup import detokenize, tokenize
from keras_im2latex.markup.normalization import NormalizationError, normalize
from keras_im2latex.rendering import render

TOP = 10
CHUNK = 500
EXAMPLE_LENGTH = 100


def read_arxiv(folder, limit):
    """Yields (split, authors' spelling, raw) of each arXiv formula, validation first."""
    path = folder / "arxiv_formulas.tsv.xz"
    for wanted in ("validation", "train"):
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            rows = (line.rstrip("\n").split("\t") for line in itertools.islice(lines, 1, None))
            chosen = ((row[0], row[4], row[5]) for row in rows if row[0] == wanted)
            yield from itertools.islice(chosen, limit)


def read_sample(folder, limit):
    """Yields (authors' spelling, raw) of the formulas whose original pictures are kept."""
    with tarfile.open(folder / "im2latex100k_original_sample.tar.xz") as archive:
        member = next(name for name in archive.getnames() if name.endswith("formulas.tsv"))
        lines = archive.extractfile(member).read().decode("utf-8").splitlines()[1:]
    for line in lines[:limit]:
        _, normalized, raw = line.split("\t")
        yield normalized, raw


def progress(items, title, total=None):
    """Yields `items`, and says on standard error how many are done."""
    start = time.monotonic()
    count = 0
    for count, item in enumerate(items, 1):
        yield item
        if count % 500 == 0:
            of = f" of {total:,}" if total else ""
            print(f"\r{title}: {count:,}{of}, {time.monotonic() - start:.0f} s", end="", file=sys.stderr)
    print(f"\r{title}: {count:,} in {time.monotonic() - start:.0f} s", file=sys.stderr)


def attempt(latex, mode):
    """Returns the normalized formula and `None`, or `None` and the reason."""
    try:
        return normalize(latex, mode), None
    except NormalizationError as error:
        return None, error.reason


def first_difference(left, right):
    """Returns the tokens at which two formulas part."""
    pairs = itertools.zip_longest(left.split(), right.split(), fillvalue="the end")
    return next((f"{one} <> {other}" for one, other in pairs if one != other), "spacing")


class Causes(collections.Counter):
    """Counts causes, and keeps the first formula of each."""

    def __init__(self):
        super().__init__()
        self.examples = {}

    def add(self, cause, formula):
        """Counts a cause once more."""
        self[cause] += 1
        self.examples.setdefault(cause, formula)

    def print(self):
        """Prints the most frequent causes."""
        for cause, count in self.most_common(TOP):
            print(f"    {count:6,}  {cause}    e.g. {self.examples[cause][:EXAMPLE_LENGTH]}")


def check_identity(name, pairs):
    """Prints the share of formulas the `im2markup` mode writes as the authors do."""
    pairs = list(pairs)
    start = time.process_time()
    written = [attempt(raw, "im2markup") for _, raw in progress(pairs, name, len(pairs))]
    seconds = time.process_time() - start
    causes = Causes()
    for (authors, raw), (ours, reason) in zip(pairs, written):
        if (ours or "") != authors:
            causes.add(f"refused: {reason}" if ours is None else first_difference(ours, authors), raw)
    same = len(pairs) - causes.total()
    print(f"im2markup, {name}: {same:,} of {len(pairs):,} token-identical ({same / len(pairs):.2%}),", end=" ")
    print(f"{len(pairs) / seconds:,.0f} formulas a second")
    causes.print()


def draw(formulas):
    """Yields the picture of each formula, some hundred at a time so that several calls can take turns."""
    for start in range(0, len(formulas), CHUNK):
        yield from list(render(formulas[start : start + CHUNK]))


def same_picture(one, other):
    """Whether two renderings are the same, pixel for pixel."""
    return other.image is not None and np.array_equal(np.asarray(one.image), np.asarray(other.image))


def check_pictures(name, formulas):
    """Prints the share of formulas the `faithful` mode draws the same, and how many it changes twice."""
    formulas = list(formulas)
    start = time.process_time()
    written = [attempt(raw, "faithful") for raw in progress(formulas, f"{name}, faithful", len(formulas))]
    seconds = time.process_time() - start
    unstable = sum(ours is not None and attempt(ours, "faithful")[0] != ours for ours, _ in written)
    sources = [ours or "x" for ours, _ in written]
    drawn = zip(draw(formulas), draw(sources), draw([detokenize(source) for source in sources]))
    compiled = same = refused = typed_same = 0
    causes = Causes()
    pictures = progress(zip(formulas, written, drawn), f"{name}, rendered three times", len(formulas))
    for raw, (ours, reason), (raw_picture, our_picture, typed_picture) in pictures:
        if raw_picture.image is None:
            continue
        compiled += 1
        if ours is None:
            refused += 1
            causes.add(f"refused: {reason}", raw)
            continue
        typed_same += same_picture(raw_picture, typed_picture)
        if our_picture.image is None:
            causes.add(f"no longer compiles: {our_picture.error}", raw)
        elif same_picture(raw_picture, our_picture):
            same += 1
        else:
            causes.add("draws otherwise: " + first_difference(ours, " ".join(tokenize(raw))), raw)
    print(f"faithful, {name}: {same:,} of the {compiled:,} that compile are pixel-identical", end=" ")
    print(f"({same / max(1, compiled):.2%}), {refused:,} of them refused;", end=" ")
    print(f"detokenized {typed_same:,} ({typed_same / max(1, compiled):.2%});", end=" ")
    print(f"{unstable:,} change when normalized twice; {len(formulas) / seconds:,.0f} formulas a second")
    causes.print()


def check_vocabulary(rows):
    """Prints the number of different tokens and the mean length: as written, by the authors' rules, faithfully."""
    tokens = {mode: collections.Counter() for mode in ("as written", "im2markup", "faithful")}
    formulas = {mode: collections.Counter() for mode in tokens}
    refusals = Causes()
    count = total = 0
    for _, authors, raw in progress(rows, "all arXiv formulas, faithful"):
        total += 1
        ours, reason = attempt(raw, "faithful")
        if ours is None:
            refusals.add(f"refused: {reason}", raw)
            continue
        count += 1
        for mode, spelling in zip(tokens, (tokenize(raw), authors.split(), ours.split())):
            tokens[mode].update(spelling)
            formulas[mode].update(set(spelling))
    for mode in tokens:
        frequent = sum(seen >= TOP for seen in formulas[mode].values())
        print(f"{mode}: {tokens[mode].total() / count:.2f} tokens a formula, {len(tokens[mode]):,} different,", end=" ")
        print(f"{frequent:,} of them in {TOP} formulas or more")
    print(f"faithful: {refusals.total():,} of {total:,} refused")
    refusals.print()


def main(arguments=None):
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, default=os.environ.get("IM2LATEX_DATA"))
    parser.add_argument("--limit", type=int, help="formulas of each split and file; all if left out")
    parser.add_argument("--train", type=int, default=5000, help="training formulas to draw as well (default: 5,000)")
    options = parser.parse_args(arguments)
    if options.data is None:
        parser.error("--data must name a folder, or the variable IM2LATEX_DATA be set. Received: neither")
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors, load {load:.1f}")
    validation = [(authors, raw) for split, authors, raw in read_arxiv(options.data, options.limit) if split != "train"]
    sample = list(read_sample(options.data, options.limit))
    check_identity("arXiv validation", validation)
    check_identity("original sample", sample)
    check_pictures("arXiv validation", [raw for _, raw in validation])
    check_pictures("original sample", [raw for authors, raw in sample if authors])
    if options.train:
        rows = read_arxiv(options.data, options.train)
        check_pictures("arXiv training", [raw for split, _, raw in rows if split == "train"])
    check_vocabulary(read_arxiv(options.data, options.limit))


if __name__ == "__main__":
    main()
