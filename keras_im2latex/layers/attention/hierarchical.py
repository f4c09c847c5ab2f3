"""Hierarchical attention: both levels soft, and every cell of both scored."""

import keras

from keras_im2latex.layers.attention.base import masked_softmax
from keras_im2latex.layers.attention.coarse_to_fine import CoarseToFineAttention


@keras.saving.register_keras_serializable(package="keras_im2latex")
class HierarchicalAttention(CoarseToFineAttention):
    """Soft attention over coarse cells, and soft attention over the 16 fine cells under each of them.

    It looks at all cells of both grids: it is what sparse coarse-to-fine attention is measured against, and what
    hard attention starts from.

    Args:
        score: "bilinear" or "additive".
        units: size of the space in which additive scores are formed.

    Call arguments:
        query: tensor `(batch, queries, query channels)`, the decoder's hidden states.
        memory: what `memorize` returned for the pictures.

    Returns:
        An `AttentionOutput`.

    Example:
        >>> attention = HierarchicalAttention()
        >>> attention.build((None, None, 512), (None, None, None, 512), (None, None, None, 512))
        >>> fine, coarse = tf.ones((1, 4, 16, 512)), tf.ones((1, 1, 4, 512))
        >>> memory = attention.memorize(fine, tf.ones((1, 4, 16), bool), coarse, tf.ones((1, 1, 4), bool))
        >>> attention(tf.ones((1, 1, 512)), memory).weights.shape
        TensorShape([1, 1, 64])

    Reference:
        Deng et al., ICML 2017, section 4, "Hierarchical Attention".
    """

    def coarse_probabilities(self, query, memory):
        """Softmax over all coarse cells."""
        return masked_softmax(self.coarse_scoring(query, memory["coarse_keys"]), memory["coarse_inside"][:, None])

    def call(self, query, memory, training=False, noise=None):
        """Looks at the picture; see the class."""
        return self.look_everywhere(query, memory, self.coarse_probabilities(query, memory))
