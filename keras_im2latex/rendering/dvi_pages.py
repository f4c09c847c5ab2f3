"""Reading the characters and rules out of TeX's DVI files."""

import struct

from keras_im2latex.rendering.font_metrics import character_widths
from keras_im2latex.rendering.glyph import Glyph
from keras_im2latex.rendering.rule import Rule
from keras_im2latex.rendering.typesetting import Typesetting

_TEX_POINT = 254000 / 72.27  # in units of 10^-7 meters, a DVI file's own
_SET, _PUT, _SET_RULE, _PUT_RULE = 128, 133, 132, 137
_BEGIN_PAGE, _END_PAGE, _PUSH, _POP = 139, 140, 141, 142
_RIGHT, _W, _X, _DOWN, _Y, _Z = 143, 147, 152, 157, 161, 166
_FONT_NUMBER, _FONT, _SPECIAL, _FONT_DEFINITION = 171, 235, 239, 243
_PREAMBLE, _POSTAMBLE = 247, 248
_NO_OPERATION = 138


def read_pages(data, count=None):
    """Interprets a DVI file.

    Args:
        data: bytes. The file.
        count: int or `None`. How many pages to read, from the first. Default: all.

    Returns:
        List of `Typesetting`, one for each page.

    Raises:
        ValueError: if the file is broken.
        FileNotFoundError: if it uses a font that TeX does not have.
    """
    try:
        return _Reader(data).pages(count)
    except (IndexError, KeyError, struct.error) as error:
        raise ValueError(f"The DVI file is broken: {error!r}") from None


class _Reader:
    """The registers of DVI's machine: place, four spacings, font; see TeX's own documentation, dvitype."""

    def __init__(self, data):
        self.data = data
        self.position = 0
        self.fonts = {}
        self.unit = None

    def pages(self, count):
        found = []
        while count is None or len(found) < count:
            opcode = self.data[self.position]
            self.position += 1
            if opcode == _POSTAMBLE:
                break
            if opcode == _PREAMBLE:
                numerator, denominator, magnification = struct.unpack_from(">3I", self.data, self.position + 1)
                self.unit = numerator / denominator * magnification / 1000 / _TEX_POINT
                self.position += 14 + self.data[self.position + 13]
            elif opcode == _BEGIN_PAGE:
                self.position += 44
                found.append(self._page())
            elif _FONT_DEFINITION <= opcode < _PREAMBLE:
                self._define_font(opcode)
            elif opcode != _NO_OPERATION:
                raise ValueError(f"The DVI file is broken: opcode {opcode} between pages")
        return found

    def _number(self, size, signed=False):
        start = self.position
        self.position += size
        if self.position > len(self.data):
            raise IndexError(start)
        return int.from_bytes(self.data[start : self.position], "big", signed=signed)

    def _define_font(self, opcode):
        number = self._number(opcode - _FONT_DEFINITION + 1)
        _, scaled, _, area, length = struct.unpack_from(">IIIBB", self.data, self.position)
        self.position += 14 + area
        name = self.data[self.position : self.position + length].decode("ascii")
        self.position += length
        widths = {code: width * scaled for code, width in character_widths(name).items()}
        self.fonts[number] = (name, scaled * self.unit, widths)

    def _page(self):
        unit, data = self.unit, self.data
        glyphs, rules, stack = [], [], []
        h = v = w = x = y = z = 0
        name = size = widths = None
        while True:
            opcode = data[self.position]
            self.position += 1
            if opcode < _SET_RULE or _PUT <= opcode < _PUT_RULE:
                code = opcode if opcode < _SET else self._number(opcode - (_SET if opcode < _SET_RULE else _PUT) + 1)
                glyphs.append(Glyph(name, size, code, h * unit, v * unit))
                if opcode < _SET_RULE:
                    h += widths[code]
            elif opcode in (_SET_RULE, _PUT_RULE):
                height, width = self._number(4, True), self._number(4, True)
                if height > 0 and width > 0:
                    rules.append(Rule(h * unit, v * unit, width * unit, height * unit))
                if opcode == _SET_RULE:
                    h += width
            elif opcode == _PUSH:
                stack.append((h, v, w, x, y, z))
            elif opcode == _POP:
                h, v, w, x, y, z = stack.pop()
            elif opcode == _END_PAGE:
                return Typesetting(tuple(glyphs), tuple(rules))
            elif _RIGHT <= opcode < _W:
                h += self._number(opcode - _RIGHT + 1, True)
            elif _W <= opcode < _X:
                w = self._number(opcode - _W, True) if opcode > _W else w
                h += w
            elif _X <= opcode < _DOWN:
                x = self._number(opcode - _X, True) if opcode > _X else x
                h += x
            elif _DOWN <= opcode < _Y:
                v += self._number(opcode - _DOWN + 1, True)
            elif _Y <= opcode < _Z:
                y = self._number(opcode - _Y, True) if opcode > _Y else y
                v += y
            elif _Z <= opcode < _FONT_NUMBER:
                z = self._number(opcode - _Z, True) if opcode > _Z else z
                v += z
            elif _FONT_NUMBER <= opcode < _SPECIAL:
                number = opcode - _FONT_NUMBER if opcode < _FONT else self._number(opcode - _FONT + 1)
                name, size, widths = self.fonts[number]
            elif _SPECIAL <= opcode < _FONT_DEFINITION:
                length = self._number(opcode - _SPECIAL + 1)
                self.position += length
            elif _FONT_DEFINITION <= opcode < _PREAMBLE:
                self._define_font(opcode)
            elif opcode != _NO_OPERATION:
                raise ValueError(f"The DVI file is broken: opcode {opcode} in a page")
