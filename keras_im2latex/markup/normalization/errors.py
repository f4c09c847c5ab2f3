"""The error a formula is refused with."""


class NormalizationError(ValueError):
    """A formula that cannot be read.

    Args:
        reason: string. What is wrong, in one clause.
        position: int. Character of `formula` the reader had come to.
        formula: string. The formula as the reader saw it. In the `"im2markup"` mode that is after the
            authors' own text substitutions, so that positions may differ from those in the formula as given.

    Example:

    >>> from keras_im2latex.markup.normalization import NormalizationError, normalize
    >>> try:
    ...     normalize("a^{b")
    ... except NormalizationError as error:
    ...     print(error.position)
    4
    """

    def __init__(self, reason, position, formula):
        self.reason = reason
        self.position = position
        self.formula = formula
        seen = formula[max(0, position - 20) : position]
        ahead = formula[position : position + 20]
        super().__init__(f"{reason}, at character {position}. Received: {seen!r} followed by {ahead!r}")
