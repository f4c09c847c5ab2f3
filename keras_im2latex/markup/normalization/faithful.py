"""One spelling for each picture."""

from keras_im2latex.markup.normalization import tex_tables as tex
from keras_im2latex.markup.normalization.environment_reader import EnvironmentReader
from keras_im2latex.markup.normalization.formula_reader import (
    CLOSERS,
    NODES,
    QUOTATION_MARK,
    SCRIPTS,
    SINGLE_ATOMS,
    fraction_style,
)
from keras_im2latex.markup.normalization.infixes import infix_openers
from keras_im2latex.markup.normalization.quoted_text import quote_text
from keras_im2latex.markup.normalization.tex_lexer import END
from keras_im2latex.markup.normalization.text_boxes import UnreadableText, read_text

_PADDED_DOTS = {"\\dots": (), "\\dotsc": (";", "."), "\\dotso": (",", ";", ".")}
# A formula of so many tokens at most fits on the line, and TeX shrinks none of its spaces.
_SURELY_SHORT = 45
# How the names of symbols begin that are twice as wide as others or more.
_LONG = frozenset(["\\Long", "\\long"])
_UNDRAWN = tex.SPACES | frozenset(["{", "}", "_", "^", "\\"])
_VERTICAL_BOXES = frozenset(["\\vbox", "\\vtop", "\\vcenter"])
_BOLD = frozenset(["\\boldsymbol", "\\bm", "\\pmb"])
# These set a bare symbol otherwise than a braced one, unless it is an ordinary symbol.
_PRIMITIVES = frozenset(
    [
        "\\mathop",
        "\\mathbin",
        "\\mathrel",
        "\\mathopen",
        "\\mathclose",
        "\\mathpunct",
        "\\mathord",
        "\\mathinner",
    ]
)


