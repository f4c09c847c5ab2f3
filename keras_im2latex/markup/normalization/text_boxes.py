r"""Text inside a formula, written with tokens whose spacing draws nothing.

Blanks between the tokens of `\text { i f }` would be drawn. `\mathrm { i f }` draws the same letters in the
same places, but for two things: it adds the italic correction after a last letter that has one (`f`, `y`, ...),
which a kern takes back, and it takes punctuation for mathematics, which becomes a `\mathchar` of the same font.
"""

from keras_im2latex.markup.normalization.italic_corrections import correction_kern, sentence_kern
from keras_im2latex.markup.normalization.tex_tables import (
    BOX,
    BRACES,
    CHARACTER,
    DECLARATION,
    GROUP,
    INTEGRALS,
    SCRIPT,
    SCRIPTSCRIPT,
    SPACE,
    STACKING_OPERATORS,
    TEXT,
    TEXT_FONTS,
    TEXT_SIZES,
)

# Texts in texts.
_MAX_DEPTH = 20
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")
# `\\mathchar` of this and a character: that character of the current font, as an ordinary symbol.
_VARIABLE_CLASS = 0x7000

_BOLD_MATHEMATICS = "bold mathematics"
# No command sets mathematics in this font.
_BOLD_ITALIC = "bold italic"

_ITALIC = frozenset(["\\mathit", _BOLD_ITALIC])
_TEXT_COMMANDS = {
    "\\mathrm": "\\text",
    "\\mathbf": "\\textbf",
    "\\mathit": "\\textit",
    "\\mathsf": "\\textsf",
    "\\mathtt": "\\texttt",
    _BOLD_ITALIC: "\\textit{\\textbf",
}
FONT_SWITCHES = {
    "\\rm": "\\mathrm",
    "\\rmfamily": "\\mathrm",
    "\\normalfont": "\\mathrm",
    "\\upshape": "\\mathrm",
    "\\bf": "\\mathbf",
    "\\bfseries": "\\mathbf",
    "\\it": "\\mathit",
    "\\itshape": "\\mathit",
    "\\em": "\\mathit",
    "\\sf": "\\mathsf",
    "\\sffamily": "\\mathsf",
    "\\tt": "\\mathtt",
    "\\ttfamily": "\\mathtt",
}
_STYLE_COMMANDS = {TEXT: "\\textstyle ", SCRIPT: "\\scriptstyle ", SCRIPTSCRIPT: "\\scriptscriptstyle "}
LITERALS = frozenset(["\\" + character for character in "/_&%#$,;:!{}"]) | {
    "\\quad",
    "\\qquad",
    "\\enspace",
    *("\\AA", "\\aa", "\\AE", "\\ae", "\\O", "\\o", "\\L", "\\l", "\\ss", "\\S", "\\P", "\\dag", "\\ddag"),
}
ACCENTS = frozenset(["\\'", "\\`", '\\"', "\\^", "\\~", "\\=", "\\."])
# The widths of the spaces of text that are kerns, in em of their font.
_KERNS = {"\\,": 0.1667, "\\:": 0.2222, "\\;": 0.2777, "\\!": -0.1667}
# An em of each font at text size, in em of the roman font.
_EMS = {"\\mathbf": 1.14895, "\\mathit": 1.0213, "\\mathtt": 1.05107, _BOLD_ITALIC: 1.20738}
_SENTENCE_ENDS = frozenset(".?!:")
# Of roman type in mathematics too, and without space around them.
_ROMAN_BRACKETS = frozenset("()[]!?")
_SPACE_COMMANDS = ("\\hspace", "\\hskip", "\\kern")
_BLANKS = frozenset(" ~")
_TRANSPARENT = frozenset(")']")
_STYLE_SENSITIVE = frozenset(["\\frac", "\\binom", "\\lim", "\\max", "\\min"]) | STACKING_OPERATORS | INTEGRALS


class UnreadableText(Exception):
    """A token of a text that has no mathematical counterpart.

    Args:
        token: string. That token.
    """

    def __init__(self, token):
        super().__init__(token)
        self.token = token


