"""The paper's six convolutions: a picture becomes a grid of features."""

import keras
import tensorflow as tf

from keras_im2latex.images import CELL
from keras_im2latex.layers.masking import cell_extent, extent_mask
from keras_im2latex.layers.max_pooling import max_pool


@keras.saving.register_keras_serializable(package="keras_im2latex")
class ConvolutionalEncoder(keras.layers.Layer):
    """Turns pictures into grids of 512 features, one cell for each 8 x 8 pixels by default.

    Six 3 x 3 convolutions with ReLU, batch normalization in three of them, and four poolings. What lies outside a
    picture's own extent (its size rounded up to whole cells) is held at zero after every convolution, so a picture
    gives the same features alone and padded among larger ones.

    Args:
        filters: output channels of each convolution.
        batch_normalization: for each convolution, whether its output is normalized before the ReLU.
        pools: for each convolution, `(height, width)` of the max pooling after it, or None.

    Call arguments:
        image: tensor `(batch, height, width, 1)`, grey levels 0 to 255 with 255 as paper; height and width are
            multiples of 8.
        size: int32 tensor `(batch, 2)`, the height and width in pixels that each picture covers.
        training: whether batch statistics are used and updated.

    Returns:
        A pair: features `(batch, height / 8, width / 8, filters[-1])` and the bool mask
        `(batch, height / 8, width / 8)` of the cells inside the picture.

    Example:
        >>> encoder = ConvolutionalEncoder()
        >>> features, mask = encoder(tf.fill((1, 32, 128, 1), 255.0), tf.constant([[32, 128]]))
        >>> features.shape
        TensorShape([1, 4, 16, 512])

    Reference:
        Deng et al., ICML 2017, Table 1. Where the paper and the authors' code differ, the code is followed: the
        fourth pooling halves the height, the fifth the width, and the last convolution is padded.
    """

    def __init__(
        self,
        filters=(64, 128, 256, 256, 512, 512),
        batch_normalization=(False, False, True, False, True, True),
        pools=((2, 2), (2, 2), None, (2, 1), (1, 2), None),
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not len(filters) == len(batch_normalization) == len(pools):
            raise ValueError(
                "`filters`, `batch_normalization` and `pools` must have one entry for each convolution. "
                f"Received lengths: {len(filters)}, {len(batch_normalization)}, {len(pools)}"
            )
        self.filters = tuple(filters)
        self.batch_normalization = tuple(batch_normalization)
        self.pools = tuple(None if pool is None else tuple(pool) for pool in pools)
        self.convolutions = [
            keras.layers.Conv2D(
                count,
                3,
                padding="same",
                kernel_initializer="he_normal",
                dtype=self.dtype_policy,
                name=f"convolution_{n}",
            )
            for n, count in enumerate(self.filters, 1)
        ]
        self.normalizations = [
            keras.layers.BatchNormalization(
                momentum=0.99, epsilon=1e-5, dtype=self.dtype_policy, name=f"normalization_{n}"
            )
            if used
            else None
            for n, used in enumerate(self.batch_normalization, 1)
        ]

    def build(self, image_shape, size_shape=None):
        """Creates the weights of every convolution and normalization."""
        channels = image_shape[-1]
        for convolution, normalization in zip(self.convolutions, self.normalizations):
            convolution.build((None, None, None, channels))
            channels = convolution.filters
            if normalization is not None:
                normalization.build((None, None, None, channels))
        self.built = True

    def call(self, image, size, training=False):
        """Encodes pictures; see the class."""
        pixels = (tf.cast(image, self.compute_dtype) - 128.0) / 128.0
        extent = cell_extent(size) * CELL
        mask = self._mask(extent, pixels)
        features = pixels * tf.cast(mask[..., None], pixels.dtype)
        for convolution, normalization, pool in zip(self.convolutions, self.normalizations, self.pools):
            features = convolution(features)
            if normalization is not None:
                features = normalization(features, training=training, mask=mask)
            if pool is not None:
                # Before the nonlinearity, which keeps the order, and the mask, whose edges no pool straddles: the same
                # features, with a quarter of the values to pass over.
                features = max_pool(features, pool)
                extent //= tf.constant(pool)
                mask = self._mask(extent, features)
            features = tf.nn.relu(features) * tf.cast(mask[..., None], features.dtype)
        return features, mask

    def _mask(self, extent, features):
        shape = tf.shape(features)
        return extent_mask(extent, shape[1], shape[2])

    def compute_output_shape(self, image_shape, size_shape=None):
        """Shapes of the features and of the mask."""
        grid = image_shape[:3]
        for pool in self.pools:
            if pool is not None:
                grid = (grid[0], *(side and side // step for side, step in zip(grid[1:], pool)))
        return (*grid, self.filters[-1]), grid

    def compute_output_spec(self, image, size, training=False):
        """Shapes and dtypes of the features and of the mask."""
        features, mask = self.compute_output_shape(image.shape, size.shape)
        return keras.KerasTensor(features, self.compute_dtype), keras.KerasTensor(mask, "bool")

    def get_config(self):
        """The constructor's arguments."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "batch_normalization": self.batch_normalization,
            "pools": self.pools,
        }
