"""A macro: its parameters and what it stands for."""

import dataclasses


class Primitive(str):
    r"""A command that means what LaTeX makes of it, whatever the paper has since defined it to be.

    `\let\oldvec\vec` makes `\oldvec` stand for such a `\vec`.
    """

    __slots__ = ()


@dataclasses.dataclass(frozen=True)
class Macro:
    r"""What a command or environment of the author's stands for.

    Args:
        body: tuple of str. Tokens, parameters among them as `"#1"`.
        delimiters: tuple of tuples of str. For each parameter the tokens that end its argument; empty for an
            argument that is a token or a group. Default none.
        prefix: tuple of str. Tokens that must follow the command before its first argument. Default none.
        default: tuple of str or `None`. What the first argument is unless given in brackets; `None` if it is not
            optional. Default `None`.
        starred: tuple of str or `None`. The body if a star follows the command; `None` if none may. Default `None`.

    Example:

    >>> Macro(body=("\\vec", "{", "#1", "}"), delimiters=((),)).expand([["x"]])
    ['\\vec', '{', 'x', '}']
    """

    body: tuple[str, ...]
    delimiters: tuple[tuple[str, ...], ...] = ()
    prefix: tuple[str, ...] = ()
    default: tuple[str, ...] | None = None
    starred: tuple[str, ...] | None = None

    def size(self, arguments):
        """Returns how many tokens `expand` gives at most, without making them."""
        lengths = {f"#{place}": len(argument) for place, argument in enumerate(arguments, start=1)}
        body = self.body if self.starred is None else max(self.body, self.starred, key=len)
        return sum(lengths.get(token, 1) for token in body)

    def expand(self, arguments, starred=False):
        """Returns the body with the arguments in place of the parameters.

        Args:
            arguments: list of lists of str. The tokens of each argument.
            starred: bool. Whether a star followed the command. Default `False`.

        Returns:
            List of str.
        """
        body = self.starred if starred else self.body
        if not arguments and not any(token[0] == "#" for token in body):
            return list(body)
        tokens = []
        for token in body:
            if token[0] != "#":
                tokens.append(token)
            elif token[:2] == "##":
                tokens.append(token[1:])
            elif token[1:].isdigit() and 0 < int(token[1:]) <= len(arguments):
                tokens.extend(arguments[int(token[1:]) - 1])
            else:
                tokens.append(token)
        return tokens
