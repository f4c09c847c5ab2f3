"""What the IM2LATEX-100K authors' normalizer does to a formula before it parses it."""

import re

_KATEX_TOKEN = r"\\(?:[a-zA-Z]+|[^\ud800-\udfff])|---?|[ \r\n\t]+|[!-\[\]-\u2027\u202a-\ud7ff\uf900-\U0010ffff]"
_TOKEN_OR_ANYTHING = re.compile(_KATEX_TOKEN + r"|.", re.DOTALL)
_HSKIP = re.compile(r"hskip(.*?)(cm|in|pt|mm|em)")
_LABEL = re.compile(r"\\label{.*?}")

END = ""


def substitute(latex):
    """Returns `latex` after the text substitutions the authors make before they parse.

    Args:
        latex: string. One formula.

    Returns:
        A string.
    """
    if "hskip" in latex:
        latex = _HSKIP.sub(r"hspace{\1\2}", latex)
    latex = latex.replace("\r", " ").strip()
    if "%" in latex:
        latex = latex.removeprefix("%").split("%")[0]
    latex = latex.replace("\\~", " ").replace("\\>", " ").replace("$", " ")
    if "\\label" in latex:
        latex = _LABEL.sub("", latex)
    if "\\\\" in latex and not any(word in latex for word in ("matrix", "cases", "array", "begin")):
        latex = latex.replace("\\\\", "\\,")
    if "\\rm" in latex:
        for _ in range(300):
            before = latex
            for opening in ("{\\rm", "{ \\rm", "\\rm{"):
                latex = latex.replace(opening, "\\mathrm{", 1)
            if latex == before:
                break
    return latex


def tokenize(text):
    """Splits substituted text into KaTeX's tokens, blanks among them only where there is text.

    Args:
        text: string. What `substitute` returned.

    Returns:
        A list of strings, ended by `END`.
    """
    tokens = _TOKEN_OR_ANYTHING.findall(text)
    if any(name in text for name in ("\\text", "\\mbox", "\\hbox", "\\vbox")):
        tokens = [" " if token[0] in " \n\t" else token for token in tokens]
    else:
        tokens = [token for token in tokens if token[0] not in " \n\t"]
    tokens.append(END)
    return tokens


def token_position(text, tokens, index):
    """Returns the character at which a token starts.

    Args:
        text: string. What `substitute` returned.
        tokens: list of strings. What `tokenize` made of it.
        index: int. Which token.

    Returns:
        An int.
    """
    spaced = " " in tokens
    starts = [match.start() for match in _TOKEN_OR_ANYTHING.finditer(text) if spaced or not match[0].isspace()]
    return starts[index] if index < len(starts) else len(text)
