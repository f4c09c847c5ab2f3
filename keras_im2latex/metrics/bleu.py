"""Corpus BLEU as Moses' multi-bleu counts it."""

import numpy as np

from keras_im2latex.metrics.token_lists import check_token_lists


def corpus_bleu(gold, predicted):
    """Corpus BLEU-4 over tokens, equal to Moses' `multi-bleu.perl`.

    n-grams are pooled over the whole corpus, there is one reference, case counts, and nothing is smoothed: if
    no 4-gram of the corpus is right the score is 0.

    Args:
        gold: sequence of token lists.
        predicted: sequence of token lists, as many; an empty list is a missing prediction.

    Returns:
        float between 0 and 100.

    Example:
        >>> corpus_bleu([["a", "+", "b", "=", "c"]], [["a", "+", "b", "=", "c"]])
        100.0

    Reference:
        - [Papineni et al., 2002](https://aclanthology.org/P02-1040/)
        - [sacrebleu](https://github.com/mjpost/sacrebleu), which does the counting
    """
    import sacrebleu

    check_token_lists(gold, predicted)
    if not len(gold):
        return 0.0
    bleu = sacrebleu.corpus_bleu(
        [" ".join(tokens) for tokens in predicted],
        [[" ".join(tokens) for tokens in gold]],
        smooth_method="none",
        tokenize="none",
        force=True,
        use_effective_order=False,
    )
    return min(bleu.score, 100.0)  # exponentials of logarithms overshoot in the last digit


def bleu_counts(gold, predicted):
    """Counts what BLEU-4 is made of, formula by formula: sums over any formulas give their corpus BLEU.

    Args:
        gold: sequence of token lists.
        predicted: sequence of token lists, as many.

    Returns:
        int64 array `[formulas, 10]`: the right n-grams for n from 1 to 4, all predicted n-grams for n from 1 to
        4, the predicted tokens, the gold tokens.
    """
    from sacrebleu.metrics.helpers import extract_all_word_ngrams

    check_token_lists(gold, predicted)
    counts = np.zeros((len(gold), 10), np.int64)
    for row, gold_tokens, predicted_tokens in zip(counts, gold, predicted):
        length = len(predicted_tokens)
        row[4:8] = [max(length - n, 0) for n in range(4)]
        row[8:] = length, len(gold_tokens)
        if gold_tokens == predicted_tokens:
            row[:4] = row[4:8]
            continue
        right, _ = extract_all_word_ngrams(" ".join(gold_tokens), 1, 4)
        found, _ = extract_all_word_ngrams(" ".join(predicted_tokens), 1, 4)
        for gram, count in found.items():
            if gram in right:
                row[len(gram) - 1] += min(count, right[gram])
    return counts


def bleu_from_counts(counts):
    """BLEU-4 of summed counts, without smoothing.

    Args:
        counts: array `[..., 10]`, sums of what `bleu_counts` gives; each row is a corpus.

    Returns:
        float64 array `[...]`, between 0 and 100.

    Example:
        >>> float(bleu_from_counts(bleu_counts([["a", "b", "c", "d"]], [["a", "b", "c", "d"]]).sum(axis=0)))
        100.0
    """
    counts = np.asarray(counts, np.float64)
    right, found, predicted_length, gold_length = counts[..., :4], counts[..., 4:8], counts[..., 8], counts[..., 9]
    positive = (right > 0).all(axis=-1)
    precision = np.where(positive[..., None], right / np.maximum(found, 1), 1.0)
    penalty = np.minimum(1.0 - gold_length / np.maximum(predicted_length, 1), 0.0)
    return np.where(positive, 100.0 * np.exp(penalty + np.log(precision).mean(axis=-1)), 0.0)