def read_text(tokens, command, style, text_size, read_mathematics, boxed=False):
    """Turns the argument of a text command into mathematics that draws the same.

    Args:
        tokens: list of strings. The argument, blanks included.
        command: string. The text command, a key of `TEXT_FONTS`.
        style: int. The style around the command.
        text_size: int. The style whose size text has there.
        read_mathematics: callable of a list of tokens and a style, returning nodes.
        boxed: bool. Whether words must stay text, because letters of mathematics are bold there. Defaults to
            `False`.

    Returns:
        A list of nodes.

    Raises:
        UnreadableText: if the text cannot be written so.
    """
    size = text_size if command in ("\\mbox", "\\hbox") else max(style, text_size)
    inner_style = TEXT if command in ("\\mbox", "\\hbox") else style
    pieces = _pieces(tokens, TEXT_FONTS[command], size, inner_style, read_mathematics)
    nodes = []
    for font, piece_size, characters, mathematics in _segments(pieces):
        if mathematics is not None:
            nodes.append(_mathematics(mathematics, font == _BOLD_MATHEMATICS, inner_style, style))
            continue
        segment = _segment(font, piece_size, characters, boxed)
        if piece_size != max(style, TEXT) and any(node[0] != SPACE for node in segment):
            segment = [(DECLARATION, _STYLE_COMMANDS[piece_size]), *segment]
            segment = [(BRACES, "{ " + "".join([node[1] for node in segment]) + "} ", segment)]
        nodes += segment
    return nodes


def _pieces(tokens, font, size, inner_style, read_mathematics, depth=0):
    """Yields (font, size, character or blank, nodes of mathematics or None)."""
    if depth > _MAX_DEPTH:
        raise UnreadableText("{")
    stack = []
    index = 0
    bold = False
    previous_blank = False
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token == " " and previous_blank:
            continue
        previous_blank = token == " "
        if token in (" ", "\\space"):
            yield font, size, " ", None
        elif token in ("~", "\\ "):
            yield font, size, "~", None
        elif token == "{":
            stack.append((font, size, bold))
        elif token == "}":
            if not stack:
                raise UnreadableText(token)
            font, size, bold = stack.pop()
        elif token in FONT_SWITCHES:
            font = FONT_SWITCHES[token]
        elif token in ("\\boldmath", "\\unboldmath"):
            bold = token == "\\boldmath"
        elif token in TEXT_SIZES:
            size = TEXT_SIZES[token]
        elif token in TEXT_FONTS:
            start, index = _argument(tokens, index)
            inner_font = _nested_font(font, token)
            yield from _pieces(tokens[start[0] : start[1]], inner_font, size, inner_style, read_mathematics, depth + 1)
            if inner_font != font and font not in _ITALIC and tokens[index : index + 1] not in ([","], ["."]):
                yield inner_font, size, "\\/", None
        elif token in ("$", "\\(", "\\ensuremath"):
            if token != "\\ensuremath":
                closing = "$" if token == "$" else "\\)"
                if closing not in tokens[index:]:
                    raise UnreadableText(token)
                start = (index, tokens.index(closing, index))
                index = start[1] + 1
            else:
                start, index = _argument(tokens, index)
            inside = [inner for inner in tokens[start[0] : start[1]] if inner != " "]
            yield (_BOLD_MATHEMATICS if bold else font), size, None, read_mathematics(inside, inner_style)
        elif token in ACCENTS:
            start, index = _argument(tokens, index)
            yield font, size, token + "{" + "".join(tokens[start[0] : start[1]]) + "}", None
        elif (
            (token.startswith(_SPACE_COMMANDS) and not token[1:].isalpha())
            or (len(token) == 1 and token not in "&#^_")
            or token in LITERALS
        ):
            yield font, size, token, None
        else:
            raise UnreadableText(token)


def _nested_font(font, command):
    """The font of the argument of a text command inside text of another font."""
    inner = TEXT_FONTS[command]
    if command in ("\\textup", "\\textmd"):
        if font in _ITALIC:
            raise UnreadableText(command)
        return font
    if command in ("\\text", "\\mbox", "\\hbox") or font == inner:
        return font
    if command == "\\textnormal" or font == "\\mathrm":
        return inner
    if {font, inner} <= {"\\mathbf", "\\mathit", _BOLD_ITALIC}:
        return _BOLD_ITALIC
    raise UnreadableText(command)


def _argument(tokens, index):
    """The bounds of the argument that starts at `index`, and where to read on."""
    while index < len(tokens) and tokens[index] == " ":
        index += 1
    if index < len(tokens) and tokens[index] != "{":
        return (index, index + 1), index + 1
    depth = 0
    for end in range(index, len(tokens)):
        depth += (tokens[end] == "{") - (tokens[end] == "}")
        if depth == 0:
            return (index + 1, end), end + 1
    raise UnreadableText("{")


def _segments(pieces):
    """Joins neighbours of one font and size."""
    segments = []
    for font, size, character, mathematics in pieces:
        if mathematics is not None:
            segments.append((font, size, None, mathematics))
        elif segments and segments[-1][3] is None and segments[-1][:2] == (font, size):
            segments[-1][2].append(character)
        else:
            segments.append((font, size, [character], None))
    return segments


