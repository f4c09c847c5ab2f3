import re
import shutil
import subprocess
import sys

import pytest

from keras_im2latex.markup import detokenize, tokenize


@pytest.mark.parametrize(
    ("tokens", "latex"),
    [
        (r"\operatorname { s i n } x", r"\sin x"),
        (r"\operatorname { s i n } ^ { 2 } \theta", r"\sin^2\theta"),
        (r"\operatorname* { l i m } _ { x \to 0 }", r"\lim_{x\to 0}"),
        (r"\operatorname { l i m } _ { x }", r"\operatorname{lim}_x"),
        (r"\operatorname { s g n } ( x )", r"\operatorname{sgn}(x)"),
        (r"\operatorname* { a r g m i n }", r"\operatorname*{argmin}"),
        (r"\mathrm { T r } A", r"\mathrm{Tr}A"),
        (r"\mathrm { i f ~ } x", r"\mathrm{if~}x"),
        (r"\textrm { a - b , c = d }", r"\textrm{a-b,c=d}"),
        (r"\hspace { - 0 . 5 c m } x", r"\hspace{-0.5cm}x"),
        (r"\hspace * { 3 m m }", r"\hspace*{3mm}"),
        (r"a { \frac { b } { c } } d", r"a\frac{b}{c}d"),
        (r"\sqrt { { \frac { b } { c } } }", r"\sqrt{\frac{b}{c}}"),
        (r"{ \frac { b } { c } } ^ { 2 }", r"{\frac{b}{c}}^2"),
        (r"\hat { x } \frac { a } { b }", r"\hat{x}\frac{a}{b}"),
        (r"\frac 1 2 x", r"\frac{1}{2}x"),
        (r"x _ { 1 } ^ { 2 }", "x_1^2"),
        (r"x _ { i } y _ { 1 0 }", "x_i y_{10}"),
        (r"x _ { \mu } y", r"x_\mu y"),
        (r"H ^ { \prime } _ { 1 } f ^ { \prime \prime }", "H'_1 f''"),
        (r"{ \alpha } { x } { + } { \bf y }", r"\alpha x{+}{\mathbf{y}}"),
        (r"{ \cal L } _ { { \cal M } } ^ { \bf k }", r"\mathcal{L}_{\mathcal{M}}^{\mathbf{k}}"),
        (r"\hat { \cal H } { \bf x y } ^ { 2 }", r"\hat{\mathcal{H}}{\mathbf{xy}}^2"),
        (r"{ \bf x + y } { \it a }", r"{\bf x + y}{\mathit{a}}"),
        (r"a + b = - c", "a + b = -c"),
        (r"( - a , - b ) \times - c", r"(-a, -b) \times -c"),
        (r"e ^ { - x + y }", "e^{-x+y}"),
        (r"a \in B , \; c \, d", r"a \in B,\;c\,d"),
        (r"\begin{array} { c c } { a } & { - 1 } \\ \end{array}", r"\begin{array}{cc} a & -1 \end{array}"),
        (r"\begin{matrix} { a } \\ { [ b ] } \\ \end{matrix}", r"\begin{matrix} a \\ {[b]} \end{matrix}"),
        (r"& { a \hfill } & { \cdots } & { + b } \end{matrix}", r"& {a\hfill} & {\cdots} & +b \end{matrix}"),
        (r"\sqrt [ [object Object] ] { x }", r"\sqrt[[object Object]]{x}"),
        (r"{ \hat { x } } _ { a } { \hat { \vec { x } } }", r"\hat{x}_a{\hat{\vec{x}}}"),
        (r"\tilde { \tilde { { \mathcal { A } } } }", r"\tilde{\tilde{{\mathcal{A}}}}"),
        (r"\boldsymbol { { \theta } _ { A } }", r"\boldsymbol{{\theta}_A}"),
        (r"\left\{ a \right.", r"\left\{a\right."),
        (r"\{ a \}", r"\{a\}"),
        ("a \\ , b \\", "a\\ , b\\ "),
        (r"- - x ^ { -- }", "- - x^{--}"),
        (r"} { _ { \frac", r"}{_{\frac"),
        ("", ""),
    ],
)
def test_latex_as_a_person_types_it(tokens, latex):
    assert detokenize(tokens) == latex
    assert detokenize(tokens.split()) == latex


def test_braces_that_are_an_argument_stay():
    for command in (
        r"\sqrt",
        r"\hat",
        r"\mathrm",
        r"\big",
        r"\boldmath",
        r"\phantom",
        r"\unheardof",
        r"\kern",
    ):
        assert detokenize(f"{command} {{ x }} y") == f"{command}{{x}}y"
    assert detokenize(r"\stackrel { a } { \frac { b } { c } }") == r"\stackrel{a}{\frac{b}{c}}"
    assert detokenize(r"\sqrt [ 3 ] { x }") == r"\sqrt[3]{x}"
    assert detokenize(r"\put ( 0 , 0 ) { x }") == r"\put(0, 0){x}"


def test_written_latex_is_written_again_the_same(formulas):
    for formula in formulas:
        latex = detokenize(formula)
        assert detokenize(tokenize(latex)) == latex


def _skeleton(tokens):
    """The tokens less what the detokenizer may rewrite: braces, names, primes, and the last line's break."""
    text = f" {' '.join(tokens)} "
    text = re.sub(r" \\operatorname\*? \{ ([a-zP ]+) \}", lambda match: " \\" + match[1].replace(" ", ""), text)
    text = re.sub(r"\{ \\(bf|cal|it|sf|tt) ((?:[A-Za-z0-9] )+\})", r"{ \\math\1 { \2 }", text)
    text = re.sub(r"\^ \{((?: \\prime)+) \}", lambda match: match[1].replace(r"\prime", "'"), text)
    text = re.sub(r"\\\\ (?=\\end\{(?:array|matrix|cases)\})", "", text)
    text = text.replace(r"\operatorname*", r"\operatorname *")
    text = text.replace("---", "- - -").replace("--", "- -")
    return [token for token in text.split() if token not in "{}"]


def test_no_token_is_lost_added_or_moved(formulas, nonsense):
    for formula in [*formulas, *nonsense[::3]]:
        assert _skeleton(tokenize(detokenize(formula))) == _skeleton(formula.split())


def test_on_the_validation_formulas(validation_formulas):
    written = [detokenize(formula) for formula in validation_formulas]
    again = [detokenize(tokenize(latex)) for latex in written]
    assert sum(a == b for a, b in zip(written, again)) >= 0.999 * len(written)
    for formula, latex in zip(validation_formulas, written):
        assert _skeleton(tokenize(latex)) == _skeleton(formula.split())
        assert "{ " not in latex.replace(r"\{ ", "")
        assert not re.search(r"[^\\] \}", latex)


def test_the_text_tools_start_without_tensorflow():
    program = "import sys, keras_im2latex.markup; assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_picture_stays_the_same(formulas):
    rendering = pytest.importorskip("keras_im2latex.rendering")
    if not hasattr(rendering, "render") or not shutil.which("latex"):
        pytest.skip("needs keras_im2latex.rendering.render and LaTeX")
    # Lengths fail as spaced tokens, so they are closed up on both sides.
    spaced = [re.sub(r"\\hspace \{ ([^{}]*)\}", lambda m: m[0].replace(" ", ""), formula) for formula in formulas]
    pictures = list(rendering.render([*spaced, *map(detokenize, formulas)]))
    for formula, before, after in zip(formulas, pictures, pictures[len(formulas) :]):
        assert before.error is None, formula
        assert after.error is None, detokenize(formula)
        assert before.png == after.png, detokenize(formula)
