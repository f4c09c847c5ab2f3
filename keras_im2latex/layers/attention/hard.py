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
        seed: int32 tensor `(2,)` from which it is drawn.

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

    def call(self, query, memory, training=False, seed=None):
        """Looks at the picture; see the class."""
        probabilities = self.coarse_probabilities(query, memory)
        if training:
            logits = tf.math.log(probabilities)
            # The largest of the log-probabilities, each with Gumbel noise, is a draw.
            noise = tf.random.stateless_uniform(tf.shape(logits), seed, minval=1e-7)
            choice = tf.argmax(logits - tf.math.log(-tf.math.log(noise)), axis=-1, output_type=tf.int32)
        else:
            choice = tf.argmax(probabilities, axis=-1, output_type=tf.int32)
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
