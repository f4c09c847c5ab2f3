"""Rendering gold and predicted formulas in batches, and comparing the pictures."""

import collections
import dataclasses

from keras_im2latex.rendering import Page, Rendering, render
from keras_im2latex.rendering.comparison import ImageComparison, compare_images


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

    Equal texts are drawn once. TeX draws the next formulas while these are compared.

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
    sides = [predicted] if gold_images is not None else [gold, predicted]
    drawn = _DrawnOnce((text for texts in zip(*sides) for text in texts), workers)
    for i, (gold_text, predicted_text) in enumerate(zip(gold, predicted)):
        gold_rendering = drawn.take(gold_text) if gold_images is None else Rendering()
        gold_image = gold_rendering.image if gold_images is None else gold_images[i]
        predicted_rendering = drawn.take(predicted_text)
        comparison = None
        if gold_image is not None:
            same = gold_rendering.png is not None and gold_rendering.png == predicted_rendering.png
            comparison = compare_images(gold_image, gold_image if same else predicted_rendering.image)
        yield RenderedPair(comparison, gold_rendering.error, predicted_rendering.error)


class _DrawnOnce:
    """Draws each distinct formula once, ahead of its use, and forgets it after its last."""

    def __init__(self, formulas, workers):
        self._uses = collections.Counter(formula for formula in formulas if formula.strip())
        self._distinct = iter(list(self._uses))
        self._renderings = render(list(self._uses), page=Page(), workers=workers)
        self._drawn = {}

    def take(self, formula):
        """The `Rendering` of a formula; one without picture and error for an empty formula."""
        if not formula.strip():
            return Rendering()
        while formula not in self._drawn:
            self._drawn[next(self._distinct)] = next(self._renderings)
        self._uses[formula] -= 1
        return self._drawn[formula] if self._uses[formula] else self._drawn.pop(formula)
