"""The normalizer of the IM2LATEX-100K authors, quirks included."""

import re

from keras_im2latex.markup.normalization import katex_tables as katex
from keras_im2latex.markup.normalization.errors import NormalizationError
from keras_im2latex.markup.normalization.im2markup_nodes import (
    EMPTY_GROUP,
    GROUP,
    INFIX,
    OPERATOR,
    OTHER,
    array_columns,
    contents,
    named_operator,
    resolve_infix,
)
from keras_im2latex.markup.normalization.im2markup_text import END, substitute, token_position, tokenize

_EXPRESSION_ENDS = frozenset(["}", "\\end", "\\right", "&", "\\\\", "\\cr", END])
_SCRIPTS = frozenset(["^", "_", "'", "\\limits", "\\nolimits"])
_MAX_DEPTH = 120

_MATRIX_COMMANDS = frozenset(["\\matrix", "\\pmatrix", "\\cases"])
_WRITTEN_LABEL = re.compile(r"\\label { .*? }")
_DIMENSION = re.compile(r"(-?)\s*(\d+(?:\.\d*)?|\.\d+)\s*([a-z]{2})")


class Im2markupNormalizer:
    """Writes a formula as the authors' `preprocess_formulas.py --mode normalize` does.

    The authors parse with a KaTeX 0.6 they changed and write the tree out again. This class goes the same
    way, with the same losses: `\\limits`, the index of a root, the first of two scripts, sizes of fractions
    and of row gaps all go, and `\\rule` becomes `ule`, as in the published files.

    Args:
        matrix_environment: string. `"matrix"`, what the authors' scripts write since commit 37314a8 (December
            2016), or `"array"`, what they wrote before. Defaults to `"matrix"`.

    Example:

    >>> from keras_im2latex.markup.normalization.im2markup import Im2markupNormalizer
    >>> Im2markupNormalizer().normalize(r"{\\rm Tr}H^I_1")
    '\\\\mathrm { T r } H _ { 1 } ^ { I }'

    Reference:
        - [im2markup](https://github.com/harvardnlp/im2markup/tree/master/scripts/preprocessing)
    """

    def __init__(self, matrix_environment="matrix"):
        if matrix_environment not in ("matrix", "array"):
            raise ValueError(
                f"`matrix_environment` must be 'matrix' or 'array'. Received: matrix_environment={matrix_environment!r}"
            )
        self._matrix_environment = matrix_environment

    def normalize(self, latex):
        """Returns the normalized formula, tokens separated by one space.

        Args:
            latex: string. One formula, without the dollars around it.

        Returns:
            A string.

        Raises:
            NormalizationError: where the authors' script prints a blank line.
        """
        text = self._text = substitute(latex)
        self._tokens = tokenize(text)
        self._index = self._depth = 0
        self._text_mode = False
        self._roman = False
        self._spaced = " " in self._tokens
        if self._spaced:
            self._skip_spaces()
        nodes = self._expression()
        if self._tokens[self._index] != END:
            self._refuse(f"expected the end of the formula, not {self._tokens[self._index]!r}")
        emitted = "".join([node[1] for node in nodes])
        if "SSSSSS" in emitted or " S S S S S S" in emitted:
            emitted = emitted.replace("SSSSSS", "$").replace(" S S S S S S", "$")
        if "\\label" in emitted:
            emitted = _WRITTEN_LABEL.sub("", emitted, count=1)
        if not emitted.isascii():
            return " ".join([token for token in emitted.split() if token.isascii()])
        return " ".join(emitted.split())

    def _refuse(self, reason):
        raise NormalizationError(reason, token_position(self._text, self._tokens, self._index), self._text)

    def _skip_spaces(self):
        tokens = self._tokens
        while tokens[self._index] == " ":
            self._index += 1

    def _advance(self):
        if self._index < len(self._tokens) - 1:
            self._index += 1
        if self._spaced and not self._text_mode:
            self._skip_spaces()

    def _expect(self, token):
        if self._tokens[self._index] != token:
            self._refuse(f"expected {token!r}, not {self._tokens[self._index] or 'the end'!r}")
        self._advance()

    def _expression(self, stop_at_infix=False, stop=None):
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._refuse(f"groups are nested more than {_MAX_DEPTH} deep")
        body = []
        infix = False
        tokens = self._tokens
        while True:
            token = tokens[self._index]
            if token in _EXPRESSION_ENDS or token == stop:
                break
            start = self._index
            node = self._atom()
            if node is None:
                break
            if node[0] == INFIX:
                if stop_at_infix:
                    self._index = start
                    break
                if infix:
                    self._refuse("only one infix operator may stand in a group")
                infix = True
            body.append(node)
        self._depth -= 1
        return resolve_infix(body) if infix else body

    def _atom(self):
        """Reads a nucleus and the scripts on it."""
        node = self._implicit_group()
        tokens = self._tokens
        if tokens[self._index] not in _SCRIPTS or self._text_mode:
            return node
        superscript = subscript = None
        while True:
            token = tokens[self._index]
            if token == "^":
                superscript = self._script("superscript")
            elif token == "_":
                subscript = self._script("subscript")
            elif token == "'":
                primes = ""
                while tokens[self._index] == "'":
                    primes += "\\prime "
                    self._advance()
                superscript = (GROUP, "{ " + primes + "} ")
            elif token in ("\\limits", "\\nolimits"):
                if node is None or node[0] != OPERATOR:
                    self._refuse(f"{token} must follow an operator")
                if node[2]:
                    node = named_operator(node[2], with_limits=token == "\\limits")
                self._advance()
            else:
                break
        if superscript is None and subscript is None:
            return node
        emitted = node[1] if node else ""
        if subscript is not None:
            emitted += "_ " + (subscript[1] if subscript[0] == GROUP else "{ " + subscript[1] + "} ")
        if superscript is not None:
            emitted += "^ " + (superscript[1] if superscript[0] == GROUP else "{ " + superscript[1] + "} ")
        return (OTHER, emitted)

    def _script(self, name):
        self._advance()
        node, function = self._group()
        if function is None:
            return node
        if katex.GREEDINESS[function] <= 1:
            self._refuse(f"{function} without its argument stands as {name}")
        return self._function(function)

    def _group(self):
        """Reads a braced group or one symbol: its node, or the name of a command whose arguments follow."""
        if self._tokens[self._index] == "{":
            self._advance()
            inner = self._expression()
            self._expect("}")
            return (GROUP, "{ " + "".join([node[1] for node in inner]) + "} ", inner), None
        return self._symbol()

    def _symbol(self):
        token = self._tokens[self._index]
        if token == END or token == "{":
            return None, None
        if token in katex.GREEDINESS:
            self._advance()
            return None, token
        self._advance()
        known = token in (katex.TEXT_SYMBOLS if self._text_mode else katex.SYMBOLS)
        if known:
            return (OTHER, "~ " if token == " " else token + " "), None
        if self._roman:
            return (OTHER, " ".join(token) + " "), None
        return (OTHER, token + " "), None

    def _implicit_group(self):
        """Reads a node, with those commands that hold to the end of their group."""
        token = self._tokens[self._index]
        if token not in katex.GREEDINESS:
            if token == "{":
                return self._group()[0]
            if token in _MATRIX_COMMANDS:
                self._advance()
                self._expect("{")
                node = self._environment_body(token[1:])
                self._expect("}")
                return node
            return self._symbol()[0]
        self._advance()
        if token == "\\left":
            left = self._delimiter(token)
            body = self._expression()
            self._expect("\\right")
            right = self._delimiter("\\right")
            return (OTHER, f"\\left{left} " + "".join([node[1] for node in body]) + f"\\right{right} ")
        if token == "\\begin":
            return self._environment()
        if token in katex.SWITCHES:
            if token == "\\rm":
                outer, self._roman = self._roman, True
                body = self._expression()
                self._roman = outer
                return (OTHER, "\\mathrm { " + "".join([node[1] for node in body]) + "} ")
            return (OTHER, token + " " + "".join([node[1] for node in self._expression()]))
        if token in katex.STYLES:
            return (OTHER, token + " " + "".join([node[1] for node in self._expression(stop_at_infix=True)]))
        return self._function(token)

    def _delimiter(self, command):
        token = self._tokens[self._index]
        if token not in katex.DELIMITERS:
            self._refuse(f"{token!r} is no delimiter for {command}")
        self._advance()
        return token

    def _argument(self, command, previous=None):
        """Reads an argument. For a command that binds no tighter it is the one before, as with theirs."""
        node, function = self._group()
        if function is None:
            if node is None:
                self._refuse(f"{command} lacks an argument")
            return node
        if katex.GREEDINESS[function] > katex.GREEDINESS[command]:
            return self._function(function)
        if previous is None:
            self._refuse(f"{function} cannot be the argument of {command}")
        return previous

    def _function(self, name):
        """Reads the arguments of a command already passed."""
        if name in katex.FRACTIONS:
            numerator = self._argument(name)
            denominator = self._argument(name, numerator)
            return (OTHER, katex.FRACTIONS[name] + " " + numerator[1] + denominator[1])
        if name in katex.FONTS:
            written = katex.FONTS[name]
            outer, self._roman = self._roman, name == "\\mathrm"
            body = self._argument(name)
            self._roman = outer
            return (OTHER, written + " " + body[1])
        if name in katex.OPERATOR_SYMBOLS:
            return (OPERATOR, name + " ", None)
        if name in katex.OPERATORS_WITHOUT_LIMITS:
            return named_operator(name, with_limits=False)
        if name in katex.OPERATORS_WITH_LIMITS:
            return named_operator(name, with_limits=True)
        if name in katex.ACCENTS:
            base = self._argument(name)
            return (OTHER, name + " " + (base[1] if base[0] == GROUP else "{ " + base[1] + "} "))
        if name in katex.SIZED_DELIMITERS:
            return (OTHER, name + " " + self._delimiter(name) + " ")
        if name in katex.TEXTS:
            return (OTHER, "\\mathrm { " + contents(self._text_argument(name)) + "} ")
        if name == "\\sqrt":
            return self._root()
        if name in ("\\overline", "\\underline"):
            return (OTHER, name + " { " + self._argument(name)[1] + "} ")
        if name in katex.INFIXES:
            return (INFIX, katex.INFIXES[name] + " ")
        if name == "\\phantom":
            return (OTHER, "\\phantom { " + contents(self._argument(name)) + "} ")
        if name in ("\\llap", "\\rlap"):
            return (OTHER, name + " " + self._argument(name)[1])
        if name == "\\rule":
            return self._rule()
        self._refuse(f"{name} cannot be written")

    def _text_argument(self, name):
        outer, self._text_mode = self._text_mode, True
        if self._spaced:
            self._skip_spaces()
        node = self._argument(name)
        self._text_mode = outer
        if self._spaced and not outer:
            self._skip_spaces()
        return node

    def _root(self):
        index = ""
        if self._tokens[self._index] == "[":
            self._advance()
            self._expression(stop="]")
            self._expect("]")
            index = "[ [object Object] ] "
        return (OTHER, "\\sqrt " + index + self._argument("\\sqrt")[1])

    def _rule(self):
        if self._tokens[self._index] == "[":
            self._dimension("[", "]")
        width = self._dimension("{", "}")
        height = self._dimension("{", "}")
        return (OTHER, f"ule {{ {width} }} {{ {height} }} ")

    def _dimension(self, opening, closing):
        self._expect(opening)
        text = ""
        while self._tokens[self._index] not in (closing, END):
            text += self._tokens[self._index]
            self._advance()
        self._expect(closing)
        match = _DIMENSION.match(text)
        if match is None:
            self._refuse(f"{text!r} is no dimension")
        return f"{float(match[1] + match[2]):g} {match[3]}"

    def _name(self):
        """Reads the `{name}` of a \\begin or \\end already passed."""
        self._expect("{")
        name = ""
        while self._tokens[self._index] not in ("}", END):
            name += self._tokens[self._index]
            self._index += 1
        self._expect("}")
        return name

    def _environment(self):
        name = self._name()
        if name not in katex.ENVIRONMENTS:
            self._refuse(f"the environment {name!r} is not known")
        columns = None
        if name in ("array", "tabular"):
            columns = array_columns(self._argument("\\begin"))
        node = self._environment_body(name, columns)
        self._expect("\\end")
        closing = self._name()
        if closing != name:
            self._refuse(f"\\begin{{{name}}} is closed by \\end{{{closing}}}")
        return node

    def _environment_body(self, name, columns=None):
        rows = self._rows()
        delimiters, style = katex.ENVIRONMENTS[name]
        if name == "aligned":
            for row in rows:
                row[1::2] = [[EMPTY_GROUP, *cell] for cell in row[1::2]]
        if style == "matrix" and self._matrix_environment == "array":
            style, columns = "array", "l " * max(len(row) for row in rows)
        emitted = ["\\begin{", style, "} "]
        if columns is not None:
            emitted += ["{ ", columns, "} "]
        for row in rows:
            if len(row) == 1 and not row[0]:
                continue
            if row[0] and row[0][0][1] == "\\hline ":
                emitted.append("\\hline ")
                row[0] = row[0][1:]
            cells = ["{ " + "".join([node[1] for node in cell]) + "} " for cell in row]
            emitted += ["& ".join(cells), "\\\\ "]
        emitted += ["\\end{", style, "} "]
        text = "".join(emitted)
        if delimiters:
            text = f"\\left{delimiters[0]} {text}\\right{delimiters[1]} "
        return (OTHER, text)

    def _rows(self):
        row = []
        rows = [row]
        while True:
            row.append(self._expression())
            token = self._tokens[self._index]
            if token == "&":
                self._advance()
            elif token in ("\\end", "}"):
                return rows
            elif token in ("\\\\", "\\cr"):
                self._advance()
                if self._tokens[self._index] == "[":
                    self._dimension("[", "]")
                row = []
                rows.append(row)
            else:
                self._refuse("expected &, \\\\ or \\end")
