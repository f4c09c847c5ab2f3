"""One call for both ways of bringing a formula to one spelling."""

from keras_im2latex.markup.normalization.errors import NormalizationError
from keras_im2latex.markup.normalization.faithful import FaithfulNormalizer
from keras_im2latex.markup.normalization.im2markup import Im2markupNormalizer

# Characters of a formula at most. It bounds the time that any formula can take.
MAX_LENGTH = 10_000


def normalize(latex, mode="faithful", matrix_environment="matrix"):
    """Brings a formula to one spelling.

    Args:
        latex: string. One formula, without the dollars around it, of `MAX_LENGTH` characters at most.
        mode: string. `"faithful"`: one spelling for each picture; the result draws exactly what `latex` draws
            in display style. `"im2markup"`: what the authors of IM2LATEX-100K wrote, losses included, for
            comparing scores with published ones. Defaults to `"faithful"`.
        matrix_environment: string. For `mode="im2markup"`: `"matrix"` as in their files since December 2016,
            or `"array"` as before. Defaults to `"matrix"`.

    Returns:
        A string: LaTeX, tokens separated by one space.

    Raises:
        NormalizationError: if the formula cannot be read; with the position and the reason.
        ValueError: if `mode` or `matrix_environment` is none of those.

    Example:

    >>> from keras_im2latex.markup.normalization import normalize
    >>> normalize(r"{\\rm Tr}H^I_1", mode="im2markup")
    '\\\\mathrm { T r } H _ { 1 } ^ { I }'
    """
    if len(latex) > MAX_LENGTH:
        raise NormalizationError(f"the formula is longer than {MAX_LENGTH:,} characters", MAX_LENGTH, latex)
    if mode == "faithful":
        return FaithfulNormalizer().normalize(latex)
    if mode == "im2markup":
        return Im2markupNormalizer(matrix_environment).normalize(latex)
    raise ValueError(f"`mode` must be 'faithful' or 'im2markup'. Received: mode={mode!r}")
