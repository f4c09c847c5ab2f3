"""One spelling for each picture."""

from keras_im2latex.markup.normalization import tex_tables as tex
from keras_im2latex.markup.normalization.atom_lists import tidy
from keras_im2latex.markup.normalization.errors import NormalizationError
from keras_im2latex.markup.normalization.tex_lexer import END, position_of, tokenize_tex
from keras_im2latex.markup.normalization.text_boxes import UnreadableText, read_text

_SCRIPTS = frozenset(["^", "_", "'", "\\limits", "\\nolimits"])
_CLOSERS = frozenset(["}", "&", "\\right", END])
_MAX_DEPTH = 100
_MAX_COLUMNS = 100
_NODES = {token: (atom, " ".join(token.split()) + " ") for token, atom in tex.CLASSES.items()}
_RESTYLED_OPERATORS = tex.STACKING_OPERATORS | frozenset(["\\mathop", "\\operatorname*"])
_PADDED_DOTS = {"\\dots": (), "\\dotsc": (";", "."), "\\dotso": (",", ";", ".")}
# What `\\dots` takes for the end of mathematics: the end of a cell that TeX closes with a dollar.
_BOLD = frozenset(["\\boldsymbol", "\\bm", "\\pmb"])
_CELL_ENDS = frozenset(["&"])
# These set a bare symbol otherwise than a braced one, unless it is an ordinary symbol.
_PRIMITIVES = frozenset(
    ["\\mathop", "\\mathbin", "\\mathrel", "\\mathopen", "\\mathclose", "\\mathpunct", "\\mathord", "\\mathinner"]
)
_BARE_NUMERATOR = (tex.CHARACTER, tex.GROUP, tex.BOX)


