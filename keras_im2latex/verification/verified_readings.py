"""Readings in the order of how well their drawings match the pictures."""

import dataclasses

from keras_im2latex.reading import Reading
from keras_im2latex.verification.candidate import Candidate


def verified_readings(verifier, readings, pictures, n_best=1, confidence=None):
    """Puts the alternatives whose drawings match better before the others.

    Args:
        verifier: `Verifier`.
        readings: list of `Reading`, each with all hypotheses of its beam as `alternatives`.
        pictures: list, for each reading its picture: a uint8 array `(height, width)`, cropped to its ink; 0 is ink.
        n_best: readings kept of each picture, all but the best as its `alternatives`.
        confidence: `Confidence`, or None for a model that was not calibrated.

    Returns:
        List of `Reading`.
    """
    candidates = [
        [Candidate(each.latex, each.tokens, each.score) for each in (reading, *reading.alternatives)]
        for reading in readings
    ]
    verified = []
    for ordered in verifier.verify(pictures, candidates):
        best, *others = [Reading(each.latex, each.tokens, each.score, exact=each.exact) for each in ordered[:n_best]]
        sure = confidence and confidence.of(best.score, len(best.tokens), ordered[0])
        verified.append(dataclasses.replace(best, alternatives=tuple(others), confidence=sure))
    return verified
