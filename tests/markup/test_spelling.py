import shutil

import numpy as np
import pytest
import tensorflow as tf

from keras_im2latex.markup import detokenize, respell
from keras_im2latex.markup.spelling import SYNONYMS
from keras_im2latex.markup.spelling_graph import respell_graph
from keras_im2latex.rendering import render

CASES = [
    (r"\mathcal { L }", r"{ \cal L }"),
    (r"x ^ { \mathcal { L } } _ { \mathbf { k } }", r"x ^ { \cal L } _ { \bf k }"),
    (r"x ^ { \mathcal { L } 1 } \hat { \mathcal { L } }", r"x ^ { { \cal L } 1 } \hat { \cal L }"),
    (r"\mathbf { x y }", r"{ \bf x y }"),
    (r"\mathbf { \hat { x } }", r"\mathbf { \hat { x } }"),
    (r"a \le b \to c \ne d", r"a \leq b \rightarrow c \neq d"),
    (r"\le \le \leq \left. \leftarrow", r"\leq \leq \leq \left. \leftarrow"),
    (r"\left\vert x \right\vert \vert \Vert \lvert y \rvert", r"\left| x \right| | \| \lvert y \rvert"),
    (r"\lbrace a \rbrace", r"\{ a \}"),
    (r"\left\lbrace a \right\rbrace", r"\left\{ a \right\}"),
    (r"x ^ \ast", "x ^ *"),
    ("", ""),
]


@pytest.mark.parametrize(("tokens", "expected"), CASES)
def test_one_spelling(tokens, expected):
    assert respell(tokens) == expected
    assert respell(expected) == expected


def test_graph_and_python_agree():
    tokens = [[one for one, _ in CASES]]
    np.testing.assert_array_equal(respell_graph(tf.constant(tokens)), [[respell(one).encode() for one in tokens[0]]])


def test_people_are_given_what_they_type():
    assert detokenize(respell(r"\mathcal { L } = \mathbf { k } ^ { \mathcal { D } }")) == (
        r"\mathcal{L} = \mathbf{k}^{\mathcal{D}}"
    )


@pytest.mark.skipif(not shutil.which("latex"), reason="TeX is not installed")
def test_nothing_changes_in_the_picture():
    formulas = [
        *(rf"\left( a {rare} b \right) x _ {{ {rare} }}" for rare in SYNONYMS),
        r"f \mathcal { L } ^ { 2 } _ { \mathcal { M } } g \mathbf { V } ' \mathbf { x - y }",
        r"\frac { \mathcal { F } } { \mathbf { k } } \hat { \mathcal { H } } \sqrt { \mathbf { q } } \mathcal { A B }",
        r"\left\vert \mathcal { W } \right\vert \mathbf { \Gamma } \bar { \mathbf { v } } \mathcal { N } \mathbf { 1 }",
        r"\mathcal { P } \mathcal { T } , \mathbf { = } a \mathbf { + } b",
    ]
    before, after = render(formulas), render(map(respell, formulas))
    for formula, one, other in zip(formulas, before, after, strict=True):
        assert one.error is None, (formula, one.error)
        np.testing.assert_array_equal(one.image, other.image, formula)
