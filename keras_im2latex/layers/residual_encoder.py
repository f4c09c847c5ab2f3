"""A deeper convolutional encoder: residual blocks, most of them where a cell is already small."""

import keras
import tensorflow as tf

from keras_im2latex.images import CELL
from keras_im2latex.layers.masking import cell_extent, extent_mask


@keras.saving.register_keras_serializable(package="keras_im2latex")
class ResidualEncoder(keras.layers.Layer):
    """Turns pictures into grids of features, one cell for each 8 x 8 pixels, with residual blocks.

    Takes the place of the paper's six convolutions. Each stage but the first halves both sides by its first
    convolution, of stride 2; then come its residual blocks. Every convolution is normalized. What lies outside a
    picture's own extent is held at zero after every convolution, so a picture gives the same features alone and padded
    among larger ones.

    Args:
        filters: output channels of the four stages.
        blocks: residual blocks, of two 3 x 3 convolutions each, in each stage.

    Call arguments:
        image: tensor `(batch, height, width, 1)`, grey levels 0 to 255 with 255 as paper; height and width are
            multiples of 8.
        size: int32 tensor `(batch, 2)`, the height and width in pixels that each picture covers.
        training: whether batch statistics are used and updated.

    Returns:
        A pair: features `(batch, height / 8, width / 8, filters[-1])` and the bool mask
        `(batch, height / 8, width / 8)` of the cells inside the picture.

    Example:
        >>> encoder = ResidualEncoder()
        >>> features, mask = encoder(tf.fill((1, 32, 128, 1), 255.0), tf.constant([[32, 128]]))
        >>> features.shape
        TensorShape([1, 4, 16, 256])

    Reference:
        He, Zhang, Ren, Sun: Deep Residual Learning for Image Recognition, CVPR 2016.
    """

    STAGES = 4

    def __init__(self, filters=(32, 64, 128, 256), blocks=(0, 0, 2, 3), **kwargs):
        super().__init__(**kwargs)
        if not len(filters) == len(blocks) == self.STAGES:
            raise ValueError(
                f"`filters` and `blocks` must have one entry for each of {self.STAGES} stages. "
                f"Received lengths: {len(filters)}, {len(blocks)}"
            )
        self.filters = tuple(filters)
        self.blocks = tuple(blocks)
        self.stages = [
            [
                self._normalized(count, f"stage_{n}_convolution_{m}", 2 if n > 1 and m == 0 else 1)
                for m in range(1 + 2 * b)
            ]
            for n, (count, b) in enumerate(zip(self.filters, self.blocks), 1)
        ]

    def _normalized(self, filters, name, strides):
        convolution = keras.layers.Conv2D(
            filters,
            3,
            strides,
            padding="same",
            use_bias=False,
            kernel_initializer="he_normal",
            dtype=self.dtype_policy,
            name=name,
        )
        return convolution, keras.layers.BatchNormalization(
            momentum=0.99, epsilon=1e-5, dtype=self.dtype_policy, name=f"{name}_normalization"
        )

    def build(self, image_shape, size_shape=None):
        """Creates the weights of every convolution and normalization."""
        channels = image_shape[-1]
        for stage in self.stages:
            for convolution, normalization in stage:
                convolution.build((None, None, None, channels))
                channels = convolution.filters
                normalization.build((None, None, None, channels))
        self.built = True

    def call(self, image, size, training=False):
        """Encodes pictures; see the class."""
        pixels = (tf.cast(image, self.compute_dtype) - 128.0) / 128.0
        extent = cell_extent(size) * CELL
        features = pixels * tf.cast(self._mask(extent, pixels)[..., None], pixels.dtype)
        for number, (first, *rest) in enumerate(self.stages):
            if number:
                extent //= 2
            # One of stride 2 sees its window's last row and column where a side is even, as all sides are here.
            features = first[0](features)
            mask = self._mask(extent, features)
            features = self._activate(first[1](features, training=training, mask=mask), mask)
            for (convolve, normalize), (convolve_again, normalize_again) in zip(rest[::2], rest[1::2]):
                inner = self._activate(normalize(convolve(features), training=training, mask=mask), mask)
                inner = normalize_again(convolve_again(inner), training=training, mask=mask)
                features = self._activate(features + inner, mask)
        return features, mask

    def _activate(self, features, mask):
        return tf.nn.relu(features) * tf.cast(mask[..., None], features.dtype)

    def _mask(self, extent, features):
        shape = tf.shape(features)
        return extent_mask(extent, shape[1], shape[2])

    def compute_output_shape(self, image_shape, size_shape=None):
        """Shapes of the features and of the mask."""
        grid = (image_shape[0], *(side and side // CELL for side in image_shape[1:3]))
        return (*grid, self.filters[-1]), grid

    def compute_output_spec(self, image, size, training=False):
        """Shapes and dtypes of the features and of the mask."""
        features, mask = self.compute_output_shape(image.shape, size.shape)
        return keras.KerasTensor(features, self.compute_dtype), keras.KerasTensor(mask, "bool")

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "filters": self.filters, "blocks": self.blocks}
