"""The LSTM decoder with input feeding: one token after another, looking at the picture before each."""

from typing import NamedTuple

import keras
import tensorflow as tf

from keras_im2latex.layers.lstm import lstm_step
from keras_im2latex.layers.projection import project


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

    Args:
        vocabulary_size: number of tokens, specials included.
        attention: an `Attention` layer.
        embedding_size: size of a token's embedding.
        units: LSTM cells, and the size of the attentional output.
        dropout: share of embeddings and outputs dropped in training.

    Call arguments:
        tokens: int32 tensor `(batch, steps)`: the start token, then the formula; 0 is padding, at the end only.
        grid: tensor `(batch, rows, columns, channels)`, the encoded pictures.
        mask: bool tensor `(batch, rows, columns)`, the cells inside each picture.
        training: whether dropout is applied.

    Returns:
        A float32 tensor `(batch, steps, vocabulary_size)`, the logits of the token after each given one.

    Example:
        >>> decoder = Decoder(vocabulary_size=500, attention=StandardAttention())
        >>> decoder(tf.ones((1, 7), tf.int32), tf.ones((1, 4, 16, 512)), tf.ones((1, 4, 16), bool)).shape
        TensorShape([1, 7, 500])

    Reference:
        Deng et al., ICML 2017, section 3, "Decoder"; input feeding of Luong et al., EMNLP 2015.
    """

    def __init__(self, vocabulary_size, attention, embedding_size=80, units=512, dropout=0.0, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.attention = attention
        self.embedding_size = embedding_size
        self.units = units
        self.dropout = dropout
        self.embedding_dropout = keras.layers.Dropout(dropout, dtype=self.dtype_policy)
        self.output_dropout = keras.layers.Dropout(dropout, dtype=self.dtype_policy)

    def build(self, tokens_shape, grid_shape, mask_shape=None):
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
            self.attention.build((None, None, units), grid_shape)
        # The context comes first, then the hidden state.
        self.output_kernel = self.add_weight(shape=(channels + units, units), name="output_kernel")
        self.logit_kernel = self.add_weight(shape=(units, self.vocabulary_size), name="logit_kernel")
        self.logit_bias = self.add_weight(shape=(self.vocabulary_size,), initializer="zeros", name="logit_bias")
        self.built = True

    def memorize(self, grid, mask):
        """What the steps need of the pictures, computed once; a dict of tensors `(batch, ...)`."""
        return self.attention.memorize(grid, mask)

    def initial_state(self, batch, queries=1):
        """The zero state before the first token."""
        hidden = tf.zeros((batch, queries, self.units), self.compute_dtype)
        return DecoderState(hidden, tf.zeros((batch, queries, self.units), tf.float32), hidden)

    def project_tokens(self, tokens, training=False):
        """The tokens' share of the LSTM's gates: `(..., 4 * units)` for int32 tokens `(...)`."""
        embedded = tf.gather(tf.cast(self.embeddings, self.compute_dtype), tokens)
        embedded = self.embedding_dropout(embedded, training=training)
        return project(embedded, self.kernel) + tf.cast(self.bias, embedded.dtype)

    def step(self, projected, state, memory):
        """One step of the decoder.

        Args:
            projected: tensor `(batch, queries, 4 * units)` from `project_tokens`.
            state: the `DecoderState` after the step before.
            memory: what `memorize` returned.

        Returns:
            A pair: the next `DecoderState` and the step's `AttentionOutput`.
        """
        recurrent = project(tf.concat([state.output, state.hidden], axis=-1), self.recurrent_kernel)
        hidden, cell = lstm_step(projected + recurrent, state.cell)
        looked = self.attention(hidden, memory)
        output = tf.tanh(project(tf.concat([looked.context, hidden], axis=-1), self.output_kernel))
        return DecoderState(hidden, cell, output), looked

    def logits(self, outputs, training=False):
        """Float32 logits `(..., vocabulary_size)` of attentional outputs `(..., units)`."""
        outputs = tf.cast(self.output_dropout(outputs, training=training), tf.float32)
        return project(outputs, self.logit_kernel) + tf.cast(self.logit_bias, tf.float32)

    def call(self, tokens, grid, mask, training=False):
        """Logits of known formulas; see the class."""
        memory = self.memorize(grid, mask)
        batch, steps = tf.shape(tokens)[0], tf.shape(tokens)[1]
        lengths = tf.reduce_sum(tf.cast(tokens != 0, tf.int32), axis=1)
        # At least one step, from which the stacked outputs have their shape, even of a batch without formulas.
        longest = tf.maximum(tf.reduce_max(lengths), 1)
        projected = tf.transpose(self.project_tokens(tokens, training), [1, 0, 2])
        projected = tf.TensorArray(projected.dtype, size=steps).unstack(projected[:, :, None])
        outputs = tf.TensorArray(self.compute_dtype, size=steps)
        # Steps after the longest formula stay zero.
        state = self.initial_state(batch)

        def step(position, state, outputs):
            state, _ = self.step(projected.read(position), state, memory)
            return position + 1, state, outputs.write(position, state.output[:, 0])

        loop = (tf.constant(0), state, outputs)
        *_, outputs = tf.while_loop(lambda position, *_: position < longest, step, loop, maximum_iterations=steps)
        stacked = tf.transpose(tf.ensure_shape(outputs.stack(), [None, None, self.units]), [1, 0, 2])
        logits = self.logits(stacked, training)
        return tf.ensure_shape(logits, [*tokens.shape, self.vocabulary_size])

    def compute_output_shape(self, tokens_shape, grid_shape=None, mask_shape=None):
        """Shape of the logits."""
        return (*tokens_shape, self.vocabulary_size)

    def compute_output_spec(self, tokens, grid=None, mask=None, training=False):
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
        }

    @classmethod
    def from_config(cls, config):
        """Rebuilds the layer and its attention."""
        return cls(**{**config, "attention": keras.saving.deserialize_keras_object(config["attention"])})
