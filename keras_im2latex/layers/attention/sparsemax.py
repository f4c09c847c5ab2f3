"""Coarse-to-fine attention by sparsemax: only the few coarse cells with any probability are opened."""

import keras
import tensorflow as tf

from keras_im2latex.layers.attention.base import AttentionOutput, count_inside, masked_softmax
from keras_im2latex.layers.attention.coarse_to_fine import CoarseToFineAttention
from keras_im2latex.layers.attention.supports import SUPPORT, by_support
from keras_im2latex.layers.sparsemax import sparsemax


@keras.saving.register_keras_serializable(package="keras_im2latex")
class SparsemaxAttention(CoarseToFineAttention):
    """Sparsemax over coarse cells, soft attention over the fine cells under those of its support.

    In use, only the fine cells under the support are gathered, scored and averaged, however large or small the
    support is at a step; the others are never read. In training everything is scored and what lies outside the
    support is multiplied with zero, which gives the same result in fixed shapes.

    Args:
        score: "bilinear" or "additive".
        units: size of the space in which additive scores are formed.
        dense: whether to score everything in use, too; XLA wants that, and a comparison.

    Call arguments:
        query: tensor `(batch, queries, query channels)`, the decoder's hidden states.
        memory: what `memorize` returned for the pictures.
        training: whether to score everything.

    Returns:
        An `AttentionOutput`. `fine_cells` counts the cells under the support, in either form.

    Example:
        >>> attention = SparsemaxAttention()
        >>> attention.build((None, None, 512), (None, None, None, 512), (None, None, None, 512))
        >>> fine, coarse = tf.ones((1, 4, 16, 512)), tf.ones((1, 1, 4, 512))
        >>> memory = attention.memorize(fine, tf.ones((1, 4, 16), bool), coarse, tf.ones((1, 1, 4), bool))
        >>> attention(tf.ones((1, 1, 512)), memory).weights.shape
        TensorShape([1, 1, 64])

    Reference:
        Deng et al., ICML 2017, section 4, "Sparsemax Attention"; Martins & Astudillo, ICML 2016.
    """

    is_sparse = True

    def __init__(self, score="bilinear", units=512, dense=False, **kwargs):
        super().__init__(score, units, **kwargs)
        self.dense = dense

    def coarse_probabilities(self, query, memory):
        """Sparsemax over all coarse cells."""
        return sparsemax(self.coarse_scoring(query, memory["coarse_keys"]), memory["coarse_inside"][:, None])

    def call(self, query, memory, training=False, noise=None):
        """Looks at the picture; see the class."""
        coarse_weights = self.coarse_probabilities(query, memory)
        look = self.look_everywhere if training or self.dense else self._look_under_support
        return look(query, memory, coarse_weights)._replace(fine_cells=self._count_supported(coarse_weights, memory))

    def _look_under_support(self, query, memory, coarse_weights):
        """One entry for each picture, query and coarse cell of the support; then their sum for each query."""
        chosen = tf.where(coarse_weights > 0.0)
        picture, number, coarse = tf.unstack(chosen, axis=1)
        queries = tf.gather_nd(query, tf.stack([picture, number], axis=1))
        under = tf.stack([picture, coarse], axis=1)
        keys, values, inside = (tf.gather_nd(by_support(memory[name]), under) for name in ("keys", "values", "inside"))
        weights = masked_softmax(self.scoring(queries[:, None], keys), inside[:, None])
        weights *= tf.gather_nd(coarse_weights, chosen)[:, None, None]
        contexts = tf.matmul(tf.cast(weights, values.dtype), values)
        shape = tf.shape(query, tf.int64)
        context = tf.math.segment_sum(contexts[:, 0], picture * shape[1] + number)
        weights = tf.scatter_nd(chosen, weights[:, 0], [*tf.unstack(tf.shape(coarse_weights, tf.int64)), SUPPORT**2])
        cells = count_inside(memory["coarse_inside"], query)
        return AttentionOutput(
            tf.reshape(context, [shape[0], shape[1], values.shape[-1]]),
            self.on_grid(weights, memory),
            coarse_weights,
            cells,
            cells,
            tf.zeros_like(cells),
        )

    def _count_supported(self, coarse_weights, memory):
        under = tf.reduce_sum(tf.cast(by_support(memory["inside"]), tf.float32), axis=-1)
        return tf.linalg.matvec(tf.cast(coarse_weights > 0.0, tf.float32), under)

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "dense": self.dense}
