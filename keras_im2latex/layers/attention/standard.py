"""Standard attention: every cell of the fine grid is scored at every step."""

import keras
import tensorflow as tf

from keras_im2latex.layers.attention.base import Attention, AttentionOutput, count_inside, masked_softmax


@keras.saving.register_keras_serializable(package="keras_im2latex")
class StandardAttention(Attention):
    """Soft attention over all cells of the grid, the paper's IM2TEX.

    Args:
        score: "bilinear" or "additive".
        units: size of the space in which additive scores are formed.

    Call arguments:
        query: tensor `(batch, queries, query channels)`, the decoder's hidden states.
        memory: what `memorize` returned for the pictures.

    Returns:
        An `AttentionOutput`.

    Example:
        >>> attention = StandardAttention()
        >>> attention.build((None, None, 512), (None, None, None, 512))
        >>> memory = attention.memorize(tf.ones((1, 4, 16, 512)), tf.ones((1, 4, 16), bool))
        >>> attention(tf.ones((1, 1, 512)), memory).context.shape
        TensorShape([1, 1, 512])

    Reference:
        Deng et al., ICML 2017, section 4, "Standard Attention".
    """

    def build(self, query_shape, grid_shape, coarse_grid_shape=None):
        """Creates the scoring weights."""
        self.scoring = self.new_score("scoring")
        self.scoring.build(query_shape, (None, None, grid_shape[-1]))
        self.built = True

    def memorize(self, grid, mask, coarse_grid=None, coarse_mask=None):
        """Flattens the grid row by row and projects its keys."""
        shape = tf.shape(grid)
        values = tf.reshape(tf.cast(grid, self.compute_dtype), [shape[0], shape[1] * shape[2], grid.shape[-1]])
        inside = tf.reshape(mask, [shape[0], shape[1] * shape[2]])
        return {"keys": self.scoring.project(values), "values": values, "inside": inside}

    def call(self, query, memory, training=False, noise=None):
        """Looks at the picture; see the class."""
        weights = masked_softmax(self.scoring(query, memory["keys"]), memory["inside"][:, None])
        context = tf.matmul(tf.cast(weights, memory["values"].dtype), memory["values"])
        cells = count_inside(memory["inside"], query)
        zeros = tf.zeros_like(cells)
        return AttentionOutput(context, weights, weights[..., :0], zeros, cells, zeros)
