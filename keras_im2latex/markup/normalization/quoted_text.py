r"""Text inside a formula that mathematics cannot draw, quoted as it stands.

The words of `\mbox{\small if $x > 0$}` are of a size that no mathematics has. They stay text, and as blanks
between tokens would be drawn there, they are closed up: `\mbox{\small{}if~$ x > 0 $}` is five tokens, of which
the first opens mathematics and the last closes it.
"""

from keras_im2latex.markup.normalization.tex_tables import QUOTED_COMMANDS, SIZES, TEXT, TEXT_FONTS
from keras_im2latex.markup.normalization.text_boxes import ACCENTS, FONT_SWITCHES, LITERALS, UnreadableText

_SWITCHES = (
    frozenset(FONT_SWITCHES)
    | (SIZES - {"\\boldmath"})
    | {"\\boldmath", "\\unboldmath", "\\sc", "\\scshape", "\\sl", "\\slshape", "\\mdseries", "\\textstyle"}
)
_COMMANDS = frozenset(TEXT_FONTS) | QUOTED_COMMANDS | ACCENTS
_WORDS = LITERALS | {
    "\\/",
    "\\ ",
    "~",
    "\\space",
    "\\vline",
    "\\hfill",
    "\\hfil",
    "\\strut",
    "\\lq",
    "\\rq",
    "\\-",
    "\\slash",
}
_LENGTHS = ("\\hspace", "\\vspace", "\\hskip", "\\vskip", "\\kern", "\\rule")
_UNQUOTED = frozenset("&#^_")
# A blank is wider after these.
_STOPS = tuple(".?!:;,)']")


def quote_text(tokens, command, style, read_mathematics):
    r"""Closes up a text command with its argument.

    Args:
        tokens: list of strings. The argument, blanks included.
        command: string. The text command, a key of `TEXT_FONTS` or one of `QUOTED_COMMANDS`.
        style: int. The style around the command.
        read_mathematics: callable of a list of tokens and a style, returning nodes.

    Returns:
        A string, tokens separated by one blank: as many as there are stretches of mathematics, and more.

    Raises:
        UnreadableText: if the text holds something that belongs in mathematics.
    """
    inner_style = style if command.startswith("\\text") else TEXT
    text = command + "{"
    depth = 0
    index = 0
    blank = False
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token == " ":
            if not blank:
                text += "\\space{}" if text.endswith(_STOPS) else "~"
            blank = True
            continue
        blank = False
        if token in ("$", "\\(", "\\ensuremath"):
            end, rest = _mathematics(tokens, index, token)
            start = index if token != "\\ensuremath" else index + 1
            inside = [inner for inner in tokens[start:end] if inner != " "]
            nodes = read_mathematics(inside, inner_style)
            text += "$ " + "".join([node[1] for node in nodes]) + "$"
            index = rest
            continue
        depth += (token == "{") - (token == "}")
        if depth < 0 or not _quotable(token):
            raise UnreadableText(token)
        if token[0].isalpha() and text[-1].isalpha() and _ends_in_control_word(text):
            text += "{}"
        text += token
        if token in _COMMANDS:
            while tokens[index : index + 1] == [" "]:
                index += 1
            if index == len(tokens):
                raise UnreadableText(token)
            if tokens[index] != "{":
                tokens = [*tokens[:index], "{", tokens[index], "}", *tokens[index + 1 :]]
    if depth:
        raise UnreadableText("{")
    return text + "}"


def _mathematics(tokens, index, opening):
    """Where mathematics ends, and where to read on."""
    if opening != "\\ensuremath":
        closing = "$" if opening == "$" else "\\)"
        if closing not in tokens[index:]:
            raise UnreadableText(opening)
        end = tokens.index(closing, index)
        return end, end + 1
    depth = 0
    for end in range(index, len(tokens)):
        depth += (tokens[end] == "{") - (tokens[end] == "}")
        if depth == 0:
            return end, end + 1
    raise UnreadableText(opening)


def _quotable(token):
    if len(token) == 1:
        return token not in _UNQUOTED
    return token in _SWITCHES or token in _COMMANDS or token in _WORDS or token.startswith(_LENGTHS)


def _ends_in_control_word(text):
    backslash = text.rfind("\\")
    return backslash >= 0 and text[backslash + 1 :].isalpha()
