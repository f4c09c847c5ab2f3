r"""TeX's conditionals, as far as they can be decided without running TeX."""

import re

from keras_im2latex.markup.extraction.token_reader import ReadingError

# What can't be decided is taken to be true; of these, none is.
_ALWAYS = {"\\iftrue": True, "\\iffalse": False, "\\ifvmode": False, "\\ifinner": False}
_NAMES = "cat num dim odd vmode hmode mmode inner void hbox vbox x eof true false case defined csname fontchar"
_PRIMITIVES = frozenset(["\\if", *(f"\\if{name}" for name in f"{_NAMES} pdf xetex luatex".split())])
_NAMED = re.compile(r"\\if[A-Z@]\w*")
_TWO_TOKENS = ("\\ifx", "\\if", "\\ifcat")


class Conditionals:
    r"""Decides conditionals and skips the branch not taken.

    `\iftrue`, `\iffalse`, `\ifmmode`, `\ifx`, `\ifdefined`, `\ifnum` of plain numbers and the paper's own
    `\newif` are decided; of any other the first branch is taken.

    Args:
        reader: `TokenReader`.
        macros: `MacroTable`.
        expand: callable. Returns the next token after expansion.

    Example:
    ```python
    if conditionals.handles(token):
        conditionals.run(token, in_formula=True)
    ```
    """

    def __init__(self, reader, macros, expand):
        self._reader = reader
        self._macros = macros
        self._expand = expand
        self._flags = {}
        self._setters = {}
        self._open = 0
        self.handlers = {"\\newif": self._newif, "\\else": self._else, "\\or": self._else, "\\fi": self._fi}

    def handles(self, token):
        """Whether a token begins a conditional or sets a flag of the paper's."""
        return token in _PRIMITIVES or token in self._flags or token in self._setters or bool(_NAMED.fullmatch(token))

    def run(self, token, in_formula):
        """Carries out a token that `handles` says is for this class."""
        if token in self._setters:
            name, value = self._setters[token]
            self._flags[name] = value
            return
        if self._decide(token, in_formula) or self._skip(to_else=True):
            self._open += 1

    def _decide(self, token, in_formula):
        if token in self._flags:
            return self._flags[token]
        if token in _ALWAYS:
            return _ALWAYS[token]
        if token == "\\ifmmode":
            return in_formula
        if token == "\\ifdefined":
            return self._reader.skip_spaces() in self._macros
        if token in _TWO_TOKENS:
            first, second = (self._reader.skip_spaces() for _ in range(2))
            return first == second or self._meaning(first) == self._meaning(second) is not None
        if token == "\\ifnum":
            return self._compare_numbers()
        return True

    def _meaning(self, token):
        return None if token is None else self._macros.get(token)

    def _compare_numbers(self):
        text = ""
        while len(text) < 40 and (token := self._expand()) is not None:
            if token == " " and re.fullmatch(r"\d+ *[<=>] *\d+", text):
                break
            if not re.fullmatch(r"[\d<=> ]", token):
                self._reader.unread(token)
                break
            text += token
        match = re.match(r" *(\d+) *([<=>]) *(\d+)", text)
        if match is None:
            return True
        left, right = int(match[1]), int(match[3])
        return {"<": left < right, "=": left == right, ">": left > right}[match[2]]

    def _newif(self):
        name = self._reader.skip_spaces()
        if name is not None and name.startswith("\\if"):
            self._flags[name] = False
            self._setters[f"\\{name[3:]}true"] = (name, True)
            self._setters[f"\\{name[3:]}false"] = (name, False)

    def _else(self):
        if self._open:
            self._open -= 1
            self._skip(to_else=False)

    def _fi(self):
        self._open = max(0, self._open - 1)

    def _skip(self, to_else):
        r"""Skips to the `\fi`, or if `to_else` to the `\else` at the same depth. Returns whether that was met."""
        depth = 0
        while (token := self._reader.read(across_files=False)) is not None:
            if token in _PRIMITIVES or token in self._flags or _NAMED.fullmatch(token):
                depth += 1
            elif token == "\\fi":
                if depth == 0:
                    return False
                depth -= 1
            elif token == "\\else" and depth == 0 and to_else:
                return True
        raise ReadingError("a conditional has no end")
