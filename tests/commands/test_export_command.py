"""`im2latex export`: version folders."""

import importlib.util

import keras
import pytest

from keras_im2latex import cli
from keras_im2latex.models import Im2Latex


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
    folder = tmp_path / "deep" / "im2latex"
    assert export(capsys, folder, "--preset", preset) == (0, [str(folder / "1")], [])
    assert export(capsys, folder, "--preset", preset, "--version", 7) == (0, [str(folder / "7")], [])
    (folder / "8").mkdir()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)  # without the extra `serve`
    status, out, err = export(capsys, folder, "--preset", preset)
    assert (status, out) == (0, [str(folder / "9")])
    assert err == ["im2latex: without warm-up requests, which need the extra `serve` (keras-im2latex[serve])"]
    assert sorted(path.name for path in folder.iterdir()) == ["1", "7", "8", "9"]
    assert all((folder / version / "saved_model.pb").is_file() for version in "179")
    warm_up = "assets.extra/tf_serving_warmup_requests"
    assert [(folder / version / warm_up).is_file() for version in "179"] == [True, True, False]


def test_version_that_is_there_is_not_replaced(capsys, preset, tmp_path):
    (tmp_path / "3").mkdir()
    status, out, err = export(capsys, tmp_path, "--preset", preset, "--version", 3)
    assert (status, out) == (2, [])
    assert err == [f"im2latex: --version must be a new one in {tmp_path}. Received: 3"]
    assert list((tmp_path / "3").iterdir()) == []
