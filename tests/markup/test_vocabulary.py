import numpy as np
import pytest

from keras_im2latex.markup import Vocabulary

FORMULAS = [["x", "+", "x"], [r"\alpha", "+", "y", "x"], ["b", "y"]]


def test_the_most_frequent_come_first_and_equal_ones_in_order():
    vocabulary = Vocabulary.from_formulas(FORMULAS)
    assert vocabulary.tokens == ("<pad>", "<start>", "<end>", "<unknown>", "x", "+", "y", r"\alpha", "b")
    assert len(vocabulary) == 9
    assert Vocabulary.from_formulas(reversed(FORMULAS)) == vocabulary


def test_rare_tokens_are_left_out():
    vocabulary = Vocabulary.from_formulas(FORMULAS, minimum_count=2)
    assert vocabulary.tokens[4:] == ("x", "+", "y")
    assert "b" not in vocabulary
    assert vocabulary.encode(["b", "x"]) == [vocabulary.unknown_id, 4]


def test_special_numbers_stand_at_the_special_tokens():
    vocabulary = Vocabulary(["x"])
    special = (vocabulary.padding_id, vocabulary.start_id, vocabulary.end_id, vocabulary.unknown_id)
    assert special == (0, 1, 2, 3)
    assert [vocabulary.tokens[index] for index in special] == list(Vocabulary.SPECIAL_TOKENS)


def test_decode_inverts_encode():
    vocabulary = Vocabulary.from_formulas(FORMULAS)
    for formula in FORMULAS:
        assert vocabulary.decode(vocabulary.encode(formula)) == formula


def test_decode_stops_at_the_end_and_drops_padding_and_start():
    vocabulary = Vocabulary(["x", "y"])
    assert vocabulary.decode(np.array([1, 0, 4, 3, 5, 2, 4, 0])) == ["x", "<unknown>", "y"]


def test_save_and_load(tmp_path):
    vocabulary = Vocabulary.from_formulas([*FORMULAS, ["\\", r"\begin{array}", "#"]])
    vocabulary.save(tmp_path / "vocabulary.txt")
    assert Vocabulary.load(tmp_path / "vocabulary.txt").tokens == vocabulary.tokens
    assert (tmp_path / "vocabulary.txt").read_text().split("\n")[:6] == [*vocabulary.tokens[:6]]


def test_load_refuses_a_file_without_the_special_tokens(tmp_path):
    (tmp_path / "vocabulary.txt").write_text("x\ny\n")
    with pytest.raises(ValueError, match=r"must begin with the lines .*Received: \('x', 'y'\)"):
        Vocabulary.load(tmp_path / "vocabulary.txt")


@pytest.mark.parametrize("tokens", [["x", "x"], ["<pad>"], [""], ["a b"], ["a\n"], [3]])
def test_tokens_that_cannot_be_told_apart_are_refused(tokens):
    with pytest.raises(ValueError, match="Received"):
        Vocabulary(tokens)


def test_wrong_arguments_are_refused():
    vocabulary = Vocabulary(["x"])
    with pytest.raises(TypeError, match="Received: 'x'"):
        vocabulary.encode("x")
    with pytest.raises(TypeError, match="Received: 'x y'"):
        Vocabulary.from_formulas(["x y"])
    with pytest.raises(ValueError, match="Received: 0"):
        Vocabulary.from_formulas(FORMULAS, minimum_count=0)
    for index in (-1, 5):
        with pytest.raises(ValueError, match=f"Received: {index}"):
            vocabulary.decode([index])


def test_more_tokens_come_last_and_leave_the_numbers_of_the_others():
    vocabulary = Vocabulary(["x", "+"])
    longer = vocabulary.with_tokens(["+", "<pad>", "y", "x", "z"])
    assert longer.tokens == (*vocabulary.tokens, "y", "z")
    assert longer.encode(["+", "z"]) == [*vocabulary.encode(["+"]), 7]
    assert vocabulary.with_tokens([]) == vocabulary
    with pytest.raises(ValueError, match="again"):
        vocabulary.with_tokens(["y", "y"])
