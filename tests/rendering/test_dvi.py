import shutil
import subprocess

import pytest

from keras_im2latex.rendering.dvi import read_dvi

SOURCE = r"""\shipout\hbox{a\special{one}\vrule height 1pt width 2pt}
\shipout\vbox{\hbox{b}\vskip 9pt\hbox{\special{two words}c}\kern 3pt\hbox{d}}
\shipout\hbox{}
\end
"""


@pytest.fixture
def dvi(tmp_path):
    if not shutil.which("tex"):
        pytest.skip("TeX is not installed")
    (tmp_path / "pages.tex").write_text(SOURCE)
    subprocess.run(["tex", "-interaction=batchmode", "pages.tex"], cwd=tmp_path, check=True, capture_output=True)
    return (tmp_path / "pages.dvi").read_bytes()


def test_pages_and_specials_are_found(dvi):
    assert read_dvi(dvi) == (3, [b"one", b"two words"])


@pytest.mark.parametrize("length", [0, 1, 20, 60, 100])
def test_broken_file_is_refused(dvi, length):
    with pytest.raises(ValueError, match="ends before its postamble"):
        read_dvi(dvi[:length])
