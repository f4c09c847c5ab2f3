"""Both modes on real pairs and in TeX; needs the folder IM2LATEX_DATA names, and TeX for the pictures."""

import itertools
import lzma
import os
import pathlib
import re
import shutil
import subprocess
import tarfile

import numpy as np
import pytest
from PIL import Image

from keras_im2latex.markup.normalization import NormalizationError, normalize

DOCUMENT = r"""\documentclass[12pt]{article}\usepackage{amsmath,amssymb}\begin{document}
\def\formula#1{\global\count0=#1\typeout{@@\number\count0}}
%s
\typeout{@@0}\end{document}
"""
PICTURES = [
    r"a\text{ for any }b",
    r"\text{s.t. } x_{\text{eff}}\mbox{non-empty; if}",
    r"\mbox{\textit{Re}} = {\bf k}\cdot{\rm d}x, \dots, {x\over y}",
    r"\begin{bmatrix}a&\dots&b\\c\end{bmatrix}\!\!\sum\limits_{i\ne j}'a^{\prime2}",
    r"f~=~\left\{{\begin{array}{*{20}{c}}{a,}&{x\ge0}\\{-b,}&{x<0}\end{array}}\right.",
    r"\sqrt{\dfrac{a^2}{b}}+\frac{\tfrac ab}{\displaystyle c^2}\hat X_a{\hat X}^2",
    r"{\|x\|}|y{abc}_1{a+b}{(c)}\bar T_k\mathrel{\mathop:}=\mathcal{P(\textbf{U})}",
    r"\mbox{\small $\frac12$ Any}x_{\text{eff. of}}\text{e.g. f(x); any}\textit{Sk}\textbf{\textit{uQ}}",
    r"\hat{\vec{\cal N}}\hat{\bar{\bf x}}K^\neq x\operatorname{``a''}\textsc{Xy.  z}\textsf{any. of}\texttt{a. b}",
    r"\fbox{$\begin{array}{ll} a b=c; & d\\ \\ \lbrack e&f \\\end{array}$}\left[\vbox{\hbox{1}}\right]\rlap/k",
    r"\begin{aligned}a&=\frac{\partial A}{\partial t}\\\end{aligned}",
    r"\mathop{\rm Res}_{z=0}\operatorname{tr}A\iff B \not\in C \implies \Box",
]


@pytest.fixture
def data():
    folder = os.environ.get("IM2LATEX_DATA")
    if not folder:
        pytest.skip("IM2LATEX_DATA names no folder")
    return pathlib.Path(folder)


@pytest.fixture
def validation(data):
    with lzma.open(data / "arxiv_formulas.tsv.xz", "rt", encoding="utf-8") as lines:
        rows = (line.rstrip("\n").split("\t") for line in lines)
        return [(row[4], row[5]) for row in itertools.islice((row for row in rows if row[0] == "validation"), 1500)]


def share_of_identical(pairs):
    same = 0
    for authors, raw in pairs:
        try:
            same += normalize(raw, mode="im2markup") == authors
        except NormalizationError:
            same += authors == ""
    return same / len(pairs)


def test_arxiv_formulas_are_written_as_the_authors_write_them(validation):
    assert share_of_identical(validation) >= 0.99


def test_original_formulas_are_written_as_the_authors_wrote_them(data):
    with tarfile.open(data / "im2latex100k_original_sample.tar.xz") as archive:
        member = next(name for name in archive.getnames() if name.endswith("formulas.tsv"))
        lines = archive.extractfile(member).read().decode().splitlines()[1:]
    assert share_of_identical([line.split("\t")[1:] for line in lines]) >= 0.99


def test_normalizing_twice_changes_nothing(validation):
    refused = 0
    for _, raw in validation:
        try:
            normalized = normalize(raw)
        except NormalizationError:
            refused += 1
            continue
        assert normalize(normalized) == normalized
    assert refused <= len(validation) / 200


def draw(formulas, folder):
    """The picture of each formula, or `None` where TeX finds an error."""
    pages = [
        rf"\formula{{{number}}}\setbox0\hbox{{$\displaystyle {formula} $}}\shipout\copy0"
        for number, formula in enumerate(formulas, 1)
    ]
    (folder / "page.tex").write_text(DOCUMENT % "\n".join(pages))
    subprocess.run(
        ["latex", "-interaction=nonstopmode", "page.tex"], cwd=folder, stdout=subprocess.DEVNULL, check=False
    )
    subprocess.run(
        ["dvipng", "-q", "-D", "200", "-T", "tight", "-bg", "White", "-o", "%d.png", "page.dvi"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    wrong = set()
    for part in re.split(r"(?m)^@@", (folder / "page.log").read_text(errors="replace"))[1:]:
        if re.search(r"(?m)^! ", part):
            wrong.add(int(part.split("\n", 1)[0]))
    files = {number: folder / f"{number}.png" for number in range(1, len(formulas) + 1)}
    return [
        np.asarray(Image.open(file).convert("L")) if number not in wrong and file.exists() else None
        for number, file in files.items()
    ]


@pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")
def test_pictures_stay_pixel_for_pixel(tmp_path):
    normalized = [normalize(formula) for formula in PICTURES]
    pictures = draw([*PICTURES, *normalized, r"\undefined"], tmp_path)
    assert pictures.pop() is None
    for formula, before, after in zip(PICTURES, pictures, pictures[len(PICTURES) :]):
        assert before is not None, formula
        assert np.array_equal(before, after), formula


@pytest.mark.skipif(not (shutil.which("latex") and shutil.which("dvipng")), reason="TeX is not installed")
def test_pictures_of_real_formulas_stay_pixel_for_pixel(validation, tmp_path):
    formulas = []
    for _, raw in validation[:400]:
        try:
            formulas.append((raw, normalize(raw)))
        except NormalizationError:
            continue
    pairs = []
    for start in range(0, len(formulas), 20):
        part = formulas[start : start + 20]
        folder = tmp_path / str(start)
        folder.mkdir()
        pictures = draw([*(raw for raw, _ in part), *(normalized for _, normalized in part)], folder)
        pairs += [(a, b) for a, b in zip(pictures, pictures[len(part) :]) if a is not None]
    same = sum(b is not None and np.array_equal(a, b) for a, b in pairs)
    assert len(pairs) > 300
    assert same / len(pairs) >= 0.995
