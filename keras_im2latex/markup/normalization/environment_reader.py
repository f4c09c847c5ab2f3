"""Reading delimiters and environments."""

from keras_im2latex.markup.normalization import tex_tables as tex
from keras_im2latex.markup.normalization.formula_reader import FormulaReader
from keras_im2latex.markup.normalization.tex_lexer import END

_MAX_COLUMNS = 100
_PLACES = {"t": "[t] ", "b": "[b] ", "c": ""}
# What `\\dots` takes for the end of mathematics: the end of a cell that TeX closes with a dollar.
_CELL_ENDS = frozenset(["&"])


class EnvironmentReader(FormulaReader):
    """Reads delimiters that fit their contents, matrices, and other environments of rows and cells."""

    def delimiter(self):
        """Reads a delimiter."""
        while self.tokens[self.index] == " ":
            self.index += 1
        token = self.tokens[self.index]
        delimiter = tex.DELIMITERS.get(token)
        if delimiter is None:
            self.refuse(f"{token!r} is no delimiter")
        self.index += 1
        return delimiter

    def left(self, token, nodes):
        r"""Reads from \left to \right."""
        opener = self.index
        self.index += 1
        left = self.delimiter()
        inside = self.tidy(self.expression(opener), followed=True)
        self.expect("\\right")
        right = self.delimiter()
        text = "".join([node[1] for node in inside])
        nodes.append((tex.INNER, f"\\left{left} {text}\\right{right} "))

    def middle(self, token, nodes):
        r"""Reads \middle and its delimiter."""
        self.index += 1
        nodes.append((tex.OPAQUE, f"\\middle {self.delimiter()} "))

    def sized_delimiter(self, token, nodes):
        """Reads a delimiter of given size."""
        self.index += 1
        nodes.append((tex.SIZED_DELIMITERS[token], f"{token} {self.delimiter()} "))

    def environment(self, token, nodes):
        r"""Reads from \begin to \end."""
        name = token[7:-1]
        opener = self.index
        self.index += 1
        delimiters, written, style, alternating = tex.ENVIRONMENTS[name]
        head = f"\\begin{{{written}}} "
        if name in ("array", "aligned", "gathered", "alignedat") and self.tokens[self.index] == "[":
            place = self.tokens[self.index + 1]
            if self.tokens[self.index + 2] == "]" and place in _PLACES:
                head += _PLACES[place]
                self.index += 3
        columns = None
        if name in ("array", "subarray"):
            columns = self.array_columns()
        elif name == "alignedat":
            head += "{ " + self.argument() + "} "
        body, width = self.read_rows(opener, style, alternating)
        if columns is not None:
            if not {"|", "@", "!", ">", "<"}.intersection(columns):
                columns = columns[:width]
            head += "{ " + " ".join(columns) + " } "
        if self.tokens[self.index] != f"\\end{{{name}}}":
            self.refuse(f"expected \\end{{{name}}}, not {self.tokens[self.index] or 'the end'!r}")
        self.index += 1
        self.append_environment(nodes, delimiters, f"{head}{body}\\end{{{written}}} ")

    def plain_matrix(self, token, nodes):
        r"""Reads `\matrix{...}`, `\pmatrix{...}` and `\cases{...}` of plain TeX."""
        opener = self.index
        self.index += 1
        self.expect("{")
        delimiters, written, style, alternating = tex.ENVIRONMENTS[token[1:]]
        body, _ = self.read_rows(opener + 1, style, alternating)
        self.expect("}")
        self.append_environment(nodes, delimiters, f"\\begin{{{written}}} {body}\\end{{{written}}} ")

    def substack(self, token, nodes):
        r"""Reads \substack."""
        self.index += 1
        opener = self.index
        self.expect("{")
        body, _ = self.read_rows(opener, tex.SCRIPT, False)
        self.expect("}")
        nodes.append((tex.BOX, f"\\substack {{ {body}}} "))

    def append_environment(self, nodes, delimiters, text):
        """Appends an environment between its delimiters."""
        if delimiters:
            nodes.append((tex.INNER, f"\\left{delimiters[0]} {text}\\right{delimiters[1]} "))
        else:
            nodes.append((tex.BOX, text))

    def read_rows(self, opener, style, alternating):
        """Reads rows of cells; returns their text and the number of columns."""
        outer, dollars, cramped = self.style, self.dollars, self.cramped
        self.cramped = False
        self.rows_depth += 1
        self.dollars = frozenset() if alternating else _CELL_ENDS
        parts = []
        column = width = 0
        while True:
            self.style = style
            before = tex.CHARACTER if alternating and column % 2 else None
            cell = self.expression(opener)
            cell = self.tidy(cell, whole=before is None and not _ends_in_dots(cell), before=before)
            parts.append(_row_start(cell) if column == 0 else "".join([node[1] for node in cell]))
            opener = self.index
            token = self.tokens[opener]
            if token == "&":
                parts.append("& ")
                column += 1
                width = max(width, column)
            elif token[:2] == "\\\\":
                parts.append(token + " ")
                column = 0
            else:
                break
            self.index += 1
        self.style, self.dollars, self.cramped = outer, dollars, cramped
        self.rows_depth -= 1
        ended = len(parts) > 2 and not parts[-1] and parts[-2] == "\\\\ " and (parts[-3] or parts[-4:-3] == ["& "])
        # The only row of an alignment is packed otherwise without a row end.
        if ended and (not alternating or any(part[:2] == "\\\\" for part in parts[:-2])):
            del parts[-2:]
        return "".join(parts), width + 1

    def array_columns(self):
        """Reads the columns of an array."""
        tokens = self.tokens
        if tokens[self.index] != "{":
            column = tokens[self.index]
            self.index += 1
            return [column]
        self.index += 1
        columns = []
        while tokens[self.index] != "}":
            token = tokens[self.index]
            self.index += 1
            if token == END:
                self.refuse("expected '}', not the end")
            if token == "*":
                times = self.raw_argument()
                repeated = self.raw_argument()
                count = "".join(times)
                if not count.isdigit() or int(count) > _MAX_COLUMNS:
                    self.refuse(f"a column is repeated {count!r} times")
                columns += repeated * int(count)
            elif token in ("@", "!", ">", "<"):
                columns += [token, "{", *self.raw_argument(), "}"]
            elif token in ("p", "m", "b"):
                columns.append(f"{token}{{{''.join(self.raw_argument())}}}")
            elif token != " ":
                columns.append(token)
        self.index += 1
        return columns

    def raw_argument(self):
        """Reads an argument, braced or bare; returns its tokens as they stand."""
        token = self.tokens[self.index]
        if token not in ("{", "}", END):
            self.index += 1
            return [token]
        self.expect("{")
        start = self.index
        depth = 1
        while depth:
            token = self.tokens[self.index]
            if token == END:
                self.refuse("expected '}', not the end")
            depth += (token == "{") - (token == "}")
            self.index += 1
        return self.tokens[start : self.index - 1]


def _row_start(cell):
    """The text of the first cell of a row, no part of which LaTeX may take for an argument of the row end."""
    text = "".join([node[1] for node in cell])
    if text[:2] == "[ ":
        return "\\lbrack " + text[2:]
    if text[:2] == "* ":
        return "\\ast " + text[2:]
    return text


def _ends_in_dots(cell):
    """Whether dots stand last in a braced cell, where they would look at what follows it."""
    return bool(cell and cell[-1][0] == tex.BRACES and cell[-1][2] and cell[-1][2][-1][1] == "\\cdots ")


EnvironmentReader.handlers = (
    FormulaReader.handlers
    | dict.fromkeys(tex.SIZED_DELIMITERS, EnvironmentReader.sized_delimiter)
    | dict.fromkeys(["\\matrix", "\\pmatrix", "\\cases"], EnvironmentReader.plain_matrix)
    | dict.fromkeys([f"\\begin{{{name}}}" for name in tex.ENVIRONMENTS], EnvironmentReader.environment)
    | {
        "\\left": EnvironmentReader.left,
        "\\middle": EnvironmentReader.middle,
        "\\substack": EnvironmentReader.substack,
    }
)
