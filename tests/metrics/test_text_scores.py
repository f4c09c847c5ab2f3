"""Text measures against their arithmetic worked out by hand or in plain Python."""

import lzma
import math
import os
import random
from collections import Counter
from pathlib import Path

import pytest

from keras_im2latex.metrics import character_edit_score, corpus_bleu, token_edit_score, token_exact_match
from keras_im2latex.metrics.bleu import bleu_counts, bleu_from_counts

TOKENS = ["x", "y", "a", "1", "2", "+", "-", "=", "(", ")", "{", "}", "^", "_", r"\frac", r"\alpha", r"\sum"]


def multi_bleu(gold, predicted):
    """The arithmetic of Moses' multi-bleu.perl with one reference, as its output line prints it."""
    correct, total, gold_length, predicted_length = [0] * 4, [0] * 4, 0, 0
    for reference, hypothesis in zip(gold, predicted):
        gold_length += len(reference)
        predicted_length += len(hypothesis)
        for n in range(1, 5):
            in_reference, in_hypothesis = (
                Counter(tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1))
                for tokens in (reference, hypothesis)
            )
            total[n - 1] += sum(in_hypothesis.values())
            correct[n - 1] += sum(min(count, in_reference[gram]) for gram, count in in_hypothesis.items())
    if not all(correct):
        return "0.00"
    penalty = min(1.0, math.exp(1 - gold_length / predicted_length))
    mean = sum(math.log(right / all_) for right, all_ in zip(correct, total)) / 4
    return f"{100 * penalty * math.exp(mean):.2f}"


def garbled_pairs(seed, formulas=1000, damage=0.1, lost=0.05):
    generator = random.Random(seed)
    gold, predicted = [], []
    for _ in range(formulas):
        tokens = generator.choices(TOKENS, k=generator.randint(1, 60))
        gold.append(tokens)
        predicted.append(
            [
                generator.choice(TOKENS) if generator.random() < damage else token
                for token in tokens
                if generator.random() > lost
            ]
        )
    return gold, predicted


@pytest.mark.parametrize(("damage", "lost"), [(0.02, 0.0), (0.1, 0.05), (0.3, 0.3), (0.0, -1.0)])
def test_bleu_equals_multi_bleu_to_two_decimals(damage, lost):
    gold, predicted = garbled_pairs(1, damage=damage, lost=lost)
    assert f"{corpus_bleu(gold, predicted):.2f}" == multi_bleu(gold, predicted)


@pytest.mark.parametrize("damage", [0.01, 0.05, 0.2])
def test_bleu_of_a_thousand_formulas_of_im2latex_100k_equals_multi_bleu(damage):
    if "IM2LATEX_DATA" not in os.environ:
        pytest.skip("IM2LATEX_DATA is not set")
    with lzma.open(Path(os.environ["IM2LATEX_DATA"]) / "im2latex100k_validation.norm.txt.xz", "rt") as file:
        gold = [line.split() for _, line in zip(range(1000), file)]
    generator = random.Random(8)
    vocabulary = sorted({token for tokens in gold for token in tokens})
    predicted = [
        [
            generator.choice(vocabulary) if generator.random() < damage else token
            for token in tokens[generator.random() < 0.1 :]
        ]
        for tokens in gold
    ]
    assert f"{corpus_bleu(gold, predicted):.2f}" == multi_bleu(gold, predicted)
    assert f"{bleu_from_counts(bleu_counts(gold, predicted).sum(axis=0)):.2f}" == multi_bleu(gold, predicted)


def test_bleu_of_longer_and_of_missing_predictions():
    gold, predicted = garbled_pairs(2, formulas=100)
    longer = [[*tokens, "+", "x"] for tokens in predicted]
    assert f"{corpus_bleu(gold, longer):.2f}" == multi_bleu(gold, longer)
    predicted[::7] = [[] for _ in predicted[::7]]
    assert f"{corpus_bleu(gold, predicted):.2f}" == multi_bleu(gold, predicted)


def test_bleu_is_not_smoothed_and_counts_case():
    assert corpus_bleu([["a", "b", "c", "d"]], [["a", "b", "c", "e"]]) == 0.0
    assert corpus_bleu([["a", "b", "c", "D"]], [["a", "b", "c", "d"]]) == 0.0
    assert corpus_bleu([["a", "b", "c", "d"]], [["a", "b", "c", "d"]]) == 100.0
    assert corpus_bleu([["a", "b", "c", "d"]], [[]]) == 0.0


def test_bleu_pools_ngrams_over_the_corpus():
    # Neither formula alone has a 4-gram of both; together 1 of 1 4-grams, 3 of 4 bigrams and so on are right.
    gold, predicted = [["a", "b", "c", "d"], ["x", "y", "z"]], [["a", "b", "c", "d"], ["x", "y", "w"]]
    expected = 100 * (6 / 7 * 4 / 5 * 2 / 3 * 1 / 1) ** 0.25
    assert corpus_bleu(gold, predicted) == pytest.approx(expected)


def test_bleu_leaves_tokens_alone():
    # Tokenizers of BLEU split at punctuation; "\frac{" would be two tokens.
    gold, predicted = [[r"\left(", "a.b", "c,d", "e-f"]], [[r"\left(", "a.b", "c,d", "e", "-", "f"]]
    assert corpus_bleu(gold, gold) == 100.0
    assert corpus_bleu(gold, predicted) == 0.0


def levenshtein(gold, predicted):
    row = list(range(len(predicted) + 1))
    for i, left in enumerate(gold, 1):
        previous, row = row, [i]
        for j, right in enumerate(predicted, 1):
            row.append(min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (left != right)))
    return row[-1]


def test_token_edit_score_equals_its_definition():
    gold, predicted = garbled_pairs(3, formulas=1100, damage=0.2, lost=0.2)
    predicted[5] = []
    distance = sum(map(levenshtein, gold, predicted))
    longer = sum(max(len(a), len(b)) for a, b in zip(gold, predicted))
    assert token_edit_score(gold, predicted) == pytest.approx(1 - distance / longer)


def test_edit_scores_pool_and_count_missing_predictions_in_full():
    assert token_edit_score([["a"] * 9, ["b"]], [["a"] * 9, []]) == pytest.approx(0.9)
    assert token_edit_score([[], ["a"]], [[], ["a"]]) == 1.0
    assert token_edit_score([[]], [[]]) == 1.0
    assert token_edit_score([["a", "b"]], [["a", "b", "c", "d"]]) == 0.5


def test_character_edit_score():
    assert character_edit_score([r"\frac{1}{2}"], [r"\frac{1}{3}"]) == pytest.approx(1 - 1 / 11)
    assert character_edit_score(["abc", "d"], ["", "d"]) == pytest.approx(0.25)


def test_token_exact_match():
    assert token_exact_match([["a", "b"], ["c"], []], [["a", "b"], ["c", "c"], ["d"]]) == pytest.approx(1 / 3)
    assert token_exact_match([["ab"]], [["a", "b"]]) == 0.0


@pytest.mark.parametrize("measure", [corpus_bleu, token_edit_score, token_exact_match])
def test_wrong_input_is_named(measure):
    with pytest.raises(ValueError, match="Received: 2 gold, 1 predicted"):
        measure([["a"], ["b"]], [["a"]])
    with pytest.raises(ValueError, match=r"`predicted` must hold lists of tokens.*Received: 'a b'"):
        measure([["a", "b"]], ["a b"])


def test_character_edit_score_refuses_unequal_lengths():
    with pytest.raises(ValueError, match="Received: 1 gold, 0 predicted"):
        character_edit_score(["a"], [])
