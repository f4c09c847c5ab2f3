"""Print and handwriting told apart, and how large the latter is: on real ink and real print where they are."""

import importlib.resources
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_im2latex.pixels import crop_to_ink, handwriting_probability, read_picture
from keras_im2latex.pixels.scale import measure_scale
from keras_im2latex.rendering import render
from tfds_builders.crohme.ink_files import read_ink_files
from tfds_builders.crohme.inkml import read_inkml
from tfds_builders.crohme.stroke_pictures import draw_strokes, scale_strokes

PRINTED = [r"x^2+y^2=z^2", r"\int_0^\infty e^{-x^2}\,dx", r"\sum_{n=1}^N \frac{1}{n^2}", r"\alpha\beta - \sqrt{\gamma}"]


@pytest.fixture(scope="module")
def ink():
    """Strokes of the first formulas of CROHME 2013's test."""
    folder = os.environ.get("IM2LATEX_DATA")
    if not folder:
        pytest.skip("set IM2LATEX_DATA to the folder of crohme_2013_test.tar.xz")
    files = list(read_ink_files(Path(folder) / "crohme_2013_test.tar.xz"))[:150]
    return [read_inkml(data).strokes for _, data in files]


def test_the_example_is_print_at_any_size():
    path = importlib.resources.files("keras_im2latex") / "examples" / "generating_functional.png"
    ink = crop_to_ink(read_picture(path.read_bytes()))
    for factor in (0.6, 1.0, 2.0):
        size = [round(side * factor) for side in ink.shape[::-1]]
        assert handwriting_probability(np.asarray(Image.fromarray(ink).resize(size))) < 0.5


def test_paper_alone_is_no_handwriting():
    assert handwriting_probability(np.full((9, 9), 255, np.uint8)) == 0.0


@pytest.mark.skipif(not shutil.which("latex"), reason="TeX is not installed")
def test_real_ink_is_handwriting_and_print_is_not(ink):
    for size, pen in ((20.0, 3.0), (60.0, 5.0)):
        pictures = [draw_strokes(scale_strokes(strokes, symbol_size=size)[0], pen) for strokes in ink]
        assert np.mean([handwriting_probability(picture) > 0.5 for picture in pictures]) > 0.95
    assert all(handwriting_probability(drawn.image) < 0.5 for drawn in render(PRINTED))


def test_the_size_of_real_ink_is_measured(ink):
    for size, pen in ((20.0, 3.0), (30.0, 4.0), (75.0, 7.0)):
        pictures = [draw_strokes(scale_strokes(strokes, symbol_size=size)[0], pen) for strokes in ink]
        factors = np.array([measure_scale(picture, handwriting=True) for picture in pictures]) / (size / 30.0)
        assert abs(np.log(np.median(factors))) < np.log(1.15)
        assert np.mean(np.abs(np.log(factors)) < np.log(1.4)) > 0.85
