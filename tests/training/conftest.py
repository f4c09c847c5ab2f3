import keras
import numpy as np
import PIL.Image
import PIL.ImageDraw
import PIL.ImageFont
import pytest
import tensorflow as tf

from keras_im2latex.images import prepare_picture


@pytest.fixture(autouse=True)
def policy_and_seed():
    """A run sets both for the process."""
    policy = keras.config.dtype_policy()
    keras.utils.set_random_seed(0)
    yield
    keras.config.set_dtype_policy(policy)


@pytest.fixture(scope="session")
def glyph_formulas():
    """40 distinct rows of three to six symbols, as text and as pictures at the size of print, 200 dots an inch."""
    generator = np.random.default_rng(0)
    font = PIL.ImageFont.load_default(33)
    formulas = {}
    while len(formulas) < 40:
        latex = " ".join(generator.choice([*"abxy123+="], size=generator.integers(3, 7)))
        page = PIL.Image.new("L", (160, 48), 255)
        PIL.ImageDraw.Draw(page).text((8, 4), latex.replace(" ", ""), fill=0, font=font)
        formulas[latex] = np.asarray(page)
    return formulas


@pytest.fixture
def glyph_examples(glyph_formulas):
    """The pictures as `train` takes them."""
    latex = list(glyph_formulas)
    pictures = [prepare_picture(picture) for picture in glyph_formulas.values()]

    def generate():
        for text, picture in zip(latex, pictures):
            yield {"latex": text, "image": picture}

    signature = {"latex": tf.TensorSpec([], tf.string), "image": tf.TensorSpec([None, None, 1], tf.uint8)}
    return tf.data.Dataset.from_generator(generate, output_signature=signature).cache()