class FaithfulNormalizer(EnvironmentReader):
    """Writes a formula with the one spelling of its picture.

    It reads as TeX does (which braces make an atom, how far a font switch reaches, in which style each part
    is set) and leaves out or renames only what draws nothing: superfluous braces and styles, the order of
    scripts, synonyms, text commands where mathematics draws the same.

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
        self.start(latex)
        nodes = self.expression(-1)
        if self.tokens[self.index] != END:
            self.refuse(f"{self.tokens[self.index]!r} closes nothing")
        stiff = any(node[0] == tex.BRACES for node in nodes) and _width(nodes) > _SURELY_SHORT
        nodes = self.tidy(nodes, whole=True, stiff=stiff)
        text = "".join([node[1] for node in nodes])
        # A control space at the end keeps its blank.
        return text if text.endswith("\\ ") else text[:-1]

    def alphabet(self, token, nodes):
        """Reads a font command."""
        scriptable, self.scriptable = self.scriptable, True
        self.index += 1
        self.font_depth += 1
        inside = self.argument_nodes()
        self.font_depth -= 1
        nodes += self.in_alphabet(token, inside, scriptable and self.tokens[self.index] in SCRIPTS)

    def fraction(self, token, nodes):
        r"""Reads \frac or its like."""
        self.index += 1
        name, forced = tex.FRACTIONS[token]
        style = self.style
        if forced is not None and forced == min(style, tex.SCRIPT) and not self.cramped:
            forced = None
        inner = fraction_style(style if forced is None else forced)
        command = name if forced is None else tex.FORCED_FRACTIONS[name, forced]
        above = self.argument(inner, None if forced is None else False)
        below = self.argument(inner, cramped=True)
        nodes.append((tex.GROUP, f"{command} {{ {above}}} {{ {below}}} "))

    def continued_fraction(self, token, nodes):
        r"""Reads \cfrac."""
        self.index += 1
        side = self.optional_argument()
        above = self.argument(tex.TEXT, cramped=False)
        below = self.argument(tex.TEXT, cramped=True)
        command = token if side is None else f"{token} [ {side}]"
        nodes.append((tex.GROUP, f"{command} {{ {above}}} {{ {below}}} "))

    def root(self, token, nodes):
        r"""Reads \sqrt."""
        self.index += 1
        style, self.style = self.style, tex.SCRIPTSCRIPT
        degree = self.optional_argument()
        self.style = style
        command = "\\sqrt" if degree is None else f"\\sqrt [ {degree}]"
        nodes.append((tex.BOX, f"{command} {{ {self.argument(cramped=True)}}} "))

    def read_command(self, token, nodes):
        """Reads a command of which `ARGUMENTS` says how many arguments it takes."""
        self.index += 1
        count, atom, styles = tex.ARGUMENTS[token]
        text = token + " "
        if token in _PRIMITIVES and self.tokens[self.index] in NODES:
            bare = NODES[self.tokens[self.index]]
            if bare[0] not in (tex.CHARACTER, tex.SPACE):
                self.index += 1
                nodes.append((atom, text + bare[1]))
                return
        if token[:13] == "\\operatorname":
            self.quote_primes()
        for place in range(count):
            style = styles[place] if isinstance(styles, tuple) else styles
            if style == "script":
                style = tex.SCRIPT if self.style < tex.SCRIPT else tex.SCRIPTSCRIPT
            shielded = token in tex.ACCENTS and self.accent_depth and self.shields_argument()
            self.accent_depth += token in tex.ACCENTS
            bold = token in _BOLD
            self.bold_depth += bold
            text += "{ " + self.argument(style, cramped=True if atom == tex.BOX else None) + "} "
            self.bold_depth -= bold
            self.accent_depth -= token in tex.ACCENTS
            if shielded:
                text = text[: len(token) + 1] + "{ " + text[len(token) + 1 :] + "} "
        if token[:13] == "\\operatorname":
            name = "\\" + text[len(token) + 3 : -2].replace(" ", "")
            if name in (tex.FUNCTIONS if token == "\\operatorname" else tex.STACKING_OPERATORS) and name[1:].isalpha():
                text = name + " "
        nodes.append((atom, text))

    def quote_primes(self):
        """Makes the primes in the group to come what they are in the name of an operator: quotation marks."""
        tokens = self.tokens
        depth = 0
        for place in range(self.index, len(tokens)):
            depth += (tokens[place] == "{") - (tokens[place] == "}")
            if depth == 0:
                break
            if tokens[place] == "'":
                tokens[place] = QUOTATION_MARK

    def shields_argument(self):
        """Whether braces around the argument to come show.

        Inside another accent amsmath looks into the argument, and finds a group or a font switch there.
        """
        if self.tokens[self.index] != "{":
            return False
        following = self.tokens[self.index + 1]
        if following in tex.SWITCHES:
            self.index_of_kept_switch = self.index + 1
        return following == "{"

    def arrow(self, token, nodes):
        """Reads an arrow with text over it."""
        self.index += 1
        style = tex.SCRIPT if self.style < tex.SCRIPT else tex.SCRIPTSCRIPT
        outer, self.style = self.style, style
        below = self.optional_argument()
        self.style = outer
        command = token if below is None else f"{token} [ {below}]"
        nodes.append((tex.RELATION, f"{command} {{ {self.argument(style)}}} "))

    def smash(self, token, nodes):
        r"""Reads \smash."""
        self.index += 1
        side = self.optional_argument()
        command = token if side is None else f"{token} [{side.strip()}]"
        nodes.append((tex.GROUP, f"{command} {{ {self.argument()}}} "))

    def expansion(self, token, nodes):
        """Reads a name of several tokens."""
        self.index += 1
        nodes += [NODES[part] for part in tex.EXPANSIONS[token]]

    def style_change(self, token, nodes):
        """Reads a style."""
        self.index += 1
        style = tex.STYLES[token]
        if style != self.style or self.cramped:
            nodes.append((tex.DECLARATION, token + " "))
            self.style, self.cramped = style, False
        elif self.tokens[self.index] in SCRIPTS:
            nodes.append((tex.SCRIPTED, "{ } "))

    def tie(self, token, nodes):
        r"""Reads `~`, which is a control space and an empty atom."""
        self.index += 1
        nodes += [NODES["\\ "], (tex.BRACES, "{ } ", [])]

    def nothing(self, token, nodes):
        """Passes a token that draws nothing."""
        self.index += 1

    def size_change(self, token, nodes):
        """Reads a size."""
        self.index += 1
        self.text_size = tex.TEXT_SIZES.get(token)
        nodes.append((tex.DECLARATION, token + " "))

    def negation(self, token, nodes):
        r"""Reads \not."""
        self.index += 1
        if self.tokens[self.index] == "=":
            self.index += 1
            nodes.append(NODES["\\neq"])
        else:
            nodes.append((tex.OPAQUE, "\\not "))

    def dots(self, token, nodes):
        r"""Reads the dots of amsmath that look at what follows, and writes what they become."""
        self.index += 1
        following = self.tokens[self.index]
        if token == "\\dots":
            if following in tex.RAISED_DOTS_BEFORE:
                nodes.append(NODES["\\cdots"])
                return
            if following in tex.INTEGRALS:
                nodes += [NODES["\\!"], NODES["\\cdots"]]
                return
        nodes.append(NODES["\\ldots"])
        if following in tex.CLOSING_AFTER_DOTS or following[:2] in self.dollars or following in _PADDED_DOTS[token]:
            nodes.append(NODES["\\,"])

    def integral_dots(self, token, nodes):
        r"""Reads \dotsi."""
        self.index += 1
        nodes += [NODES["\\!"], NODES["\\cdots"]]

    def text_box(self, token, nodes):
        """Reads text."""
        start = self.index
        self.index += 1
        tokens = self.tokens
        while tokens[self.index] == " ":
            self.index += 1
        if tokens[self.index] != "{":
            if tokens[self.index] in CLOSERS or token in _VERTICAL_BOXES:
                self.refuse("an argument is missing")
            inside = [tokens[self.index]]
            self.index += 1
        else:
            first = self.index + 1
            depth = 0
            while True:
                inner = tokens[self.index]
                depth += (inner == "{") - (inner == "}")
                if inner == END:
                    self.refuse("expected '}', not the end")
                self.index += 1
                if depth == 0:
                    break
            inside = tokens[first : self.index - 1]
        mathematics = self.mathematics_in_text
        try:
            if token in tex.QUOTED_COMMANDS or self.text_size is None:
                raise UnreadableText(token)
            read = read_text(inside, token, self.style, self.text_size, mathematics, self.bold_depth > 0)
        except UnreadableText:
            try:
                nodes.append((tex.BOX, quote_text(inside, token, self.style, mathematics) + " "))
            except UnreadableText as error:
                self.index = start
                self.refuse(f"{error.token!r} has no place in a text")
            return
        if len(read) == 1 and read[0][0] in SINGLE_ATOMS:
            nodes += read
        else:
            read = self.tidy(read)
            nodes.append((tex.BRACES, "{ " + "".join([node[1] for node in read]) + "} ", read))

    def mathematics_in_text(self, tokens, style):
        """Reads the tokens between two dollars in text."""
        outer = self.tokens, self.index, self.style, self.infix_openers
        dollars, self.dollars = self.dollars, frozenset([END])
        cramped, self.cramped = self.cramped, False
        self.tokens, self.index, self.style = [*tokens, END], 0, style
        self.infix_openers = infix_openers(self.tokens)
        nodes = self.tidy(self.expression(-1))
        if self.tokens[self.index] != END:
            self.tokens, self.index, self.style, self.infix_openers = outer
            self.refuse("the mathematics in a text is not balanced")
        self.tokens, self.index, self.style, self.infix_openers = outer
        self.dollars, self.cramped = dollars, cramped
        return nodes


def _width(nodes):
    """How many symbols of usual width are about as wide as `nodes`."""
    drawn = [token for node in nodes for token in node[1].split() if token not in _UNDRAWN]
    return len(drawn) + sum(token[:5] in _LONG for token in drawn)


FaithfulNormalizer.handlers = (
    EnvironmentReader.handlers
    | {"\\sqrt": FaithfulNormalizer.root, "\\cfrac": FaithfulNormalizer.continued_fraction}
    | dict.fromkeys(tex.ALPHABETS, FaithfulNormalizer.alphabet)
    | dict.fromkeys(tex.FRACTIONS, FaithfulNormalizer.fraction)
    | dict.fromkeys(tex.ARGUMENTS, FaithfulNormalizer.read_command)
    | dict.fromkeys(tex.EXPANSIONS, FaithfulNormalizer.expansion)
    | dict.fromkeys(tex.STYLES, FaithfulNormalizer.style_change)
    | dict.fromkeys(tex.SIZES, FaithfulNormalizer.size_change)
    | dict.fromkeys([*tex.TEXT_FONTS, *tex.QUOTED_COMMANDS], FaithfulNormalizer.text_box)
    | dict.fromkeys(["\\xrightarrow", "\\xleftarrow"], FaithfulNormalizer.arrow)
    | dict.fromkeys(["\\dots", "\\dotsc", "\\dotso"], FaithfulNormalizer.dots)
    | {
        "\\dotsi": FaithfulNormalizer.integral_dots,
        "~": FaithfulNormalizer.tie,
        "\\space": FaithfulNormalizer.nothing,
        "\\not": FaithfulNormalizer.negation,
        "\\smash": FaithfulNormalizer.smash,
    }
)
