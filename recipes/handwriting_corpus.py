r"""Chooses the formulas that a reader of handwriting is pretrained on.

    python recipes/handwriting_corpus.py --formulas arxiv_formulas.tsv.xz --ink crohme_train.tar.xz \
        --without crohme_2013_test.tar.xz --output FOLDER/handwriting_corpus.tsv.xz

FOLDER with the training ink beside the table is what `handwritten_formulas` builds from:

    tfds build tfds_builders/handwritten_formulas --config prepared --manual_dir FOLDER --data_dir DATA

Three kinds of formulas, all of symbols and words that CROHME's training labels have, and as long as those labels are:

- `arxiv`: parts of arXiv formulas, between relations and commas, in fractions and scripts, or whole; of three the one
  whose pairs of symbols are most like those of the labels;
- `label`: CROHME's own training labels, to be written with other people's symbols;
- `renamed`: those labels with other letters and digits.

The split `train` is made of arXiv papers of that split, and of the labels of those training writers that
`crohme/prepared` does not hold out; `validation` of papers of that split alone. A formula that is the label of a file
of `--without` is in neither, in whatever spelling: both sides are in `handwritten_form`. What comes out depends on the
files and `--seed` alone. Prints how many formulas there are of each kind, and how many of arXiv's have no symbols but
CROHME's.
"""

import argparse
import collections
import csv
import json
import lzma
import random
from pathlib import Path

from handwriting.pieces import is_plain, operators, pieces
from handwriting.renaming import Renaming
from handwriting.resemblance import Resemblance
from tqdm import tqdm

from tfds_builders.crohme.handwritten_form import handwritten_form
from tfds_builders.crohme.ink_files import read_ink_files
from tfds_builders.crohme.inkml import UnreadableInk, read_inkml
from tfds_builders.crohme.labels import read_label
from tfds_builders.crohme.writers import HELD_OUT, is_held_out, writer_of

STEP = 4
"""Formulas whose numbers of tokens differ by less than this count as equally long."""

LONGEST = 60
"""Longer labels count as this long."""

MOST_ALIKE = 3
"""How often one and the same part of arXiv formulas may be taken, shorter than `SHORT` tokens; a longer one once."""

SHORT = 6

CHOICE = 3
"""Of so many parts the one that is most like CROHME's labels is taken."""


def read_labels(path, held_out=0.0):
    """The labels of a CROHME archive or folder, in `handwritten_form`, without those of held-out writers."""
    labels = []
    for name, data in read_ink_files(path):
        try:
            ink = read_inkml(data)
            if not is_held_out(writer_of(ink, name), held_out):
                labels.append(read_label(ink)[1])
        except UnreadableInk:
            continue
    return labels


def read_formulas(path, split, seed):
    """The normalized formulas of a split of a table with the columns `split` and `norm`, shuffled."""
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        texts = [row["norm"] for row in rows if row["split"] == split]
    random.Random(seed).shuffle(texts)
    return texts


class Quotas:
    """How many formulas of each length are wanted.

    Args:
        labels: strings whose lengths in tokens are the model.
        number: formulas wanted altogether.
    """

    def __init__(self, labels, number):
        lengths = collections.Counter(self.bin(label.split()) for label in labels)
        self.numbers = {place: round(number * count / len(labels)) for place, count in lengths.items()}
        self._left = collections.Counter(self.numbers)

    def wants(self, tokens):
        """Whether one more formula of this length is wanted."""
        return self._left[self.bin(tokens)] > 0

    def take(self, tokens):
        """Notes that there is one more."""
        self._left[self.bin(tokens)] -= 1

    @property
    def filled(self):
        """Whether nothing is left to want."""
        return not +self._left

    @staticmethod
    def bin(tokens):
        """The number of the range of lengths that a formula is in."""
        return min(len(tokens), LONGEST) // STEP


