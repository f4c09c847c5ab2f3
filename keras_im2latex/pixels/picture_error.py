"""Which pictures are refused, and the error that says why."""

FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
"""Formats that are read, by Pillow's names; to read some of the others Pillow runs other programs."""

LARGEST_FILE = 104_857_600
"""Bytes of a picture file, above which it is refused before all of it is read."""

LARGEST_PICTURE = 25_000_000
"""Pixels of a picture as given, above which it is refused before it is decoded: small files can hold many."""

LARGEST_PREPARED_PICTURE = 1_048_576
"""Pixels of a prepared picture (16,384 cells of the encoder's grid), above which it is refused."""

SMALLEST_CONTRAST = 32
"""Grey levels between ink and paper under which a picture counts as blank."""


class PictureError(ValueError):
    """A picture that can't be read, with the reason in words."""
