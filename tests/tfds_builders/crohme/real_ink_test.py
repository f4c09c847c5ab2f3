import os
from pathlib import Path

import pytest

from tfds_builders.crohme.ink_files import read_ink_files
from tfds_builders.crohme.inkml import UnreadableInk, read_inkml
from tfds_builders.crohme.labels import read_label


@pytest.fixture
def ink_folder():
    folder = os.environ.get("IM2LATEX_DATA")
    if not folder:
        pytest.skip("set IM2LATEX_DATA to the folder of crohme_train.tar.xz")
    return Path(folder)


@pytest.mark.parametrize(
    ("archive", "number", "problems"),
    [
        ("crohme_train.tar.xz", 8835, {"TrainINKML/MfrDB/MfrDB3088": "empty file"}),
        ("crohme_2013_test.tar.xz", 671, {}),
    ],
)
def test_every_file_is_read_and_labelled_or_named(ink_folder, archive, number, problems):
    read, found = 0, {}
    for name, data in read_ink_files(ink_folder / archive):
        try:
            ink = read_inkml(data)
            raw, latex = read_label(ink)
        except UnreadableInk as error:
            found[name] = str(error)
            continue
        read += 1
        assert raw
        assert "$" not in latex
        assert "mbox" not in latex
        assert "left" not in latex
        marked = [stroke for symbol in ink.symbols for stroke in symbol.strokes]
        assert len(marked) == len(set(marked))
    assert (read, found) == (number, problems)
