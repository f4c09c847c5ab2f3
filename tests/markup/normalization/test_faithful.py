import random

import pytest

from keras_im2latex.markup.normalization import NormalizationError, normalize

PIECES = r"""
a \frac { } ^ _ ' \left( \right) & \\ \begin{matrix} \end{matrix} \text \over \bf ~ \dots \not = [ ] $ \limits
"""


@pytest.mark.parametrize(
    ("latex", "normalized"),
    [
        ("x^{a}_b", "x _ { b } ^ { a }"),
        ("x'_1 y'^2", r"x _ { 1 } ^ { \prime } y ^ { \prime 2 }"),
        ("^{14}C", "{ } ^ { 14 } C".replace("14", "1 4")),
        (r"{{x}}^{{2}}", "x ^ { 2 }"),
        (r"{a \over b}", r"\frac { a } { b }"),
        (r"x\sp2\sb1", r"x _ { 1 } ^ { 2 }"),
        (r"{n \choose k}", r"\binom { n } { k }"),
        (r"\frac12", r"\frac { 1 } { 2 }"),
        (r"\sqrt[3]x", r"\sqrt [ 3 ] { x }"),
        (r"a\le b\ne c\gets d\rightarrow e", r"a \leq b \neq c \leftarrow d \to e"),
        (r"\not=\lbrace\ast", r"\neq \{ *"),
        (r"{\bf x}\mathbf x{\cal L}", r"\mathbf { x } \mathbf { x } \mathcal { L }"),
        (r"{\rm Tr}\Bbb R", r"\mathrm { T r } \mathbb { R }"),
        (r"\mathbf{\alpha}\mathrm{1}{\bf\nabla}", r"\alpha 1 \nabla"),
        (r"\mathbf{a\mathrm{1}}", r"\mathbf { a \mathrm { 1 } }"),
        (r"\operatorname{sin}x\operatorname*{max}_x", r"\sin x \max _ { x }"),
        (r"\sum\limits_i\int\limits_i\int\nolimits_i", r"\sum _ { i } \int \limits _ { i } \int _ { i }"),
        (r"\frac{\sum\limits_i a}{b}", r"\frac { \sum \limits _ { i } a } { b }"),
        (
            r"\dfrac ab\frac{\dfrac ab}{\tfrac ab}",
            r"\frac { a } { b } \frac { \dfrac { a } { b } } { \tfrac { a } { b } }",
        ),
        (r"\displaystyle x", "x"),
        (r"a,\dots,b+\dots+c", r"a , \ldots , b + \cdots + c"),
        (r"(a\dots)", r"( a \ldots \, )"),
        (r"x\,\quad y\thinspace\!z", r"x \quad \, y z"),
        (r"a~b", r"a \ b"),
        (r"a\nobreakspace b\nobreak c", r"a \ b c"),
        (r"a\iff b", r"a \; \Longleftrightarrow \; b"),
        (r"\left<a\middle\vert b\right\rbrace", r"\left\langle a \middle | b \right\}"),
        (r"a\label{eq:1}b % remark", "a b"),
        (
            r"\begin{pmatrix}{a}&b\\c&d\\\end{pmatrix}",
            r"\left( \begin{matrix} a & b \\ c & d \end{matrix} \right)",
        ),
        (
            r"\begin{array}{*{3}{c}}a&b\\[.2cm]c&d\end{array}",
            r"\begin{array} { c c } a & b \\[2mm] c & d \end{array}",
        ),
        (r"\rlap\slash k", r"\rlap{\slash} k"),
        (r"\begin{array}{l*2c}a&b&c\end{array}", r"\begin{array} { l c c } a & b & c \end{array}"),
        (r"\begin{cases}a\cr b\end{cases}", r"\begin{cases} a \\ b \end{cases}"),
        (r"\sum_{\substack{i\\j}}", r"\sum _ { \substack { i \\ j } }"),
        (r"x\text{ for all }y", r"x \ \mathrm { f o r \ a l l } \ y"),
        (r"x_{\text{max}}", r"x _ { \mathrm { m a x } }"),
        (r"\mbox{if }x", r"\mathrm { i f } \ \mkern-1.2552mu x"),
        (r"\text{any}", r"\mathrm { a n y } \mkern-.2448mu"),
        (r"x_{\text{any}}", r"x _ { \mathrm { a n y } \mkern-.25mu }"),
        (r"\text{f}\textit{ab}", r"\text f \mathit { a b } \mkern-1.1021mu"),
        (r"\text{i.e. a}", r"\mathrm { i \mathchar28718\relax e \mathchar28718\relax \ \mkern1.9583mu \text a }"),
        (r"\textbf{\textit{u}}", r"\boldsymbol { \mathit { u } }"),
        (r"\mbox{\small if  $x > 0$. Or}", r"\mbox{\small{}if~$ x > 0 $.\space{}Or}"),
        (r"\mbox{\textsf{\textbf A}}", r"\mbox{\textsf{\textbf{A}}}"),
        (r"\textsc{Xy}\fbox{$a^{b}$}\rlap/k", r"\textsc{Xy} \fbox{$ a ^ { b } $} \rlap{/} k"),
        (r"\left[\vbox{\hbox{1}}\right]", r"\left[ \vbox{\hbox{1}} \right]"),
        (r"x_{a \\ b}", r"x _ { a \\ b }"),
        (r"K^\neq x", r"K ^ { \not } = x"),
        (r"\operatorname{a'}'", r"\operatorname { a ' } ^ { \prime }"),
        (r"\hat{\vec{\cal N}}", r"\hat { \vec { \cal N } }"),
        (r"\begin{matrix}a\\\lbrack b\\{*}\end{matrix}", r"\begin{matrix} a \\ \lbrack b \\ \ast \end{matrix}"),
        (r"\begin{aligned}a&=b\\\end{aligned}", r"\begin{aligned} a & = b \\ \end{aligned}"),
        (r"\begin{aligned}a\\b\\\end{aligned}", r"\begin{aligned} a \\ b \end{aligned}"),
        (r"\text{a-b}", r"\mathrm { a \mathchar28717\relax b }"),
        (r"\text{if $x>0$}", r"\mathrm { i f } \ \mkern-1.2552mu x > 0"),
        (r"x_{\mbox{\tiny AB}}", r"x _ { \scriptscriptstyle \mathrm { A B } }"),
    ],
)
def test_one_spelling(latex, normalized):
    assert normalize(latex) == normalized
    assert normalize(normalized) == normalized


