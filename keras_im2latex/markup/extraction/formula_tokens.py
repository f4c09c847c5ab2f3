"""A formula's tokens: what is not drawn is taken out, and they are written as LaTeX again."""

from keras_im2latex.markup.groups import group_end

# Commands that draw nothing, or nothing that belongs to the formula, and how many arguments go with them.
_DROPPED = {
    "\\label": 1, "\\tag": 1, "\\ref": 1, "\\eqref": 1, "\\autoref": 1, "\\cref": 1, "\\Cref": 1, "\\pageref": 1,
    "\\prettyref": 1, "\\vref": 1, "\\nameref": 1, "\\Ref": 1,
    "\\cite": 1, "\\citep": 1, "\\citet": 1, "\\citealt": 1, "\\citeyear": 1, "\\nonumber": 0, "\\notag": 0,
    "\\IEEEnonumber": 0, "\\IEEEyesnumber": 0, "\\IEEEeqnarraynumspace": 0, "\\numberthis": 0,
    "\\index": 1, "\\footnote": 1, "\\footnotemark": 0, "\\footnotetext": 1, "\\color": 1, "\\pagebreak": 0,
    "\\allowdisplaybreaks": 0, "\\displaybreak": 0, "\\nopagebreak": 0, "\\protect": 0, "\\xspace": 0,
    "\\noindent": 0, "\\ignorespaces": 0, "\\leavevmode": 0, "\\linebreak": 0, "\\nolinebreak": 0,
    "\\setlength": 2, "\\addtolength": 2, "\\setcounter": 2, "\\addtocounter": 2, "\\stepcounter": 1,
    "\\refstepcounter": 1, "\\phantomsection": 0, "\\hypertarget": 1, "\\marginpar": 1, "\\qedhere": 0,
    "\\makeatletter": 0, "\\makeatother": 0, "\\begingroup": 0, "\\endgroup": 0,
}  # fmt: skip
# Commands of which one argument is what is drawn, among how many, and what is written around it.
_UNWRAPPED = {
    "\\textcolor": (2, 1), "\\colorbox": (2, 1), "\\ensuremath": (1, 0), "\\texorpdfstring": (2, 0),
    "\\hyperref": (1, 0), "\\href": (2, 1), "\\hyperlink": (2, 1),
}  # fmt: skip
_BLANKS = frozenset(
    [" ", "{", "}", "&", "~", "\\par", "\\\\", "\\quad", "\\qquad", *(f"\\{mark}" for mark in " ,;:!>")]
)
_ENDS = ("\\eqno", "\\leqno")
_DRAWINGS = frozenset(["\\includegraphics", "\\xymatrix", "\\diagram", "\\feynmandiagram", "\\tikz", "\\input"])
_DRAWINGS |= {f"\\begin{{{name}}}" for name in ("tikzcd", "picture", "CD", "tikzpicture", "diagram", "fmffile")}


def clean_tokens(tokens):
    r"""Takes out labels, references, equation numbers, footnotes, colours and the like.

    Args:
        tokens: list of str.

    Returns:
        List of str.

    Raises:
        ValueError: if the formula holds something that is no formula, with the reason as its message.

    Example:

    >>> clean_tokens(["x", "\\label", "{", "a", "}"])
    ['x']
    """
    tokens, cleaned = list(tokens), []
    place = 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token[0] != "\\":
            if token[0] == "#":
                raise ValueError("a parameter outside a macro")
            if token < " " or token == "\x7f":
                raise ValueError("a control character")
            cleaned.append(token)
        elif token in _ENDS:
            break
        elif token in _DROPPED:
            _, place = _arguments(tokens, place, _DROPPED[token])
        elif token in _UNWRAPPED:
            number, drawn = _UNWRAPPED[token]
            found, end = _arguments(tokens, place, number)
            tokens[place:end] = ["{", *found[drawn], "}"] if len(found) == number else []
        elif token in _DRAWINGS:
            raise ValueError("a drawing")
        elif "@" in token:
            raise ValueError("an internal command of a package")
        else:
            cleaned.append(token)
    return cleaned


def join_tokens(tokens):
    r"""Writes tokens as LaTeX, with a blank after a command that is a word where a letter follows.

    Args:
        tokens: iterable of str.

    Returns:
        String, without white space around it.

    Example:

    >>> join_tokens(["\\alpha", "x", "_", "1"])
    '\\alpha x_1'
    """
    pieces = []
    after_word = after_space = False
    for token in tokens:
        if token == " " or token == "\\par":
            if not after_space:
                pieces.append(" ")
            after_space, after_word = True, False
            continue
        if after_word and (token[0].isalpha() or token[0] == "@"):
            pieces.append(" ")
        pieces.append(token)
        after_space = False
        after_word = len(token) > 1 and token[0] == "\\" and token[-1].isalpha()
    text = "".join(pieces).lstrip()
    stripped = text.rstrip()
    # A blank that belongs to the command "\ " is no white space.
    return (
        stripped + " " if stripped.endswith("\\") and not stripped.endswith("\\\\") and text != stripped else stripped
    )


def is_blank(tokens):
    """Whether nothing would be drawn."""
    return all(token in _BLANKS for token in tokens)


def is_balanced(tokens):
    r"""Whether each group, environment and `\left` in some tokens ends in them."""
    open_ones = []
    closing = {"}": "{", "\\right": "\\left"}
    for token in tokens:
        if token in ("{", "\\left") or token.startswith("\\begin{"):
            open_ones.append(token)
        elif token in closing or token.startswith("\\end{"):
            opening = closing.get(token) or "\\begin" + token[len("\\end") :]
            if not open_ones or open_ones.pop() != opening:
                return False
    return not open_ones


def trim(tokens):
    """Returns tokens without blanks at either end."""
    start, end = 0, len(tokens)
    while start < end and tokens[start] == " ":
        start += 1
    while end > start and tokens[end - 1] == " ":
        end -= 1
    return tokens[start:end]


def _arguments(tokens, place, number):
    """The next `number` arguments, and the place behind them. A star and arguments in brackets are passed over."""
    found = []
    if number and place < len(tokens) and tokens[place] == "*":
        place += 1
    while len(found) < number:
        ahead = _behind_spaces(tokens, place)
        if ahead < len(tokens) and tokens[ahead] == "[":
            end = next((index for index in range(ahead, len(tokens)) if tokens[index] == "]"), None)
            if end is None:
                break
            place = end + 1
        elif ahead < len(tokens) and tokens[ahead] == "{":
            place = group_end(tokens, ahead)
            found.append(tokens[ahead + 1 : place - 1])
        elif ahead < len(tokens):
            found.append([tokens[ahead]])
            place = ahead + 1
        else:
            break
    return found, place


def _behind_spaces(tokens, place):
    while place < len(tokens) and tokens[place] == " ":
        place += 1
    return place