def choose_parts(texts, labels, number, without, seed):
    """Parts of formulas that have the symbols and the lengths of some labels, and are most like them.

    Args:
        texts: normalized formulas.
        labels: the labels.
        number: parts wanted.
        without: set of formulas in `handwritten_form` that must not be among them.
        seed: what chooses among the parts of a formula.

    Returns:
        The parts, strings in `handwritten_form`, and a dict of counts: formulas `read`, `unreadable`, and `drawable`,
        which have no symbols but the labels'.
    """
    symbols = {token for label in labels for token in label.split()}
    words = set().union(*map(operators, labels))
    quotas, chance = Quotas(labels, CHOICE * number), random.Random(seed)
    taken, counts, candidates = collections.Counter(), collections.Counter(read=0, unreadable=0, drawable=0), []
    for text in tqdm(texts, unit="formula", desc="choosing", mininterval=5):
        if quotas.filled:
            break
        counts["read"] += 1
        try:
            tokens = handwritten_form(text).split()
        except ValueError:
            counts["unreadable"] += 1
            continue
        counts["drawable"] += symbols.issuperset(tokens)
        fitting = [piece for piece in pieces(tokens) if symbols.issuperset(piece) and quotas.wants(piece)]
        chance.shuffle(fitting)
        # Long ones are rare: one of them comes first.
        for piece in sorted(fitting, key=len, reverse=True)[:1] + fitting[:2]:
            part = _checked(piece)
            most = MOST_ALIKE if len(piece) < SHORT else 1
            if not part or part in without or not operators(part) <= words:
                continue
            if taken[part] < most and quotas.wants(part.split()):
                quotas.take(part.split())
                taken[part] += 1
                candidates.append(part)
    return _most_alike(candidates, labels, number), counts


def _most_alike(candidates, labels, number):
    """Of the candidates of each range of lengths those that are most like the labels."""
    resemblance, wanted = Resemblance(labels, candidates), Quotas(labels, number).numbers
    by_length = collections.defaultdict(list)
    for candidate in candidates:
        by_length[Quotas.bin(candidate.split())].append(candidate)
    chosen = []
    for place, found in by_length.items():
        chosen += sorted(found, key=resemblance, reverse=True)[: wanted[place]]
    return chosen


def _checked(piece):
    """The spelling of a part by itself, or None where that could not be told from its handwriting."""
    try:
        part = handwritten_form(" ".join(piece))
    except ValueError:
        return None
    return part if is_plain(part.split()) else None


def rename_labels(labels, number, without, seed):
    """Labels with other letters and digits, none of which is a label itself or in `without`.

    Args:
        labels: strings in `handwritten_form`, each as often as it shall be a model.
        number: formulas wanted.
        without: set of formulas that must not be among them.
        seed: what chooses the names.

    Returns:
        List of strings.
    """
    renaming, chance, own = Renaming(labels), random.Random(seed), set(labels)
    renamed = []
    while len(renamed) < number:
        found = [renaming(label, chance) for label in chance.sample(labels, len(labels))]
        found = [formula for formula in found if formula not in own and formula not in without]
        if not found:
            break
        renamed += found
    return renamed[:number]


def parse_arguments(arguments=None):
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--formulas", type=Path, required=True, metavar="FILE", help="a .tsv.xz with split and norm")
    parser.add_argument("--ink", type=Path, required=True, metavar="PATH", help="CROHME's training ink")
    parser.add_argument("--without", type=Path, nargs="*", default=[], metavar="PATH", help="ink whose labels to avoid")
    parser.add_argument("--arxiv", type=int, default=60_000, metavar="N", help="parts of arXiv formulas")
    parser.add_argument("--labels", type=int, default=3, metavar="N", help="times that each label comes as it is")
    parser.add_argument("--renamed", type=int, default=24_000, metavar="N", help="labels with other symbols")
    parser.add_argument("--validation", type=int, default=1_500, metavar="N", help="formulas for validation")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help="the table, a .tsv.xz")
    return parser.parse_args(arguments)


def main(arguments=None):
    """Runs the recipe.

    Returns:
        Dict of counts, as printed.
    """
    options = parse_arguments(arguments)
    labels = read_labels(options.ink, HELD_OUT)
    without = {label for path in options.without for label in read_labels(path)}
    rows, counts = [], {"labels": len(labels), "distinct_labels": len(set(labels)), "left_out": len(without)}

    def add(split, kind, formulas):
        rows.extend((split, kind, formula) for formula in formulas)
        counts[f"{split}, {kind}"] = len(formulas)

    for split, number in (("train", options.arxiv), ("validation", options.validation)):
        texts = read_formulas(options.formulas, split, options.seed)
        parts, found = choose_parts(texts, labels, number, without, options.seed)
        counts[f"arXiv formulas, {split}"] = dict(found)
        add(split, "arxiv", parts)
    distinct = sorted(set(labels))
    own = [label for label in distinct if label not in without]
    counts["labels_left_out"] = len(distinct) - len(own)
    add("train", "label", own * options.labels)
    add("train", "renamed", rename_labels(labels, options.renamed, without, options.seed))
    random.Random(options.seed).shuffle(rows)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(options.output, "wt", encoding="utf-8", newline="\n") as file:
        file.write("split\tkind\tnorm\n")
        file.writelines("\t".join(row) + "\n" for row in rows)
    print(json.dumps(counts, indent=2))
    return counts


if __name__ == "__main__":
    main()
