"""From what a search found to readings, of which those that compile are preferred."""

import dataclasses
import math

from keras_im2latex.markup import detokenize, is_well_formed, widen_arrays
from keras_im2latex.reading import Reading


def best_readings(search, pictures, *, n_best, beam_size, length_penalty, well_formed=True, confidence=None):
    """Reads a batch of pictures.

    Args:
        search: function of a list of pictures and an int that gives for each picture so many hypotheses, best first:
            pairs of a tuple of tokens and a score.
        pictures: list of prepared pictures.
        n_best: readings wanted of each picture, all but the best as its `alternatives`.
        beam_size: hypotheses that the search keeps.
        length_penalty: exponent of the length by which it compares them.
        well_formed: whether arrays are widened and a hypothesis that is well formed then is preferred: where the best
            one is not, the first that is comes before it. Pictures whose hypotheses have not all ended by then, those
            alone, are searched again.
        confidence: `Confidence`, or None for a model that was not calibrated.

    Returns:
        List of `Reading`.

    Example:
        >>> beam = [(("{", "x"), -1.0), (("x",), -2.0)]
        >>> options = {"n_best": 1, "beam_size": 2, "length_penalty": 1.0}
        >>> [reading.latex for reading in best_readings(lambda pictures, count: [beam], ["picture"], **options)]
        ['x']
    """
    # Compared by length, all hypotheses of a beam end before its search does.
    at_once = beam_size if well_formed and length_penalty else n_best
    found = search(pictures, at_once)
    if well_formed:
        broken = [place for place, [(tokens, _), *_] in enumerate(found) if not _is_mended(tokens)]
        if broken and at_once < beam_size:
            again = search([pictures[place] for place in broken], beam_size)
        else:
            again = [found[place] for place in broken]
        for place, hypotheses in zip(broken, again, strict=True):
            found[place] = _first_mended_first(hypotheses)
        found = [[(widen_arrays(tokens), score) for tokens, score in hypotheses[:n_best]] for hypotheses in found]
    return [_reading(hypotheses[:n_best], confidence) for hypotheses in found]


def _is_mended(tokens):
    return is_well_formed(widen_arrays(tokens))


def _first_mended_first(hypotheses):
    found = (place for place, (tokens, score) in enumerate(hypotheses) if math.isfinite(score) and _is_mended(tokens))
    place = next(found, 0)
    return [hypotheses[place], *hypotheses[:place], *hypotheses[place + 1 :]]


def _reading(hypotheses, confidence):
    best, *others = [Reading(detokenize(tokens), tokens, score) for tokens, score in hypotheses]
    sure = confidence and confidence.of(best.score, len(best.tokens))
    return dataclasses.replace(best, alternatives=tuple(others), confidence=sure)
