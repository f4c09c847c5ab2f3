r"""The rewrites that turn tokens into LaTeX, in the regular-expression syntax that Python and RE2 share.

The exported model rewrites inside the TensorFlow graph, so both engines must give the same string on any
input. The patterns keep to what they agree on: ASCII classes, no look-around, no back-reference, no `\s`, and
no match of the empty string. A formula is one line that begins and ends with a space; its tokens stand
between single spaces until `GLUE` closes them up.

While the rewrites run, control characters stand for what must not be taken for something else:

    \x01  a space to keep                      \x0e  the control space
    \x02  the formula's beginning              \x0f  a line break (\\)
    \x03  the formula's end                    \x10  the backslash of a named operator
    \x04  the space after an operator          \x11  the end of a named operator
    \x05 \x06  \{ and \}                       \x12  the parenthesis before an argument
    \x07 \x08  the braces of \begin{...}       \x13  a dash of -- or ---
    \x15  the place of dropped braces          \x14  braces around here change the drawing
"""

from collections.abc import Iterable
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
    WORDS_WITHOUT_ARGUMENT,
)


class Rewrite(NamedTuple):
    """Replaces every match of `pattern` by `replacement`, in which a backslash and a digit name a group."""

    pattern: str
    replacement: str


def _any_of(words: Iterable[str]) -> str:
    """Matches any of the words, as a tree of their beginnings, in which Python tries far fewer branches."""
    words = set(words)
    branches = []
    for first in sorted({word[0] for word in words if word}):
        branches.append(first + _any_of(word[1:] for word in words if word.startswith(first)))
    if len(branches) == 1 and "" not in words:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if '' in words else ''}" if branches else ""


def _commands(*names: str) -> str:
    return r"\\" + _any_of(names)


def _spelled(names: Iterable[str]) -> str:
    return "|".join(" ".join(name) for name in names)


def _balanced(depth: int, without: str = "") -> str:
    """Matches text `without` some characters whose braces are balanced and nested no deeper than `depth`."""
    plain = f"[^{{}}{without}]*"
    inside = plain
    for _ in range(depth):
        inside = rf"{plain}(?:\{{{inside}\}}{plain})*"
    return inside


_HELD = "\x14"
_DROPPED = "\x15"
_ARGUMENT = rf"\{{ {_balanced(4)}\}}"
_ORDINARY = rf"(?:[A-Za-z0-9]|{_commands(*ORDINARY_SYMBOLS)})"
_SCRIPT = rf"(?:[A-Za-z0-9*+-]|{_commands(*SCRIPT_SYMBOLS)})"
_TWO_ARGUMENTS = _commands(*COMMANDS_OF_TWO_ARGUMENTS)
_FRACTION = rf"{_commands(*FRACTIONS)} {_ARGUMENT} {_ARGUMENT}"
_ONE_ARGUMENT = (
    rf"(?:{_commands(*OVER_AND_UNDER, *MATH_ALPHABETS)} {_ARGUMENT}|{_commands(*ACCENTS)} \{{ [^{{}}\\]*\}})"
)
_ACCENTED = rf"{_commands(*ACCENTS, *MATH_ALPHABETS)} \{{ {_ORDINARY} \}}"
_WORD_BEFORE_GROUP = _commands(*ORDINARY_SYMBOLS, *SPACED_SYMBOLS, *WORDS_WITHOUT_ARGUMENT)

# What stands before a brace that opens a group of its own and not a command's argument.
_BEFORE_GROUP = (
    rf" (?:[^ \\}}\]@*^_\x08\x12{_HELD}]|'+|\\[,:;!|]|{_WORD_BEFORE_GROUP}"
    rf"|\\(?:left|right)(?:[^ A-Za-z\\]|\\[^ ]+)|[_^](?:{_SCRIPT}| \{{ {_balanced(1)}\}}))"
)
_BEFORE_CELL = r"(?:&|\x0f|\\hline|\\begin\x07(?:array\x08 \{ [^{}]*\}|[a-z]*matrix\x08|cases\x08|aligned\x08))"
# A cell's content. At the beginning of a row, LaTeX takes a bracket or star for an argument of the break.
_CELL = rf"(?:[^ {{}}\[*{_HELD}]|\{{ {_balanced(4, without=_HELD)}\}}){_balanced(4, without=_HELD)}"

PROTECT = (
    Rewrite(r"[\x00-\x1f\x7f]", " "),
    Rewrite(r"  +", " "),
    Rewrite(r"^ ", " \x02 "),
    Rewrite(r" $", " \x03"),
    Rewrite(r"\\\\", "\x0f"),
    Rewrite(r"\\ ", "\x0e "),
    Rewrite(r"\\\{", "\x05"),
    Rewrite(r"\\\}", "\x06"),
    Rewrite(r"\\(begin|end)\{([A-Za-z]*\*?)\}", "\\\\\\1\x07\\2\x08"),
    Rewrite(r"--", "\x13\x13"),
    Rewrite(r"(\\(?:m?kern|[hm]skip))-", "\\1\x13"),
    Rewrite(r"\\hfill ", rf"\\hfill {_HELD} "),
    Rewrite(r"(\\[cl]?dots[bcimo]?) \}", rf"\1 {_HELD} }}"),
    Rewrite(r"(\\(?:put|makebox|framebox) \( [^()]*)\)", "\\1\x12"),
)

