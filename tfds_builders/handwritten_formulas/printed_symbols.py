"""From TeX's characters and rules to the symbols a hand would write."""

import re

from tfds_builders.handwritten_formulas.glyph_labels import WORDS, glyph_label
from tfds_builders.handwritten_formulas.glyph_shape import glyph_shape
from tfds_builders.handwritten_formulas.printed_symbol import PrintedSymbol

_NEAR = 0.6  # TeX points within which two edges meet
_TEXT_FONT = re.compile(r"(?:cm(?:r|bx|ti|ss|tt|sl|b|csc)|ec|tc|lm)[a-z]*\d+")
_PIECE = re.compile(r"(?:paren|bracket|brace|vextend|radical|arrowvert)[a-z]*(?:tp|bt|ex|mid|single|double|vertex)$")
_DOUBLE = ("bardbl", "vextenddouble")
_DOTTED = {"colon": ".", "semicolon": ","}  # what stands under the dot
_LONGEST_WORD = max(map(len, WORDS))


def printed_symbols(typesetting, labels) -> list[PrintedSymbol]:
    """Groups what TeX set into symbols.

    The pieces of a tall bracket become one symbol, a root's sign and its bar one, `sin` and its like one word.

    Args:
        typesetting: `Typesetting` without an error.
        labels: the labels of which there are handwritten samples.

    Returns:
        The symbols, in the order TeX set them, rules last.

    Raises:
        ValueError: for a character of a font whose shapes are not installed; it names the font.
    """
    characters = []
    for glyph in typesetting.glyphs:
        shape = glyph_shape(glyph.font, glyph.code)
        if shape is None:
            raise ValueError(f"no shape of character {glyph.code} of the font {glyph.font}")
        left, lower, right, upper = (edge * glyph.size for edge in shape.box)
        box = (glyph.x + left, glyph.y - upper, glyph.x + right, glyph.y - lower)
        characters.append((glyph, shape.name, box))
    rules = list(typesetting.rules)
    symbols = []
    place = 0
    while place < len(characters):
        number, symbol = _word(characters, place, labels) or _symbol(characters, place, labels)
        place += number
        if symbol.name.startswith("radical"):
            symbol = _root(symbol, rules, labels)
        symbols.extend(_parts(symbol, labels))
    symbols.extend(_rule(rule, labels) for rule in _joined(rules))
    return symbols


def _symbol(characters, place, labels):
    glyph, name, box = characters[place]
    number = 1
    if _PIECE.search(name):
        for following, _, other in characters[place + 1 :]:
            # All pieces of a tall symbol stand in one column.
            if following.font != glyph.font or abs(following.x - glyph.x) > 0.01 or other[1] > box[3] + _NEAR:
                break
            box = _union(box, other)
            number += 1
    return number, PrintedSymbol(name, glyph_label(name, labels), box, (glyph.font, glyph.code))


def _word(characters, place, labels):
    """The operator whose letters begin at a place, when nothing else belongs to the same word."""
    letters = characters[place : place + _LONGEST_WORD + 1]
    text = "".join(name if len(name) == 1 else " " for _, name, _ in letters)
    for word, label in WORDS.items():
        if label in labels and text.startswith(word) and _TEXT_FONT.fullmatch(letters[0][0].font):
            number = len(word)
            before = place and _adjoin(characters[place - 1], letters[0])
            after = number < len(letters) and _adjoin(letters[number - 1], letters[number])
            if not before and not after and all(map(_adjoin, letters[: number - 1], letters[1:number])):
                box = letters[0][2]
                for _, _, other in letters[1:number]:
                    box = _union(box, other)
                return number, PrintedSymbol(word, label, box)
    return None


def _adjoin(first, second):
    """Whether two characters stand side by side in a word."""
    (glyph, _, box), (other, name, other_box) = first, second
    same = glyph.font == other.font and abs(glyph.y - other.y) < 0.01 and len(name) == 1 and name.isalpha()
    return same and other_box[0] - box[2] < 0.15 * glyph.size


def _root(symbol, rules, labels):
    """Takes the bar of a root from the rules."""
    left, top, right, bottom = symbol.box
    for rule in rules:
        if abs(rule.x - right) < _NEAR and abs(rule.y - rule.height - top) < 2 * _NEAR:
            rules.remove(rule)
            label = r"\sqrt" if r"\sqrt" in labels else None
            box = (left, min(top, rule.y - rule.height), right, bottom)
            return PrintedSymbol("radical", label, box, symbol.glyph, rule.x + rule.width)
    return symbol


def _parts(symbol, labels):
    """Two bars, or dots above each other, as the two that they are."""
    left, top, right, bottom = symbol.box
    if symbol.name.startswith(_DOUBLE) and "|" in labels:
        third = (right - left) / 3
        return [PrintedSymbol("bar", "|", (x, top, x + third, bottom)) for x in (left, right - third)]
    if symbol.name in _DOTTED and {".", _DOTTED[symbol.name]} <= labels:
        dot = right - left if symbol.name == "colon" else 0.9 * (right - left)
        lower = (left, bottom - dot, right, bottom) if symbol.name == "colon" else (left, top + 2 * dot, right, bottom)
        return [
            PrintedSymbol("period", ".", (left, top, right, top + dot)),
            PrintedSymbol(symbol.name, _DOTTED[symbol.name], lower),
        ]
    return [symbol]


def _joined(rules):
    """Rules, where those that continue each other downwards, as the lines of a table do, are one."""
    joined = []
    for rule in rules:
        box = (rule.x, rule.y - rule.height, rule.x + rule.width, rule.y)
        for place, other in enumerate(joined):
            same = abs(box[0] - other[0]) < 0.01 and abs(box[2] - other[2]) < 0.01
            if same and (abs(box[1] - other[3]) < _NEAR or abs(box[3] - other[1]) < _NEAR):
                joined[place] = _union(box, other)
                break
        else:
            joined.append(box)
    return joined


def _rule(box, labels):
    upright = box[3] - box[1] > box[2] - box[0]
    label = "|" if upright else "-"
    return PrintedSymbol("rule", label if label in labels else None, box)


def _union(box, other):
    return (min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3]))
