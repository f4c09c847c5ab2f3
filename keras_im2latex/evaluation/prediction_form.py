"""Predictions as tokens and as LaTeX, in whichever of the two a system wrote them."""

from keras_im2latex.markup import detokenize, tokenize
from keras_im2latex.markup.normalization import NormalizationError, normalize

FORMS = ("tokens", "latex")


def guess_form(texts):
    r"""Tells whether formulas stand as tokens between spaces.

    Args:
        texts: sequence of strings, all the predictions of one system.

    Returns:
        `"tokens"` if every text consists of tokens separated by single spaces, `"latex"` otherwise.

    Example:
        >>> guess_form([r"x ^ { 2 }", "y"]), guess_form(["x^2", "y"])
        ('tokens', 'latex')
    """
    return "tokens" if all(map(_is_tokens, texts)) else "latex"


def tokens_and_latex(text, form):
    r"""Gives a prediction as the text measures take it, and as TeX draws it.

    Tokens are taken as they stand and drawn as `detokenize` writes them. LaTeX is drawn as it stands; its tokens
    are those of the authors' normalizer, or, where that cannot read it, of the tokenizer.

    Args:
        text: string, one formula; empty for a missing prediction.
        form: `"tokens"` or `"latex"`.

    Returns:
        Tuple of a list of strings, the tokens, and a string, the LaTeX to draw.

    Raises:
        ValueError: if `form` is neither.

    Example:
        >>> tokens_and_latex("x^2", "latex")
        (['x', '^', '{', '2', '}'], 'x^2')
    """
    if form not in FORMS:
        raise ValueError(f"`form` must be one of {FORMS}. Received: form={form!r}")
    if form == "tokens":
        return text.split(), detokenize(text)
    if not text.strip():
        return [], ""
    try:
        return normalize(text, mode="im2markup").split(), text
    except NormalizationError:
        try:
            return tokenize(text), text
        except ValueError:  # not ASCII
            return text.split(), text


def _is_tokens(text):
    try:
        return tokenize(text) == text.split(" ") if text else True
    except ValueError:
        return False