NAMES_AND_SCRIPTS = (
    Rewrite(r"\{ \\(bf|cal|it|sf|tt) ((?:[A-Za-z0-9] )+)\}", r"{ \\math\1 { \2} }"),
    Rewrite(rf"\\operatorname \{{ ({_spelled(OPERATORS_WITH_SIDE_SCRIPTS)}) \}}", "\x10\\1\x11"),
    Rewrite(rf"\\operatorname\* \{{ ({_spelled(OPERATORS_WITH_LIMITS)}) \}}", "\x10\\1\x11"),
    Rewrite(rf"({_TWO_ARGUMENTS}) ([^ {{}}]+) ", r"\1 { \2 } "),
    Rewrite(rf"({_TWO_ARGUMENTS} \{{ {_balanced(2)}\}}) ([A-Za-z0-9]) ", r"\1 { \2 } "),
    Rewrite(rf"({_commands(*ACCENTS)} \{{ {_commands(*ACCENTS)} \{{) \{{", rf"\1 {_HELD} {{"),
    Rewrite(rf"\{{ \{{ ({_balanced(4)})\}} \}}", r"{ \1}"),
    Rewrite(rf"\{{ \{{ ({_balanced(4)})\}} \}}", r"{ \1}"),
    Rewrite(r"(\\(?:boldsymbol|bm|pmb) \{) \{", rf"\1 {_HELD} {{"),
    Rewrite(r" \^ \{ \\prime \}", " '"),
    Rewrite(r" \^ \{ \\prime \\prime \}", " ''"),
    Rewrite(r" \^ \{ \\prime \\prime \\prime \}", " '''"),
    Rewrite(rf" ([_^]) \{{ ({_SCRIPT}) \}}", r" \1\2"),
    Rewrite(rf"([_^]) ({_SCRIPT}) ", r" \1\2 "),
)

# Braces that draw nothing. Each pass frees what the passes before it have uncovered.
BRACES = (
    Rewrite(
        rf"({_BEFORE_GROUP}) \{{ (?:({_ORDINARY}|{_ACCENTED}) \}}"
        rf"|({_FRACTION}|{_ONE_ARGUMENT}) \}}( [^ _^']))",
        rf"\1 \2\3 {_DROPPED}\4",
    ),
    Rewrite(rf"({_BEFORE_CELL}) \{{ ({_CELL})\}} ([&\x0f]|\\end)", r"\1 \2\3"),
)
BRACES_PASSES = 3

GLUE = (
    Rewrite(rf" [{_HELD}{_DROPPED}]", ""),
    Rewrite(r"\x0f (\\end\x07(?:array|[a-z]*matrix|cases)\x08)", r"\1"),
    Rewrite(r"(\\[A-Za-z]+| [_^][A-Za-z0-9]) ([A-Za-z0-9])", "\\1\x01\\2"),
    Rewrite(r"(\x0f|\\begin\x07[A-Za-z]*\*?\x08) ([\[*])", "\\1\x01\\2"),
    Rewrite(r"\[object Object\]", "[object\x01Object]"),
    Rewrite(r"- -", "-\x01-"),
    Rewrite(r"- -", "-\x01-"),
    Rewrite(r" ", ""),
)

_VERBATIM = (
    rf"{_commands(*VERBATIM_COMMANDS)}\*?\{{{_balanced(1)}\}}|[_^]\{{{_balanced(1)}\}}|[_^][-+]"
    rf"|[_^]{_commands(*SCRIPT_SYMBOLS)}\b|\\[^A-Za-z]"
)
_SPACED = (
    r"\x0f\[-?[0-9.]+[a-z]+\]|[-+=<>,&\x0f]|:=|\\not(?:[=<>]|\\[A-Za-z]+)"
    rf"|{_commands(*SPACED_SYMBOLS)}\b|\\begin\x07[^\x08]*\x08(?:\{{{_balanced(1)}\}})?|\\end\x07[^\x08]*\x08"
)

SPACE = (
    Rewrite(rf"({_VERBATIM})|({_SPACED})", "\\1\x01\\2\x04"),
    Rewrite(r"\x01\x04", ""),
    Rewrite(r"[\x01\x04]+,", ","),
    Rewrite(r",\x04(\\[^A-Za-z])", r",\1"),
    Rewrite(r"\{\x01", "{"),
    Rewrite(r"\x04\}", "}"),
    Rewrite(r"([(\[{,\x02\x04\x05]|\\(?:langle|lfloor|lceil|left[.|]))\x01?([-+])\x04", r"\1\2"),
    Rewrite(r"\x11\x01?([A-Za-z0-9])", "\x01\\1"),
    Rewrite(r"\x11", ""),
    Rewrite(r"[\x01\x04]+", " "),
    Rewrite(r"\x02 ?", ""),
    Rewrite(r" ?\x03", ""),
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
