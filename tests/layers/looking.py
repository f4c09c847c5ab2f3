import keras


@keras.saving.register_keras_serializable(package="tests")
class Look(keras.layers.Layer):
    """An attention's whole output, as a layer of plain tensors."""

    def __init__(self, attention, **kwargs):
        super().__init__(**kwargs)
        self.attention = attention

    def build(self, query_shape, grid_shape, mask_shape=None, coarse_grid_shape=None, coarse_mask_shape=None):
        if not self.attention.built:
            self.attention.build(query_shape, grid_shape, coarse_grid_shape)
        self.built = True

    def call(self, query, grid, mask, coarse_grid=None, coarse_mask=None):
        return tuple(self.attention(query, self.attention.memorize(grid, mask, coarse_grid, coarse_mask)))

    def get_config(self):
        return {**super().get_config(), "attention": keras.saving.serialize_keras_object(self.attention)}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "attention": keras.saving.deserialize_keras_object(config["attention"])})

    def compute_output_shape(
        self, query_shape, grid_shape, mask_shape=None, coarse_grid_shape=None, coarse_mask_shape=None
    ):
        counts, fine = query_shape[:2], grid_shape[1] * grid_shape[2]
        coarse = 0 if coarse_grid_shape is None else coarse_grid_shape[1] * coarse_grid_shape[2]
        return (*counts, grid_shape[-1]), (*counts, fine), (*counts, coarse), counts, counts, counts

    def compute_output_spec(self, *inputs):
        shapes = self.compute_output_shape(*[tensor.shape for tensor in inputs])
        dtypes = (self.compute_dtype, *["float32"] * 5)
        return tuple(keras.KerasTensor(shape, dtype) for shape, dtype in zip(shapes, dtypes))
