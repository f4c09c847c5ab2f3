"""Coarse-only attention: standard attention over the coarse grid, without a fine one."""

import keras

from keras_im2latex.layers.attention.standard import StandardAttention


@keras.saving.register_keras_serializable(package="keras_im2latex")
class CoarseOnlyAttention(StandardAttention):
    """Soft attention over all cells of the coarse grid, the ablation that shows what the fine grid is worth.

    The coarse grid is the one grid that it is given.

    Args:
        score: "bilinear" or "additive".
        units: size of the space in which additive scores are formed.

    Call arguments:
        query: tensor `(batch, queries, query channels)`, the decoder's hidden states.
        memory: what `memorize` returned for the pictures.

    Returns:
        An `AttentionOutput` whose context is made of coarse cells.

    Example:
        >>> attention = CoarseOnlyAttention()
        >>> attention.build((None, None, 512), (None, None, None, 512))
        >>> memory = attention.memorize(tf.ones((1, 1, 4, 512)), tf.ones((1, 1, 4), bool))
        >>> attention(tf.ones((1, 1, 512)), memory).coarse_cells.numpy()
        array([[4.]], dtype=float32)

    Reference:
        Deng et al., ICML 2017, Table 2, "coarse-only".
    """

    grids = ("coarse",)

    def call(self, query, memory, training=False, noise=None):
        """Looks at the picture; see the class."""
        looked = super().call(query, memory)
        return looked._replace(
            weights=looked.coarse_weights,
            coarse_weights=looked.weights,
            coarse_cells=looked.fine_cells,
            fine_cells=looked.coarse_cells,
        )
