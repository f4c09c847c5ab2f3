import pytest
import tensorflow as tf

from keras_im2latex.markup import detokenize
from keras_im2latex.markup.detokenizer_graph import detokenize_graph


@pytest.fixture(scope="module")
def in_graph():
    function = tf.function(detokenize_graph, input_signature=[tf.TensorSpec([None], tf.string)])
    return lambda texts: [latex.decode() for latex in function(tf.constant(texts)).numpy()]


def test_formulas_come_out_as_from_python(in_graph, formulas):
    assert in_graph(formulas) == [detokenize(formula) for formula in formulas]


def test_nonsense_comes_out_as_from_python(in_graph, nonsense):
    assert in_graph(nonsense) == [detokenize(text) for text in nonsense]


def test_characters_outside_the_alphabet_come_out_as_from_python(in_graph):
    texts = [
        "".join(map(chr, range(1, 128))),
        "\t a\n\n_ { b }\r",
        "",
        " ",
        "\x01 { \x05 } \x11 a",
        '$ # % " `',
    ]
    assert in_graph(texts) == [detokenize(text) for text in texts]


def test_validation_formulas_come_out_as_from_python(in_graph, validation_formulas):
    assert in_graph(validation_formulas) == [detokenize(formula) for formula in validation_formulas]


def test_any_shape():
    texts = tf.constant([[["x _ { 1 }"], ["{ x }"]]])
    assert detokenize_graph(texts).numpy().tolist() == [[[b"x_1"], [b"x"]]]
