"""Augmentation as a layer, so that it runs on the accelerator, inside the compiled step."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="keras_im2latex")
class AugmentPictures(keras.layers.Layer):
    """Varies pictures in training and passes them on unchanged otherwise.

    Args:
        augmentation: an `Augmentation`, or its fields as a dict.
        seed: integer seed.

    Call arguments:
        image: uint8 tensor `(batch, height, width, 1)`.
        size: int32 tensor `(batch, 2)`.
        training: whether pictures are varied.

    Returns:
        Pictures and sizes of the same shapes.

    Example:
        >>> image, size = tf.fill((1, 40, 80, 1), tf.constant(255, tf.uint8)), tf.constant([[40, 80]])
        >>> image, size = AugmentPictures(Augmentation())(image, size, training=True)
        >>> image.shape
        TensorShape([1, 40, 80, 1])
    """

    def __init__(self, augmentation, seed=None, **kwargs):
        super().__init__(**kwargs)
        self.augmentation = augmentation
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, image, size, training=False):
        """Varies a batch; see the class."""
        if not training:
            return image, size
        return self.augmentation(image, size, tf.cast(self.seed_generator.next(), tf.int32))

    def compute_output_spec(self, image, size, training=False):
        """Shapes and dtypes are those of the inputs."""
        return keras.KerasTensor(image.shape, image.dtype), keras.KerasTensor(size.shape, size.dtype)
