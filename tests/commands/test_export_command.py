"""`im2latex export`: version folders."""

import importlib.util

import keras
import pytest

from keras_im2latex import cli
from keras_im2latex.models import Im2Latex
from keras_im2latex.serving import export_version


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    keras.utils.set_random_seed(1)
    folder = tmp_path_factory.mktemp("preset")
    sizes = {"filters": (8, 8, 8, 8, 16, 16), "encoder_units": 8, "decoder_units": 16, "embedding_size": 8}
    Im2Latex([*"abc"], **sizes).save_to_preset(folder)
    return str(folder)


def export(capsys, *arguments):
    status = cli.main(["export", *map(str, arguments), "--beam-size", "1"])
    captured = capsys.readouterr()
    return status, captured.out.splitlines(), captured.err.splitlines()


def test_versions_are_numbered_on(capsys, monkeypatch, preset, tmp_path):
    pytest.importorskip("tensorflow_serving")
    folder = tmp_path / "deep" / "im2latex"
    assert export(capsys, folder, "--preset", preset) == (0, [str(folder / "1")], [])
    for version in ("7", "8", "not a version"):
        (folder / version).mkdir()
    (folder / "7" / "saved_model.pb").touch()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)  # without the extra `serve`
    status, out, err = export(capsys, folder, "--preset", preset)
    assert (status, out) == (0, [str(folder / "9")])
    assert err == ["im2latex: without warm-up requests, which need the extra `serve` (keras-im2latex[serve])"]
    assert sorted(path.name for path in folder.iterdir()) == ["1", "7", "8", "9", "not a version"]
    assert list((folder / "8").iterdir()) == []
    for version, warmed_up in (("1", True), ("9", False)):
        assert (folder / version / "saved_model.pb").is_file()
        assert (folder / version / "assets.extra" / "tf_serving_warmup_requests").is_file() == warmed_up


def test_version_that_is_there_is_not_replaced(capsys, preset, tmp_path):
    (tmp_path / "3").mkdir()
    with pytest.raises(FileExistsError, match=r"`version` must be a new one\. Received: version=3"):
        export_version(None, tmp_path, version=3)
    with pytest.raises(ValueError, match=r"`version` must be at least 1\. Received: version=0"):
        export_version(None, tmp_path, version=0)
    status, out, err = export(capsys, tmp_path, "--preset", preset, "--version", 3)
    assert (status, out) == (2, [])
    assert err == [f"im2latex: --version must be a new one in {tmp_path}. Received: 3"]
    assert list((tmp_path / "3").iterdir()) == []
