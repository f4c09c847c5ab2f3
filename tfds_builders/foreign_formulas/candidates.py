"""The formulas that may be drawn: those that this project's own page can show."""

import random
from collections import Counter

from keras_im2latex.markup import Habits, detokenize
from keras_im2latex.rendering import Page, render
from tfds_builders.latex_formulas.formula_files import find_formula_files, has_split_column, read_formulas, tokens_of
from tfds_builders.latex_formulas.pictures import halved_size

_FEWEST_AT_ONCE = 100  # to start TeX takes as long as to draw these
_MOST_AT_ONCE = 1000


class Candidates:
    """Formulas in an order that a seed chooses, dealt out to renderers so that no two draw the same.

    A formula counts only if TeX draws it within limits on IM2LATEX-100K's page: what a reader makes of its picture is
    compared with that drawing.

    Args:
        path: a file of formulas, or a folder of such files.
        config: `ForeignFormulasConfig`.
    """

    def __init__(self, path, config):
        self._config = config
        self._habits = None if config.habits is None else Habits(**config.habits)
        self._formulas = [formula for file in find_formula_files(path) for formula in self._of_split(file)]
        random.Random(f"{config.seed} formulas").shuffle(self._formulas)
        self._refused = []

    @property
    def refused(self) -> Counter:
        """The formulas looked at that do not count, by reason."""
        return sum(self._refused, Counter())

    def deal(self, player, players):
        """Deals every `players`-th formula.

        Args:
            player: which of them, from 0.
            players: to how many all formulas are dealt.

        Yields:
            Tuples `(formula, tokens, latex)`: a `Formula`, its tokens between spaces, and what to draw.
        """
        mine = self._formulas[player::players]
        refused = Counter()  # one for each player: they may play in threads of their own
        self._refused.append(refused)
        at_once = min(max(self._config.per_scale, _FEWEST_AT_ONCE), _MOST_AT_ONCE)
        for start in range(0, len(mine), at_once):
            tokenized = list(self._tokenized(mine[start : start + at_once], refused))
            for candidate, rendering in zip(tokenized, render([latex for *_, latex in tokenized], Page())):
                reason = (rendering.error and "not drawn on our page") or self._reason_of_size(rendering.image)
                if reason:
                    refused[reason] += 1
                else:
                    yield candidate

    def _of_split(self, file):
        any_split = not has_split_column(file)
        return (formula for formula in read_formulas(file) if any_split or formula.split == self._config.split)

    def _tokenized(self, formulas, refused):
        for formula in formulas:
            try:
                tokens = tokens_of(formula, self._habits).split()
            except ValueError:
                tokens = []
            if not tokens:
                refused["no tokens"] += 1
            elif len(tokens) > self._config.max_tokens:
                refused[f"more than {self._config.max_tokens} tokens"] += 1
            else:
                yield formula, " ".join(tokens), detokenize(tokens)

    def _reason_of_size(self, image):
        height, width = halved_size(*image.shape)
        if height > self._config.max_height:
            return f"higher than {self._config.max_height} pixels"
        if width > self._config.max_width:
            return f"wider than {self._config.max_width} pixels"
        return None
