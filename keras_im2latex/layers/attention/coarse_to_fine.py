"""What the three coarse-to-fine attentions share: two grids, and each fine cell under one coarse cell."""

import tensorflow as tf

from keras_im2latex.layers.attention.base import Attention, AttentionOutput, count_inside, masked_softmax
from keras_im2latex.layers.attention.supports import SUPPORT, from_supports, to_supports


class CoarseToFineAttention(Attention):
    """Base class of the attentions that choose among coarse cells first, then among the 16 fine cells under them.

    The probability of a fine cell is that of its coarse cell times that of the fine cell under it. A subclass says
    in `coarse_probabilities` how scores become the first of the two, and in `call` which fine cells are looked at.

    Args:
        score: "bilinear" or "additive".
        units: size of the space in which additive scores are formed.

    Reference:
        Deng et al., ICML 2017, section 4, "Hierarchical Attention" and "Coarse-to-Fine Attention".
    """

    grids = ("fine", "coarse")

    def build(self, query_shape, grid_shape, coarse_grid_shape=None):
        """Creates the scoring weights of both levels."""
        self.scoring = self.new_score("scoring")
        self.scoring.build(query_shape, (None, None, grid_shape[-1]))
        self.coarse_scoring = self.new_score("coarse_scoring")
        self.coarse_scoring.build(query_shape, (None, None, coarse_grid_shape[-1]))
        self.built = True

    def memorize(self, grid, mask, coarse_grid=None, coarse_mask=None):
        """Projects the keys of both grids, and orders fine cells by the coarse cell above them.

        `keys`, `values` and `inside` have one axis of cells, 16 in a row under each coarse cell. A loop over them must
        not reshape them: its gradient would keep what the reshape gave, at every step.
        """
        shape = tf.shape(coarse_grid)
        coarse = tf.reshape(coarse_grid, [shape[0], shape[1] * shape[2], coarse_grid.shape[-1]])
        values = to_supports(tf.cast(grid, self.compute_dtype))
        return {
            "coarse_keys": self.coarse_scoring.project(coarse),
            "coarse_inside": tf.reshape(coarse_mask, tf.shape(coarse)[:2]),
            "keys": self.scoring.project(values),
            "values": values,
            "inside": to_supports(mask),
            "mask": mask,
        }

    def coarse_probabilities(self, query, memory):
        """The probability of each coarse cell, float32 `(batch, queries, coarse cells)`."""
        raise NotImplementedError(f"{type(self).__name__} must implement `coarse_probabilities`.")

    def look_everywhere(self, query, memory, coarse_weights):
        """Scores all fine cells, whatever the weight of the coarse cell above them.

        Args:
            query: tensor `(batch, queries, query channels)`.
            memory: what `memorize` returned.
            coarse_weights: float32 tensor `(batch, queries, coarse cells)`.

        Returns:
            An `AttentionOutput`.
        """
        scores = self.scoring(query, memory["keys"])
        shape = tf.shape(scores)
        by_support = [shape[0], shape[1], shape[2] // SUPPORT**2, SUPPORT**2]
        inside = tf.reshape(memory["inside"], [shape[0], 1, *by_support[2:]])
        weights = masked_softmax(tf.reshape(scores, by_support), inside) * coarse_weights[..., None]
        context = tf.matmul(tf.cast(tf.reshape(weights, shape), memory["values"].dtype), memory["values"])
        cells = count_inside(memory["inside"], query)
        return AttentionOutput(
            context,
            self.on_grid(weights, memory),
            coarse_weights,
            count_inside(memory["coarse_inside"], query),
            cells,
            tf.zeros_like(cells),
        )

    def on_grid(self, weights, memory):
        """Weights `(batch, queries, coarse cells, 16)` in the order of the fine grid."""
        shape = tf.shape(memory["mask"])
        return from_supports(weights, shape[1], shape[2])
