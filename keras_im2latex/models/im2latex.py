"""The paper's model: a picture of a formula in, the tokens of its LaTeX out."""

import keras

from keras_im2latex.layers import (
    CoarseEncoder,
    CoarseOnlyAttention,
    ConvolutionalEncoder,
    Decoder,
    HardAttention,
    HierarchicalAttention,
    ResidualEncoder,
    RowEncoder,
    SparsemaxAttention,
    StandardAttention,
)
from keras_im2latex.layers.attention import coarse_size
from keras_im2latex.markup import Vocabulary
from keras_im2latex.models.reader import FormulaReader
from keras_im2latex.models.transcription import transcribe

ATTENTIONS = {
    "standard": StandardAttention,
    "coarse_only": CoarseOnlyAttention,
    "hierarchical": HierarchicalAttention,
    "sparsemax": SparsemaxAttention,
    "hard": HardAttention,
}

ENCODERS = {"convolutional": ConvolutionalEncoder, "residual": ResidualEncoder}

ROW_ENCODERS = {"fine": "row_encoder", "coarse": "coarse_row_encoder"}


@keras.saving.register_keras_serializable(package="keras_im2latex")
class Im2Latex(FormulaReader):
    """Reads pictures of formulas: convolutional encoder, row encoder, and LSTM decoder with attention.

    A functional Keras model. Called on a dict of `image`, `size` and `tokens` it gives the logits of every next
    token, which is what training needs; `generate` reads pictures.

    Args:
        vocabulary: a `Vocabulary`, or the tokens of one without the special ones.
        attention: name of the attention, a key of `ATTENTIONS`.
        score: "bilinear", as in the authors' code, or "additive", as in the paper.
        filters: output channels of the encoder's convolutions or stages; by default the encoder's own.
        encoder_units: LSTM cells of the row encoder in each direction.
        maximum_rows: grid rows with an initial state of their own.
        row_encoder: whether rows are encoded at all; without, the model is the paper's CAPTION-like ablation.
        positional_states: whether the rows' initial states are trained.
        embedding_size: size of a token's embedding.
        decoder_units: LSTM cells of the decoder.
        dropout: share of embeddings and decoder outputs dropped in training.
        encoder: "convolutional", the paper's six convolutions, or "residual", a deeper one.

    Call arguments:
        image: uint8 or float tensor `(batch, height, width, 1)`, grey levels with 255 as paper, as `images.prepare`
            makes them, padded to a common size whose sides are multiples of 8.
        size: int32 tensor `(batch, 2)`, height and width of each picture before padding.
        tokens: int32 tensor `(batch, steps)`, the start token and the formula, padded with 0 at the end.

    Returns:
        Float32 logits `(batch, steps, len(vocabulary))`.

    Example:
        >>> model = Im2Latex.from_preset("standard")
        >>> model.generate("formula.png").latex
        'E = mc^2'

    Reference:
        Deng, Kanervisto, Ling, Rush: Image-to-Markup Generation with Coarse-to-Fine Attention, ICML 2017.
    """

    def __init__(
        self,
        vocabulary,
        attention="standard",
        score="bilinear",
        filters=None,
        encoder_units=256,
        maximum_rows=20,
        row_encoder=True,
        positional_states=True,
        embedding_size=80,
        decoder_units=512,
        dropout=0.0,
        encoder="convolutional",
        dtype=None,
        **kwargs,
    ):
        if not isinstance(vocabulary, Vocabulary):
            vocabulary = Vocabulary(vocabulary)
        if attention not in ATTENTIONS:
            raise ValueError(f"`attention` must be one of {sorted(ATTENTIONS)}. Received: attention={attention!r}")
        if encoder not in ENCODERS:
            raise ValueError(f"`encoder` must be one of {sorted(ENCODERS)}. Received: encoder={encoder!r}")

        # === Layers ===
        attention_class = ATTENTIONS[attention]
        options = {} if filters is None else {"filters": filters}
        encode = ENCODERS[encoder](**options, dtype=dtype, name="convolutional_encoder")
        layers = {"convolutional_encoder": encode}
        if "coarse" in attention_class.grids:
            layers["coarse_encoder"] = CoarseEncoder(encode.filters[-1], dtype=dtype, name="coarse_encoder")
        if row_encoder:
            rows = {"fine": maximum_rows, "coarse": coarse_size(maximum_rows)}
            for grid in attention_class.grids:
                name = ROW_ENCODERS[grid]
                layers[name] = RowEncoder(encoder_units, rows[grid], positional_states, dtype=dtype, name=name)
        decoder = Decoder(
            len(vocabulary),
            attention_class(score=score, units=decoder_units, dtype=dtype, name="attention"),
            embedding_size=embedding_size,
            units=decoder_units,
            dropout=dropout,
            end_id=vocabulary.end_id,
            dtype=dtype,
            name="decoder",
        )

        # === Functional model ===
        image = keras.Input((None, None, 1), dtype="uint8", name="image")
        size = keras.Input((2,), dtype="int32", name="size")
        tokens = keras.Input((None,), dtype="int32", name="tokens")
        logits = decoder(tokens, *_encode_grids(layers, attention_class.grids, image, size))
        super().__init__(inputs={"image": image, "size": size, "tokens": tokens}, outputs=logits, **kwargs)

        # === Config ===
        self.vocabulary = vocabulary
        self.attention = attention
        self.score = score
        self.encoder = encoder
        self.filters = encode.filters
        self.encoder_units = encoder_units
        self.maximum_rows = maximum_rows
        self.row_encoder = row_encoder
        self.positional_states = positional_states
        self.embedding_size = embedding_size
        self.decoder_units = decoder_units
        self.dropout = dropout

    def encode(self, image, size):
        """Encodes pictures once for a whole search.

        Args:
            image: uint8 tensor `(batch, height, width, 1)`.
            size: int32 tensor `(batch, 2)`.

        Returns:
            The decoder's memory: a dict of tensors with the batch as their first axis.
        """
        layers = {layer.name: layer for layer in self.layers}
        return self.decoder.memorize(*_encode_grids(layers, self.decoder.attention.grids, image, size))

    @property
    def decoder(self):
        """The `Decoder` layer."""
        return self.get_layer("decoder")

    def search(self, image, size, **options):
        """Searches formulas; see `FormulaReader.search`."""
        return transcribe(self, image, size, **options)

    def get_config(self):
        """The constructor's arguments."""
        return {
            "name": self.name,
            "vocabulary": list(self.vocabulary.tokens[len(Vocabulary.SPECIAL_TOKENS) :]),
            "attention": self.attention,
            "score": self.score,
            "encoder": self.encoder,
            "filters": self.filters,
            "encoder_units": self.encoder_units,
            "maximum_rows": self.maximum_rows,
            "row_encoder": self.row_encoder,
            "positional_states": self.positional_states,
            "embedding_size": self.embedding_size,
            "decoder_units": self.decoder_units,
            "dropout": self.dropout,
        }


def _encode_grids(layers, names, image, size):
    """The grids that an attention looks at, each followed by its mask."""
    features, mask = layers["convolutional_encoder"](image, size)
    grids = []
    for name in names:
        grid, inside = layers["coarse_encoder"](features, mask) if name == "coarse" else (features, mask)
        rows = layers.get(ROW_ENCODERS[name])
        grids += [rows(grid, inside) if rows else grid, inside]
    return grids
