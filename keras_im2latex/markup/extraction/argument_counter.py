"""Tells where in a formula LaTeX takes the next token, whatever it stands for, as an argument."""

_ONE = """
    hat widehat check widecheck tilde widetilde acute grave dot ddot dddot ddddot breve bar vec mathring overline
    underline overbrace underbrace overrightarrow overleftarrow overleftrightarrow underrightarrow underleftarrow
    underleftrightarrow mathbf mathrm mathcal mathbb mathfrak mathsf mathit mathtt mathscr mathds mathbbm mathnormal
    boldsymbol bm pmb bold Bbb frak sqrt operatorname phantom hphantom vphantom smash text textrm textbf textit textsf
    texttt mbox boxed substack xrightarrow xleftarrow cancel slashed tag label
    """.split()  # noqa: SIM905
_TWO = "frac dfrac tfrac cfrac binom dbinom tbinom overset underset stackrel".split()  # noqa: SIM905
_ARGUMENTS = {f"\\{name}": 1 for name in _ONE} | {f"\\{name}": 2 for name in _TWO}


class ArgumentCounter:
    r"""Follows a formula token by token.

    `\hat\x` with an author's `\x` puts the hat on all that `\x` stands for; written out, that needs braces.

    Example:

    >>> counter = ArgumentCounter()
    >>> counter.count("\\frac")
    >>> counter.count("1")
    >>> counter.expected
    True
    """

    def __init__(self):
        self._wanted = [0]
        self._in_brackets = False

    @property
    def expected(self):
        """Whether the next token is an argument."""
        return self._wanted[-1] > 0 and not self._in_brackets

    def count(self, token):
        """Takes note of the formula's next token."""
        if token == " " or token == "*":
            return
        if self._in_brackets:
            self._in_brackets = token != "]"
        elif token == "{":
            self._wanted[-1] = max(0, self._wanted[-1] - 1)
            self._wanted.append(0)
        elif token == "}":
            if len(self._wanted) > 1:
                self._wanted.pop()
        elif self._wanted[-1] and token == "[":
            self._in_brackets = True
        elif self._wanted[-1]:
            self._wanted[-1] -= 1
        else:
            self._wanted[-1] = _ARGUMENTS.get(token, 0)
