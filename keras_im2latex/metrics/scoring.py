"""Scoring a system's predictions by every measure."""

from tqdm import tqdm

from keras_im2latex.metrics.rendered_pairs import compare_renderings
from keras_im2latex.metrics.score_counts import ScoreCounts


def score_predictions(gold, predicted, *, gold_images=None, workers=None, progress=True):
    """Scores predicted formulas against gold ones by text and by picture.

    Both sides are rendered by this package. A prediction that is missing or does not compile counts as wrong
    in every image measure. A gold formula that does not compile counts in the text measures only.

    Args:
        gold: sequence of strings: normalized formulas, their tokens separated by single spaces.
        predicted: sequence of strings of the same kind, as many; an empty one is a missing prediction.
        gold_images: sequence of uint8 arrays `[height, width]` cropped to their ink (`None` for a formula
            without one), to use in place of drawing the gold formulas. They must come from the same renderer.
            Defaults to `None`.
        workers: int or `None`. TeX processes at a time; `None` leaves it to the renderer.
        progress: bool. Whether to show a progress bar on standard error. Defaults to `True`.

    Returns:
        `Scores`, in percent.

    Raises:
        ValueError: if there are no formulas, or the lengths differ.

    Example:
        >>> scores = score_predictions(["x ^ { 2 }", "y"], ["x ^ { 2 }", "z"], progress=False)
        >>> scores.token_exact_match, scores.pixel_identical
        (50.0, 50.0)
    """
    from keras_im2latex.markup import detokenize

    if not len(gold) or len(gold) != len(predicted):
        raise ValueError(
            "`predicted` must hold one formula for each one in `gold`, and at least one. "
            f"Received: {len(gold)} gold, {len(predicted)} predicted"
        )
    if gold_images is not None and len(gold_images) != len(gold):
        raise ValueError(
            "`gold_images` must hold one picture or `None` for each formula in `gold`. "
            f"Received: {len(gold_images)} pictures, {len(gold)} formulas"
        )
    gold_tokens, predicted_tokens = ([text.split() for text in texts] for texts in (gold, predicted))
    gold_latex, predicted_latex = ([detokenize(text) for text in texts] for texts in (gold, predicted))
    pairs = compare_renderings(gold_latex, predicted_latex, gold_images=gold_images, workers=workers)
    bar = tqdm(pairs, total=len(gold), desc="comparing pictures", unit="formula", disable=not progress)
    return ScoreCounts(gold_tokens, predicted_tokens, gold_latex, predicted_latex, list(bar)).scores()
