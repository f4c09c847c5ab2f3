r"""The rewrites that turn tokens into LaTeX, in the regular-expression syntax that Python and RE2 share.

The exported model rewrites inside the TensorFlow graph, so both engines must give the same string on any
input. The patterns keep to what they agree on: ASCII classes, no look-around, no back-reference, no `\s`, and
no match of the empty string. A formula is one line; tokens stand between single spaces until `GLUE`.

While the rewrites run, a few control characters stand for pieces that must not be taken for something else:

    \x01  a space to keep                 \x02 \x03  the formula's two ends
    \x04  a space after an operator       \x05 \x06  \{ and \}
    \x07 \x08  the braces of \begin{...}  \x0e  the control space
    \x0f  a line break (\\)               \x10  the backslash of a named operator
    \x11  a space to keep before a letter or digit
    \x12  a brace or parenthesis to leave alone: \x12 stands for ")" of \put(...)
    \x13  a dash of -- or ---
"""

from typing import NamedTuple

from keras_im2latex.markup.symbols import (
    ACCENTS,
    COMMANDS_OF_TWO_ARGUMENTS,
    FRACTIONS,
    MATH_ALPHABETS,
    OPERATORS_WITH_LIMITS,
    OPERATORS_WITH_SIDE_SCRIPTS,
    ORDINARY_SYMBOLS,
    OVER_AND_UNDER,
    SCRIPT_SYMBOLS,
    SPACED_SYMBOLS,
    VERBATIM_COMMANDS,
)


class Rewrite(NamedTuple):
    """Replaces every match of `pattern` by `replacement`, in which a backslash and a digit name a group."""

    pattern: str
    replacement: str


def _words(names) -> str:
    return r"\\(?:" + "|".join(names) + ")"


def _spelled(names) -> str:
    return "|".join(" ".join(name) for name in names)


def _balanced(depth: int) -> str:
    inside = "[^{}]*"
    for _ in range(depth):
        inside = rf"[^{{}}]*(?:\{{{inside}\}}[^{{}}]*)*"
    return inside


# A token after which an opening brace begins a group of its own and not a command's argument.
_BEFORE_GROUP = (
    r"(?:[^ \\}\]@*^_\x08\x12]"
    rf"|'+|\\[,:;!|]|{_words(ORDINARY_SYMBOLS)}|{_words(SPACED_SYMBOLS)}"
    r"|\\(?:left|right)(?:[^ A-Za-z\\]|\\[^ ]+)"
    rf"|[_^](?:[A-Za-z0-9]|{_words(SCRIPT_SYMBOLS)}))"
)
_ORDINARY = rf"(?:[A-Za-z0-9]|{_words(ORDINARY_SYMBOLS)})"
_ARGUMENT = rf"\{{ {_balanced(4)}\}}"
_FRACTION = rf"{_words(FRACTIONS)} {_ARGUMENT} {_ARGUMENT}"
_ONE_ARGUMENT = rf"{_words((*ACCENTS, *OVER_AND_UNDER, *MATH_ALPHABETS))} {_ARGUMENT}"

PROTECT = (
    Rewrite(r"[\x00-\x20\x7f]+", " "),
    Rewrite(r"^ ", "\x02 "),
    Rewrite(r" $", " \x03"),
    Rewrite(r"\\\\", "\x0f"),
    Rewrite(r"\\ ", "\x0e "),
    Rewrite(r"\\\{", "\x05"),
    Rewrite(r"\\\}", "\x06"),
    Rewrite(r"\\(begin|end)\{([A-Za-z]*\*?)\}", "\\\\\\1\x07\\2\x08"),
    Rewrite(r"--", "\x13\x13"),
    Rewrite(r"(\\(?:put|makebox|framebox) \( [^()]*)\)", "\\1\x12"),
)

