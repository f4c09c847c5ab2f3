"""The n-gram language model with interpolated modified Kneser-Ney smoothing, the row NGRAM of the paper's ablation."""

from collections.abc import Iterable, Sequence

import numpy as np

from keras_im2latex.markup import Vocabulary

_USUAL_DISCOUNTS = (0.5, 1.0, 1.5)
"""Where counts of counts do not allow an estimate; KenLM's choice, too."""


class NGramModel:
    r"""Predicts each token of a formula from the few before it, by counts.

    Tokens are those of a `Vocabulary`, as for `LanguageModel`: what it does not hold is the unknown token, and the end
    of a formula is predicted as one more token, so that perplexities compare. The lowest order is interpolated with
    equal shares for all that can be predicted, which is every entry of the vocabulary but padding and start.

    N-grams of lower orders count by the number of different tokens that they follow; those at the start of a formula,
    which nothing precedes, by their occurrences. Every order has three discounts, for counts of 1, 2 and more.

    Args:
        vocabulary: a `Vocabulary`.
        order: int. Tokens of the longest n-gram, the predicted one included. Defaults to 5.
        discounts: float array `(order, 3)`, or something alike, the discounts of the orders 1, 2, ... for counts of
            1, 2 and more; at least 0 and at most 1, 2 and 3. Defaults to `None`: estimated from the counts.

    Raises:
        ValueError: `order` is below 1, or `discounts` are not as described.

    Attributes:
        discounts: float64 array `(order, 3)`, those in use after `fit`; `None` before.

    Example:

    >>> formulas = [["x", "^", "2"], ["x", "+", "y"], ["y", "^", "2"]]
    >>> model = NGramModel(Vocabulary.from_formulas(formulas), order=3).fit(formulas)
    >>> model.next_probabilities(["x"]).shape
    (9,)
    >>> model.perplexity([["x", "+", "y"]]) < model.perplexity([["y", "+", "x"]])
    True

    Reference:
        - [Chen and Goodman, 1998](https://dash.harvard.edu/handle/1/25104739), section 3
        - [Heafield et al., 2013](https://aclanthology.org/P13-2121/), for the start of a sentence and the lowest order
        - Deng et al., ICML 2017, Table 3, "NGRAM"
    """

    def __init__(self, vocabulary: Vocabulary, order: int = 5, discounts=None):
        if order < 1:
            raise ValueError(f"`order` must be at least 1. Received: {order}")
        if discounts is not None:
            discounts = np.asarray(discounts, np.float64)
            if discounts.shape != (order, 3) or not ((discounts >= 0) & (discounts <= [1, 2, 3])).all():
                raise ValueError(
                    f"`discounts` must have the shape ({order}, 3) and lie between 0 and 1, 2 and 3. "
                    f"Received: {discounts.tolist()}"
                )
        self.vocabulary = vocabulary
        self.order = order
        self.discounts = None
        self._given_discounts = discounts
        self._codes, self._shares, self._left = [], [], []

    def fit(self, formulas: Iterable[Sequence[str]]) -> "NGramModel":
        """Counts the n-grams of formulas; what was counted before is forgotten.

        Args:
            formulas: iterable of lists of tokens.

        Returns:
            The model itself.

        Raises:
            ValueError: there are no formulas.
        """
        ids, places = self._stream(formulas)
        if not len(ids):
            raise ValueError("`formulas` must hold at least one formula. Received: none")
        size = len(self.vocabulary)
        self._codes, self._shares, self._left = [], [], []
        self.discounts = np.zeros((self.order, 3))

        # An n-gram's code is the row of the n-gram one shorter that begins it, and the token that ends it.
        orders = []  # of each order: codes, sorted; the row that ends at each place, or -1; where each row first ends
        rows = ids
        for length in range(1, self.order + 1):
            if length > 1:
                rows = np.where(places >= length - 1, _after(rows) * size + ids, -1)
            codes, first, inverse = np.unique(rows, return_index=True, return_inverse=True)
            absent = int(codes[0] == -1)
            rows = inverse - absent
            orders.append((codes[absent:], rows, first[absent:]))
        for index, (codes, rows, first) in enumerate(orders):
            counts = np.bincount(rows[rows >= 0], minlength=len(codes))
            if index + 1 < self.order:
                # Each longer n-gram counts once for the one that ends it.
                follows = np.bincount(rows[orders[index + 1][2]], minlength=len(codes))
                counts = np.where(places[first] == index, counts, follows)
            if index == 0:
                counts[codes == self.vocabulary.start_id] = 0  # it is never predicted
            self._add_order(index, codes, counts, contexts=len(orders[index - 1][0]) if index else 1)
        return self

    def _add_order(self, index, codes, counts, contexts):
        """Turns counts into what each n-gram keeps and what each context leaves to the order below."""
        given = self._given_discounts
        self.discounts[index] = _estimate_discounts(counts) if given is None else given[index]
        discount = np.concatenate([[0.0], self.discounts[index]])[np.minimum(counts, 3)]
        context = codes // len(self.vocabulary) if index else np.zeros(len(codes), np.int64)
        total = np.bincount(context, counts, minlength=contexts)
        seen = total > 0
        divisor = np.where(seen, total, 1.0)
        self._codes.append(codes)
        self._shares.append((counts - discount) / divisor[context])
        freed = np.bincount(context, discount, minlength=contexts) / divisor
        self._left.append(np.where(seen, freed, 1.0))

    def log_probabilities(self, formulas: Iterable[Sequence[str]]) -> np.ndarray:
        """Gives the probability of every token of formulas, each formula's end included.

        Args:
            formulas: iterable of lists of tokens.

        Returns:
            Float64 array of natural logarithms, one formula after the other, each a token longer than it is.

        Raises:
            RuntimeError: the model has not been fitted.
        """
        ids, places = self._stream(formulas)
        return np.log(self._probabilities(ids, places)[places > 0])

    def perplexity(self, formulas: Iterable[Sequence[str]]) -> float:
        """The exponential of the mean negative logarithm over all tokens, each formula's end included.

        Args:
            formulas: iterable of lists of tokens.

        Returns:
            A float.

        Raises:
            ValueError: there are no formulas.
            RuntimeError: the model has not been fitted.
        """
        logarithms = self.log_probabilities(formulas)
        if not len(logarithms):
            raise ValueError("`formulas` must hold at least one formula. Received: none")
        return float(np.exp(-logarithms.mean()))

    def next_probabilities(self, tokens: Sequence[str]) -> np.ndarray:
        """The probabilities of what may come after the first tokens of a formula.

        Args:
            tokens: list of tokens, empty at a formula's start.

        Returns:
            Float64 array `(len(vocabulary),)` by the tokens' numbers; 0 for padding and start.

        Raises:
            RuntimeError: the model has not been fitted.
        """
        size = len(self.vocabulary)
        begun = np.array([self.vocabulary.start_id, *self.vocabulary.encode(tokens)])
        length = len(begun) + 1
        ids = np.tile(np.append(begun, 0), (size, 1))
        ids[:, -1] = np.arange(size)
        places = np.tile(np.arange(length), size)
        probabilities = self._probabilities(ids.ravel(), places).reshape(size, length)[:, -1]
        probabilities[[self.vocabulary.padding_id, self.vocabulary.start_id]] = 0.0
        return probabilities

    def _stream(self, formulas):
        """All formulas' ids, each begun by the start and closed by the end, and their places in their formulas."""
        vocabulary = self.vocabulary
        arrays = [
            np.array([vocabulary.start_id, *vocabulary.encode(tokens), vocabulary.end_id], np.int64)
            for tokens in formulas
        ]
        if not arrays:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        lengths = np.array([len(array) for array in arrays])
        starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
        return np.concatenate(arrays), np.arange(lengths.sum()) - starts

    def _probabilities(self, ids, places):
        """The probability of the token at each place of a stream, from the lowest order up."""
        if not self._codes:
            raise RuntimeError("The model must be fitted before it is asked. Received: no counts; call `fit`")
        size = len(self.vocabulary)
        probabilities = np.full(len(ids), 1.0 / (size - 2))
        rows, contexts = ids, np.zeros(len(ids), np.int64)
        for index, (codes, shares, left) in enumerate(zip(self._codes, self._shares, self._left)):
            if not len(codes):  # all formulas are shorter
                break
            if index:
                contexts = np.where(places >= index, _after(rows), -1)
            wanted = np.where(contexts >= 0, contexts * size + ids, -1)
            rows = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
            rows = np.where(codes[rows] == wanted, rows, -1)
            known = contexts >= 0
            kept = np.where(rows >= 0, shares[rows], 0.0)
            probabilities = np.where(known, kept + left[contexts] * probabilities, probabilities)
        return probabilities


def _after(rows):
    """For each place, the n-gram that ends just before it."""
    return np.concatenate([[-1], rows[:-1]])


def _estimate_discounts(counts):
    """The discounts for counts of 1, 2 and more, from how many n-grams have the counts 1 to 4."""
    have = np.bincount(counts, minlength=5)[1:5].astype(np.float64)
    if (have[:3] == 0).any():
        return _USUAL_DISCOUNTS
    share = have[0] / (have[0] + 2 * have[1])
    discounts = np.array([1.0, 2.0, 3.0]) - np.array([2.0, 3.0, 4.0]) * share * have[1:] / have[:3]
    if (discounts < 0).any() or (discounts > [1, 2, 3]).any():
        return _USUAL_DISCOUNTS
    return discounts
