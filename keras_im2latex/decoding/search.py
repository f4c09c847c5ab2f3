"""What a search is given and what it gives back."""

from typing import NamedTuple, Protocol

import tensorflow as tf


class Step(Protocol):
    """One step of a decoder, as the searches see it."""

    def __call__(self, tokens, state, *memory):
        """Advances every hypothesis by one token.

        Pictures leave a search once their formulas have ended: what depends on the batch comes with the arguments.

        Args:
            tokens: int32 tensor `(batch, beams)`, the last token of each hypothesis.
            state: nested structure of tensors `(batch, beams, ...)`.
            *memory: nested structures of tensors `(batch, ...)` that stay as they are.

        Returns:
            A pair: float32 log-probabilities `(batch, beams, vocabulary)` of the next token, and the next state.
        """


class Hypotheses(NamedTuple):
    """The formulas that a search found, best first.

    Attributes:
        tokens: int32 tensor `(batch, beams, length)`: the end token closes each, padding follows it.
        scores: float32 tensor `(batch, beams)`, sums of the tokens' log-probabilities, the end token's included.
    """

    tokens: tf.Tensor
    scores: tf.Tensor
