"""Greedy and beam search as a loop on the host, over steps of which each is one run of a graph."""

from typing import NamedTuple

import numpy as np

from keras_im2latex.search_options import MAXIMUM_REPEATS


class Hypothesis(NamedTuple):
    """A formula that a search found.

    Attributes:
        tokens: list of int; the end token closes it, unless it was cut, and padding may follow.
        score: sum of the tokens' log-probabilities, the end token's included.
    """

    tokens: list[int]
    score: float


def search(
    step,
    state,
    memory,
    *,
    beam_size,
    n_best,
    maximum_length,
    length_penalty,
    start_id,
    end_id,
    padding_id,
):
    """Keeps the `beam_size` best hypotheses of each picture at every step, as `decoding.beam_search` does.

    Args:
        step: function of the last tokens, int64 `(pictures, beams)`, a state and a memory. It gives the most probable
            next tokens of each hypothesis and their log-probabilities, best first, both `(pictures, beams, count)`
            with as many as there are beams or tokens at all, and the next state.
        state: tuple of arrays `(pictures, beam_size, ...)`.
        memory: tuple of arrays `(pictures, ...)` that every step reads.
        beam_size: hypotheses kept of each picture; 1 is greedy search.
        n_best: hypotheses wanted of each picture.
        maximum_length: tokens after which a formula is cut.
        length_penalty: exponent of the length by which hypotheses are compared; 0 compares plain sums.
        start_id: token given to the first step.
        end_id: token that ends a formula.
        padding_id: token that fills what comes after the end.

    Returns:
        For each picture a list of `n_best` `Hypothesis`, best first.
    """
    # A sum of log-probabilities only falls as a hypothesis grows, so what leads and has ended is not overtaken.
    settled = beam_size if length_penalty else n_best
    pictures = len(memory[0])
    rows, found = np.arange(pictures), [None] * pictures
    last = np.full((pictures, beam_size), start_id, np.int64)
    scores = np.full((pictures, beam_size), -np.inf, np.float32)
    scores[:, 0] = 0.0
    finished = np.zeros((pictures, beam_size), bool)
    lengths = np.zeros((pictures, beam_size), np.int64)
    tokens = np.full((pictures, beam_size, maximum_length), padding_id, np.int64)
    for position in range(maximum_length):
        following, gains, state = step(last, state, memory)
        count = following.shape[-1]
        if position >= MAXIMUM_REPEATS:
            latest = tokens[:, :, position - MAXIMUM_REPEATS : position]
            once_more = (latest == last[..., None]).all(-1)[..., None] & (following == last[..., None])
            if beam_size == 1:  # there is no other to follow
                following = np.where(once_more, end_id, following)
            else:
                gains = np.where(once_more, np.float32(-np.inf), gains)
        stays = np.where(np.arange(count) == 0, np.float32(0.0), np.float32(-np.inf))
        gains = np.where(finished[..., None], stays, gains)
        following = np.where(finished[..., None], padding_id, following)
        candidates = (scores[..., None] + gains).reshape(len(rows), -1)
        lengths = lengths + ~finished
        ranked = candidates
        if length_penalty:
            ranked = candidates / np.repeat(lengths, count, axis=1).astype(np.float32) ** np.float32(length_penalty)
        chosen = np.argsort(-ranked, axis=1, kind="stable")[:, :beam_size]
        parents = chosen // count
        picture = np.arange(len(rows))[:, None]
        last = following.reshape(len(rows), -1)[picture, chosen]
        scores = candidates[picture, chosen]
        finished = finished[picture, parents] | (last == end_id)
        lengths, tokens = lengths[picture, parents], tokens[picture, parents]
        tokens[:, :, position] = last
        if beam_size > 1:
            state = tuple(part[picture, parents] for part in state)
        waiting = ~finished[:, :settled].all(axis=1)
        if 2 * waiting.sum() <= len(rows) or position == maximum_length - 1:
            # The pictures that are done leave once they are half of all; the steps that remain are spent on the others.
            for row, its_tokens, its_scores in zip(rows, tokens[:, :n_best].tolist(), scores[:, :n_best].tolist()):
                found[row] = [Hypothesis(*pair) for pair in zip(its_tokens, its_scores)]
            if not waiting.any():
                break
            rows, last, scores, finished, lengths, tokens = (
                each[waiting] for each in (rows, last, scores, finished, lengths, tokens)
            )
            state, memory = (tuple(part[waiting] for part in parts) for parts in (state, memory))
    return found
