"""A tiny untrained model, exported once for all tests of this folder, and what `generate` reads with it."""

import keras
import numpy as np
import pytest
from drawn_pictures import dotted, encoded

from keras_im2latex.models import Im2Latex
from keras_im2latex.serving import export_version

OPTIONS = {"beam_size": 3, "maximum_length": 40}


@pytest.fixture(scope="session")
def pictures():
    """Pictures of different sizes and forms."""
    return [
        encoded(dotted(40, 100, 1)),
        encoded(dotted(60, 300, 2)),
        encoded(dotted(33, 77, 3), "jpeg", quality=90),
        encoded(255 - dotted(120, 210, 4)),
        encoded(dotted(41, 99, 5).astype(np.uint16) * 257),
        encoded(np.dstack([np.zeros((50, 131, 3), np.uint8), 255 - dotted(50, 131, 6)])),
    ]


@pytest.fixture(scope="session")
def model():
    """A tiny untrained model whose formulas differ from picture to picture."""
    keras.utils.set_random_seed(1)
    model = Im2Latex(
        [*"abc{}^+=", r"\mathrm", r"\alpha", r"\beta"],
        filters=(8, 8, 8, 8, 16, 16),
        encoder_units=8,
        decoder_units=16,
        embedding_size=8,
    )
    for weight in model.trainable_weights:
        if "convolution" not in weight.path and len(weight.shape) > 1:
            weight.assign(3.0 * weight)
    return model


@pytest.fixture(scope="session")
def folder(model, tmp_path_factory):
    """The version folder of the exported model."""
    folder = tmp_path_factory.mktemp("exported") / "im2latex"
    assert export_version(model, folder, **OPTIONS) == folder / "1"
    return folder / "1"


@pytest.fixture(scope="session")
def readings(model, pictures):
    """What `generate` reads in the pictures."""
    found = model.generate(pictures, n_best=OPTIONS["beam_size"], well_formed=False, **OPTIONS)
    assert len({reading.latex for reading in found}) >= 4
    assert any(" ".join(reading.tokens) != reading.latex for reading in found)
    return found


@pytest.fixture(scope="session")
def served(folder):
    """The exported model as a server has it."""
    pytest.importorskip("tensorflow_serving")
    from keras_im2latex.serving.served_model import ServedModel

    return ServedModel(folder, "im2latex", 1)


@pytest.fixture(scope="session")
def running(served):
    """A server over the exported model."""
    pytest.importorskip("aiohttp")
    from running_server import RunningServer

    with RunningServer(served) as running:
        yield running
