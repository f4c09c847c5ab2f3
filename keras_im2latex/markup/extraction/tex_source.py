"""One file of LaTeX as the tokens TeX would see, read as they are asked for."""

import re

PARAGRAPH = "\\par"

# White space is one blank; with an empty line in it, the end of a paragraph. A comment takes the line's end along,
# and so does a command that is a word, unless an empty line follows.
_LINE_END = r"[ \t\f]*(?:\n[ \t\f]*(?![ \t\f\n]))?"
_TOKEN = rf"(?P<word>\\[LETTERS]+){_LINE_END}|(?P<symbol>\\.)|%[^\n]*{_LINE_END}|(?P<space>\s+)|\x00+|#+\d?|."
_DOCUMENT_TOKEN = re.compile(_TOKEN.replace("LETTERS", "A-Za-z"), re.DOTALL)
_PACKAGE_TOKEN = re.compile(_TOKEN.replace("LETTERS", "A-Za-z@"), re.DOTALL)
_TEXT = re.compile(r"[^\\$%{}]+")


class TexSource:
    r"""Reads one file token by token.

    A token is a character, a command with its backslash (`\alpha`, `\,`), a parameter (`#1`), a blank, or `\par`
    where a paragraph ends. Comments are skipped.

    Args:
        text: string. The file, decoded.
        file: string. Its name, for positions.
        in_package: bool. Whether `@` is a letter, as it is in packages. Default `False`.

    Attributes:
        text: string. The file, its lines ended by newlines.
        offset: int. The next character to read.
        start: int. Where the token read last begins.
        in_package: bool. Whether `@` is a letter here; the file itself may change that.
        in_package_text: bool. Whether the file is a package.

    Example:

    >>> source = TexSource("\\alpha x % comment", "main.tex")
    >>> source.read(), source.read()
    ('\\alpha', 'x')
    """

    def __init__(self, text, file, in_package=False):
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.file = file
        self.in_package = in_package
        self.offset = 0
        self.start = 0
        self.in_package_text = in_package
        self._counted = (0, 1)

    def read(self):
        """Returns the next token, or `None` at the end of the file."""
        while True:
            pattern = _PACKAGE_TOKEN if self.in_package else _DOCUMENT_TOKEN
            match = pattern.match(self.text, self.offset)
            if match is None:
                return None
            self.start, self.offset = self.offset, match.end()
            kind = match.lastgroup
            if kind is None:
                token = match[0]
                if token[0] in "%\x00":
                    continue
                return token
            if kind == "word":
                return match["word"]
            if kind == "space":
                return PARAGRAPH if match[0].count("\n") > 1 else " "
            return "\\ " if match[0][1].isspace() else match[0]

    def skip_text(self):
        """Goes on to the next character that means more than itself in text."""
        match = _TEXT.match(self.text, self.offset)
        if match:
            self.offset = match.end()

    def skip_past(self, mark):
        """Goes on behind the next occurrence of a string, or to the end of the file."""
        found = self.text.find(mark, self.offset)
        self.offset = len(self.text) if found < 0 else found + len(mark)

    def skip_verbatim(self):
        r"""Goes on behind the argument of `\verb`, or to the end of the line."""
        delimiter = self.text[self.offset : self.offset + 1]
        line_end = self.text.find("\n", self.offset)
        line_end = len(self.text) if line_end < 0 else line_end
        found = self.text.find(delimiter, self.offset + 1, line_end) if delimiter else -1
        self.offset = line_end if found < 0 else found + 1

    def line_at(self, offset):
        """Returns the line of a character, from 1. Quick as long as the offsets asked for grow."""
        counted, line = self._counted if offset >= self._counted[0] else (0, 1)
        line += self.text.count("\n", counted, offset)
        self._counted = (offset, line)
        return line
