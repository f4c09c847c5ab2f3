"""Reads IM2LATEX-100K's files as its authors published them."""

import dataclasses
import io

from etils import epath
from PIL import Image, ImageOps

_BLANK_SIZE = (600, 60)  # width and height: what the authors make of a page without ink


@dataclasses.dataclass(frozen=True)
class Entry:
    """One line of a split's list.

    Attributes:
        index: line of the formula in `im2latex_formulas.lst`, from 0.
        image_name: name of its picture, without `.png`.
    """

    index: int
    image_name: str


def read_entries(path) -> list[Entry]:
    """Reads a split's list, lines of `<formula index> <image name> <rendering>`.

    Args:
        path: path of `im2latex_train.lst`, `im2latex_validate.lst` or `im2latex_test.lst`.

    Returns:
        An `Entry` a line, in the file's order.

    Raises:
        ValueError: when a line is not of that form.
    """
    entries = []
    for number, line in enumerate(epath.Path(path).read_text().splitlines(), start=1):
        fields = line.split()
        if len(fields) < 2 or not fields[0].isdigit():
            raise ValueError(
                f"Line {number} of {epath.Path(path).name} must be `<formula index> <image name> "
                f"<rendering>`. Received: {line!r}"
            )
        entries.append(Entry(int(fields[0]), fields[1]))
    return entries


def read_formulas(path) -> list[str]:
    r"""Reads formulas, one a line.

    Only "\n" ends a line, for the lists count such lines and some formulas hold other separators. A line that
    is not UTF-8 is read as Latin-1; a few of the official formulas hold stray bytes.

    Args:
        path: path of `im2latex_formulas.lst`, or of a normalized file with the same lines.

    Returns:
        A formula a line; lines that are empty stay.
    """
    lines = epath.Path(path).read_bytes().split(b"\n")
    return [_decode(line.strip(b"\r")) for line in (lines if lines[-1] else lines[:-1])]


def crop_page(page: bytes) -> tuple[bytes, bool]:
    """Cuts a page to its ink, as the authors do: to the pixels that are not white.

    Args:
        page: the bytes of a picture of dark ink on white or on transparent paper.

    Returns:
        The bytes of a grey PNG file, and whether the page had any ink. A page without becomes 600 by 60 white
        pixels.

    Raises:
        ValueError: when the bytes are no picture, or a broken one.
    """
    try:
        grey = _on_white_paper(Image.open(io.BytesIO(page)))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"`page` must be a readable picture. Received: {len(page)} bytes, {error}") from error
    box = ImageOps.invert(grey).getbbox()
    grey = grey.crop(box) if box else Image.new("L", _BLANK_SIZE, "white")
    buffer = io.BytesIO()
    grey.save(buffer, "PNG")
    return buffer.getvalue(), box is not None


def _on_white_paper(image):
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert("L")


def _decode(line):
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
