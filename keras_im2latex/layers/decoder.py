"""The LSTM decoder with input feeding: one token after another, looking at the picture before each."""

from typing import NamedTuple

import keras
import tensorflow as tf

from keras_im2latex.layers.lstm import lstm_step
from keras_im2latex.layers.policy_gradient import PolicyGradient
from keras_im2latex.layers.projection import project
from keras_im2latex.layers.recurrence import recur


class DecoderState(NamedTuple):
    """What one decoder step hands to the next.

    Attributes:
        hidden: tensor `(batch, queries, units)`, the LSTM's hidden state.
        cell: float32 tensor `(batch, queries, units)`, the LSTM's cell.
        output: tensor `(batch, queries, units)`, the attentional output that is fed to the next step.
    """

    hidden: tf.Tensor
    cell: tf.Tensor
    output: tf.Tensor


@keras.saving.register_keras_serializable(package="keras_im2latex")
class Decoder(keras.layers.Layer):
    """Predicts each token of a formula from the tokens before it and the encoded picture.

    At each step the LSTM reads the last token's embedding and the last attentional output (input feeding), its
    hidden state queries the attention, and `tanh(W [context; hidden])` is the next output, from which the token's
    logits are projected. `call` runs all steps of known formulas; its loop holds only what is recurrent, and ends
    with the longest formula of the batch. Searches call `memorize`, `initial_state`, and then `step` themselves.

    An attention that draws cells is rewarded by REINFORCE: training adds the loss of a `PolicyGradient`, made for a
    main loss that is the mean over tokens. How many cells were looked at for a token are the metrics `coarse_cells`
    and `fine_cells`, the paper's #C and #F.

    Args:
        vocabulary_size: number of tokens, specials included.
        attention: an `Attention` layer.
        embedding_size: size of a token's embedding.
        units: LSTM cells, and the size of the attentional output.
        dropout: share of embeddings and outputs dropped in training.
        policy_gradient: the `PolicyGradient` of an attention that draws cells; by default the paper's.
        end_id: token that ends a formula.

    Call arguments:
        tokens: int32 tensor `(batch, steps)`: the start token, then the formula; 0 is padding, at the end only.
        grid: tensor `(batch, rows, columns, channels)`, the encoded pictures.
        mask: bool tensor `(batch, rows, columns)`, the cells inside each picture.
        coarse_grid: tensor `(batch, coarse rows, coarse columns, channels)`, for the attentions that use it.
        coarse_mask: bool tensor `(batch, coarse rows, coarse columns)`.
        training: whether dropout is applied, and cells are drawn by an attention that does so.

    Returns:
        A float32 tensor `(batch, steps, vocabulary_size)`, the logits of the token after each given one.

    Example:
        >>> decoder = Decoder(vocabulary_size=500, attention=StandardAttention())
        >>> decoder(tf.ones((1, 7), tf.int32), tf.ones((1, 4, 16, 512)), tf.ones((1, 4, 16), bool)).shape
        TensorShape([1, 7, 500])

    Reference:
        Deng et al., ICML 2017, section 3, "Decoder"; input feeding of Luong et al., EMNLP 2015.
    """

    def __init__(
        self,
        vocabulary_size,
        attention,
        embedding_size=80,
        units=512,
        dropout=0.0,
        policy_gradient=None,
        end_id=2,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.attention = attention
        self.embedding_size = embedding_size
        self.units = units
        self.dropout = dropout
        self.policy_gradient = policy_gradient or (PolicyGradient(name="policy_gradient") if attention.draws else None)
        self.end_id = end_id
        self.seed_generator = keras.random.SeedGenerator() if attention.draws else None
        self.coarse_cells = keras.metrics.Mean(name="coarse_cells")
        self.fine_cells = keras.metrics.Mean(name="fine_cells")
        self.embedding_dropout = keras.layers.Dropout(dropout, dtype=self.dtype_policy)
        self.output_dropout = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def build(self, tokens_shape, grid_shape, mask_shape=None, coarse_grid_shape=None, coarse_mask_shape=None):
        """Creates the embedding, the LSTM, the attention and the output projection."""
        units, channels = self.units, grid_shape[-1]
        self.embeddings = self.add_weight(
            shape=(self.vocabulary_size, self.embedding_size), initializer="random_normal", name="embeddings"
        )
        self.kernel = self.add_weight(shape=(self.embedding_size, 4 * units), name="kernel")
        self.bias = self.add_weight(shape=(4 * units,), initializer="zeros", name="bias")
        # The rows of the recurrent kernel read the last attentional output, then the last hidden state.
        self.recurrent_kernel = self.add_weight(shape=(2 * units, 4 * units), name="recurrent_kernel")
        if not self.attention.built:  # a deserialized one may be
            self.attention.build((None, None, units), grid_shape, coarse_grid_shape)
        if self.policy_gradient is not None and not self.policy_gradient.built:
            self.policy_gradient.build((None, None))
        # The context comes first, then the hidden state.
        self.output_kernel = self.add_weight(shape=(channels + units, units), name="output_kernel")
        self.logit_kernel = self.add_weight(shape=(units, self.vocabulary_size), name="logit_kernel")
        self.logit_bias = self.add_weight(shape=(self.vocabulary_size,), initializer="zeros", name="logit_bias")
        self.built = True

    def memorize(self, grid, mask, coarse_grid=None, coarse_mask=None):
        """What the steps need of the pictures, computed once; a dict of tensors `(batch, ...)`."""
        return self.attention.memorize(grid, mask, coarse_grid, coarse_mask)

    def initial_state(self, batch, queries=1):
        """The zero state before the first token."""
        hidden = tf.zeros((batch, queries, self.units), self.compute_dtype)
        return DecoderState(hidden, tf.zeros((batch, queries, self.units), tf.float32), hidden)

    def project_tokens(self, tokens, training=False):
        """The tokens' share of the LSTM's gates: `(..., 4 * units)` for int32 tokens `(...)`."""
        embedded = tf.gather(tf.cast(self.embeddings, self.compute_dtype), tokens)
        embedded = self.embedding_dropout(embedded, training=training)
        return project(embedded, self.kernel) + tf.cast(self.bias, embedded.dtype)

    def step(self, projected, state, memory, training=False, noise=None):
        """One step of the decoder.

        Args:
            projected: tensor `(batch, queries, 4 * units)` from `project_tokens`.
            state: the `DecoderState` after the step before.
            memory: what `memorize` returned.
            training: whether an attention that draws cells does so.
            noise: what the attention's `draw_noise` returned for the step.

        Returns:
            A pair: the next `DecoderState` and the step's `AttentionOutput`.
        """
        recurrent = project(tf.concat([state.output, state.hidden], axis=-1), self.recurrent_kernel)
        hidden, cell = lstm_step(projected + recurrent, state.cell)
        looked = self.attention(hidden, memory, training=training, noise=noise)
        output = tf.tanh(project(tf.concat([looked.context, hidden], axis=-1), self.output_kernel))
        return DecoderState(hidden, cell, output), looked

    def logits(self, outputs, training=False):
        """Float32 logits `(..., vocabulary_size)` of attentional outputs `(..., units)`."""
        outputs = tf.cast(self.output_dropout(outputs, training=training), tf.float32)
        return project(outputs, self.logit_kernel) + tf.cast(self.logit_bias, tf.float32)

    def call(self, tokens, grid, mask, coarse_grid=None, coarse_mask=None, training=False):
        """Logits of known formulas; see the class."""
        memory = self.memorize(grid, mask, coarse_grid, coarse_mask)
        steps = tf.shape(tokens)[1]
        lengths = tf.reduce_sum(tf.cast(tokens != 0, tf.int32), axis=1)
        inside = tf.sequence_mask(lengths, steps)
        outputs, choices, looked_at = self._run(self.project_tokens(tokens, training), inside, memory, training)
        logits = tf.ensure_shape(self.logits(outputs, training), [*tokens.shape, self.vocabulary_size])
        self.coarse_cells.update_state(looked_at[0], sample_weight=looked_at[2])
        self.fine_cells.update_state(looked_at[1], sample_weight=looked_at[2])
        if choices is not None:
            following = tf.pad(tokens[:, 1:], [[0, 0], [0, 1]])
            gold = following + self.end_id * tf.one_hot(lengths - 1, steps, dtype=tf.int32)
            rewards = tf.gather(tf.nn.log_softmax(logits, axis=-1), gold, batch_dims=2)
            self.add_loss(self.policy_gradient(tf.stop_gradient(rewards), choices, inside))
        return logits

    def _run(self, projected, inside, memory, training):
        """The loop over the steps.

        Returns:
            The outputs `(batch, steps, units)`, zero after the longest formula; the log-probabilities of the choices
            `(batch, steps)`, or None; and the mean coarse and fine cells looked at for a token, with the tokens.
        """
        batch, steps = tf.unstack(tf.shape(inside))
        # At least one step, from which the stacked outputs have their shape, even of a batch without formulas.
        longest = tf.maximum(tf.reduce_max(tf.reduce_sum(tf.cast(inside, tf.int32), axis=1)), 1)
        draws = training and self.attention.draws
        noise = self.attention.draw_noise(memory, steps, tf.cast(self.seed_generator.next(), tf.int32)) if draws else ()
        weights = self.trainable_weights

        def step(given, state, constants):
            (projected, noise), (memory, values) = given, constants
            with keras.StatelessScope(state_mapping=zip(weights, values)):
                state, looked = self.step(projected, state[0], memory, training, noise)
            choices = looked.choice_log_probability if draws else ()
            return (state, choices), tf.stack([looked.coarse_cells, looked.fine_cells], axis=-1)

        constants = (memory, [tf.convert_to_tensor(weight) for weight in weights])
        first = (self.initial_state(batch), tf.zeros((batch, 1)) if draws else ())
        (state, choices), cells = recur(
            step, (projected, noise), first, constants, longest, notes=tf.zeros((batch, 1, 2))
        )
        tokens = tf.reduce_sum(tf.cast(inside, tf.float32))
        cells = tf.reduce_sum(tf.where(inside[..., None], cells, 0.0), axis=[0, 1]) / tf.maximum(tokens, 1.0)
        return state.output, choices if draws else None, (cells[0], cells[1], tokens)

    def compute_output_shape(
        self, tokens_shape, grid_shape=None, mask_shape=None, coarse_grid_shape=None, coarse_mask_shape=None
    ):
        """Shape of the logits."""
        return (*tokens_shape, self.vocabulary_size)

    def compute_output_spec(self, tokens, grid=None, mask=None, coarse_grid=None, coarse_mask=None, training=False):
        """Shape and dtype of the logits."""
        return keras.KerasTensor(self.compute_output_shape(tokens.shape), "float32")

    def get_config(self):
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "vocabulary_size": self.vocabulary_size,
            "attention": keras.saving.serialize_keras_object(self.attention),
            "embedding_size": self.embedding_size,
            "units": self.units,
            "dropout": self.dropout,
            "policy_gradient": keras.saving.serialize_keras_object(self.policy_gradient),
            "end_id": self.end_id,
        }

    @classmethod
    def from_config(cls, config):
        """Rebuilds the layer and its parts."""
        parts = ("attention", "policy_gradient")
        return cls(**{**config, **{name: keras.saving.deserialize_keras_object(config[name]) for name in parts}})
