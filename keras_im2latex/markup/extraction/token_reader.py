"""Tokens out of a paper's files and out of the macros being expanded."""

from keras_im2latex.markup.extraction.tex_source import PARAGRAPH

_MAX_ARGUMENT = 100_000


class ReadingError(Exception):
    """Something in the paper cannot be read.

    Args:
        reason: string. What is wrong, in words that equal cases share.
    """

    def __init__(self, reason):
        self.reason = reason
        super().__init__(reason)


class TokenReader:
    """Reads tokens from a stack of files, and before them those that were pushed back.

    One command in a file may cost no more than `max_expansion` pushed tokens, and the paper no more tokens read or
    pushed than is in proportion to its length: so each paper ends.

    Args:
        source: `TexSource`. The main file.
        max_expansion: int. Tokens that one command may grow to, all intermediate steps counted.

    Example:
    ```python
    reader = TokenReader(TexSource("x+1", "main.tex"))
    while (token := reader.read()) is not None:
        print(token)
    ```
    """

    def __init__(self, source, max_expansion=200_000):
        self.max_expansion = max_expansion
        self._work = 0
        self._max_work = _work_for(source)
        self.sources = [source]
        self._pending = [[]]
        self._expanded = 0

    @property
    def is_exhausted(self):
        """Whether the paper has taken all the work it may."""
        return self._work > self._max_work

    @property
    def source(self):
        """The `TexSource` being read."""
        return self.sources[-1]

    @property
    def in_file(self):
        """Whether the next token comes from the file itself, and not from a macro."""
        return not self._pending[-1]

    def read(self, across_files=True):
        """Returns the next token, or `None` at the end; of the file being read if `across_files` is `False`."""
        self._work += 1
        if self._work > self._max_work:
            raise ReadingError("the paper takes too much work")
        while True:
            pending = self._pending[-1]
            if pending:
                return pending.pop()
            self._expanded = 0
            token = self.sources[-1].read()
            if token is not None or not across_files or len(self.sources) == 1:
                return token
            self.leave()

    def push(self, tokens):
        """Puts tokens before all that is still to be read; they count as what a command has grown to.

        Raises:
            ReadingError: if that is too much. What the command had left is dropped.
        """
        self.reserve(len(tokens))
        self._pending[-1].extend(reversed(tokens))

    def reserve(self, size):
        """Counts tokens about to be pushed. Raises what `push` does."""
        # One is added, for a command that stands for nothing but itself grows as well.
        self._expanded += size + 1
        if self._expanded > self.max_expansion:
            self._pending[-1].clear()
            raise ReadingError("macros expand without end")
        self._work += size

    def unread(self, token):
        """Puts back a token just read."""
        if token is not None:
            self._pending[-1].append(token)

    def enter(self, source):
        """Reads another file before all else."""
        self.sources.append(source)
        self._max_work += _work_for(source)
        self._pending.append([])

    def leave(self):
        """Ends the file being read, the main file excepted."""
        if len(self.sources) > 1:
            self.sources.pop()
            self._pending.pop()

    def finish(self):
        """Goes to the end of the paper."""
        del self.sources[1:], self._pending[1:]
        self.abandon(len(self.source.text))

    def abandon(self, offset):
        """Drops what macros have left to say and goes back to a character of the file."""
        self._pending[-1].clear()
        self.source.offset = offset

    def skip_spaces(self):
        """Reads blanks and returns the token after them, which is read as well."""
        token = self.read(across_files=False)
        while token == " ":
            token = self.read(across_files=False)
        return token

    def take(self, wanted):
        """Reads a token if it is the one wanted, blanks before it too. Returns whether it was."""
        token = self.skip_spaces()
        if token == wanted:
            return True
        self.unread(token)
        return False

    def read_argument(self):
        """Returns the tokens of the next group, without its braces, or the next token alone.

        Raises:
            ReadingError: if there is none, or the group has no end.
        """
        token = self.skip_spaces()
        while token == PARAGRAPH:
            token = self.skip_spaces()
        if token is None or token == "}":
            self.unread(token)
            raise ReadingError("a command lacks its argument")
        return self._read_until(("}",)) if token == "{" else [token]

    def read_optional(self):
        """Returns the tokens in the brackets that come next, or `None` if none do."""
        return self._read_until(("]",)) if self.take("[") else None

    def read_delimited(self, delimiter):
        """Returns the tokens before the next occurrence of some tokens, which are read as well.

        Args:
            delimiter: tuple of str. What ends the argument; if empty, the argument is a group or a token.

        Raises:
            ReadingError: if the file ends before.
        """
        if not delimiter:
            return self.read_argument()
        tokens = self._read_until(delimiter)
        if len(tokens) > 1 and tokens[0] == "{" and tokens[-1] == "}" and _is_one_group(tokens):
            return tokens[1:-1]
        return tokens

    def _read_until(self, delimiter):
        tokens, depth, size = [], 0, len(delimiter)
        while True:
            token = self.read(across_files=False)
            if token is None or len(tokens) > _MAX_ARGUMENT:
                raise ReadingError("an argument has no end")
            if depth == 0 and token == delimiter[-1] and tuple(tokens[len(tokens) + 1 - size :]) == delimiter[:-1]:
                return tokens[: len(tokens) + 1 - size]
            if token == "{":
                depth += 1
            elif token == "}":
                depth -= 1
                if depth < 0:
                    self.unread(token)
                    raise ReadingError("an argument has no end")
            tokens.append(token)


def _work_for(source):
    # Real papers take 1 to 2 for each character.
    return 1_000_000 + 5 * len(source.text)


def _is_one_group(tokens):
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token == "{") - (token == "}")
        if depth == 0:
            return place == len(tokens) - 1
    return False