def _mathematics(nodes, bold, inner_style, style):
    if bold:
        nodes = [(BOX, "\\boldsymbol { " + "".join([node[1] for node in nodes]) + "} ")]
    text = "".join([node[1] for node in nodes])
    if inner_style != style and (style > TEXT or not _STYLE_SENSITIVE.isdisjoint(text.split())):
        nodes = [(DECLARATION, _STYLE_COMMANDS[inner_style]), *nodes]
        text = nodes[0][1] + text
    return (BRACES, "{ " + text + "} ", nodes)


def _segment(font, size, characters, boxed):
    """The nodes for characters of one font and size."""
    command = _TEXT_COMMANDS[font]
    space = (SPACE, "\\ ") if size == TEXT and font == "\\mathrm" else _boxed(["~"], command)
    start = next((place for place, character in enumerate(characters) if character not in _BLANKS), len(characters))
    end = len(characters)
    while end > start and characters[end - 1] in _BLANKS:
        end -= 1
    middle = []
    run = []
    for character in characters[start : end + 1]:
        if character not in _BLANKS:
            run.append(character)
            continue
        middle += _run(run, font, command, size, boxed)
        # Of spaces in a row the kern is the last, as everywhere.
        middle.insert(len(middle) - (space[0] == SPACE == middle[-1][0]) if middle else 0, space)
        if character == " " and _ends_sentence(run) and (kern := sentence_kern(font, size)):
            middle.append((SPACE, kern + " "))
        run = []
    middle += _run(run, font, command, size, boxed)
    return [space] * start + _in_font(font, middle) + [space] * (len(characters) - end - 1)


def _in_font(font, nodes):
    """Puts the font command around the nodes that need it."""
    places = [place for place, node in enumerate(nodes) if node[0] == CHARACTER]
    if not places:
        return nodes
    start, end = 0, len(nodes)
    while nodes[start][0] == SPACE:
        start += 1
    while nodes[end - 1][0] == SPACE:
        end -= 1
    group = (GROUP, font + " { " + "".join([node[1] for node in nodes[start:end]]) + "} ")
    return [*nodes[:start], group, *nodes[end:]]


def _ends_sentence(characters):
    """Whether a blank after `characters` is wider than others."""
    place = len(characters) - 1
    while place > 0 and characters[place] in _TRANSPARENT:
        place -= 1
    if place < 0 or characters[place] not in _SENTENCE_ENDS:
        return False
    return not (place and characters[place - 1].isupper())


def _run(characters, font, command, size, boxed):
    """The nodes for characters without a blank between them."""
    nodes = []
    part = []
    for character in characters:
        if len(character) == 1 and character != "_":
            part.append(character)
            continue
        nodes += _part(part, font, command, size, boxed, corrected=character == "\\/")
        part = []
        if character == "\\/":
            continue
        if character.startswith(_SPACE_COMMANDS) and not character[1:].isalpha():
            nodes.append((SPACE, character + " "))
        elif character in _KERNS and size == TEXT:
            width = f"{_KERNS[character] * _EMS.get(font, 1.0):.4f}"
            nodes.append((SPACE, f"\\kern{width.replace('0.', '.', 1)}em "))
        else:
            nodes.append(_boxed([character], command))
    return nodes + _part(part, font, command, size, boxed)


def _part(characters, font, command, size, boxed, corrected=False):
    """The nodes for characters that all can be mathematics.

    `corrected`: the italic correction follows, as mathematics has it anyway.
    """
    if not characters:
        return []
    if font == _BOLD_ITALIC and corrected:
        letters = "".join([_mathematical(character, "\\mathit")[1] for character in characters])
        return [(BOX, f"\\boldsymbol {{ \\mathit {{ {letters}}} }} ")]
    if boxed or font == _BOLD_ITALIC or (len(characters) == 1 and not corrected):
        return [_boxed(characters, command)]
    nodes = [_mathematical(character, font) for character in characters]
    kern = "" if corrected else correction_kern(characters, font, size)
    return [*nodes, (SPACE, kern + " ")] if kern else nodes


def _mathematical(character, font):
    """The node of a character that mathematics sets as text does."""
    if character in _LETTERS or character in _DIGITS or (font == "\\mathrm" and character in _ROMAN_BRACKETS):
        return (CHARACTER, character + " ")
    return (CHARACTER, f"\\mathchar{_VARIABLE_CLASS + ord(character)}\\relax ")


def _boxed(characters, command):
    text = "".join(characters)
    if "{" in command:
        return (BOX, f"{command}{{{text}}}}} ")
    if (len(characters) == 1 and not text.endswith("}")) or text == "\\}":
        return (BOX, f"{command} {text} ")
    return (BOX, f"{command}{{{text}}} ")
