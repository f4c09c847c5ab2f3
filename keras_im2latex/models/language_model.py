"""The LSTM language model: the decoder without a picture, the row "-Enc" of the paper's ablation."""

import keras

from keras_im2latex.markup import Vocabulary
from keras_im2latex.models.presets import load_preset, save_preset


@keras.saving.register_keras_serializable(package="keras_im2latex")
class LanguageModel(keras.Model):
    """Predicts each token of a formula from the tokens before it alone.

    Args:
        vocabulary: a `Vocabulary`, or the tokens of one without the special ones.
        embedding_size: size of a token's embedding.
        units: LSTM cells.
        dropout: share of embeddings and outputs dropped in training.

    Call arguments:
        tokens: int32 tensor `(batch, steps)`, the start token and the formula, padded with 0 at the end.

    Returns:
        Float32 logits `(batch, steps, len(vocabulary))`.

    Example:
        >>> LanguageModel(["a", "b"])({"tokens": tf.constant([[1, 4, 5]])}).shape
        TensorShape([1, 3, 6])

    Reference:
        Deng et al., ICML 2017, Table 3, "LSTM-LM".
    """

    def __init__(self, vocabulary, embedding_size=80, units=512, dropout=0.0, dtype=None, **kwargs):
        if not isinstance(vocabulary, Vocabulary):
            vocabulary = Vocabulary(vocabulary)

        # === Layers ===
        embed = keras.layers.Embedding(len(vocabulary), embedding_size, dtype=dtype, name="embedding")
        recurrent = keras.layers.LSTM(units, return_sequences=True, use_cudnn=False, dtype=dtype, name="lstm")
        drop = keras.layers.Dropout(dropout, dtype=dtype, name="dropout")
        output = keras.layers.Dense(units, activation="tanh", use_bias=False, dtype=dtype, name="output")
        classify = keras.layers.Dense(len(vocabulary), dtype="float32", name="logits")

        # === Functional model ===
        tokens = keras.Input((None,), dtype="int32", name="tokens")
        logits = classify(drop(output(recurrent(drop(embed(tokens))))))
        super().__init__(inputs={"tokens": tokens}, outputs=logits, **kwargs)

        # === Config ===
        self.vocabulary = vocabulary
        self.embedding_size = embedding_size
        self.units = units
        self.dropout = dropout

    @classmethod
    def from_preset(cls, preset):
        """Builds a model with the weights of a folder that `save_to_preset` wrote."""
        return load_preset(cls, preset)

    def save_to_preset(self, folder, description="", *, weights="float16", **facts):
        """Writes class, config, vocabulary and weights (`"float16"`, `"int8"`) to a folder that `from_preset` reads."""
        save_preset(self, folder, description, weights=weights, **facts)

    def get_config(self):
        """The constructor's arguments."""
        return {
            "name": self.name,
            "vocabulary": list(self.vocabulary.tokens[len(Vocabulary.SPECIAL_TOKENS) :]),
            "embedding_size": self.embedding_size,
            "units": self.units,
            "dropout": self.dropout,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Rebuilds the model."""
        return cls(**config)
