"""Cuts long formulas into short ones that somebody could have written by themselves."""

import re

RELATIONS = frozenset(r"= < > \leq \geq \neq \to \in".split())  # noqa: SIM905
_PARTNERS = {"}": "{", ")": "(", "]": "[", "\\}": "\\{"}
_OPENING = frozenset(_PARTNERS.values())
_SCRIPTS = frozenset(["_", "^"])
_BEFORE_ARGUMENTS = _SCRIPTS | {"}", "]", "\\frac", "\\sqrt", "\\operatorname", "\\operatorname*"}
_WORDS = tuple(" ".join(word) for word in ("log", "exp", "sin", "cos", "tan", "lim", "max", "min", "ln"))
_OPERATOR = re.compile(r"\\operatorname\*? \{ [^{}]* \}")
_NEVER_FIRST = RELATIONS | _SCRIPTS | {".", ",", "!", "\\prime"}
_NEVER_LAST = RELATIONS | _SCRIPTS | {"+", "-", "\\times", "\\cdot", "/"}


def pieces(tokens) -> list[list[str]]:
    r"""All parts of a formula that make a formula: itself, what stands between relations and commas, what is in groups.

    Args:
        tokens: list of strings, a formula in `handwritten_form`.

    Returns:
        Lists of tokens, each once, in the order of their places; brackets in each are balanced, and none ends in a
        point or a comma.

    Example:
        >>> [" ".join(piece) for piece in pieces("a = \\frac { x + y } { 2 } .".split())]
        ['a = \\frac { x + y } { 2 }', 'a', '\\frac { x + y } { 2 }', 'x + y', '2']
    """
    found = {}
    for start, end in _spans(tokens):
        while end > start and tokens[end - 1] in (".", ","):
            end -= 1
        piece = tuple(tokens[start:end])
        if piece and _is_whole(piece):
            found.setdefault(piece)
    return [list(piece) for piece in found]


def _spans(tokens):
    """Places of the whole, of its parts at the outermost level, and of each group that is no word."""
    yield 0, len(tokens)
    yield from _parts(tokens, 0, len(tokens))
    opened = []
    for place, token in enumerate(tokens):
        if token == "{":
            opened.append(place)
        elif token == "}" and opened:
            start = opened.pop()
            if not tokens[start - 1].startswith("\\operatorname"):
                yield start + 1, place
                yield from _parts(tokens, start + 1, place)


def _parts(tokens, start, end):
    """Places of all runs of parts between relations and commas outside of brackets."""
    depth, edges = 0, [start]
    for place in range(start, end):
        token = tokens[place]
        depth += (token in _OPENING) - (token in _PARTNERS)
        if not depth and (token in RELATIONS or token == ","):
            edges.append(place)
    edges.append(end)
    for first in range(len(edges) - 1):
        begin = edges[first] + (edges[first] > start)
        for last in range(first + 1, len(edges)):
            if (begin, edges[last]) != (start, end):
                yield begin, edges[last]


def _is_whole(tokens):
    """Whether every bracket has its partner, and nothing at the edges lacks what it belongs to."""
    opened = []
    for token in tokens:
        if token in _OPENING:
            opened.append(token)
        elif token in _PARTNERS and (not opened or opened.pop() != _PARTNERS[token]):
            return False
    return not opened and tokens[0] not in _NEVER_FIRST and tokens[-1] not in _NEVER_LAST


def is_plain(tokens) -> bool:
    """Whether a formula's handwriting says how it is spelled.

    Not if braces stand around anything but arguments and scripts, or letters of which nobody could tell whether they
    are a word: `l o g`, which printed stands in italics.

    Args:
        tokens: list of strings, a formula in `handwritten_form`.
    """
    for place, token in enumerate(tokens):
        if token == "{" and (not place or tokens[place - 1] not in _BEFORE_ARGUMENTS):
            return False
        if token == "}" and tokens[place + 1 : place + 2] == ["{"] and not _is_numerator(tokens, place):
            return False
    text = _OPERATOR.sub("", " ".join(tokens))
    return not any(word in text for word in _WORDS)


def operators(formula) -> set[str]:
    """The words of a formula, a string of tokens: `\\operatorname { s i n }`."""
    return set(_OPERATOR.findall(formula))


def _is_numerator(tokens, end):
    """Whether the group that ends at a place is the first one after a `\\frac`."""
    depth = 0
    for place in range(end, -1, -1):
        depth += (tokens[place] == "}") - (tokens[place] == "{")
        if not depth:
            return place > 0 and tokens[place - 1] == "\\frac"
    return False
