"""Rendering gold and predicted formulas in batches, and comparing the pictures."""

import dataclasses

import numpy as np

from keras_im2latex.rendering.comparison import ImageComparison, compare_images

# Pairs rendered together: bounds memory (some 40 kB a picture), and is enough to keep the workers busy.
_BATCH = 1000


@dataclasses.dataclass(frozen=True)
class RenderedPair:
    """How one predicted formula looks beside its gold formula.

    Attributes:
        comparison: `ImageComparison`, or `None` if the gold formula does not compile.
        gold_error: string or `None`. What TeX says about the gold formula.
        predicted_error: string or `None`. What TeX says about the predicted one; `None` too if that is empty.
    """

    comparison: ImageComparison | None
    gold_error: str | None
    predicted_error: str | None


def compare_renderings(gold, predicted, *, gold_images=None, workers=None):
    """Draws predicted formulas and their gold formulas and compares the pictures, pair by pair.

    Equal texts are drawn once.

    Args:
        gold: sequence of strings, LaTeX.
        predicted: sequence of strings, as many; an empty one is a missing prediction.
        gold_images: sequence of uint8 arrays `[height, width]` cropped to their ink, with `None` for a gold
            formula without one. Defaults to `None`: the gold formulas are drawn here. Pass pictures only if
            they come from the same renderer with the same page.
        workers: int or `None`. TeX processes at a time; `None` leaves it to the renderer.

    Yields:
        A `RenderedPair` for each pair, in order.

    Example:
        >>> [pair.comparison.pixel_identical for pair in compare_renderings(["x^2"], ["x^{2}"])]
        [True]
    """
    for start in range(0, len(gold), _BATCH):
        batch = slice(start, min(start + _BATCH, len(gold)))
        images, errors = _draw([*(gold[batch] if gold_images is None else ()), *predicted[batch]], workers)
        for i in range(batch.start, batch.stop):
            gold_image = images.get(gold[i]) if gold_images is None else gold_images[i]
            comparison = None if gold_image is None else compare_images(gold_image, images.get(predicted[i]))
            yield RenderedPair(
                comparison, errors.get(gold[i]) if gold_image is None else None, errors.get(predicted[i])
            )


def _draw(formulas, workers):
    """Draws distinct formulas that are not empty: dicts of pictures and of errors by formula."""
    from keras_im2latex.rendering import Page, render

    distinct = [formula for formula in dict.fromkeys(formulas) if formula.strip()]
    images, errors = {}, {}
    for formula, rendering in zip(distinct, render(distinct, page=Page(), workers=workers), strict=True):
        if rendering.image is None:
            errors[formula] = str(rendering.error)
        else:
            images[formula] = np.asarray(rendering.image)
    return images, errors
