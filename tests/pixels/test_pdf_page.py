"""Pages of PDF files against what was put on them."""

import io

import numpy as np
import pytest
from PIL import Image

from keras_im2latex.pixels import PictureError, draw_pdf_page

pdfium = pytest.importorskip("pypdfium2")

WIDTH, HEIGHT = 300, 200  # points
BOXES = ((50, 20, 100, 40), (200, 150, 290, 190), (0, 0, 30, 60))


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    """Three pages, each with one black rectangle: a pixel of the pictures that Pillow puts on them is a point."""
    pages = []
    for left, top, right, bottom in BOXES:
        pixels = np.full((HEIGHT, WIDTH), 255, np.uint8)
        pixels[top:bottom, left:right] = 0
        pages.append(Image.fromarray(pixels))
    path = tmp_path_factory.mktemp("pdf") / "three.pdf"
    pages[0].save(path, resolution=72, save_all=True, append_images=pages[1:])
    return path


def pixels(png):
    with Image.open(io.BytesIO(png)) as picture:
        assert (picture.format, picture.mode) == ("PNG", "L")
        return np.array(picture)


def test_pages_are_drawn_at_200_dots_an_inch(document):
    for number, (left, top, right, bottom) in enumerate(BOXES, start=1):
        drawn = pixels(draw_pdf_page(document, number))
        assert drawn.shape == (-(-HEIGHT * 200 // 72), -(-WIDTH * 200 // 72))
        rows, columns = np.nonzero(drawn < 128)
        found = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        np.testing.assert_allclose(np.array(found) * 72 / 200, (left, top, right, bottom), atol=0.6)
    assert pixels(draw_pdf_page(document, 1, resolution=72)).shape == (HEIGHT, WIDTH)


def test_a_box_counts_from_the_top_left_corner_of_the_page_as_shown(document):
    for number, (left, top, right, bottom) in enumerate(BOXES, start=1):
        inside = (left + 1, top + 1, right - 1, bottom - 1)
        drawn = pixels(draw_pdf_page(document.read_bytes(), number, inside))
        expected = np.array([inside[3] - inside[1], inside[2] - inside[0]]) * 200 / 72
        np.testing.assert_allclose(drawn.shape, expected, atol=2)
        assert drawn.max() < 128
    beyond = pixels(draw_pdf_page(document, 3, (-100, -100, 30, 60)))
    np.testing.assert_allclose(beyond.shape, np.array([60, 30]) * 200 / 72, atol=2)


def test_a_page_that_is_shown_turned(document, tmp_path):
    with pdfium.PdfDocument(document) as pages:
        pages[0].set_rotation(90)
        pages.save(tmp_path / "turned.pdf")
    # A quarter clockwise: what was left is above, and what was below is left.
    left, top, right, bottom = BOXES[0]
    box = (HEIGHT - bottom + 1, left + 1, HEIGHT - top - 1, right - 1)
    assert pixels(draw_pdf_page(tmp_path / "turned.pdf", 1, box)).max() < 128


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "a PDF of 3 pages: expected the number of one of them"),
        ({"page": 4}, "expected a page from 1 to 3, received 4"),
        ({"page": 0}, "expected a page from 1 to 3, received 0"),
        ({"page": 1, "box": (310, 0, 320, 10)}, "expected a box on the page of 300 x 200 points, received 310,0,320,1"),
        ({"page": 1, "resolution": 3000}, "too large: expected at most 25000000 pixels, received 12500 x 8333"),
    ],
)
def test_reasons(document, options, reason):
    with pytest.raises(PictureError, match=reason):
        draw_pdf_page(document, **options)


def test_broken_documents(document, tmp_path):
    data = document.read_bytes()
    for broken, reason in ((b"", "empty"), (b"no PDF", "broken: the PDF"), (data[:40], "broken: the PDF")):
        with pytest.raises(PictureError, match=reason):
            draw_pdf_page(broken)
    with pytest.raises(PictureError, match="can't be opened: No such file or directory"):
        draw_pdf_page(tmp_path / "missing.pdf")
