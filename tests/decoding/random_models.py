"""Random language models over a tiny vocabulary, and their searches in plain Python."""

import itertools

import numpy as np
import tensorflow as tf

PADDING, START, END, X, Y = range(5)
VOCABULARY = 5
STATES = 499  # a prime, so that each short history has a state, and probabilities, of its own


class RandomModel:
    """Log-probabilities of the next token that depend on the whole history and on the picture.

    Args:
        seeds: one integer for each picture.
        sharpness: scale of the logits.
    """

    options = {"start_id": START, "end_id": END, "padding_id": PADDING}

    def __init__(self, seeds=(0,), sharpness=2.0):
        logits = [np.random.default_rng(seed).normal(0.0, sharpness, (STATES, VOCABULARY)) for seed in seeds]
        table = np.stack(logits)
        table[..., [PADDING, START]] = -np.inf  # they are no tokens of a formula
        self.table = table - np.log(np.exp(table).sum(axis=-1, keepdims=True))

    @property
    def state(self):
        """The searches' initial state: which picture, and what came before."""
        pictures = len(self.table)
        return {"picture": tf.range(pictures)[:, None], "history": tf.zeros((pictures, 1), tf.int32)}

    def step(self, tokens, state):
        """The searches' step."""
        history = (state["history"] * VOCABULARY + tokens + 1) % STATES
        table = tf.constant(self.table, tf.float32)
        values = tf.gather_nd(table, tf.stack([state["picture"], history], axis=-1))
        return values, {"picture": state["picture"], "history": history}

    def next_tokens(self, picture, tokens):
        """Log-probabilities `(vocabulary,)` after a history, in plain Python."""
        history = 0
        for token in (START, *tokens):
            history = (history * VOCABULARY + token + 1) % STATES
        return self.table[picture, history]

    def score(self, picture, tokens):
        """Sum of the log-probabilities of a formula."""
        return sum(self.next_tokens(picture, tokens[:position])[token] for position, token in enumerate(tokens))

    def all_formulas(self, picture, maximum_length, length_penalty=0.0):
        """Every formula that ends or is cut at the maximum length, as `(tokens, score)`, best first."""
        formulas = []
        for length in range(1, maximum_length + 1):
            for body in itertools.product((X, Y), repeat=length - 1):
                last = (END,) if length < maximum_length else (END, X, Y)
                formulas += [(*body, token) for token in last]
        scored = [(tokens, self.score(picture, tokens)) for tokens in formulas]
        return sorted(scored, key=lambda pair: -pair[1] / len(pair[0]) ** length_penalty)

    def plain_beam_search(self, picture, beam_size, maximum_length, length_penalty=0.0):
        """Beam search with lists, as `(tokens, score)`, best first."""
        beams = [((), 0.0)]
        for _ in range(maximum_length):
            candidates = []
            for tokens, score in beams:
                if tokens[-1:] == (END,):
                    candidates.append((tokens, score))
                    continue
                gains = self.next_tokens(picture, tokens)
                candidates += [((*tokens, token), score + gains[token]) for token in (END, X, Y)]
            candidates.sort(key=lambda pair: -pair[1] / len(pair[0]) ** length_penalty)
            beams = candidates[:beam_size]
        return beams


def formula(tokens):
    """The tokens of a hypothesis up to and with its end, as plain integers."""
    tokens = [int(token) for token in tokens]
    return tuple(tokens[: tokens.index(END) + 1] if END in tokens else tokens)
