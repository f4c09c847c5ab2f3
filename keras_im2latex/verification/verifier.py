"""Draws what a reader read and holds it against the pictures."""

import dataclasses
import math

from keras_im2latex.pixels import crop_to_ink, pad_and_downsample
from keras_im2latex.rendering import Page, Rendering, encode_png, render
from keras_im2latex.rendering.sandbox import require_programs
from keras_im2latex.verification.picture_match import GivenPicture

LIKENESS_WEIGHT = 70.0
"""Log-probability that a whole unit of unlikeness outweighs, where another program drew the picture."""


class Verifier:
    """Orders the candidates of pictures by how well their drawings match.

    The drawing with the picture's very pixels comes first. Where none has them, the fewest differing columns decide if
    the picture shares enough columns with a drawing to be of the same renderer; otherwise log-probability and the ink's
    likeness at the same size, together. Ties go to the better log-probability; what can't be drawn comes last.

    Args:
        page: `Page` that candidates are drawn on. Default: the page of IM2LATEX-100K.
        halved: the pictures are at half the page's resolution, as the authors' own files are.
        workers: TeX runs at a time; None for one for each processor.

    Raises:
        MissingTeX: TeX or dvipng is not installed.

    Example:
        >>> (drawing,) = render(["x^2"])
        >>> [[best, *others]] = Verifier().verify([drawing.image], [[Candidate("x_2"), Candidate("x^2")]])
        >>> best.latex, best.exact
        ('x^2', True)
    """

    def __init__(self, page=Page(), *, halved=False, workers=None):  # noqa: B008
        require_programs()
        self.page = page
        self.halved = halved
        self.workers = workers

    def verify(self, pictures, candidates):
        """Orders the candidates of some pictures, all drawn in one batch.

        Args:
            pictures: list of uint8 arrays `[height, width]`, cropped to their ink; 0 is ink.
            candidates: list, for each picture a list of `Candidate`.

        Returns:
            List, for each picture the list of its candidates with what their drawings say, best first.
        """
        given = [GivenPicture(pixels) for pixels in pictures]
        return [ranked(judged) for judged in self._judge(given, candidates)]

    def _judge(self, given, candidates):
        texts = list(dict.fromkeys(candidate.latex for some in candidates for candidate in some))
        renderings = dict(zip(texts, self._render(texts))) if texts else {}
        return [
            judge(picture, [(candidate, renderings[candidate.latex]) for candidate in some])
            for picture, some in zip(given, candidates)
        ]

    def _render(self, texts):
        for rendering in render(texts, self.page, workers=self.workers):
            if self.halved and rendering.png is not None:
                yield Rendering(encode_png(crop_to_ink(pad_and_downsample(rendering.image))))
            else:
                yield rendering


def judge(given, drawings):
    """Says of each candidate how its drawing matches a picture.

    Args:
        given: `GivenPicture`.
        drawings: list of pairs of a `Candidate` and its `Rendering`.

    Returns:
        List of `Candidate`.
    """
    exact = [rendering.png is not None and given.is_exact(rendering.png) for _, rendering in drawings]
    judged = []
    for (candidate, rendering), same in zip(drawings, exact):
        facts = {"error": rendering.error, "exact": same}
        if same:
            facts |= {"column_distance": 0.0, "unlikeness": 0.0}
        elif rendering.error is None and not any(exact):
            image = rendering.image
            facts |= {"column_distance": given.column_distance(image), "unlikeness": given.unlikeness(image)}
        judged.append(dataclasses.replace(candidate, **facts))
    return judged


def ranked(candidates):
    """Orders judged candidates of one picture, best first.

    Args:
        candidates: list of `Candidate`.

    Returns:
        The same, sorted.
    """
    same_renderer = any(each.of_same_renderer for each in candidates)

    def order(candidate):
        if not candidate.drawn:
            mismatch = math.inf
        elif same_renderer:
            mismatch = candidate.column_distance
        else:
            mismatch = LIKENESS_WEIGHT * candidate.unlikeness - candidate.log_probability
        return not candidate.exact, mismatch, -candidate.log_probability

    return sorted(candidates, key=order)
