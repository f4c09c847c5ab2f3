import pytest

from keras_im2latex.markup.normalization import NormalizationError, normalize


# Outputs of the authors' own program.
@pytest.mark.parametrize(
    ("latex", "normalized"),
    [
        (r"H^I_1", r"H _ { 1 } ^ { I }"),
        (r"H'+H''_a", r"H ^ { \prime } + H _ { a } ^ { \prime \prime }"),
        (r"\sin x\lim_{x}y", r"\operatorname { s i n } x \operatorname* { l i m } _ { x } y"),
        (r"{a \over b}a \choose b", r"\binom { { \frac { a } { b } } a } { b }"),
        (r"\dfrac{1}{2}\tfrac12", r"\frac { 1 } { 2 } \frac 1 2"),
        (r"\dot x\hat{xy}\widehat a", r"\dot { x } \hat { x y } \widehat a"),
        (r"{\rm Tr}\mbox{if }x", r"\mathrm { T r } \mathrm { i f ~ } x"),
        (r"{\cal L}{\bf x}", r"{ \cal L } { \bf x }"),
        (r"\Bbb R\bold x\frak g", r"\mathbb R \mathbf x \mathfrak g"),
        (
            r"\pmatrix{a&b\cr c&d}",
            r"\left( \begin{matrix} { a } & { b } \\ { c } & { d } \\ \end{matrix} \right)",
        ),
        (
            r"\begin{cases}a&b\\[2pt]c\end{cases}",
            r"\left\{ \begin{cases} { a } & { b } \\ { c } \\ \end{cases} \right.",
        ),
        (r"\begin{aligned}a&=b\end{aligned}", r"\begin{aligned} { a } & { { } = b } \\ \end{aligned}"),
        (r"\begin{array}{c@{\,}|l}a&b\end{array}", r"\begin{array} { c | l } { a } & { b } \\ \end{array}"),
        (r"\left( x \right)\Bigl ( y", r"\left( x \right) \Bigl ( y"),
        (r"\overline{z}", r"\overline { { z } }"),
        (r"a\label{eq:x}\\b%c", r"a \, b"),
        (r"\sqrt[3]{x}", r"\sqrt [ [object Object] ] { x }"),
        (r"\int\limits_0^1", r"\int _ { 0 } ^ { 1 }"),
        (r"a^{b^c}_d^e + x'^2", r"a _ { d } ^ { e } + x ^ { 2 }"),
        (r"\hskip 1cm x\rule{0in}{.25in}", r"\hspace { 1 c m } x ule { 0 in } { 0.25 in }"),
        (r"\mathrm{\alpha b}", r"\mathrm { \ a l p h a b }"),
    ],
)
def test_writes_what_the_authors_wrote(latex, normalized):
    assert normalize(latex, mode="im2markup") == normalized


def test_matrices_can_be_written_as_before_december_2016():
    latex = r"\begin{pmatrix}a&b\\c&d\end{pmatrix}"
    assert normalize(latex, mode="im2markup", matrix_environment="array") == (
        r"\left( \begin{array} { l l } { a } & { b } \\ { c } & { d } \\ \end{array} \right)"
    )
    with pytest.raises(ValueError, match="matrix_environment"):
        normalize(latex, mode="im2markup", matrix_environment="table")


@pytest.mark.parametrize(
    ("latex", "position", "reason"),
    [
        (r"a+{b", 4, "expected '}'"),
        (r"a}b", 1, "expected the end"),
        (r"\begin{eqnarray}a\end{eqnarray}", 16, "eqnarray"),
        (r"a \over b \over c", 16, "only one infix"),
        (r"\left x", 6, "no delimiter"),
        (r"\mathop{a}\limits", 10, "must follow an operator"),
        (r"\stackrel{\rm def}{=}\stackrel\hat x", None, "argument"),
        ("{" * 500, None, "nested"),
    ],
)
def test_refuses_what_the_authors_could_not_read(latex, position, reason):
    with pytest.raises(NormalizationError, match=reason) as caught:
        normalize(latex, mode="im2markup")
    if position is not None:
        assert caught.value.position == position


def test_mode_must_be_known():
    with pytest.raises(ValueError, match="Received: mode='katex'"):
        normalize("x", mode="katex")
