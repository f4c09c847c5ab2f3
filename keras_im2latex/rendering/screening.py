"""Looks at a formula before TeX sees it: is it refused, drawn alone, or drawn in a run with others?

What is refused here would be stopped by TeX's own rules or by the limits of its process too; refusing it gives a clear
reason and costs nothing. What changes TeX's state for good, or could, is drawn in a run of its own, so that no other
formula's picture depends on it.
"""

import re
from typing import NamedTuple

LARGEST_FORMULA = 10_000
"""The longest formula, in bytes of UTF-8."""

# What reads, writes or ends something, or changes how a text is read, so that screening it would mean nothing.
_REFUSED = frozenset(
    """
    input include includeonly endinput InputIfFileExists IfFileExists includegraphics lstinputlisting verbatiminput
    bibliography openin openout closein closeout read readline write immediate special message errmessage typein
    typeout usepackage RequirePackage PassOptionsToPackage documentclass LoadClass NeedsTeXFormat AtBeginDocument
    AtEndDocument directlua shipout output dump stop bye document enddocument batchmode nonstopmode scrollmode
    errorstopmode interactionmode csname endcsname scantokens catcode makeatletter makeatother endlinechar verb
    obeylines ExplSyntaxOn
    """.split()  # noqa: SIM905
)
# What can change something for the formulas behind it: definitions, counters, fonts, groups that it did not open.
_ALONE = frozenset(
    """
    def edef gdef xdef let futurelet global globaldefs long outer protected expandafter noexpand newcommand
    renewcommand providecommand DeclareRobustCommand CheckCommand newenvironment renewenvironment newtheorem newif
    newcounter setcounter addtocounter stepcounter refstepcounter numberwithin counterwithin counterwithout newlength
    newsavebox newbox newcount newdimen newskip newmuskip newtoks newread newwrite newfam newinsert newlanguage
    chardef mathchardef countdef dimendef skipdef muskipdef toksdef font fontdimen hyphenchar skewchar patterns
    hyphenation lccode uccode sfcode mathcode delcode escapechar newlinechar lowercase uppercase everypar everymath
    everydisplay everyhbox everyvbox everyjob everycr everyeof afterassignment aftergroup begingroup endgroup bgroup
    egroup loop iterate mag maxdeadcycles deadcycles insert mark marks jobname footnote footnotemark footnotetext
    thanks caption part chapter section subsection subsubsection paragraph item allowdisplaybreaks pagestyle
    thispagestyle pagenumbering
    """.split()  # noqa: SIM905
)
# Environments that leave nothing behind; every other one is drawn alone.
_SAFE_ENVIRONMENTS = frozenset(
    """
    array matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix psmallmatrix bsmallmatrix cases dcases rcases
    aligned alignedat gathered split subarray multlined tabular tabular* minipage picture
    """.split()  # noqa: SIM905
)
_CONTROL_WORD = re.compile(r"\\([a-zA-Z]+|[^a-zA-Z])", re.DOTALL)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)(?![a-zA-Z])[ \n\t]*(?:\{([a-zA-Z]+\*?)\})?")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# An escaped character, which is skipped whole; a comment to where the next line's text begins; or a brace.
_LEXEME = re.compile(r"\\.|%[^\n]*(?:\n[ \t]*|$)|[{}]", re.DOTALL)


class Screened(NamedTuple):
    """What screening says of a formula.

    Attributes:
        text: str, what TeX is to read: the formula without its comments.
        refusal: str or `None`, why TeX must not read it.
        alone: bool. It needs a run of its own.
    """

    text: str
    refusal: str | None = None
    alone: bool = False


def screen(formula):
    """Screens one formula.

    Args:
        formula: str, the LaTeX of one formula.

    Returns:
        A `Screened`.

    Raises:
        TypeError: `formula` is no string.

    Example:
        >>> screen(r"\\input{/etc/passwd}").refusal
        'refused: \\\\input'
    """
    if not isinstance(formula, str):
        raise TypeError(f"`formulas` must be strings. Received: {formula!r}")
    refusal = _refused_characters(formula)
    if refusal:
        return Screened("", refusal)
    text, refusal = _read_braces(formula.replace("\r\n", "\n").replace("\r", "\n"))
    refusal = refusal or _refused_words(text)
    if refusal:
        return Screened("", refusal)
    words = set(_CONTROL_WORD.findall(text))
    environments = set(_ENVIRONMENT.findall(text)) if "begin" in words or "end" in words else set()
    return Screened(text, alone=not (words.isdisjoint(_ALONE) and environments <= _SAFE_ENVIRONMENTS))


def _refused_characters(formula):
    if len(formula) > LARGEST_FORMULA:
        return f"refused: longer than {LARGEST_FORMULA} bytes"
    try:
        size = len(formula.encode("utf-8"))
    except UnicodeEncodeError:
        return "refused: not valid UTF-8"
    if size > LARGEST_FORMULA:
        return f"refused: longer than {LARGEST_FORMULA} bytes"
    if _CONTROL_CHARACTER.search(formula):
        return "refused: a control character"
    if "^^" in formula:
        return "refused: a character written as ^^"
    return None


def _refused_words(text):
    for word in _CONTROL_WORD.findall(text):
        if word in _REFUSED or word.startswith("pdf"):
            return f"refused: \\{word}"
    for environment in _ENVIRONMENT.findall(text):
        if not environment:
            return "refused: an environment without a plain name"
        if environment in _REFUSED:
            return f"refused: the environment {environment}"
    return None


def _read_braces(formula):
    """The formula without comments and outer newlines, and what is wrong with its braces."""
    depth, refusal = 0, None

    def replacement(match):
        nonlocal depth, refusal
        lexeme = match[0]
        if lexeme[0] == "%":
            return ""
        if lexeme == "{":
            depth += 1
        elif lexeme == "}":
            depth -= 1
            if depth < 0:
                refusal = "Extra }, or a { is missing"
        return lexeme

    text = _LEXEME.sub(replacement, formula).strip("\n")
    if depth > 0:
        refusal = refusal or "a } is missing"
    return text, refusal
