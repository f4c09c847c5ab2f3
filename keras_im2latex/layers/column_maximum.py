"""A grid's columns, each the largest of its rows."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="keras_im2latex")
class ColumnMaximum(keras.layers.Layer):
    """Reduces a grid to a single row: what a model keeps that reads from left to right alone.

    Call arguments:
        features: tensor `(batch, rows, columns, channels)`, zero outside the picture and nowhere below zero.
        mask: bool tensor `(batch, rows, columns)`.

    Returns:
        A pair: features `(batch, 1, columns, channels)` and the bool mask `(batch, 1, columns)`.

    Example:
        >>> row, mask = ColumnMaximum()(tf.ones((2, 4, 40, 512)), tf.ones((2, 4, 40), bool))
        >>> row.shape
        TensorShape([2, 1, 40, 512])
    """

    def call(self, features, mask):
        """The columns' largest values; see the class."""
        return tf.reduce_max(features, axis=1, keepdims=True), tf.reduce_any(mask, axis=1, keepdims=True)

    def compute_output_shape(self, features_shape, mask_shape=None):
        """Shapes of the row and of its mask."""
        batch, _, columns, channels = features_shape
        return (batch, 1, columns, channels), (batch, 1, columns)

    def compute_output_spec(self, features, mask):
        """Shapes and dtypes of the row and of its mask."""
        row, inside = self.compute_output_shape(features.shape, mask.shape)
        return keras.KerasTensor(row, features.dtype), keras.KerasTensor(inside, "bool")
