import numpy as np
import pytest

from keras_im2latex.models import Im2Latex

TOKENS = [*"abcdefghij", "+", "-"]
SMALL = {
    "filters": (4, 4, 6, 6, 8, 8),
    "encoder_units": 6,
    "maximum_rows": 3,
    "embedding_size": 4,
    "decoder_units": 12,
}


@pytest.fixture
def make_model():
    """Builds a small model; its random weights make what it writes depend on the picture."""

    def make(**options):
        model = Im2Latex(TOKENS, **{**SMALL, **options})
        generator = np.random.default_rng(4)
        for variable in model.weights:
            values = generator.normal(0.0, 0.5, variable.shape)
            if variable.path.endswith("moving_variance"):
                values = np.abs(values) + 0.5
            if "decoder" in variable.path:
                values *= 2
            if variable.path.endswith("logit_bias"):
                values[[0, 1, 3]] = -30  # a trained model writes neither padding nor start
                values[2] = -2
            variable.assign(values)
        return model

    return make


@pytest.fixture(scope="session")
def pictures():
    """Prepared pictures of various sizes: random strokes with the margin that preparation leaves."""
    generator = np.random.default_rng(0)
    made = []
    for height, width in [(25, 41), (32, 128), (17, 90), (61, 75), (40, 200), (24, 24), (33, 129), (16, 8)]:
        picture = np.full((height, width, 1), 255, np.uint8)
        inside = picture[4:-4, 4:-4] if width > 8 else picture[4:-4]
        ink = generator.random(inside.shape) < 0.4
        inside[ink] = generator.integers(0, 200, size=int(ink.sum()), dtype=np.uint8)
        made.append(picture)
    return made
