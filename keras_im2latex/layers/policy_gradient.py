"""REINFORCE: rewards the choices after which the gold tokens were likely."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="keras_im2latex")
class PolicyGradient(keras.layers.Layer):
    """A loss whose gradient is the REINFORCE estimate for choices that were drawn.

    A step's reward is the log-likelihood of the gold token; a choice is rewarded with its own step's and, less and
    less, with those of the steps after it. A baseline for each step, the moving average of what was got there, is
    taken off: it changes the estimate's variance and not its mean.

    Args:
        discount: factor by which the reward of each later step counts less.
        baseline_rate: share of a new batch in the moving average; None for no baseline.
        maximum_steps: steps that have a baseline of their own; later ones share the last.
        dtype: float32 even where the global policy is mixed, since rewards are sums of logarithms.

    Call arguments:
        rewards: float32 tensor `(batch, steps)`, the gold tokens' log-likelihoods.
        choice_log_probabilities: float32 tensor `(batch, steps)`.
        mask: bool tensor `(batch, steps)`, the steps that count.

    Returns:
        A float32 scalar. Its value means nothing; its gradient is that of the mean negative log-likelihood of a
        token with respect to the probabilities of the choices.

    Example:
        >>> log_probabilities = tf.Variable([[-1.0, -2.0]])
        >>> with tf.GradientTape() as tape:
        ...     loss = PolicyGradient(0.5)(tf.constant([[-3.0, -4.0]]), log_probabilities, tf.constant([[True, True]]))
        >>> tape.gradient(loss, log_probabilities).numpy()
        array([[2.5, 2. ]], dtype=float32)

    Reference:
        Williams 1992; Deng et al., ICML 2017, section 4, with the two readings of its formulas that the authors'
        later code settles: later rewards count `discount ** distance`, and the baseline keeps 0.99 of itself.
    """

    def __init__(self, discount=0.5, baseline_rate=0.01, maximum_steps=200, dtype="float32", **kwargs):
        super().__init__(dtype=dtype, **kwargs)
        self.discount = discount
        self.baseline_rate = baseline_rate
        self.maximum_steps = maximum_steps

    def build(self, rewards_shape, choice_log_probabilities_shape=None, mask_shape=None):
        """Creates the baseline."""
        self.baseline = self.add_weight(
            shape=(self.maximum_steps,), initializer="zeros", trainable=False, dtype="float32", name="baseline"
        )
        self.built = True

    def call(self, rewards, choice_log_probabilities, mask):
        """The loss; see the class."""
        counts = tf.cast(mask, tf.float32)
        returns = tf.stop_gradient(self._discounted(tf.where(mask, rewards, 0.0)))
        advantages = returns
        if self.baseline_rate is not None:
            step = tf.minimum(tf.range(tf.shape(rewards)[1]), self.maximum_steps - 1)
            advantages -= tf.gather(tf.convert_to_tensor(self.baseline), step)
            self._update_baseline(returns * counts, counts, step)
        likelihood = tf.where(mask, choice_log_probabilities, 0.0)
        return -tf.reduce_sum(advantages * likelihood * counts) / tf.maximum(tf.reduce_sum(counts), 1.0)

    def _discounted(self, rewards):
        """For each step the sum over it and all later ones, as one product with a triangle of powers."""
        step = tf.range(tf.shape(rewards)[1])
        distance = tf.cast(step[:, None] - step[None, :], tf.float32)
        powers = tf.where(distance >= 0.0, tf.cast(self.discount, tf.float32) ** tf.maximum(distance, 0.0), 0.0)
        return tf.matmul(rewards, powers)

    def _update_baseline(self, returns, counts, step):
        chosen = tf.one_hot(step, self.maximum_steps)
        total = tf.linalg.matvec(chosen, tf.reduce_sum(returns, axis=0), transpose_a=True)
        number = tf.linalg.matvec(chosen, tf.reduce_sum(counts, axis=0), transpose_a=True)
        moved = self.baseline + self.baseline_rate * (total / tf.maximum(number, 1.0) - self.baseline)
        self.baseline.assign(tf.where(number > 0.0, moved, self.baseline))

    def compute_output_shape(self, rewards_shape, choice_log_probabilities_shape=None, mask_shape=None):
        """A scalar."""
        return ()

    def get_config(self):
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "discount": self.discount,
            "baseline_rate": self.baseline_rate,
            "maximum_steps": self.maximum_steps,
        }
