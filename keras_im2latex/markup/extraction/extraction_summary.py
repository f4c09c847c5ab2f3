"""What an extraction found, kept and dropped."""

import collections

from keras_im2latex.markup.extraction.found_formula import KINDS


class ExtractionSummary:
    """Counts formulas by kind, and what was dropped by reason.

    Attributes:
        papers: int. Papers read.
        unreadable: int. Papers that could not be read.
        found: `collections.Counter`. Formulas by kind.
        kept: `collections.Counter`. Those kept, by kind.
        dropped: dict. For each kind a `collections.Counter` of the others by reason.
        problems: `collections.Counter`. What else could not be read, by reason.

    Example:

    >>> from keras_im2latex.markup.extraction import FoundFormula
    >>> summary = ExtractionSummary()
    >>> summary.add(FoundFormula("a", "inline", "$", "a.tex", 1, 0, latex="x"))
    >>> summary.kept
    Counter({'inline': 1})
    """

    def __init__(self):
        self.papers = 0
        self.unreadable = 0
        self.found = collections.Counter()
        self.kept = collections.Counter()
        self.dropped = {kind: collections.Counter() for kind in KINDS}
        self.problems = collections.Counter()

    def add(self, formula):
        """Counts a `FoundFormula`."""
        if formula.kind not in KINDS:
            self.problems[formula.dropped] += 1
            return
        self.found[formula.kind] += 1
        if formula.dropped is None:
            self.kept[formula.kind] += 1
        else:
            self.dropped[formula.kind][formula.dropped] += 1

    def to_json(self):
        """Returns all counts as a dict for JSON."""
        counts = {"papers": self.papers, "unreadable": self.unreadable, "kinds": {}}
        for kind in KINDS:
            dropped = dict(self.dropped[kind].most_common())
            counts["kinds"][kind] = {"found": self.found[kind], "kept": self.kept[kind], "dropped": dropped}
        counts["problems"] = dict(self.problems.most_common())
        return counts

    def __str__(self):
        lines = [f"{self.papers:,} papers" + (f", {self.unreadable:,} unreadable" if self.unreadable else "")]
        for kind in KINDS:
            lines.append(f"{kind}: {self.found[kind]:,} found, {self.kept[kind]:,} kept")
            lines += [f"  {count:,} dropped: {reason}" for reason, count in self.dropped[kind].most_common()]
        lines += [f"{count:,} times not read: {reason}" for reason, count in self.problems.most_common()]
        return "\n".join(lines)
