"""Corpus BLEU as Moses' multi-bleu counts it."""

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
