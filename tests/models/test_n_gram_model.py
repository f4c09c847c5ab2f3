"""Kneser-Ney smoothing against sums over the vocabulary, figures by hand, a plain dictionary version, and NLTK."""

import itertools
from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np
import pytest

from keras_im2latex.markup import Vocabulary
from keras_im2latex.models import NGramModel

TOKENS = ("a", "b", "c", "d", "e", "f")


@pytest.fixture(scope="module")
def formulas():
    """300 formulas of zero to eight tokens, some much more frequent than others."""
    generator = np.random.default_rng(0)
    weights = np.array([0.4, 0.3, 0.15, 0.1, 0.04, 0.01])
    return [list(generator.choice(TOKENS, size=generator.integers(0, 9), p=weights)) for _ in range(300)]


@pytest.fixture(scope="module")
def vocabulary():
    return Vocabulary((*TOKENS, "unseen"))


def test_probabilities_sum_to_one_in_any_context(formulas, vocabulary):
    model = NGramModel(vocabulary, order=4).fit(formulas[:40])
    known = (*TOKENS, "unseen", "not in the vocabulary")
    for length in range(5):
        for context in itertools.islice(itertools.product(known, repeat=length), 0, None, 3):
            probabilities = model.next_probabilities(context)
            np.testing.assert_allclose(probabilities.sum(), 1.0, rtol=1e-12)
            assert (probabilities[2:] > 0).all()
            assert (probabilities[:2] == 0).all()


def test_a_bigram_model_by_hand():
    """Two formulas, `a b` and `a a`; every count below 3 loses a half of what it may, a quarter of the 2 of `a a`.

    After the start comes `a`, twice; after `a` come `b`, `a` and the end; after `b` the end. So `a` follows two
    different tokens (start, a), `b` one (a), and the end two (b, a): 5 in all.
    """
    vocabulary = Vocabulary(["a", "b"])
    model = NGramModel(vocabulary, order=2, discounts=[[0.5, 1, 1.5]] * 2).fit([["a", "b"], ["a", "a"]])
    share = Fraction(1, 4)  # of a, b, the end and the unknown token each, before anything is counted
    free = (1 + Fraction(1, 2) + 1) / 5
    one = {
        "<end>": Fraction(2 - 1, 5) + free * share,
        "<unknown>": free * share,
        "a": Fraction(2 - 1, 5) + free * share,
        "b": Fraction(1, 10) + free * share,
    }
    assert sum(one.values()) == 1
    start = {token: Fraction(1, 2) * share for token, share in one.items()}
    start["a"] += Fraction(2 - 1, 2)
    after_a = {token: Fraction(3, 6) * share for token, share in one.items()}
    for token in ("a", "b", "<end>"):
        after_a[token] += Fraction(1, 6)
    after_b = {token: Fraction(1, 2) * share for token, share in one.items()}
    after_b["<end>"] += Fraction(1, 2)
    expected = {(): start, ("a",): after_a, ("b", "a"): after_a, ("b",): after_b, ("never",): one}
    for context, probabilities in expected.items():
        assert sum(probabilities.values()) == 1
        wanted = [0, 0, *(float(probabilities[token]) for token in vocabulary.tokens[2:])]
        np.testing.assert_allclose(model.next_probabilities(context), wanted, rtol=1e-12, err_msg=str(context))
    likelihood = start["a"] * after_a["a"] * after_a["<end>"]
    np.testing.assert_allclose(model.perplexity([["a", "a"]]), float(likelihood) ** (-1 / 3))


def test_discounts_are_those_of_chen_and_goodman():
    """Unigrams with the counts 1, 1, 1, 1, 2, 2, 3, 3, 4, and 4 ends: n1=4, n2=2, n3=2, n4=2, Y=4/(4+4)."""
    counts = dict(zip("pqrstuvwx", (1, 1, 1, 1, 2, 2, 3, 3, 4)))
    words = [token for token, count in counts.items() for _ in range(count)]
    formulas = [words[start::4] for start in range(4)]
    model = NGramModel(Vocabulary(counts), order=1).fit(formulas)
    np.testing.assert_allclose(model.discounts, [[1 - 2 * 0.5 * 2 / 4, 2 - 3 * 0.5 * 2 / 2, 3 - 4 * 0.5 * 2 / 2]])
    sparse = NGramModel(Vocabulary("a"), order=1).fit([["a"]])
    np.testing.assert_array_equal(sparse.discounts, [[0.5, 1.0, 1.5]])


