"""A page of a PDF, or a part of it, as a picture."""

import io

from keras_im2latex.pixels.picture_error import LARGEST_PICTURE, PictureError
from keras_im2latex.pixels.picture_source import file_bytes

RESOLUTION = 200
"""Dots an inch, those of the pictures that models read."""

POINTS = 72  # an inch


def draw_pdf_page(document, page=None, box=None, resolution=RESOLUTION):
    """Draws one page of a PDF.

    Needs pypdfium2, the extra `pdf`.

    Args:
        document: path of a PDF file, or its bytes.
        page: int, number of the page, from 1 on. Default: the only one; a document of several needs a number.
        box: four numbers, left, top, right and bottom of the part to draw, in points (1/72 inch) from the top left
            corner of the page as it is shown, as `pdftotext -bbox`, PyMuPDF and pdfplumber give them. What lies
            beyond the page is left out. Default: the whole page.
        resolution: number, dots an inch. Default: 200.

    Returns:
        bytes, the picture as a grey PNG.

    Raises:
        PictureError: the document is missing, broken, encrypted, or has no such page or part.

    Example:
        >>> model = Im2Latex.from_preset("standard")
        >>> reading = model.generate(draw_pdf_page("paper.pdf", page=3, box=(72, 300, 540, 360)))
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(file_bytes(document)) as pages:
            return _draw(pages[_index(page, len(pages))], box, resolution)
    except pypdfium2.PdfiumError as error:
        raise PictureError(f"broken: the PDF can't be read: {error}") from error


def _index(page, count):
    if page is None:
        if count != 1:
            raise PictureError(f"a PDF of {count} pages: expected the number of one of them")
        return 0
    if not 1 <= page <= count:
        raise PictureError(f"expected a page from 1 to {count}, received {page}")
    return page - 1


def _draw(page, box, resolution):
    width, height = page.get_size()
    left, top, right, bottom = box or (0, 0, width, height)
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if left >= right or top >= bottom:
        raise PictureError(f"expected a box on the page of {width:g} x {height:g} points, received {_listed(box)}")
    scale = resolution / POINTS
    if (right - left) * (bottom - top) * scale**2 > LARGEST_PICTURE:
        pixels = f"{(right - left) * scale:.0f} x {(bottom - top) * scale:.0f}"
        raise PictureError(f"too large: expected at most {LARGEST_PICTURE} pixels, received {pixels}")
    try:
        bitmap = page.render(scale=scale, crop=(left, height - bottom, width - right, top), grayscale=True)
    except ValueError as error:  # less than a pixel
        raise PictureError(f"expected a box of more than a pixel, received {_listed(box)}") from error
    buffer = io.BytesIO()
    bitmap.to_pil().save(buffer, "png", compress_level=1)
    return buffer.getvalue()


def _listed(box):
    return ",".join(f"{number:g}" for number in box)
