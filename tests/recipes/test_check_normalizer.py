"""The recipe that measures the normalizer, on a few formulas whose figures are counted by hand."""

import io
import lzma
import tarfile

import pytest

from keras_im2latex import rendering

HEADER = "split\tkind\tpaper\tscore\tnorm\traw\n"
ARXIV = [
    ("train", r"a \le b", r"a\le b"),
    ("validation", "x _ { 1 } ^ { 2 }", "x^2_1"),
    ("validation", "not what the authors wrote", r"\frac12"),
    ("validation", r"\undefined", r"\undefined"),
    ("validation", "", "x^1^2"),
]


@pytest.fixture
def recipe(load_recipe):
    return load_recipe("check_normalizer")


@pytest.fixture
def data(tmp_path):
    rows = "".join(f"{split}\tsingle\tpaper\t1\t{authors}\t{raw}\n" for split, authors, raw in ARXIV)
    with lzma.open(tmp_path / "arxiv_formulas.tsv.xz", "wt", encoding="utf-8") as file:
        file.write(HEADER + rows)
    content = b"image\tnormalized\traw\n1.png\tb\tb\n"
    with tarfile.open(tmp_path / "im2latex100k_original_sample.tar.xz", "w:xz") as archive:
        member = tarfile.TarInfo("sample/formulas.tsv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return tmp_path


@pytest.mark.skipif(not rendering.available(), reason="TeX is not installed")
def test_prints_both_figures_and_their_causes(recipe, data, capsys):
    recipe.main(["--data", str(data)])
    output = capsys.readouterr().out
    # Of the validation formulas two differ: the wrong pair, and the refused one, which the authors' program reads.
    assert "im2markup, arXiv validation: 2 of 4 token-identical (50.00%)" in output
    assert "im2markup, original sample: 1 of 1 token-identical (100.00%)" in output
    assert r"\frac <> not    e.g. \frac12" in output
    assert "faithful, arXiv validation: 2 of the 2 that compile are pixel-identical (100.00%), 0 of them" in output
    assert "faithful, arXiv training: 1 of the 1 that compile are pixel-identical (100.00%)" in output
    assert "detokenized 2 (100.00%); 0 change when normalized twice" in output
    # a \le b, x^2_1, \frac12 and \undefined: 3 + 5 + 3 + 1 tokens as written, 3 + 9 + 7 + 1 faithfully.
    assert "as written: 3.00 tokens a formula, 10 different, 0 of them in 10 formulas or more" in output
    assert "faithful: 5.00 tokens a formula" in output
    assert "faithful: 1 of 5 refused" in output
    assert "1  refused: the atom has two superscripts    e.g. x^1^2" in output


def test_needs_data(recipe, monkeypatch, capsys):
    monkeypatch.delenv("IM2LATEX_DATA", raising=False)
    with pytest.raises(SystemExit):
        recipe.main([])
    assert "--data must name a folder" in capsys.readouterr().err
