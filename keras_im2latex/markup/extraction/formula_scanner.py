"""Reads a paper the way TeX would, as far as finding its formulas asks for."""

import posixpath

from keras_im2latex.markup.extraction.argument_counter import ArgumentCounter
from keras_im2latex.markup.extraction.conditionals import Conditionals
from keras_im2latex.markup.extraction.definitions import Definitions
from keras_im2latex.markup.extraction.environments import DISPLAYS, SKIPPED, TEXT_ENVIRONMENTS
from keras_im2latex.markup.extraction.macro import Primitive
from keras_im2latex.markup.extraction.macro_table import MacroTable
from keras_im2latex.markup.extraction.paper import decode_source
from keras_im2latex.markup.extraction.tex_source import PARAGRAPH, TexSource
from keras_im2latex.markup.extraction.token_reader import ReadingError, TokenReader

_MAX_FILES = 500
_MAX_DEPTH = 20
_MAX_TOKENS = 20_000
_CLOSING = {"$": "$", "$$": "$$", "\\[": "\\]", "\\(": "\\)"}
# Commands that begin and end displays without \begin and \end: \eqnarray is what \begin{eqnarray} calls.
_BARE = {f"\\{name}": name for name in DISPLAYS if name.isalpha()}


class FormulaScanner:
    r"""Finds the formulas of a paper, with the author's macros expanded.

    Args:
        paper: `Paper`.

    Attributes:
        problems: list of (string, string, int). What else could not be read: reason, file and line.

    Example:

    >>> from keras_im2latex.markup.extraction.paper import Paper
    >>> paper = Paper("x", "x.tex", contents={"x.tex": b"\\def\\a{b} $\\a+1$"})
    >>> [tokens for _, _, tokens, _ in FormulaScanner(paper).scan()]
    [['b', '+', '1']]
    """

    def __init__(self, paper):
        self.problems = []
        self._paper = paper
        self._reader = TokenReader(TexSource(decode_source(paper.read(paper.main)), paper.main))
        self._macros = MacroTable()
        self._in_formula = False
        self._arguments = None
        self._files = 0
        self._trouble = None
        self._nesting = 0
        # Where the file was left for a macro: its source, where the macro begins, and what comes behind it.
        self._call = (self._reader.source, 0, 0)
        definitions = Definitions(self._reader, self._macros, self._next_inside)
        self._conditionals = Conditionals(self._reader, self._macros, self._next_inside)
        self._handlers = {
            **definitions.handlers,
            **self._conditionals.handlers,
            "{": self._open_brace,
            "}": self._close_brace,
            "\\begin": self._begin,
            "\\end": self._end,
            "\\input": self._input,
            "\\include": self._input,
            "\\subfile": self._input,
            "\\import": self._import,
            "\\subimport": self._import,
            "\\usepackage": self._package,
            "\\RequirePackage": self._package,
            "\\verb": self._verbatim,
            "\\lstinline": self._verbatim,
            "\\makeatletter": lambda: self._at_is_letter(True),
            "\\makeatother": lambda: self._at_is_letter(False),
            "\\AtBeginDocument": self._ungrouped,
            "\\csname": self._csname,
            "\\expandafter": self._expand_after,
            "\\endinput": self._end_input,
        }

    def scan(self):
        """Yields (position, environment, tokens, reason) for each formula.

        `position` is (file, line, offset); `reason` is `None`, or why the formula is none that can be used.
        """
        reader = self._reader
        try:
            while True:
                if reader.in_file:
                    reader.source.skip_text()
                token = self._next()
                if token is None or token == "\\end{document}":
                    return
                environment = self._opened_by(token)
                if environment:
                    yield from self._read_formula(environment)
                self._note_trouble()
        except ReadingError as error:
            self._note(error.reason)

    def _opened_by(self, token):
        r"""The environment that a token begins, `"$"` and `"\["` included, or `None`."""
        if token == "$":
            following = self._reader.read()
            if following == "$":
                return "$$"
            self._reader.unread(following)
            return "$"
        if token in ("\\[", "\\("):
            return str(token)
        if token in _BARE:
            return _BARE[token]
        if token.startswith("\\begin{"):
            name = token[7:-1]
            return name if name in DISPLAYS or name == "math" else None
        return None

    def _read_formula(self, environment):
        """Yields the formula just begun and, when another display begins inside it, that one too."""
        while environment:
            self._note_trouble()
            position = self._position()
            self._in_formula, self._arguments = True, ArgumentCounter()
            tokens, reason, environment_inside = self._collect(environment)
            self._in_formula, self._arguments = False, None
            yield position, environment, tokens, reason
            environment = environment_inside

    def _collect(self, environment):
        """The tokens up to the end of a formula, why they are of no use, and the display that began too early."""
        closing = _CLOSING.get(environment)
        ends = (closing,) if closing else (f"\\end{{{environment}}}", f"\\end{environment}")
        tokens, depth, inner, reason = [], 0, [], None
        while True:
            token = self._next()
            if self._trouble:
                reason, self._trouble = reason or self._trouble, None
            if token is None or token == PARAGRAPH:
                return tokens, "no end" if token is None else "an empty line inside", None
            if token == "{":
                depth += 1
            elif token == "}":
                depth -= 1
                if depth < 0:
                    return tokens, "unbalanced braces", None
            elif token == "$":
                if depth or not TEXT_ENVIRONMENTS.isdisjoint(inner):
                    pass  # a formula in the formula's text
                elif closing == "$" or (closing == "$$" and self._reader.take("$")):
                    return tokens, reason, None
                else:
                    reason = reason or "a dollar inside"
            elif token in ends and not inner:
                return tokens, reason or ("unbalanced braces" if depth else None), None
            elif token.startswith("\\begin{"):
                name = token[7:-1]
                if depth == 0 and name in DISPLAYS:
                    return tokens, "no end", name
                inner.append(name)
            elif token.startswith("\\end{"):
                if not inner or inner.pop() != token[5:-1]:
                    return tokens, "no end" if token not in ends else "unbalanced environments", None
            elif token in ("\\[", "\\]") and depth == 0:
                return tokens, "no end", str(token) if token == "\\[" else None
            if len(tokens) < _MAX_TOKENS:
                tokens.append(token)
                self._arguments.count(token)
            else:
                reason = reason or f"more than {_MAX_TOKENS:,} tokens"
                if self._reader.in_file:
                    self._reader.source.skip_text()

    def _next(self):
        """The next token that no macro, definition or conditional takes away, or `None` at the paper's end."""
        reader, macros = self._reader, self._macros
        while True:
            in_file = reader.in_file
            token = reader.read()
            if in_file:
                self._call = (reader.source, reader.source.start, reader.source.offset)
            if token is None or (len(token) == 1 and token not in "{}"):
                return token
            try:
                macro = None if type(token) is Primitive else macros.get(token)
                if macro is not None:
                    self._expand(macro)
                elif (handler := self._handlers.get(token)) is not None:
                    token = handler()
                    if token is not None:
                        return token
                elif self._conditionals.handles(token):
                    self._conditionals.run(token, self._in_formula)
                else:
                    return token
            except ReadingError as error:
                if self._nesting or reader.is_exhausted:
                    raise
                source, _, resumed = self._call
                reader.abandon(resumed if source is reader.source else reader.source.offset)
                self._trouble = error.reason

    def _next_inside(self):
        """`_next` for what reads expanded tokens while a token is being expanded."""
        if self._nesting >= _MAX_DEPTH:
            raise ReadingError("commands nested too deep")
        self._nesting += 1
        try:
            return self._next()
        finally:
            self._nesting -= 1

    def _expand(self, macro):
        reader = self._reader
        starred = macro.starred is not None and reader.take("*")
        for token in macro.prefix:
            if reader.read(across_files=False) != token:
                raise ReadingError("a macro is not used as it is defined")
        arguments = []
        for place, delimiter in enumerate(macro.delimiters):
            if place == 0 and macro.default is not None:
                given = reader.read_optional()
                arguments.append(macro.default if given is None else given)
            else:
                arguments.append(reader.read_delimited(delimiter))
        reader.reserve(macro.size(arguments))
        tokens = macro.expand(arguments, starred)
        # What LaTeX would take as one argument, for the macro is one token, must be one.
        if self._arguments is not None and self._arguments.expected:
            tokens = ["{", *tokens, "}"]
        reader.push(tokens)

    def _open_brace(self):
        self._macros.open_group("{")
        return "{"

    def _close_brace(self):
        self._macros.close_group("{")
        return "}"

    def _begin(self):
        name = "".join(self._reader.read_argument()).strip()
        if name in SKIPPED:
            self._reader.source.skip_past(f"\\end{{{name}}}")
            return None
        if name != "document":
            self._macros.open_group(name)
        return self._half(f"\\begin{{{name}}}")

    def _end(self):
        name = "".join(self._reader.read_argument()).strip()
        self._macros.close_group(name)
        if name == "document":
            self._reader.finish()
        return self._half(f"\\end{{{name}}}")

    def _half(self, token):
        """A half of an environment as one token, unless the author has defined it."""
        macro = self._macros.get(token)
        if macro is None:
            return token
        self._expand(macro)
        return None

    def _input(self):
        first = self._reader.skip_spaces()
        if first == "{":
            self._reader.unread(first)
            name = "".join(self._reader.read_argument())
        else:
            letters = []
            while first not in (" ", PARAGRAPH, None) and len(letters) < 255:
                letters.append(first)
                first = self._reader.read(across_files=False)
            name = "".join(letters)
        self._enter(name.strip().strip('"'))

    def _import(self):
        self._reader.take("*")
        folder, name = ("".join(self._reader.read_argument()).strip() for _ in range(2))
        self._enter(posixpath.join(folder, name))

    def _package(self):
        self._reader.read_optional()
        for name in "".join(self._reader.read_argument()).split(","):
            try:
                content = self._paper.read(f"{name.strip()}.sty")
            except ReadingError:  # a package that LaTeX has
                continue
            self._open(content, f"{name.strip()}.sty", in_package=True)

    def _enter(self, name):
        candidates = [name] if name.endswith(".tex") else [f"{name}.tex", name]
        for candidate in candidates:
            try:
                content = self._paper.read(candidate)
            except ReadingError as error:
                reason = error.reason
                continue
            self._open(content, posixpath.normpath(candidate), in_package=candidate.endswith(".sty"))
            return
        self._note(f"\\input of {reason}")

    def _open(self, content, name, in_package=False):
        self._files += 1
        if self._files > _MAX_FILES or len(self._reader.sources) > _MAX_DEPTH:
            self._note("\\input too often or too deep")
            return
        self._reader.enter(TexSource(decode_source(content), name, in_package))

    def _end_input(self):
        self._reader.leave()

    def _verbatim(self):
        if self._reader.in_file:
            self._reader.source.skip_verbatim()

    def _at_is_letter(self, value):
        self._reader.source.in_package = value

    def _ungrouped(self):
        self._reader.push(self._reader.read_argument())

    def _csname(self):
        name = []
        while (token := self._next_inside()) not in ("\\endcsname", None):
            name.append(token)
            if len(name) > 100:
                raise ReadingError("a name has no end")
        self._reader.push(["\\" + "".join(name)] if name else [])

    def _expand_after(self):
        first = self._reader.read()
        second = self._reader.read()
        macro = None if second is None else self._macros.get(second)
        if second == "\\csname":
            self._csname()
        elif macro is not None:
            self._expand(macro)
        else:
            self._reader.unread(second)
        self._reader.unread(first)

    def _position(self):
        source, start, _ = self._call
        return source.file, source.line_at(start), start

    def _note_trouble(self):
        if self._trouble:
            self._note(self._trouble)
            self._trouble = None

    def _note(self, reason):
        file, line, _ = self._position()
        self.problems.append((reason, file, line))
