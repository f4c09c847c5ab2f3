import xml.etree.ElementTree as ElementTree

import pytest

from keras_im2latex.markup.normalization import normalize
from tfds_builders.crohme.handwritten_form import handwritten_form
from tfds_builders.crohme.ink import Ink
from tfds_builders.crohme.inkml import UnreadableInk
from tfds_builders.crohme.labels import read_label
from tfds_builders.crohme.mathml import mathml_to_latex


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("$H^I_1$", "H _ { 1 } ^ { I }"),
        (r"\left| $\frac 2 {3 x} \right|", r"| \frac { 2 } { 3 x } |"),
        (r" { { - { \mbox { E } } _ { \mbox { q } } } - { \cdots + \mbox { P } } } ", r"- E _ { q } - \cdots + P"),
        (r"\Bigg( \sum\limits_{i=1}^{n} a \Bigg)r^2", r"( \sum _ { i = 1 } ^ { n } a ) r ^ { 2 }"),
        (r"\int_{1}^{+\infty} \mathrm dt \quad \hspace{3mm} \phantom{x} y", r"\int _ { 1 } ^ { + \infty } d t y"),
        (r"\sqrt[3]{2} + \sqrt[n]x", r"\sqrt [ 3 ] { 2 } + \sqrt [ n ] { x }"),
        (r"{\bf x} \to {\cal L}", r"x \to L"),
        (r"{y^{\prime}}^2 {ab}_c", r"{ y ^ { \prime } } ^ { 2 } { a b } _ { c }"),
        (r"u_n\gtM, M\ltN, R\ltq^{-1}\ltl_0", r"u _ { n } > M , M < N , R < q ^ { - 1 } < l _ { 0 }"),
        (r"lim \limits _ {a \rightarrow 0} a", r"\operatorname* { l i m } _ { a \to 0 } a"),
        (r"\left. x \right\} {\textstyle y}", r"x \} y"),
    ],
)
def test_labels_come_to_the_one_spelling_of_what_is_seen(written, target):
    assert read_label(Ink((), written)) == (written, target)
    assert handwritten_form(target) == target


def test_a_formula_of_which_all_is_seen_has_the_form_of_the_printed_datasets():
    latex = r"\frac{a+b}{c_1^2}=\sin x\sum_{i=0}^{n}\alpha_i"
    assert handwritten_form(latex) == normalize(latex, mode="im2markup")


def test_mathml_becomes_latex_whatever_its_namespace_and_its_names():
    inside = """
      <mrow><mi>Delta</mi><mo>lt</mo><mi>\\phi</mi><mo>\u2264</mo><mi>erf</mi><mn>12</mn></mrow>
      <mroot><mi>x</mi><mn>3</mn></mroot>
      <munderover><mo>\\sum</mo><mrow><mi>i</mi><mo>=</mo><mn>0</mn></mrow><mi>infty</mi></munderover>
      <msup><mrow><mi>a</mi><mi>b</mi></mrow><mn>2</mn></msup><mo>{</mo>
    """
    for namespace in ("", ' xmlns="http://www.w3.org/1998/Math/MathML"'):
        latex = mathml_to_latex(ElementTree.fromstring(f"<math{namespace}>{inside}</math>"))
        expected = r"\Delta < \phi \leq e r f 1 2 \sqrt [ 3 ] { x } \sum _ { i = 0 } ^ { \infty } { a b } ^ { 2 } \{"
        assert read_label(Ink((), "$\\frac{broken$", ElementTree.fromstring(f"<math{namespace}>{inside}</math>"))) == (
            latex,
            expected,
        )


@pytest.mark.parametrize(
    ("mathml", "reason"),
    [("<mtable/>", "<mtable>"), ("<mfrac><mn>1</mn></mfrac>", "<mfrac> must hold 2 others, not 1")],
)
def test_what_no_formula_holds_is_named(mathml, reason):
    with pytest.raises(UnreadableInk, match=f"no label .*no LaTeX; MathML: .*{reason}"):
        read_label(Ink((), "", ElementTree.fromstring(f"<math>{mathml}</math>")))
