"""Braces that change nothing but spaces."""

from keras_im2latex.markup.symbols import (
    ACCENTS,
    COMMANDS_OF_TWO_ARGUMENTS,
    ORDINARY_SYMBOLS,
    OVER_AND_UNDER,
    SCRIPT_SYMBOLS,
    SPACED_SYMBOLS,
    WORDS_WITHOUT_ARGUMENT,
)

_ARGUMENTS = {
    **dict.fromkeys((*ORDINARY_SYMBOLS, *SCRIPT_SYMBOLS, *SPACED_SYMBOLS, *WORDS_WITHOUT_ARGUMENT), 0),
    **dict.fromkeys((*ACCENTS, *OVER_AND_UNDER, "operatorname", "operatorname*"), 1),
    **dict.fromkeys(COMMANDS_OF_TWO_ARGUMENTS, 2),
}
_UNKNOWN = 9  # a command that is not in the table: all groups right after it are taken for its arguments


def without_spacing_braces(tokens: list[str]) -> list[str]:
    """Leaves out braces that are neither around an argument, nor around a script or what a script hangs on.

    TeX sets a group as one ordinary symbol, without the space that a binary operator in it would have.

    Args:
        tokens: the tokens of a formula, as `normalize` writes it with `mode="faithful"`.

    Returns:
        The tokens that are left.

    Example:
        >>> " ".join(without_spacing_braces("{ - a } + \\sqrt { { x y } ^ { 2 } }".split()))
        '- a + \\\\sqrt { { x y } ^ { 2 } }'
    """
    superfluous = set()
    opened = []  # place of each open brace, whether it may go, and how many arguments are missing after its group
    missing = 0
    for place, token in enumerate(tokens):
        if token == "{":
            opened.append((place, not missing, max(missing - 1, 0)))
            missing = 0
        elif token == "}":
            start, free, missing = opened.pop()
            bare = tokens[start + 1] not in ("_", "^", "}")
            if free and bare and tokens[place + 1 : place + 2] not in (["_"], ["^"]):
                superfluous.update((start, place))
        elif token in ("_", "^"):
            missing = 1
        elif token == "[" and tokens[place - 1 : place] == ["\\sqrt"]:
            opened.append((place, False, 1))
            missing = 0
        elif token == "]" and opened and tokens[opened[-1][0]] == "[":
            missing = opened.pop()[2]
        elif token[0] == "\\" and token[1:2].isalpha():
            missing = _ARGUMENTS.get(token[1:], _UNKNOWN)
        else:
            missing = max(missing - 1, 0)
    return [token for place, token in enumerate(tokens) if place not in superfluous]
