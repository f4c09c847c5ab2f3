"""Formulas refused before TeX sees them: what reaches out of its own picture, or could not be told apart from it."""

import re

LARGEST_FORMULA = 10_000
BLANK = "blank: nothing was drawn"

# What reads, writes or runs something, changes how text is read, or changes the run for every later formula.
_REFUSED = frozenset(
    """
    input include includeonly endinput openin openout closein closeout read readline write immediate
    special InputIfFileExists IfFileExists includegraphics verbatiminput usepackage RequirePackage
    documentclass typein typeout message errmessage show showthe showbox showlists showtokens showgroups
    showifs filecontents catcode lccode uccode sfcode mathcode delcode endlinechar escapechar newlinechar
    csname endcsname scantokens makeatletter makeatother active obeylines obeyspaces verb global
    globaldefs gdef xdef outer protected fontdimen hyphenchar skewchar patterns hyphenation newcounter
    setcounter addtocounter stepcounter refstepcounter newlength newsavebox newbox newcount newdimen
    newskip newmuskip newtoks newread newwrite newfam newinsert newlanguage newtheorem definecounter
    batchmode nonstopmode scrollmode errorstopmode tracingall tracingmacros tracingonline loggingall
    shipout output stop bye dump enddocument endgroup begingroup egroup bgroup aftergroup afterassignment
    jobname mag maxdeadcycles deadcycles insert mark vadjust eject newpage clearpage cleardoublepage
    pagebreak tableofcontents maketitle vsplit everypar everymath everydisplay everyhbox everyvbox
    everyjob everycr bibliography addtocontents addcontentsline makeindex index glossary pagestyle
    thispagestyle pagenumbering AtBeginDocument AtEndDocument NeedsTeXFormat ExplSyntaxOn directlua
    DeclareMathAlphabet SetMathAlphabet DeclareSymbolFont SetSymbolFont DeclareMathVersion
    DeclareFontFamily DeclareFontShape DeclareFontEncoding DeclareMathSizes
    """.split()  # noqa: SIM905
)
_REFUSED_ENVIRONMENTS = _REFUSED | {
    "document",
    "verbatim",
    "filecontents",
    "filecontents*",
    "csname",
    "group",
    "def",
    "edef",
    "let",
}
_CONTROL_WORD = re.compile(r"\\(?:([a-zA-Z]+)|[^a-zA-Z])")
_ENVIRONMENT = re.compile(r"\\(?:begin|end)(?![a-zA-Z])\s*(\{\s*([^{}\\]*?)\s*\})?")
_COMMENT = re.compile(r"((?:^|[^\\])(?:\\\\)*)%[^\n]*\n?[ \t]*")
_CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BRACE = re.compile(r"\\[\s\S]|[{}]")


def refusal(formula):
    """Tells why a formula must not be given to TeX.

    Args:
        formula: str, the LaTeX of one formula.

    Returns:
        The reason in words, or `None` where there is none.

    Raises:
        TypeError: `formula` is no string.

    Example:
        >>> refusal(r"\\input{/etc/passwd}")
        'refused: \\\\input'
    """
    if not isinstance(formula, str):
        raise TypeError(f"`formulas` must be strings. Received: {formula!r}")
    if len(formula) > LARGEST_FORMULA:
        return f"refused: longer than {LARGEST_FORMULA} characters"
    if _CONTROL_CHARACTER.search(formula):
        return "refused: a control character"
    try:
        formula.encode("utf-8")
    except UnicodeEncodeError:
        return "refused: not valid UTF-8"
    if "^^" in formula:
        return "refused: ^^ before a character"
    for match in _CONTROL_WORD.finditer(formula):
        if match[1] in _REFUSED:
            return f"refused: \\{match[1]}"
    for match in _ENVIRONMENT.finditer(formula):
        if not match[1]:
            return "refused: an environment without a plain name"
        if match[2] in _REFUSED_ENVIRONMENTS:
            return f"refused: the environment {match[2]}"
    if not without_comments(formula).strip():
        return BLANK
    return _unbalanced(formula)


def without_comments(formula):
    """The formula without its comments, its lines joined, so that none of it reaches behind its last character."""
    if "%" in formula:
        formula = _COMMENT.sub(r"\1", formula + "\n")
    return formula.strip("\r\n")


def _unbalanced(formula):
    depth = 0
    for match in _BRACE.finditer(without_comments(formula)):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth < 0:
                return "Extra }, or a { is missing"
    return "Missing }" if depth else None