class PlainModel:
    """The same by dictionaries and recursion, straight from the definition."""

    def __init__(self, formulas, size, order, discounts):
        self.order, self.size = order, size
        self.discounts = np.pad(discounts, ((0, 0), (1, 0)))
        occurrences, precedents = Counter(), defaultdict(set)
        for formula in formulas:
            tokens = ("<start>", *formula, "<end>")
            for length in range(1, order + 1):
                for begin in range(len(tokens) - length + 1):
                    n_gram = tokens[begin : begin + length]
                    occurrences[n_gram] += 1
                    if begin:
                        precedents[n_gram].add(tokens[begin - 1])
        self.counts = defaultdict(dict)
        for n_gram, occurrence in occurrences.items():
            if n_gram != ("<start>",):
                whole = len(n_gram) == order or n_gram[0] == "<start>"
                self.counts[n_gram[:-1]][n_gram[-1]] = occurrence if whole else len(precedents[n_gram])

    def probability(self, context, token):
        context = context[-(self.order - 1) :] if self.order > 1 else ()
        lower = self.probability(context[1:], token) if context else 1 / self.size
        found = self.counts.get(context)
        if not found:
            return lower
        discounts = self.discounts[len(context)]
        total, count = sum(found.values()), found.get(token, 0)
        freed = sum(discounts[min(other, 3)] for other in found.values())
        return (count - discounts[min(count, 3)]) / total + freed / total * lower


@pytest.mark.parametrize("order", [1, 2, 3, 5])
def test_the_same_as_dictionaries_and_recursion(formulas, order):
    vocabulary = Vocabulary(TOKENS)
    model = NGramModel(vocabulary, order=order).fit(formulas)
    plain = PlainModel(formulas, len(vocabulary) - 2, order, model.discounts)
    asked = [["e", "d", "f", "a"], ["a", "a", "b"], [], ["f"] * 7]
    expected = []
    for formula in asked:
        tokens = ("<start>", *formula, "<end>")
        expected += [plain.probability(tokens[max(0, end - 4) : end], tokens[end]) for end in range(1, len(tokens))]
    np.testing.assert_allclose(np.exp(model.log_probabilities(asked)), expected, rtol=1e-10)
    assert model.perplexity(asked) == pytest.approx(np.exp(-np.mean(np.log(expected))))


def test_with_one_discount_and_no_unknown_tokens_the_same_as_nltk(formulas, vocabulary):
    """NLTK has one discount for all orders, and none in the lowest."""
    lm = pytest.importorskip("nltk.lm")
    text = [["<start>", *formula, "<end>"] for formula in formulas]
    n_grams = [
        [tuple(line[begin : begin + n]) for n in (1, 2, 3) for begin in range(len(line) - n + 1)] for line in text
    ]
    theirs = lm.KneserNeyInterpolated(3, discount=0.25)
    theirs.fit(n_grams, [token for line in text for token in line])
    ours = NGramModel(vocabulary, order=3, discounts=[[0.0] * 3, *[[0.25] * 3] * 2]).fit(formulas)
    for context in itertools.product("abcd", repeat=2):  # NLTK counts starts otherwise
        probabilities = ours.next_probabilities(context)
        for token in (*TOKENS, "<end>"):
            number = vocabulary.tokens.index(token)
            assert probabilities[number] == pytest.approx(theirs.score(token, context), rel=1e-9), (context, token)


def test_formulas_may_be_shorter_than_the_order():
    vocabulary, formulas = Vocabulary("ab"), [["a"], ["b"], ["a"]]
    asked = [["a", "b", "a", "b", "a"], []]
    longer, fitting = (NGramModel(vocabulary, order=order).fit(formulas) for order in (5, 3))
    np.testing.assert_array_equal(longer.log_probabilities(asked), fitting.log_probabilities(asked))


def test_tokens_outside_the_vocabulary_are_one_token():
    vocabulary = Vocabulary(["a"])
    model = NGramModel(vocabulary, order=2).fit([["a", "x"], ["a", "y"], ["z"]])
    unknown = model.log_probabilities([["a", "w"]])
    np.testing.assert_array_equal(unknown, model.log_probabilities([["a", "x"]]))
    assert len(unknown) == 3


def test_what_cannot_be_is_refused(formulas, vocabulary):
    with pytest.raises(ValueError, match=r"`order` must be at least 1. Received: 0"):
        NGramModel(vocabulary, order=0)
    with pytest.raises(ValueError, match=r"shape \(2, 3\).*Received: \[\[0.5, 1.0, 4.0\]"):
        NGramModel(vocabulary, order=2, discounts=[[0.5, 1, 4]] * 2)
    with pytest.raises(ValueError, match="at least one formula"):
        NGramModel(vocabulary).fit([])
    with pytest.raises(ValueError, match="at least one formula"):
        NGramModel(vocabulary).fit(formulas).perplexity([])
    with pytest.raises(RuntimeError, match="call `fit`"):
        NGramModel(vocabulary).perplexity(formulas)
