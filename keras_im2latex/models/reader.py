"""What every model that reads pictures offers, whatever is inside."""

import keras

from keras_im2latex.models.generation import generate
from keras_im2latex.models.presets import PRESETS, load_preset, save_preset
from keras_im2latex.search_options import LENGTH_PENALTY, MAXIMUM_LENGTH


class FormulaReader(keras.Model):
    """Base class of the functional models that turn pictures into formulas.

    A subclass has a `vocabulary`, implements `search`, and returns its constructor's arguments from `get_config`.
    """

    presets = PRESETS

    confidence = None
    """The calibrated `Confidence` of its readings, where its preset holds one."""

    handwriting = False
    """Whether it was trained on handwriting; pictures are then brought to that size instead of print's."""

    magnification = 1.0
    """How many times larger than on its page every picture is shown to it; a model that was trained on many sizes
    reads larger letters better."""

    @property
    def preparation(self):
        """Options with which `prepare_picture` brings pictures to this model."""
        return {"handwriting": self.handwriting, "magnification": self.magnification}

    def search(
        self, image, size, *, beam_size=5, n_best=None, maximum_length=MAXIMUM_LENGTH, length_penalty=LENGTH_PENALTY
    ):
        """Finds the most probable formulas of a batch of pictures, in graph operations.

        Args:
            image: uint8 tensor `(batch, height, width, 1)`, prepared and padded with sides that are multiples of 8.
            size: int32 tensor `(batch, 2)`, each picture's own height and width.
            beam_size: hypotheses kept; 1 is greedy search.
            n_best: how many of them must have ended; None for all.
            maximum_length: tokens after which a formula is cut.
            length_penalty: exponent of the length by which hypotheses are compared; 0 compares plain sums.

        Returns:
            `Hypotheses` with `beam_size` beams, best first.
        """
        raise NotImplementedError(f"{type(self).__name__} must implement `search`.")

    def generate(self, pictures, **options):
        """Reads pictures; see `keras_im2latex.models.generation.generate`."""
        return generate(self, pictures, **options)

    @classmethod
    def from_preset(cls, preset="standard"):
        """Builds a model with trained weights.

        Args:
            preset: a name in `presets`, or a folder written by `save_to_preset`.

        Returns:
            The model that the preset holds, in float32 unless Keras's dtype policy says otherwise.

        Raises:
            ValueError: when the preset is neither, or holds a model that is no such class.
        """
        return load_preset(cls, preset)

    def save_to_preset(self, folder, description="", *, weights="float16", **facts):
        """Writes class, config, vocabulary and weights to a folder that `from_preset` reads.

        Args:
            folder: the folder; made where it is missing.
            description: one sentence on what the model was trained on.
            weights: `"float16"`, or `"int8"` for half the size; see `keras_im2latex.models.presets.save_preset`.
            **facts: further facts, such as scores, kept beside the description.
        """
        save_preset(self, folder, description, weights=weights, **facts)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Rebuilds the model."""
        return cls(**config)
