"""Reading TeX's DVI files, as far as safety needs it."""

import struct

# Bytes of operands after each opcode. If negative: so many bytes hold a length, that much text follows.
_OPERANDS = [0] * 256
for first, sizes in {
    128: (1, 2, 3, 4),  # set a character
    132: (8,),  # set a rule
    133: (1, 2, 3, 4, 8),  # put a character, put a rule
    139: (44,),  # begin a page
    143: (1, 2, 3, 4),  # move right
    148: (1, 2, 3, 4),
    153: (1, 2, 3, 4),
    157: (1, 2, 3, 4),  # move down
    162: (1, 2, 3, 4),
    167: (1, 2, 3, 4),
    235: (1, 2, 3, 4),  # choose a font
    239: (-1, -2, -3, -4),  # special
    243: (15, 16, 17, 18),  # define a font; two lengths come last
}.items():
    _OPERANDS[first : first + len(sizes)] = sizes
_BEGIN_PAGE, _PREAMBLE, _POSTAMBLE = 139, 247, 248
_SPECIALS = range(239, 243)
_FONT_DEFINITIONS = range(243, 247)


def read_dvi(data):
    r"""Walks through a DVI file.

    Args:
        data: bytes. The file.

    Returns:
        Tuple `(pages, specials)`: the number of pages, and the text of each `\special` as bytes.

    Raises:
        ValueError: if the file is broken.
    """
    pages, specials, position = 0, [], 0
    try:
        while True:
            opcode = data[position]
            position += 1
            if opcode == _POSTAMBLE:
                return pages, specials
            if opcode == _BEGIN_PAGE:
                pages += 1
            if opcode == _PREAMBLE:
                position += 14 + data[position + 13]
            elif opcode in _SPECIALS:
                size = -_OPERANDS[opcode]
                length = int.from_bytes(data[position : position + size], "big")
                position += size
                specials.append(data[position : position + length])
                position += length
            elif opcode in _FONT_DEFINITIONS:
                position += _OPERANDS[opcode]
                area, name = struct.unpack_from("BB", data, position - 2)
                position += area + name
            else:
                position += _OPERANDS[opcode]
    except (IndexError, struct.error):
        raise ValueError("The DVI file ends before its postamble") from None
