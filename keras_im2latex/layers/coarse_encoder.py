"""The coarse grid: one cell over each 4 x 4 cells of the convolutional features."""

import keras
import tensorflow as tf

from keras_im2latex.layers.attention import SUPPORT, coarse_size
from keras_im2latex.layers.max_pooling import max_pool


@keras.saving.register_keras_serializable(package="keras_im2latex")
class CoarseEncoder(keras.layers.Layer):
    """Two more convolutions, with a 4 x 4 max pooling between them, on top of the convolutional features.

    As in the convolutional encoder, what lies outside a picture is held at zero after every convolution.

    Args:
        filters: output channels of both convolutions.

    Call arguments:
        features: tensor `(batch, rows, columns, channels)`, zero where the mask is False and nowhere below zero.
        mask: bool tensor `(batch, rows, columns)`, the cells inside the picture.
        training: whether batch statistics are used and updated.

    Returns:
        A pair: coarse features `(batch, ceil(rows / 4), ceil(columns / 4), filters)` and their bool mask.

    Example:
        >>> features, mask = CoarseEncoder()(tf.ones((1, 4, 16, 512)), tf.ones((1, 4, 16), bool))
        >>> features.shape
        TensorShape([1, 1, 4, 512])

    Reference:
        Deng et al., ICML 2017, Table 1, "coarse features".
    """

    def __init__(self, filters=512, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.convolutions = [
            keras.layers.Conv2D(
                filters,
                3,
                padding="same",
                kernel_initializer="he_normal",
                dtype=self.dtype_policy,
                name=f"convolution_{n}",
            )
            for n in (1, 2)
        ]
        self.normalizations = [
            keras.layers.BatchNormalization(
                momentum=0.99, epsilon=1e-5, dtype=self.dtype_policy, name=f"normalization_{n}"
            )
            for n in (1, 2)
        ]

    def build(self, features_shape, mask_shape=None):
        """Creates the weights of both convolutions and normalizations."""
        channels = features_shape[-1]
        for convolution, normalization in zip(self.convolutions, self.normalizations):
            convolution.build((None, None, None, channels))
            normalization.build((None, None, None, self.filters))
            channels = self.filters
        self.built = True

    def call(self, features, mask, training=False):
        """Encodes features; see the class."""
        features = self._convolve(0, features, mask, training)
        features, mask = self._pool(features), self._pool(tf.cast(mask[..., None], features.dtype))[..., 0] > 0
        return self._convolve(1, features, mask, training), mask

    def _convolve(self, number, features, mask, training):
        features = self.convolutions[number](features)
        features = self.normalizations[number](features, training=training, mask=mask)
        return tf.nn.relu(features) * tf.cast(mask[..., None], features.dtype)

    def _pool(self, features):
        # Each coarse cell covers the 4 x 4 cells that its attention opens; "SAME" would shift them.
        shape = tf.shape(features)
        beyond = [[0, coarse_size(side) * SUPPORT - side] for side in (shape[1], shape[2])]
        features = tf.pad(features, [[0, 0], *beyond, [0, 0]])
        return max_pool(features, (SUPPORT, SUPPORT))

    def compute_output_shape(self, features_shape, mask_shape=None):
        """Shapes of the coarse features and of their mask."""
        batch, rows, columns, _ = features_shape
        grid = (batch, coarse_size(rows), coarse_size(columns))
        return (*grid, self.filters), grid

    def compute_output_spec(self, features, mask, training=False):
        """Shapes and dtypes of the coarse features and of their mask."""
        coarse, inside = self.compute_output_shape(features.shape, mask.shape)
        return keras.KerasTensor(coarse, self.compute_dtype), keras.KerasTensor(inside, "bool")

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "filters": self.filters}
