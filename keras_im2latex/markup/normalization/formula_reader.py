"""Reading a formula as TeX reads it: lists, groups, scripts, arguments."""

from keras_im2latex.markup.normalization import tex_tables as tex
from keras_im2latex.markup.normalization.atom_lists import tidy
from keras_im2latex.markup.normalization.errors import NormalizationError
from keras_im2latex.markup.normalization.infixes import infix_openers
from keras_im2latex.markup.normalization.roman_numerals import roman_numeral
from keras_im2latex.markup.normalization.tex_lexer import END, position_of, tokenize_tex

SCRIPTS = frozenset(["^", "_", "'", "\\limits", "\\nolimits"])
# The node of each token that stands for itself.
NODES = {token: (atom, " ".join(token.split()) + " ") for token, atom in tex.CLASSES.items() if token != "\\not"}
# The quotation mark, where it is no prime.
QUOTATION_MARK = "' "
NODES[QUOTATION_MARK] = (tex.CHARACTER, QUOTATION_MARK)
CLOSERS = frozenset(["}", "&", "\\right", END])
_TEXT_BOXES = frozenset(["\\parbox", "\\shortstack", "\\makebox", "\\framebox"])
_MAX_DEPTH = 150
_RESTYLED_OPERATORS = tex.STACKING_OPERATORS | frozenset(["\\mathop", "\\operatorname*"])
# Braces around one of these alone are none for TeX.
SINGLE_ATOMS = frozenset([tex.CHARACTER, tex.GROUP, tex.BOX, tex.BRACES])