NAMES_AND_SCRIPTS = (
    Rewrite(rf"\\operatorname \{{ ({_spelled(OPERATORS_WITH_SIDE_SCRIPTS)}) \}}", "\x10\\1\x11"),
    Rewrite(rf"\\operatorname\* \{{ ({_spelled(OPERATORS_WITH_LIMITS)}) \}}", "\x10\\1\x11"),
    Rewrite(r" \^ \{ \\prime \}", " '"),
    Rewrite(r" \^ \{ \\prime \\prime \}", " ''"),
    Rewrite(r" \^ \{ \\prime \\prime \\prime \}", " '''"),
    Rewrite(rf"({_words(COMMANDS_OF_TWO_ARGUMENTS)}) ([^ {{}}]+) ", r"\1 { \2 } "),
    Rewrite(rf"({_words(COMMANDS_OF_TWO_ARGUMENTS)} \{{ {_balanced(2)}\}}) ([A-Za-z0-9]) ", r"\1 { \2 } "),
    Rewrite(rf" ([_^]) \{{ ([A-Za-z0-9*+-]|{_words(SCRIPT_SYMBOLS)}) \}}", r" \1\2"),
    Rewrite(rf"([_^]) ([A-Za-z0-9*+-]|{_words(SCRIPT_SYMBOLS)}) ", r"\1\2 "),
)

# Braces that draw nothing. Each pass frees what the passes before it have uncovered.
BRACES = (
    Rewrite(rf"\{{ \{{ ({_balanced(4)})\}} \}}", r"{ \1}"),
    Rewrite(rf"( {_BEFORE_GROUP}) \{{ ({_ORDINARY}) \}}", r"\1 \2"),
    Rewrite(rf"( {_BEFORE_GROUP}) \{{ ({_FRACTION}) \}} ([^ _^'])", r"\1 \2 \3"),
    Rewrite(rf"( {_BEFORE_GROUP}) \{{ ({_ONE_ARGUMENT}) \}} ([^ _^'])", r"\1 \2 \3"),
)
BRACES_PASSES = 3

GLUE = (
    Rewrite(r"(\\[A-Za-z]+| [_^][A-Za-z0-9]) ([A-Za-z0-9])", "\\1\x01\\2"),
    Rewrite(r"\x0f ", "\x0f\x01"),
    Rewrite(r"(\\begin\x07[A-Za-z]*\*?\x08) ([^ {])", "\\1\x01\\2"),
    Rewrite(r"- -", "-\x01-"),
    Rewrite(r"- -", "-\x01-"),
    Rewrite(r" ", ""),
)

_VERBATIM = rf"{_words(VERBATIM_COMMANDS)}\*?\{{{_balanced(1)}\}}|[_^]\{{{_balanced(1)}\}}|[_^](?:[-+]|{_words(SCRIPT_SYMBOLS)}\b)|\\[,>]"
_SPACED = (
    r"[-+=<>,&\x0f]|:=|\\not(?:[=<>]|\\[A-Za-z]+)"
    rf"|{_words(SPACED_SYMBOLS)}\b|\\begin\x07[^\x08]*\x08(?:\{{{_balanced(1)}\}})?|\\end\x07[^\x08]*\x08"
)

SPACE = (
    Rewrite(rf"({_VERBATIM})|({_SPACED})", "\\1\x01\\2\x04"),
    Rewrite(r"\x01\x04", ""),
    Rewrite(r"\x01,", ","),
    Rewrite(r"\{\x01", "{"),
    Rewrite(r"\x04\}", "}"),
    Rewrite(r"([(\[{,\x02\x04\x05]|\\(?:langle|lfloor|lceil|left[.|]))\x01?([-+])\x04", r"\1\2"),
    Rewrite(r"\x11[\x01]?([A-Za-z0-9])", "\x01\\1"),
    Rewrite(r"\x11", ""),
    Rewrite(r"[\x01\x04]+", " "),
    Rewrite(r"[\x0e ]+\x03", "\x03"),
    Rewrite(r"\x02 ?|\x03", ""),
)

RESTORE = (
    Rewrite(r"\x0e ?", r"\\ "),
    Rewrite(r"\x0f", r"\\\\"),
    Rewrite(r"\x10", r"\\"),
    Rewrite(r"\x05", r"\\{"),
    Rewrite(r"\x06", r"\\}"),
    Rewrite(r"\x07", "{"),
    Rewrite(r"\x08", "}"),
    Rewrite(r"\x12", ")"),
    Rewrite(r"\x13", "-"),
)

REWRITES = (*PROTECT, *NAMES_AND_SCRIPTS, *(BRACES * BRACES_PASSES), *GLUE, *SPACE, *RESTORE)
