"""The widths of a TeX font's characters."""

import functools
import struct
import subprocess
from pathlib import Path

_FIX = 2**20  # a TFM file counts in so many parts of the font's size


@functools.cache
def character_widths(font):
    """Reads the widths of a font's characters from its TFM file.

    Args:
        font: str. TeX's name of the font, such as `"cmmi12"`.

    Returns:
        Dict of int to float: the width of each character in the font, as a share of the font's size.

    Raises:
        FileNotFoundError: if TeX has no such font.
    """
    command = ["kpsewhich", f"{font}.tfm"]
    path = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    if not path:
        raise FileNotFoundError(f"`font` must be a font of the installed TeX. Received: font={font!r}")
    data = Path(path).read_bytes()
    _, header, first, last, number = struct.unpack_from(">5H", data)
    characters = 24 + 4 * header
    widths = struct.unpack_from(f">{number}i", data, characters + 4 * (last - first + 1))
    places = data[characters : characters + 4 * (last - first + 1) : 4]
    return {first + offset: widths[place] / _FIX for offset, place in enumerate(places) if place}