class FaithfulNormalizer:
    """Writes a formula with the one spelling of its picture.

    It reads as TeX does (which braces make an atom, how far a font switch reaches, in which style each part is set) and
    leaves out or renames only what draws nothing: superfluous braces and styles, the order of scripts, synonyms, text
    commands where mathematics draws the same.

    Example:

    >>> from keras_im2latex.markup.normalization.faithful import FaithfulNormalizer
    >>> FaithfulNormalizer().normalize(r"{a \\over b}^2_1")
    '\\\\frac { a } { b } _ { 1 } ^ { 2 }'
    """

    def normalize(self, latex):
        """Returns the normalized formula, tokens separated by one space.

        Args:
            latex: string. One formula, without the dollars around it, to be set in display style.

        Returns:
            A string.

        Raises:
            NormalizationError: if the formula cannot be read.
        """
        self._latex = latex
        self._tokens = tokenize_tex(latex)
        self._index = 0
        self._depth = 0
        self._style = tex.DISPLAY
        self._switch = None
        self._scriptable = True
        self._cramped = False
        self._fonts = 0
        self._bold = 0
        self._dollars = frozenset()
        self._text_size = tex.TEXT
        self._infix_openers = _infix_openers(self._tokens)
        nodes = self._expression(-1)
        while self._tokens[self._index].startswith("\\\\"):
            nodes.append((tex.OPAQUE, self._tokens[self._index] + " "))
            self._index += 1
            nodes += self._list()
        if self._tokens[self._index] != END:
            self._refuse(f"{self._tokens[self._index]!r} closes nothing")
        nodes = self._tidy(nodes, whole=True)
        while nodes and nodes[-1][0] == tex.SPACE:
            nodes.pop()
        return "".join([node[1] for node in nodes])[:-1]

    def _tidy(self, nodes, whole=False, before=None, followed=False):
        return tidy(nodes, whole, before, self._style <= tex.TEXT, followed)

    def _refuse(self, reason):
        raise NormalizationError(reason, position_of(self._latex, self._index), self._latex)

    def _expect(self, token):
        if self._tokens[self._index] != token:
            self._refuse(f"expected {token!r}, not {self._tokens[self._index] or 'the end'!r}")
        self._index += 1

    def _expression(self, opener, stop=None):
        """Reads a list up to what ends it; `opener` is the place of the token that began it."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            self._refuse(f"groups are nested more than {_MAX_DEPTH} deep")
        style, cramped, text_size = self._style, self._cramped, self._text_size
        if opener in self._infix_openers:
            self._style = _fraction_style(style)
        nodes = self._list(stop)
        token = self._tokens[self._index]
        if token in tex.INFIXES:
            nodes = [self._infix(token, nodes, stop)]
        self._style, self._cramped, self._text_size = style, cramped, text_size
        self._depth -= 1
        return nodes

    def _infix(self, token, numerator, stop):
        command = tex.INFIXES[token]
        switch = self._switch
        self._index += 1
        self._cramped = True
        denominator = self._list(stop)
        if switch:
            denominator = self._in_alphabet(switch, self._tidy(denominator, whole=True))
        if self._tokens[self._index] in tex.INFIXES:
            self._refuse("two fractions of the kind of \\over stand in one group")
        above = "".join([node[1] for node in self._tidy(numerator, whole=True)])
        below = "".join([node[1] for node in self._tidy(denominator, whole=True)])
        if command is None:
            return (tex.GROUP, f"{{ {above}{token} {below}}} ")
        return (tex.GROUP, f"{command} {{ {above}}} {{ {below}}} ")

    def _list(self, stop=None):
        """Reads atoms up to the end of the group, cell or argument."""
        nodes = []
        tokens = self._tokens
        simple = _NODES
        handlers = _HANDLERS
        while True:
            token = tokens[self._index]
            if token == stop:
                self._switch = None
                return nodes
            node = simple.get(token)
            if node is not None:
                self._index += 1
                if tokens[self._index] in _SCRIPTS and node[0] != tex.SPACE:
                    node = self._scripts(node)
                nodes.append(node)
                continue
            if token in _CLOSERS or token in tex.INFIXES or token[:2] == "\\\\" or token.startswith("\\end{"):
                self._switch = None
                return nodes
            if token in tex.SWITCHES:
                self._read_switch(token, nodes, stop)
                return nodes
            handler = handlers.get(token)
            if handler is None:
                self._other(token, nodes)
            else:
                handler(self, token, nodes)
            if nodes and tokens[self._index] in _SCRIPTS and nodes[-1][0] not in (tex.SPACE, tex.DECLARATION):
                nodes[-1] = self._scripts(nodes[-1])

    def _other(self, token, nodes):
        """Reads a token of no known class."""
        if token in _SCRIPTS:
            if token in ("\\limits", "\\nolimits"):
                self._refuse(f"{token} must follow an operator")
            nodes.append((tex.SCRIPTED, "{ } "))
            return
        if token in ("$", "#"):
            self._refuse(f"{token!r} has no place in a formula")
        self._index += 1
        if token == " ":
            return
        if len(token) > 1 and token[1:].isalpha():
            nodes.append((tex.UNKNOWN, token + " "))
        elif token.startswith(("\\hspace", "\\vspace", "\\hskip", "\\kern", "\\mkern", "\\mskip")):
            nodes.append((tex.SPACE, token + " "))
        elif token.startswith("\\") and token[-1] == "}" and not token.startswith(("\\begin", "\\tag", "\\cline")):
            nodes.append((tex.BOX, token + " "))
        else:
            nodes.append((tex.OPAQUE, token + " "))

    # Scripts

    def _scripts(self, node):
        tokens = self._tokens
        subscript = superscript = limits = None
        while True:
            token = tokens[self._index]
            if token == "_":
                if subscript is not None:
                    self._refuse("the atom has two subscripts")
                self._index += 1
                subscript = self._script(cramped=True)
            elif token == "^" or token == "'":
                if superscript is not None:
                    self._refuse("the atom has two superscripts")
                superscript = self._primes() if token == "'" else ""
                if tokens[self._index] == "^":
                    self._index += 1
                    superscript += self._script()
            elif token in ("\\limits", "\\nolimits"):
                self._index += 1
                limits = token
            else:
                break
        atom, text = node[0], node[1]
        if subscript is None and superscript is None:
            return node
        if limits and not self._default_limits(text, limits):
            text += limits + " "
        if subscript is not None:
            text += "_ { " + subscript + "} "
        if superscript is not None:
            text += "^ { " + superscript + "} "
        if atom in tex.ORDINARY:
            return (tex.SCRIPTED, text)
        return (tex.OPAQUE if atom == tex.UNKNOWN else atom, text)

    def _primes(self):
        primes = ""
        while self._tokens[self._index] == "'":
            primes += "\\prime "
            self._index += 1
        return primes

    def _script(self, cramped=None):
        return self._argument(tex.SCRIPT if self._style < tex.SCRIPT else tex.SCRIPTSCRIPT, cramped)

    def _default_limits(self, text, limits):
        """Whether `limits` only says what the operator does anyway."""
        command = text.split(" ", 1)[0]
        if command in _RESTYLED_OPERATORS:
            return (limits == "\\limits") == (self._style == tex.DISPLAY)
        if command in ("\\overbrace", "\\underbrace"):
            return limits == "\\limits"
        return limits == "\\nolimits"

    # Arguments

    def _argument_nodes(self, style=None, cramped=None):
        """Reads an argument, braced or bare, in `style`, cramped or not (`None`: as outside)."""
        outer = self._style, self._cramped
        if style is not None:
            self._style = style
        if cramped is not None:
            self._cramped = cramped
        while self._tokens[self._index] == " ":
            self._index += 1
        token = self._tokens[self._index]
        if token == "{":
            opener = self._index
            self._index += 1
            nodes = self._expression(opener)
            self._expect("}")
        else:
            nodes = self._bare(token)
        nodes = self._tidy(nodes, whole=True)
        self._style, self._cramped = outer
        return nodes

    def _argument(self, style=None, cramped=None):
        return "".join([node[1] for node in self._argument_nodes(style, cramped)])

    def _bare(self, token):
        nodes = []
        if token in _CLOSERS or token in _SCRIPTS or token[:2] == "\\\\" or token.startswith("\\end{"):
            self._refuse("an argument is missing")
        if token in _NODES:
            self._index += 1
            return [_NODES[token]]
        if token in tex.SWITCHES or token in tex.INFIXES:
            self._refuse(f"{token} cannot be an argument")
        handler = _HANDLERS.get(token)
        self._scriptable = False
        if handler is None:
            self._other(token, nodes)
        else:
            handler(self, token, nodes)
        self._scriptable = True
        return nodes

    def _optional(self):
        """Reads `[...]` where it stands; returns its text, or `None`."""
        if self._tokens[self._index] != "[":
            return None
        opener = self._index
        self._index += 1
        nodes = self._expression(opener, stop="]")
        self._expect("]")
        return "".join([node[1] for node in self._tidy(nodes, whole=True)])

    # Single commands: each reads its arguments and appends to `nodes`

    def _braces(self, token, nodes):
        unknown = nodes and nodes[-1][0] == tex.UNKNOWN
        opener = self._index
        self._index += 1
        inside = self._expression(opener)
        self._expect("}")
        if len(inside) == 1 and inside[0][0] == tex.BRACES and not unknown:
            nodes.append(inside[0])
            return
        inside = self._tidy(inside)
        text = "{ " + "".join([node[1] for node in inside]) + "} "
        if unknown:
            nodes.append((tex.UNKNOWN, text))
        elif len(inside) == 1 and inside[0][0] in _BARE_NUMERATOR:
            nodes.append(inside[0])
        else:
            nodes.append((tex.BRACES, text, inside))

    def _read_switch(self, token, nodes, stop):
        """Reads a font switch and all it reaches."""
        self._index += 1
        font = tex.SWITCHES[token]
        self._fonts += 1
        read = self._list(stop)
        self._fonts -= 1
        rest = self._tidy(read)
        wrapped = self._in_alphabet(font, self._tidy(read, whole=True))
        self._switch = font
        if not nodes or all(node[0] == tex.SPACE for node in nodes):
            nodes += wrapped
            return
        probe = self._tidy([*nodes, (tex.BRACES, "", rest)])
        if probe[-1][0] != tex.BRACES or probe[-1][1]:
            nodes += wrapped
        else:
            nodes.append((tex.DECLARATION, token + " "))
            nodes += rest

    def _alphabet(self, token, nodes):
        scriptable, self._scriptable = self._scriptable, True
        self._index += 1
        self._fonts += 1
        inside = self._argument_nodes()
        self._fonts -= 1
        nodes += self._in_alphabet(token, inside, scriptable and self._tokens[self._index] in _SCRIPTS)

    def _in_alphabet(self, font, inside, scripted=False):
        """`inside` set in a font: the font command around as little of it as will do."""
        if not scripted and inside and (inside[0][0] == tex.SPACE or inside[-1][0] == tex.SPACE):
            start, end = 0, len(inside)
            while start < end and inside[start][0] == tex.SPACE:
                start += 1
            while end > start and inside[end - 1][0] == tex.SPACE:
                end -= 1
            middle = self._in_alphabet(font, inside[start:end]) if start < end else []
            parts = [*inside[:start], *middle, *inside[end:]]
            return [(tex.BRACES, "{ " + "".join([node[1] for node in parts]) + "} ", parts)]
        fixed = tex.ROMAN_SYMBOLS if font == "\\mathrm" and not self._fonts else tex.FIXED_SYMBOLS
        if all(node[1][:-1] in fixed for node in inside):
            if len(inside) == 1 and inside[0][0] == tex.CHARACTER:
                return inside
            return [(tex.BRACES, "{ " + "".join([node[1] for node in inside]) + "} ", inside)]
        if len(inside) == 1:
            atom, text = inside[0][0], inside[0][1]
            command = text.split(" ", 1)[0]
            if command in tex.ALPHABETS and atom in (tex.CHARACTER, tex.GROUP):
                return inside
            if atom == tex.CHARACTER:
                return [(tex.CHARACTER, f"{font} {{ {text}}} ")]
        text = "".join([node[1] for node in inside])
        return [(tex.GROUP, f"{font} {{ {text}}} ")]

    def _fraction(self, token, nodes):
        self._index += 1
        name, forced = tex.FRACTIONS[token]
        style = self._style
        if forced is not None and forced == min(style, tex.SCRIPT) and not self._cramped:
            forced = None
        inner = _fraction_style(style if forced is None else forced)
        command = name if forced is None else tex.FORCED_FRACTIONS[name, forced]
        above = self._argument(inner, None if forced is None else False)
        below = self._argument(inner, cramped=True)
        nodes.append((tex.GROUP, f"{command} {{ {above}}} {{ {below}}} "))

    def _continued_fraction(self, token, nodes):
        self._index += 1
        side = self._optional()
        above = self._argument(tex.TEXT, cramped=False)
        below = self._argument(tex.TEXT, cramped=True)
        command = token if side is None else f"{token} [ {side}]"
        nodes.append((tex.GROUP, f"{command} {{ {above}}} {{ {below}}} "))

    def _root(self, token, nodes):
        self._index += 1
        style, self._style = self._style, tex.SCRIPTSCRIPT
        degree = self._optional()
        self._style = style
        command = "\\sqrt" if degree is None else f"\\sqrt [ {degree}]"
        nodes.append((tex.BOX, f"{command} {{ {self._argument(cramped=True)}}} "))

    def _command(self, token, nodes):
        """Reads a command of which `ARGUMENTS` says how many arguments it takes."""
        self._index += 1
        count, atom, styles = tex.ARGUMENTS[token]
        text = token + " "
        if token in _PRIMITIVES and self._tokens[self._index] in _NODES:
            bare = _NODES[self._tokens[self._index]]
            if bare[0] not in (tex.CHARACTER, tex.SPACE):
                self._index += 1
                nodes.append((atom, text + bare[1]))
                return
        for place in range(count):
            style = styles[place] if isinstance(styles, tuple) else styles
            if style == "script":
                style = tex.SCRIPT if self._style < tex.SCRIPT else tex.SCRIPTSCRIPT
            bold = token in _BOLD
            self._bold += bold
            text += "{ " + self._argument(style, cramped=True if atom == tex.BOX else None) + "} "
            self._bold -= bold
        if token[:13] == "\\operatorname":
            name = "\\" + text[len(token) + 3 : -2].replace(" ", "")
            if name in (tex.FUNCTIONS if token == "\\operatorname" else tex.STACKING_OPERATORS) and name[1:].isalpha():
                text = name + " "
        nodes.append((atom, text))

    def _arrow(self, token, nodes):
        self._index += 1
        style = tex.SCRIPT if self._style < tex.SCRIPT else tex.SCRIPTSCRIPT
        outer, self._style = self._style, style
        below = self._optional()
        self._style = outer
        command = token if below is None else f"{token} [ {below}]"
        nodes.append((tex.RELATION, f"{command} {{ {self._argument(style)}}} "))

    def _smash(self, token, nodes):
        self._index += 1
        side = self._optional()
        command = token if side is None else f"{token} [{side.strip()}]"
        nodes.append((tex.GROUP, f"{command} {{ {self._argument()}}} "))

    def _expansion(self, token, nodes):
        self._index += 1
        nodes += [_NODES[part] for part in tex.EXPANSIONS[token]]

    def _style_change(self, token, nodes):
        self._index += 1
        style = tex.STYLES[token]
        if style != self._style or self._cramped:
            nodes.append((tex.DECLARATION, token + " "))
            self._style, self._cramped = style, False

    def _tie(self, token, nodes):
        r"""Reads `~`, which is a control space and an empty atom."""
        self._index += 1
        nodes += [_NODES["\\ "], (tex.BRACES, "{ } ", [])]

    def _nothing(self, token, nodes):
        self._index += 1

    def _size_change(self, token, nodes):
        self._index += 1
        self._text_size = tex.TEXT_SIZES.get(token)
        nodes.append((tex.DECLARATION, token + " "))

    def _not(self, token, nodes):
        self._index += 1
        if self._tokens[self._index] == "=":
            self._index += 1
            nodes.append(_NODES["\\neq"])
        else:
            nodes.append((tex.OPAQUE, "\\not "))

    def _dots(self, token, nodes):
        r"""Reads the dots of amsmath that look at what follows, and writes what they become."""
        self._index += 1
        following = self._tokens[self._index]
        if token == "\\dots":
            if following in tex.RAISED_DOTS_BEFORE:
                nodes.append(_NODES["\\cdots"])
                return
            if following in tex.INTEGRALS:
                nodes += [_NODES["\\!"], _NODES["\\cdots"]]
                return
        nodes.append(_NODES["\\ldots"])
        if following in tex.CLOSING_AFTER_DOTS or following[:2] in self._dollars or following in _PADDED_DOTS[token]:
            nodes.append(_NODES["\\,"])

    def _integral_dots(self, token, nodes):
        self._index += 1
        nodes += [_NODES["\\!"], _NODES["\\cdots"]]

    def _text(self, token, nodes):
        start = self._index
        self._index += 1
        tokens = self._tokens
        while tokens[self._index] == " ":
            self._index += 1
        if tokens[self._index] != "{":
            if tokens[self._index] == END:
                self._refuse("an argument is missing")
            inside = [tokens[self._index]]
            self._index += 1
        else:
            first = self._index + 1
            depth = 0
            while True:
                inner = tokens[self._index]
                depth += (inner == "{") - (inner == "}")
                if inner == END:
                    self._refuse("expected '}', not the end")
                self._index += 1
                if depth == 0:
                    break
            inside = tokens[first : self._index - 1]
        if self._text_size is None:
            self._refuse("the text is of a size that mathematics does not have")
        try:
            read = read_text(inside, token, self._style, self._text_size, self._mathematics_in_text, self._bold > 0)
        except UnreadableText as error:
            self._index = start
            self._refuse(f"{error.token!r} in the text cannot be written as mathematics")
        if len(read) == 1 and read[0][0] in (*_BARE_NUMERATOR, tex.BRACES):
            nodes += read
        else:
            read = self._tidy(read)
            nodes.append((tex.BRACES, "{ " + "".join([node[1] for node in read]) + "} ", read))

    def _mathematics_in_text(self, tokens, style):
        outer = self._tokens, self._index, self._style, self._infix_openers
        dollars, self._dollars = self._dollars, frozenset([END])
        cramped, self._cramped = self._cramped, False
        self._tokens, self._index, self._style = [*tokens, END], 0, style
        self._infix_openers = _infix_openers(self._tokens)
        nodes = self._tidy(self._expression(-1))
        if self._tokens[self._index] != END:
            self._tokens, self._index, self._style, self._infix_openers = outer
            self._refuse("the mathematics in a text is not balanced")
        self._tokens, self._index, self._style, self._infix_openers = outer
        self._dollars, self._cramped = dollars, cramped
        return nodes

    # Delimiters and environments

    def _delimiter(self):
        while self._tokens[self._index] == " ":
            self._index += 1
        token = self._tokens[self._index]
        delimiter = tex.DELIMITERS.get(token)
        if delimiter is None:
            self._refuse(f"{token!r} is no delimiter")
        self._index += 1
        return delimiter

    def _left(self, token, nodes):
        opener = self._index
        self._index += 1
        left = self._delimiter()
        inside = self._tidy(self._expression(opener), followed=True)
        self._expect("\\right")
        right = self._delimiter()
        text = "".join([node[1] for node in inside])
        nodes.append((tex.INNER, f"\\left{left} {text}\\right{right} "))

    def _middle(self, token, nodes):
        self._index += 1
        nodes.append((tex.OPAQUE, f"\\middle{self._delimiter()} "))

    def _sized_delimiter(self, token, nodes):
        self._index += 1
        nodes.append((tex.SIZED_DELIMITERS[token], f"{token} {self._delimiter()} "))

    def _environment(self, token, nodes):
        name = token[7:-1]
        opener = self._index
        self._index += 1
        delimiters, written, style, alternating = tex.ENVIRONMENTS[name]
        head = f"\\begin{{{written}}} "
        if name in ("array", "aligned", "gathered", "alignedat") and self._tokens[self._index] == "[":
            place = self._tokens[self._index + 1]
            if self._tokens[self._index + 2] == "]" and place in "tbc":
                head += f"[{place}] "
                self._index += 3
        columns = None
        if name in ("array", "subarray"):
            columns = self._columns()
        elif name == "alignedat":
            head += "{ " + self._argument() + "} "
        body, width = self._rows(opener, style, alternating)
        if columns is not None:
            if not {"|", "@", "!", ">", "<"}.intersection(columns):
                columns = columns[:width]
            head += "{ " + " ".join(columns) + " } "
        if self._tokens[self._index] != f"\\end{{{name}}}":
            self._refuse(f"expected \\end{{{name}}}, not {self._tokens[self._index] or 'the end'!r}")
        self._index += 1
        self._append_environment(nodes, delimiters, f"{head}{body}\\end{{{written}}} ")

    def _plain_matrix(self, token, nodes):
        r"""Reads `\matrix{...}`, `\pmatrix{...}` and `\cases{...}` of plain TeX."""
        opener = self._index
        self._index += 1
        self._expect("{")
        delimiters, written, style, alternating = tex.ENVIRONMENTS[token[1:]]
        body, _ = self._rows(opener + 1, style, alternating)
        self._expect("}")
        self._append_environment(nodes, delimiters, f"\\begin{{{written}}} {body}\\end{{{written}}} ")

    def _substack(self, token, nodes):
        self._index += 1
        opener = self._index
        self._expect("{")
        body, _ = self._rows(opener, tex.SCRIPT, False)
        self._expect("}")
        nodes.append((tex.BOX, f"\\substack {{ {body}}} "))

    def _append_environment(self, nodes, delimiters, text):
        if delimiters:
            nodes.append((tex.INNER, f"\\left{delimiters[0]} {text}\\right{delimiters[1]} "))
        else:
            nodes.append((tex.BOX, text))

    def _rows(self, opener, style, alternating):
        outer, dollars, cramped = self._style, self._dollars, self._cramped
        self._cramped = False
        self._dollars = frozenset() if alternating else _CELL_ENDS
        parts = []
        column = width = 0
        while True:
            self._style = style
            before = tex.CHARACTER if alternating and column % 2 else None
            cell = self._tidy(self._expression(opener), before=before)
            parts.append("".join([node[1] for node in cell]))
            opener = self._index
            token = self._tokens[opener]
            if token == "&":
                parts.append("& ")
                column += 1
                width = max(width, column)
            elif token[:2] == "\\\\":
                parts.append(token + " ")
                column = 0
            else:
                break
            self._index += 1
        self._style, self._dollars, self._cramped = outer, dollars, cramped
        if len(parts) > 1 and not parts[-1] and parts[-2] == "\\\\ ":
            del parts[-2:]
        return "".join(parts), width + 1

    def _columns(self):
        """Reads the columns of an array."""
        tokens = self._tokens
        if tokens[self._index] != "{":
            column = tokens[self._index]
            self._index += 1
            return [column]
        self._index += 1
        columns = []
        while tokens[self._index] != "}":
            token = tokens[self._index]
            self._index += 1
            if token == END:
                self._refuse("expected '}', not the end")
            if token == "*":
                times = self._raw_argument()
                repeated = self._raw_argument()
                count = "".join(times)
                if not count.isdigit() or int(count) > _MAX_COLUMNS:
                    self._refuse(f"a column is repeated {count!r} times")
                columns += repeated * int(count)
            elif token in ("@", "!", ">", "<"):
                columns += [token, "{", *self._raw_argument(), "}"]
            elif token in ("p", "m", "b"):
                columns.append(f"{token}{{{''.join(self._raw_argument())}}}")
            elif token != " ":
                columns.append(token)
        self._index += 1
        return columns

    def _raw_argument(self):
        self._expect("{")
        start = self._index
        depth = 1
        while depth:
            token = self._tokens[self._index]
            if token == END:
                self._refuse("expected '}', not the end")
            depth += (token == "{") - (token == "}")
            self._index += 1
        return self._tokens[start : self._index - 1]


def _fraction_style(style):
    return min(style + 1, tex.SCRIPTSCRIPT)


def _infix_openers(tokens):
    """The places of the tokens that open a group split by \\over or its like; -1 for the whole formula."""
    if tex.INFIXES.keys().isdisjoint(tokens):
        return frozenset()
    openers = set()
    stack = [-1]
    for place, token in enumerate(tokens):
        if token in ("{", "\\left") or token.startswith("\\begin{"):
            stack.append(place)
        elif token in ("}", "\\right") or token.startswith("\\end{"):
            if len(stack) > 1:
                stack.pop()
        elif token == "&" or token[:2] == "\\\\":
            stack[-1] = place
        elif token in tex.INFIXES:
            openers.add(stack[-1])
    return openers


_HANDLERS = (
    {"{": FaithfulNormalizer._braces, "\\sqrt": FaithfulNormalizer._root, "\\cfrac": FaithfulNormalizer._continued_fraction}
    | dict.fromkeys(tex.ALPHABETS, FaithfulNormalizer._alphabet)
    | dict.fromkeys(tex.FRACTIONS, FaithfulNormalizer._fraction)
    | dict.fromkeys(tex.ARGUMENTS, FaithfulNormalizer._command)
    | dict.fromkeys(tex.EXPANSIONS, FaithfulNormalizer._expansion)
    | dict.fromkeys(tex.STYLES, FaithfulNormalizer._style_change)
    | dict.fromkeys(tex.SIZES, FaithfulNormalizer._size_change)
    | dict.fromkeys(tex.TEXT_FONTS, FaithfulNormalizer._text)
    | dict.fromkeys(tex.SIZED_DELIMITERS, FaithfulNormalizer._sized_delimiter)
    | dict.fromkeys(["\\xrightarrow", "\\xleftarrow"], FaithfulNormalizer._arrow)
    | dict.fromkeys(["\\dots", "\\dotsc", "\\dotso"], FaithfulNormalizer._dots)
    | dict.fromkeys(["\\matrix", "\\pmatrix", "\\cases"], FaithfulNormalizer._plain_matrix)
    | dict.fromkeys([f"\\begin{{{name}}}" for name in tex.ENVIRONMENTS], FaithfulNormalizer._environment)
    | {
        "\\dotsi": FaithfulNormalizer._integral_dots,
        "~": FaithfulNormalizer._tie,
        "\\space": FaithfulNormalizer._nothing,
        "\\not": FaithfulNormalizer._not,
        "\\left": FaithfulNormalizer._left,
        "\\middle": FaithfulNormalizer._middle,
        "\\smash": FaithfulNormalizer._smash,
        "\\substack": FaithfulNormalizer._substack,
        "\\ensuremath": FaithfulNormalizer._braces,
    }
)
_NODES.pop("\\not", None)
