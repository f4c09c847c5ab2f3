"""Hard coarse-to-fine attention: one coarse cell is chosen, and only the 16 fine cells under it are looked at."""

import keras
import tensorflow as tf

from keras_im2latex.layers.attention.base import AttentionOutput, count_inside, masked_softmax
from keras_im2latex.layers.attention.coarse_to_fine import CoarseToFineAttention
from keras_im2latex.layers.attention.supports import SUPPORT, by_support


@keras.saving.register_keras_serializable(package="keras_im2latex")
class HardAttention(CoarseToFineAttention):
    """Draws one coarse cell in training, takes the most probable one in use, and attends softly under it.

    The fine cells under the other coarse cells are never gathered, scored or averaged. The choice has no gradient of
    its own: the decoder rewards it by REINFORCE, see `keras_im2latex.layers.PolicyGradient`.

    Args:
        score: "bilinear" or "additive".
        units: size of the space in which additive scores are formed.

    Call arguments:
        query: tensor `(batch, queries, query channels)`, the decoder's hidden states.
        memory: what `memorize` returned for the pictures.
        training: whether the coarse cell is drawn.
        noise: what `draw_noise` returned, which decides the draw.

    Returns:
        An `AttentionOutput`. `coarse_weights` is 1 for the chosen cell.

    Example:
        >>> attention = HardAttention()
        >>> attention.build((None, None, 512), (None, None, None, 512), (None, None, None, 512))
        >>> fine, coarse = tf.ones((1, 4, 16, 512)), tf.ones((1, 1, 4, 512))
        >>> memory = attention.memorize(fine, tf.ones((1, 4, 16), bool), coarse, tf.ones((1, 1, 4), bool))
        >>> attention(tf.ones((1, 1, 512)), memory).fine_cells.numpy()
        array([[16.]], dtype=float32)

    Reference:
        Deng et al., ICML 2017, section 4, "Hard Attention".
    """

    is_sparse = True
    draws = True

    def coarse_probabilities(self, query, memory):
        """Softmax over all coarse cells."""
        return masked_softmax(self.coarse_scoring(query, memory["coarse_keys"]), memory["coarse_inside"][:, None])

    def draw_noise(self, memory, queries, seed):
        """Random bits for each query and coarse cell, int32, which no policy casts to a narrower type."""
        batch, cells = tf.unstack(tf.shape(memory["coarse_inside"]))
        return tf.random.stateless_uniform([batch, queries, cells], seed, minval=None, maxval=None, dtype=tf.int32)

    def call(self, query, memory, training=False, noise=None):
        """Looks at the picture; see the class."""
        probabilities = self.coarse_probabilities(query, memory)
        votes = tf.math.log(probabilities) + gumbel(noise) if training else probabilities
        choice = tf.argmax(votes, axis=-1, output_type=tf.int32)
        chosen = tf.one_hot(choice, tf.shape(probabilities)[-1])

        def under(tensor):
            return tf.gather(by_support(tensor), choice, batch_dims=1)

        batch, queries = tf.unstack(tf.shape(query)[:2])

        def flat(tensor):
            return tf.reshape(tensor, [batch * queries, *tensor.shape[2:]])

        inside = under(memory["inside"])
        scores = self.scoring(flat(query)[:, None], flat(under(memory["keys"])))
        weights = masked_softmax(scores, flat(inside)[:, None])
        context = tf.matmul(tf.cast(weights, memory["values"].dtype), flat(under(memory["values"])))
        weights = tf.reshape(weights, [batch, queries, 1, SUPPORT**2])
        return AttentionOutput(
            tf.reshape(context, [batch, queries, memory["values"].shape[-1]]),
            self.on_grid(weights * chosen[..., None], memory),
            chosen,
            count_inside(memory["coarse_inside"], query),
            tf.reduce_sum(tf.cast(inside, tf.float32), axis=-1),
            tf.math.log(tf.reduce_sum(probabilities * chosen, axis=-1)),
        )


def gumbel(bits):
    """Gumbel noise, float32, from random bits, int32: of log-probabilities with it added the largest is a draw."""
    uniform = (tf.cast(bits, tf.float32) + 2.0**31) / 2.0**32
    return -tf.math.log(-tf.math.log(tf.clip_by_value(uniform, 1e-7, 1.0 - 1e-7)))
