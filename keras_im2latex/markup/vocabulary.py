"""The tokens a model knows, and their numbers."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path


class Vocabulary:
    r"""Numbers the tokens of formulas.

    The first four numbers belong to the special tokens, in this order: padding, start of a formula, end of a
    formula, and any token that is not in the vocabulary.

    Args:
        tokens: iterable of str. The tokens after the special ones, in the order of their numbers, without
            repetition. A token is not empty and holds no white space.

    Raises:
        ValueError: a token is empty, repeated, special, or holds white space.

    Example:

    >>> vocabulary = Vocabulary.from_formulas([["x", "+", "x"], [r"\alpha", "+", "x"]], minimum_count=2)
    >>> vocabulary.tokens
    ('<pad>', '<start>', '<end>', '<unknown>', 'x', '+')
    >>> vocabulary.encode(["x", "+", "y"])
    [4, 5, 3]
    >>> vocabulary.decode([4, 5, 4, 2, 0, 0])
    ['x', '+', 'x']
    """

    SPECIAL_TOKENS = ("<pad>", "<start>", "<end>", "<unknown>")

    def __init__(self, tokens: Iterable[str]):
        self._tokens = (*self.SPECIAL_TOKENS, *tokens)
        for token in self._tokens:
            if not isinstance(token, str) or token.split() != [token]:
                raise ValueError(f"A token must be a non-empty string without white space. Received: {token!r}")
        self._ids = {token: index for index, token in enumerate(self._tokens)}
        if len(self._ids) != len(self._tokens):
            repeated = [token for token, count in Counter(self._tokens).items() if count > 1]
            raise ValueError(f"`tokens` must be distinct and differ from the special ones. Received: {repeated} again")

    @classmethod
    def from_formulas(cls, formulas: Iterable[Iterable[str]], minimum_count: int = 1) -> "Vocabulary":
        """Collects the tokens of formulas, the most frequent first, equal ones in alphabetical order.

        Args:
            formulas: iterable of iterables of str. The formulas, each as its tokens.
            minimum_count: int. The least number of occurrences, over all formulas, that a token needs to be
                taken. Defaults to `1`: every token.

        Returns:
            A `Vocabulary`.

        Raises:
            TypeError: a formula is a string instead of a list of tokens.
            ValueError: `minimum_count` is below 1.
        """
        if minimum_count < 1:
            raise ValueError(f"`minimum_count` must be at least 1. Received: {minimum_count}")
        counts = Counter()
        for formula in formulas:
            if isinstance(formula, str):
                raise TypeError(f"`formulas` must hold lists of tokens, not strings. Received: {formula!r}")
            counts.update(formula)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return cls(token for token, count in ordered if count >= minimum_count)

    def with_tokens(self, tokens: Iterable[str]) -> "Vocabulary":
        """A vocabulary that has more tokens, after those that this one has.

        Args:
            tokens: iterable of str. Those that are here already are passed over.

        Returns:
            A `Vocabulary` in which every token of this one keeps its number.

        Raises:
            ValueError: a new token is empty, repeated, or holds white space.

        Example:

        >>> Vocabulary(["x", "+"]).with_tokens(["+", "y"]).tokens[4:]
        ('x', '+', 'y')
        """
        more = [token for token in tokens if token not in self._ids]
        return type(self)([*self._tokens[len(self.SPECIAL_TOKENS) :], *more])

    @property
    def tokens(self) -> tuple[str, ...]:
        """All tokens, the special ones first; a token's place is its number."""
        return self._tokens

    @property
    def padding_id(self) -> int:
        """The number that fills a formula up to the length of its batch."""
        return 0

    @property
    def start_id(self) -> int:
        """The number that stands before a formula's first token."""
        return 1

    @property
    def end_id(self) -> int:
        """The number that stands after a formula's last token."""
        return 2

    @property
    def unknown_id(self) -> int:
        """The number of every token that is not in the vocabulary."""
        return 3

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Gives the numbers of tokens, without start and end.

        Args:
            tokens: iterable of str. The tokens of one formula.

        Returns:
            A list of int, as long as `tokens`; a token outside the vocabulary is `unknown_id`.

        Raises:
            TypeError: `tokens` is a string instead of a list of tokens.
        """
        if isinstance(tokens, str):
            raise TypeError(f"`tokens` must be a list of tokens, not a string. Received: {tokens!r}")
        return [self._ids.get(token, self.unknown_id) for token in tokens]

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Gives the tokens of numbers, up to the first end; padding and start are dropped.

        Args:
            ids: iterable of int (plain, NumPy, or a tensor that can be iterated). The numbers of one formula.

        Returns:
            A list of str. A number that stands for an unknown token gives `"<unknown>"`.

        Raises:
            ValueError: a number is outside the vocabulary.
        """
        tokens = []
        for index in ids:
            index = int(index)
            if not 0 <= index < len(self._tokens):
                raise ValueError(f"`ids` must be in [0, {len(self._tokens)}). Received: {index}")
            if index == self.end_id:
                break
            if index not in (self.padding_id, self.start_id):
                tokens.append(self._tokens[index])
        return tokens

    def save(self, path: str | Path) -> None:
        """Writes the vocabulary as plain text, one token a line, the special ones first.

        Args:
            path: str or `pathlib.Path`. The file to write.
        """
        Path(path).write_text("".join(f"{token}\n" for token in self._tokens), encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> "Vocabulary":
        """Reads a vocabulary that `save` wrote.

        Args:
            path: str or `pathlib.Path`. The file to read.

        Returns:
            A `Vocabulary`.

        Raises:
            ValueError: the file does not begin with the special tokens.
        """
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        number_of_specials = len(cls.SPECIAL_TOKENS)
        if tuple(lines[:number_of_specials]) != cls.SPECIAL_TOKENS:
            raise ValueError(
                f"The vocabulary file must begin with the lines {cls.SPECIAL_TOKENS}. "
                f"Received: {tuple(lines[:number_of_specials])} in {path}"
            )
        return cls(lines[number_of_specials:])

    def __len__(self) -> int:
        return len(self._tokens)

    def __contains__(self, token: str) -> bool:
        return token in self._ids

    def __eq__(self, other) -> bool:
        return isinstance(other, Vocabulary) and self._tokens == other._tokens

    def __hash__(self) -> int:
        return hash(self._tokens)

    def __repr__(self) -> str:
        return f"Vocabulary({len(self)} tokens)"