class FormulaReader:
    """Reads lists of atoms.

    A node is a tuple of its class (see `tex_tables`), its text and, for braces, the nodes inside. The
    reader keeps what TeX keeps while it reads: the style and whether it is cramped, the font switches in
    force, and what the end of a list is.

    Attributes:
        handlers: dict. What reads a command: a function of the reader, the token and the list of nodes read
            so far, to which it appends.
    """

    handlers = {}

    def start(self, latex):
        """Sets the reader to the beginning of a formula.

        Args:
            latex: string. The formula.
        """
        self.latex = latex
        self.tokens = tokenize_tex(latex)
        self.index = 0
        self.depth = 0
        self.style = tex.DISPLAY
        self.cramped = False
        self.font_depth = 0
        self.bold_depth = 0
        self.rows_depth = 0
        self.accent_depth = 0
        self.index_of_kept_switch = None
        self.font_switch = None
        self.scriptable = True
        self.dollars = frozenset()
        self.text_size = tex.TEXT
        self.infix_openers = infix_openers(self.tokens)

    def tidy(self, nodes, whole=False, before=None, followed=False, stiff=False):
        """Returns `nodes` without the braces that draw nothing, in the style of the moment."""
        return tidy(nodes, whole, before, self.style <= tex.TEXT, followed, stiff, self.font_depth > 0)

    def refuse(self, reason):
        """Raises the error for the token of the moment."""
        raise NormalizationError(reason, position_of(self.latex, self.index), self.latex)

    def expect(self, token):
        """Passes `token`, or refuses the formula."""
        if self.tokens[self.index] != token:
            self.refuse(f"expected {token!r}, not {self.tokens[self.index] or 'the end'!r}")
        self.index += 1

    def deepen(self):
        """Counts one more level of nesting, or refuses it."""
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            self.refuse(f"groups are nested more than {_MAX_DEPTH} deep")

    def expression(self, opener, stop=None):
        """Reads a list up to what ends it; `opener` is the place of the token that began it."""
        self.deepen()
        style, cramped, text_size = self.style, self.cramped, self.text_size
        if opener in self.infix_openers:
            self.style = fraction_style(style)
        nodes = self.read_list(stop)
        token = self.tokens[self.index]
        while token[:2] == "\\\\" and not self.rows_depth:
            self.index += 1
            nodes.append((tex.OPAQUE, token + " "))
            nodes += self.read_list(stop)
            token = self.tokens[self.index]
        if token in tex.INFIXES:
            nodes = [self.split_by_infix(token, nodes, stop)]
        self.style, self.cramped, self.text_size = style, cramped, text_size
        self.depth -= 1
        return nodes

    def split_by_infix(self, token, numerator, stop):
        r"""Makes a fraction of what stands before and after a command like \over."""
        command = tex.INFIXES[token]
        switch = self.font_switch
        self.index += 1
        self.cramped = True
        denominator = self.read_list(stop)
        if switch:
            denominator = self.in_alphabet(switch, self.tidy(denominator, whole=True))
        if self.tokens[self.index] in tex.INFIXES:
            self.refuse("two fractions of the kind of \\over stand in one group")
        above = "".join([node[1] for node in self.tidy(numerator, whole=True)])
        below = "".join([node[1] for node in self.tidy(denominator, whole=True)])
        if command is None:
            return (tex.GROUP, f"{{ {above}{token} {below}}} ")
        return (tex.GROUP, f"{command} {{ {above}}} {{ {below}}} ")

    def read_list(self, stop=None):
        """Reads atoms up to the end of the group, cell or argument."""
        nodes = []
        tokens = self.tokens
        simple = NODES
        handlers = self.handlers
        while True:
            token = tokens[self.index]
            if token == stop:
                self.font_switch = None
                return nodes
            node = simple.get(token)
            if node is not None:
                self.index += 1
                if tokens[self.index] in SCRIPTS and node[0] != tex.SPACE:
                    node = self.attach_scripts(node)
                nodes.append(node)
                continue
            if token in CLOSERS or token in tex.INFIXES or token[:2] == "\\\\" or token.startswith("\\end{"):
                self.font_switch = None
                return nodes
            if token in tex.SWITCHES:
                self.read_switch(token, nodes, stop)
                return nodes
            handler = handlers.get(token)
            if handler is None:
                self.read_other(token, nodes)
            else:
                handler(self, token, nodes)
            if nodes and tokens[self.index] in SCRIPTS and nodes[-1][0] not in (tex.SPACE, tex.DECLARATION):
                nodes[-1] = self.attach_scripts(nodes[-1])

    def read_other(self, token, nodes):
        """Reads a token of no known class."""
        if token in SCRIPTS:
            if token in ("\\limits", "\\nolimits"):
                self.refuse(f"{token} must follow an operator")
            nodes.append((tex.SCRIPTED, "{ } "))
            return
        if token in _TEXT_BOXES:
            self.refuse(f"{token} sets text")
        if token in ("$", "#"):
            self.refuse(f"{token!r} has no place in a formula")
        self.index += 1
        if token == " ":
            return
        if len(token) > 1 and token[1:].isalpha():
            nodes.append((tex.UNKNOWN, token + " "))
        elif token.startswith(("\\hspace", "\\vspace", "\\hskip", "\\kern", "\\mkern", "\\mskip")):
            nodes.append((tex.SPACE, token + " "))
        elif token.startswith("\\mathchar287"):
            nodes.append((tex.CHARACTER, token + " "))
        elif token.startswith("\\uppercase"):
            nodes += [(tex.CHARACTER, letter + " ") for letter in roman_numeral(token)]
        elif token.startswith("\\") and token[-1] == "}" and not token.startswith(("\\begin", "\\tag", "\\cline")):
            nodes.append((tex.BOX, token + " "))
        else:
            nodes.append((tex.OPAQUE, token + " "))

    def attach_scripts(self, node):
        """Reads the scripts that follow and returns `node` with them."""
        tokens = self.tokens
        subscript = superscript = limits = None
        while True:
            token = tokens[self.index]
            if token == "_":
                if subscript is not None:
                    self.refuse("the atom has two subscripts")
                self.index += 1
                subscript = self.script_argument(cramped=True)
            elif token == "^" or token == "'":
                if superscript is not None:
                    self.refuse("the atom has two superscripts")
                superscript = self.primes() if token == "'" else ""
                if tokens[self.index] == "^":
                    self.index += 1
                    superscript += self.script_argument()
            elif token in ("\\limits", "\\nolimits"):
                if node[0] not in (tex.OPERATOR, tex.UNKNOWN):
                    self.refuse(f"{token} must follow an operator")
                self.index += 1
                limits = token
            else:
                break
        atom, text = node[0], node[1]
        if subscript is None and superscript is None:
            return node
        if limits and not self.default_limits(text, limits):
            text += limits + " "
        if subscript is not None:
            text += "_ { " + subscript + "} "
        if superscript is not None:
            text += "^ { " + superscript + "} "
        if atom in tex.ORDINARY:
            return (tex.SCRIPTED, text)
        return (tex.OPAQUE if atom == tex.UNKNOWN else atom, text)

    def primes(self):
        """Reads a row of primes."""
        primes = ""
        while self.tokens[self.index] == "'":
            primes += "\\prime "
            self.index += 1
        return primes

    def script_argument(self, cramped=None):
        """Reads the argument of ^ or _."""
        if self.tokens[self.index] == "\\neq":
            # A macro of two symbols, of which a script takes the first.
            self.tokens[self.index] = "="
            return "\\not "
        return self.argument(tex.SCRIPT if self.style < tex.SCRIPT else tex.SCRIPTSCRIPT, cramped)

    def default_limits(self, text, limits):
        """Whether `limits` only says what the operator does anyway."""
        command = text.split(" ", 1)[0]
        if command in _RESTYLED_OPERATORS:
            return (limits == "\\limits") == (self.style == tex.DISPLAY)
        if command in ("\\overbrace", "\\underbrace"):
            return limits == "\\limits"
        return limits == "\\nolimits"

    def argument_nodes(self, style=None, cramped=None):
        """Reads an argument, braced or bare, in `style`, cramped or not (`None`: as outside)."""
        self.deepen()
        outer = self.style, self.cramped
        if style is not None:
            self.style = style
        if cramped is not None:
            self.cramped = cramped
        while self.tokens[self.index] == " ":
            self.index += 1
        token = self.tokens[self.index]
        if token == "{":
            opener = self.index
            self.index += 1
            nodes = self.expression(opener)
            self.expect("}")
        else:
            nodes = self.bare_argument(token)
        nodes = self.tidy(nodes, whole=True)
        self.style, self.cramped = outer
        self.depth -= 1
        return nodes

    def argument(self, style=None, cramped=None):
        """Reads an argument; returns its text."""
        return "".join([node[1] for node in self.argument_nodes(style, cramped)])

    def bare_argument(self, token):
        """Reads an argument without braces."""
        nodes = []
        if token in CLOSERS or token in SCRIPTS or token[:2] == "\\\\" or token.startswith("\\end{"):
            self.refuse("an argument is missing")
        if token in NODES:
            self.index += 1
            return [NODES[token]]
        if token in tex.SWITCHES or token in tex.INFIXES:
            self.refuse(f"{token} cannot be an argument")
        handler = self.handlers.get(token)
        self.scriptable = False
        if handler is None:
            self.read_other(token, nodes)
        else:
            handler(self, token, nodes)
        self.scriptable = True
        return nodes

    def optional_argument(self):
        """Reads `[...]` where it stands; returns its text, or `None`."""
        if self.tokens[self.index] != "[":
            return None
        opener = self.index
        self.index += 1
        nodes = self.expression(opener, stop="]")
        self.expect("]")
        return "".join([node[1] for node in self.tidy(nodes, whole=True)])

    def read_braces(self, token, nodes):
        """Reads a group."""
        unknown = nodes and nodes[-1][0] == tex.UNKNOWN
        opener = self.index
        self.index += 1
        inside = self.expression(opener)
        self.expect("}")
        if len(inside) == 1 and inside[0][0] == tex.BRACES and not unknown:
            nodes.append(inside[0])
            return
        inside = self.tidy(inside)
        text = "{ " + "".join([node[1] for node in inside]) + "} "
        if unknown:
            nodes.append((tex.UNKNOWN, text))
        elif len(inside) == 1 and inside[0][0] in SINGLE_ATOMS and not self.keeps_accents(inside[0]):
            nodes.append(inside[0])
        else:
            nodes.append((tex.BRACES, text, inside))

    def keeps_accents(self, node):
        """Whether scripts follow an accent over an accent, which amsmath draws otherwise without braces."""
        if node[0] != tex.BOX or self.tokens[self.index] not in SCRIPTS:
            return False
        return node[1].split(" ", 3)[0] in tex.ACCENTS and node[1].split(" ", 3)[2] in tex.ACCENTS

    def read_switch(self, token, nodes, stop):
        """Reads a font switch and all it reaches."""
        start = self.index
        self.index += 1
        font = tex.SWITCHES[token]
        self.deepen()
        self.font_depth += 1
        read = self.read_list(stop)
        self.font_depth -= 1
        self.depth -= 1
        rest = self.tidy(read)
        if self.index_of_kept_switch == start:
            nodes.append((tex.DECLARATION, token + " "))
            nodes += rest
            return
        wrapped = self.in_alphabet(font, self.tidy(read, whole=True))
        if len(wrapped) == 1 and wrapped[0][0] == tex.BRACES:
            wrapped = wrapped[0][2]
        self.font_switch = font
        if not nodes or all(node[0] == tex.SPACE for node in nodes):
            nodes += wrapped
            return
        probe = self.tidy([*nodes, (tex.BRACES, "", rest)], followed=self.tokens[self.index] == "\\right")
        if probe[-1][0] != tex.BRACES or probe[-1][1]:
            nodes += wrapped
        else:
            nodes.append((tex.DECLARATION, token + " "))
            nodes += rest

    def in_alphabet(self, font, inside, scripted=False):
        """`inside` set in a font: the font command around as little of it as will do."""
        if not scripted and inside and (inside[0][0] == tex.SPACE or inside[-1][0] == tex.SPACE):
            start, end = 0, len(inside)
            while start < end and inside[start][0] == tex.SPACE:
                start += 1
            while end > start and inside[end - 1][0] == tex.SPACE:
                end -= 1
            middle = self.in_alphabet(font, inside[start:end]) if start < end else []
            parts = [*inside[:start], *middle, *inside[end:]]
            return [(tex.BRACES, "{ " + "".join([node[1] for node in parts]) + "} ", parts)]
        if len(inside) == 1 and inside[0][0] == tex.BRACES:
            inside = inside[0][2]
        fixed = tex.ROMAN_SYMBOLS if font == "\\mathrm" and not self.font_depth else tex.FIXED_SYMBOLS
        if all(node[1][:-1] in fixed or node[1] == "{ } " for node in inside):
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


def fraction_style(style):
    """Returns the style of the parts of a fraction set in `style`."""
    return min(style + 1, tex.SCRIPTSCRIPT)


FormulaReader.handlers = {"{": FormulaReader.read_braces, "\\ensuremath": FormulaReader.read_braces}
