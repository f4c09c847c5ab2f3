import pytest

from keras_im2latex.markup import tokenize


@pytest.mark.parametrize(
    ("latex", "tokens"),
    [
        (r"\frac{a}{b}", r"\frac { a } { b }"),
        (r"x_1^{2}", r"x _ 1 ^ { 2 }"),
        (r"\left( x \right)", r"\left( x \right)"),
        (r"\left\{x\right.", r"\left\{ x \right."),
        (r"\left \langle x \right\rangle", r"\left\langle x \right\rangle"),
        (r"a\leftarrow b\rightarrow c", r"a \leftarrow b \rightarrow c"),
        (r"\begin{array}{cc}a&b\\c&d\end{array}", r"\begin{array} { c c } a & b \\ c & d \end{array}"),
        (r"\begin {matrix}1\end{ matrix }", r"\begin{matrix} 1 \end{matrix}"),
        (r"\operatorname*{lim}", r"\operatorname* { l i m }"),
        (r"a\ b\,\!\;\:c", "a \\ b \\, \\! \\; \\: c"),
        ("a\\\nb", "a \\ b"),
        ("a\\", "a \\"),
        (r"\{\_\&\%\#\|\}", r"\{ \_ \& \% \# \| \}"),
        (r"--x---y-z", r"-- x --- y - z"),
        (r"f'~[2]", r"f ' ~ [ 2 ]"),
        ("a % the rest\n b\\% c", r"a b \% c"),
        ("a \\\\% the rest", r"a \\"),
        ("\ta\r\n\nb ", "a b"),
        ("", ""),
    ],
)
def test_typed_latex(latex, tokens):
    assert tokenize(latex) == tokens.split(" ") if tokens else tokenize(latex) == []


def test_normalized_text_comes_back_unchanged(validation_formulas):
    for formula in validation_formulas:
        assert tokenize(formula) == formula.split()


def test_closing_up_does_not_change_the_tokens():
    tokens = r"\int _ { 0 } ^ { \infty } \left| f ( x ) \right| ^ { 2 } \, d x = \sqrt { \pi } \ ."
    closed = r"\int_{0}^{\infty}\left|f(x)\right|^{2}\,dx=\sqrt{\pi}\ ."
    assert tokenize(closed) == tokenize(tokens) == tokens.split()


def test_other_types_are_refused():
    with pytest.raises(TypeError, match=r"`latex` must be a string.*Received: \['x'\]"):
        tokenize(["x"])


@pytest.mark.parametrize(("latex", "character"), [("x = α", "α"), ("x\x00", r"\\x00"), ("x\x7f", r"\\x7f")])
def test_other_characters_are_refused_with_their_place(latex, character):
    with pytest.raises(ValueError, match=f"Received: '{character}' at position {len(latex) - 1}"):
        tokenize(latex)
