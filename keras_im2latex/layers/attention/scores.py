"""The two ways to score a cell against a query: the bilinear one of the code, the additive one of the paper."""

import keras
import tensorflow as tf

from keras_im2latex.layers.projection import project


@keras.saving.register_keras_serializable(package="keras_im2latex")
class BilinearScore(keras.layers.Layer):
    """Scores `cell . W query`, Luong's "general" form, which the authors' code uses.

    `W` is applied to the cells, once a picture, so that a step is a single product.

    Args:
        units: ignored; the query's size takes its place.

    Call arguments:
        query: tensor `(batch, queries, query channels)`.
        keys: tensor `(batch, cells, query channels)` from `project`.

    Returns:
        A tensor `(batch, queries, cells)`.

    Reference:
        Luong et al., EMNLP 2015, section 3.1.
    """

    def __init__(self, units=512, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, query_shape, cells_shape):
        """Creates the matrix between cells and queries."""
        self.kernel = self.add_weight(shape=(cells_shape[-1], query_shape[-1]), name="kernel")
        self.built = True

    def project(self, cells):
        """Keys `(batch, cells, query channels)` of cells `(batch, cells, channels)`."""
        return project(tf.cast(cells, self.compute_dtype), self.kernel)

    def call(self, query, keys):
        """Scores; see the class."""
        return tf.matmul(query, keys, transpose_b=True)

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="keras_im2latex")
class AdditiveScore(keras.layers.Layer):
    """Scores `beta . tanh(W1 query + W2 cell)`, Bahdanau's form, which the paper prints.

    Args:
        units: size of the space in which query and cell are added.

    Call arguments:
        query: tensor `(batch, queries, query channels)`.
        keys: tensor `(batch, cells, units)` from `project`.

    Returns:
        A tensor `(batch, queries, cells)`.

    Reference:
        Deng et al., ICML 2017, section 4; Bahdanau et al., ICLR 2015.
    """

    def __init__(self, units=512, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, query_shape, cells_shape):
        """Creates both projections and the scoring vector."""
        self.query_kernel = self.add_weight(shape=(query_shape[-1], self.units), name="query_kernel")
        self.kernel = self.add_weight(shape=(cells_shape[-1], self.units), name="kernel")
        self.scale = self.add_weight(shape=(self.units,), initializer="random_normal", name="scale")
        self.built = True

    def project(self, cells):
        """Keys `(batch, cells, units)` of cells `(batch, cells, channels)`."""
        return project(tf.cast(cells, self.compute_dtype), self.kernel)

    def call(self, query, keys):
        """Scores; see the class."""
        query = project(query, self.query_kernel)
        return tf.reduce_sum(tf.tanh(query[:, :, None] + keys[:, None]) * self.scale, axis=-1)

    def get_config(self):
        """The constructor's arguments."""
        return {**super().get_config(), "units": self.units}
