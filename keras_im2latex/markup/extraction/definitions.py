"""The commands with which authors define commands."""

from keras_im2latex.markup.extraction.environments import DISPLAYS
from keras_im2latex.markup.extraction.macro import Macro, Primitive
from keras_im2latex.markup.extraction.token_reader import ReadingError

# What the extractor itself goes by keeps its meaning.
_PROTECTED = (
    {"\\begin", "\\end", "\\input", "\\include", "\\def", "\\newcommand", "\\renewcommand", "\\fi", "\\else"}
    | {f"\\{name}" for name in DISPLAYS}
    | {f"\\begin{{{name}}}" for name in DISPLAYS}
    | {f"\\end{{{name}}}" for name in DISPLAYS}
)
_MAX_PARAMETER_TEXT = 200
_END_OF_EXPANSION = Primitive("\\endofexpansion")


class Definitions:
    r"""Carries out `\newcommand`, `\def` and their relatives.

    Args:
        reader: `TokenReader`. Reads what is defined.
        macros: `MacroTable`. Takes the definitions.
        expand: callable. Returns the next token after expansion, for `\edef`.

    Example:
    ```python
    definitions = Definitions(reader, macros, expand)
    definitions.handlers["\\newcommand"]()  # reads {\name}[1]{body}
    ```
    """

    def __init__(self, reader, macros, expand):
        self._reader = reader
        self._macros = macros
        self._expand = expand
        self._everywhere = False
        self.handlers = {
            "\\newcommand": self._newcommand,
            "\\renewcommand": self._newcommand,
            "\\DeclareRobustCommand": self._newcommand,
            "\\providecommand": self._providecommand,
            "\\newenvironment": self._newenvironment,
            "\\renewenvironment": self._newenvironment,
            "\\DeclareMathOperator": self._math_operator,
            "\\RedeclareMathOperator": self._math_operator,
            "\\DeclarePairedDelimiter": self._paired_delimiter,
            "\\DeclarePairedDelimiterX": self._paired_delimiter_around,
            "\\NewDocumentCommand": self._document_command,
            "\\RenewDocumentCommand": self._document_command,
            "\\ProvideDocumentCommand": self._document_command,
            "\\DeclareDocumentCommand": self._document_command,
            "\\def": self._def,
            "\\gdef": lambda: self._def(everywhere=True),
            "\\edef": lambda: self._def(expanded=True),
            "\\xdef": lambda: self._def(everywhere=True, expanded=True),
            "\\let": self._let,
            "\\global": self._global,
            "\\long": lambda: None,
        }

    def _define(self, name, macro):
        everywhere, self._everywhere = self._everywhere, False
        if name[:1] != "\\" or name in _PROTECTED:
            return
        # A package's macros that lean on LaTeX's internals would leave nothing that can be read.
        if self._reader.source.in_package_text and ("@" in name or any("@" in token for token in macro.body)):
            return
        self._macros.define(name, macro, everywhere)

    def _name(self):
        tokens = [token for token in self._reader.read_argument() if token != " "]
        return tokens[0] if len(tokens) == 1 else ""

    def _parameters(self):
        """The number of parameters in brackets, and the default of the first."""
        number = self._reader.read_optional()
        if number is None:
            return (), None
        text = "".join(number).strip()
        default = self._reader.read_optional()
        count = int(text) if text.isdecimal() and int(text) < 10 else 0
        return ((),) * count, None if default is None or not count else tuple(default)

    def _newcommand(self):
        self._reader.take("*")
        name = self._name()
        delimiters, default = self._parameters()
        self._define(name, Macro(tuple(self._reader.read_argument()), delimiters, default=default))

    def _providecommand(self):
        self._reader.take("*")
        name = self._name()
        delimiters, default = self._parameters()
        body = tuple(self._reader.read_argument())
        if name not in self._macros:
            self._define(name, Macro(body, delimiters, default=default))

    def _newenvironment(self):
        self._reader.take("*")
        name = "".join(self._reader.read_argument()).strip()
        delimiters, default = self._parameters()
        begin, end = (tuple(self._reader.read_argument()) for _ in range(2))
        self._define(f"\\begin{{{name}}}", Macro(begin, delimiters, default=default))
        self._define(f"\\end{{{name}}}", Macro(end))

    def _math_operator(self):
        star = ("*",) if self._reader.take("*") else ()
        name = self._name()
        self._define(name, Macro(("\\operatorname", *star, "{", *self._reader.read_argument(), "}")))

    def _paired_delimiter(self):
        name = self._name()
        left, right = (tuple(self._reader.read_argument()) for _ in range(2))
        # The optional size, such as \big, stands before each of the two.
        body = ("#1", *left, "#2", "#1", *right)
        starred = ("\\left", *left, "#2", "\\right", *right)
        self._define(name, Macro(body, ((), ()), default=(), starred=starred))

    def _paired_delimiter_around(self):
        name = self._name()
        delimiters, _ = self._parameters()
        left, right = (tuple(self._reader.read_argument()) for _ in range(2))
        # The optional size comes first, so each parameter moves on by one.
        inside = [
            f"#{int(token[1:]) + 1}" if token[0] == "#" and token[1:].isdecimal() else token
            for token in self._reader.read_argument()
        ]
        body = [*left, *("#1" if token == "\\delimsize" else token for token in inside), "#1", *right]
        starred = ["\\middle" if token == "\\delimsize" else token for token in inside]
        starred = ("\\left", *left, *starred, "\\right", *right)
        self._define(name, Macro(("#1", *body), ((), *delimiters), default=(), starred=starred))

    def _document_command(self):
        name = self._name()
        kinds = [token for token in self._reader.read_argument() if token != " "]
        body = tuple(self._reader.read_argument())
        default = None
        if kinds[:2] == ["O", "{"] and "}" in kinds:
            end = len(kinds) - kinds[::-1].index("}")
            default = tuple(kinds[2 : end - 1])
            kinds = ["m", *kinds[end:]]
        if len(kinds) < 10 and set(kinds) <= {"m"}:  # stars and the like are left to LaTeX
            self._define(name, Macro(body, ((),) * len(kinds), default=default))

    def _def(self, everywhere=False, expanded=False):
        self._everywhere = self._everywhere or everywhere
        name = self._reader.skip_spaces()
        prefix, delimiters = [], []
        while (token := self._reader.read(across_files=False)) not in ("{", None):
            if token[0] == "#" and token[1:].isdecimal():
                delimiters.append([])
            else:
                (delimiters[-1] if delimiters else prefix).append(token)
            if len(prefix) + len(delimiters) + sum(map(len, delimiters[-1:])) > _MAX_PARAMETER_TEXT:
                raise ReadingError("a definition has no end")
        self._reader.unread(token)
        body = self._reader.read_argument()
        if expanded:
            body = self._expanded(body)
        if name:
            self._define(name, Macro(tuple(body), tuple(map(tuple, delimiters)), tuple(prefix)))

    def _expanded(self, tokens):
        self._reader.push([*tokens, _END_OF_EXPANSION])
        body = []
        while (token := self._expand()) not in (_END_OF_EXPANSION, None):
            body.append(token)
        return body

    def _let(self):
        name = self._reader.skip_spaces()
        self._reader.take("=")
        meaning = self._reader.skip_spaces()
        if name is None or meaning is None:
            return
        macro = self._macros.get(meaning)
        if macro is None and meaning[0] == "\\":
            macro = Macro((Primitive(meaning),))
        if macro is not None:
            self._define(name, macro)

    def _global(self):
        self._everywhere = True