@pytest.mark.parametrize(
    "latex",
    [
        "a { + } b",
        "1 { , } 0 0 0",
        "{ a b } ^ { 2 }",
        r"\sin { ( x ) }",
        "{ a b } c",
        r"\mathop { a b } _ { x }",
        r"\mathrel { \mathop : } =",
        r"\sqrt { \displaystyle x ^ { 2 } }",
        r"\lvert x \rvert",
        r"= { } - 1",
        r"{ \cdots } )",
    ],
)
def test_braces_and_styles_that_draw_something_stay(latex):
    assert normalize(latex) == latex


@pytest.mark.parametrize(
    ("latex", "position", "reason"),
    [
        ("a^{b", 4, "expected '}'"),
        ("a}b", 1, "closes nothing"),
        ("a&b", 1, "closes nothing"),
        ("x^1^2", 3, "two superscripts"),
        (r"x_1{}_2_3", 7, "two subscripts"),
        (r"a\limits_b", 1, "must follow an operator"),
        (r"\frac{1}", 8, "argument is missing"),
        (r"\left x", 6, "no delimiter"),
        (r"\begin{array}{c}a\end{matrix}", 17, "expected"),
        (r"a \over b \over c", 10, "two fractions"),
        ("a $ b", 2, "no place"),
        ("a\x00b", 1, "printable ASCII"),
        ("ab\u00e9", 2, "printable ASCII"),
        (r"x\text{\sum}", 1, "text"),
        ("{" * 5000, None, "nested"),
        (r"\rm" * 1500, None, "nested"),
        (r"\text{$x}", 0, "no place in a text"),
        (r"\sqrt" * 1500, None, "nested|missing"),
        ("a" * 10_001, 10_000, "longer than 10,000"),
    ],
)
def test_refuses_with_position_and_reason(latex, position, reason):
    with pytest.raises(NormalizationError, match=reason) as caught:
        normalize(latex)
    if position is not None:
        assert caught.value.position == position


def test_any_token_soup_is_read_or_refused_and_stays_as_it_is():
    pieces = PIECES.split()
    generator = random.Random(0)
    read = 0
    for _ in range(5000):
        latex = " ".join(generator.choices(pieces, k=generator.randrange(1, 12)))
        try:
            normalized = normalize(latex)
        except NormalizationError:
            continue
        read += 1
        assert normalize(normalized) == normalized
    assert read > 100
