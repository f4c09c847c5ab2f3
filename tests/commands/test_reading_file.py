"""`im2latex predict --output`: what lies in the file, also after a kill or a full disk."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_preset import dotted, save_tiny_preset

import keras_im2latex
from keras_im2latex import cli
from keras_im2latex.commands.reading_file import ReadingFile
from keras_im2latex.models import FormulaReader

ROOT = Path(keras_im2latex.__file__).parents[1]
PICTURES = 36


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    return save_tiny_preset(tmp_path_factory.mktemp("preset"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pictures of many sizes in two folders, one of them blank."""
    folder = tmp_path_factory.mktemp("pictures")
    (folder / "deeper").mkdir()
    for number in range(PICTURES):
        path = folder / ("deeper" if number % 3 else ".") / f"{number:03}.png"
        dotted(24 + number % 3 * 16, 40 + number % 5 * 24, number).save(path)
    Image.fromarray(np.full((40, 40), 255, np.uint8)).save(folder / "deeper" / "blank.png")
    return folder


@pytest.fixture(scope="module")
def expected(preset, folder):
    """LaTeX by path, read without any file."""
    paths = sorted(str(path) for path in folder.rglob("*.png") if path.name != "blank.png")
    model = FormulaReader.from_preset(preset)
    return {path: reading.latex for path, reading in zip(paths, model.generate(paths, beam_size=1))}


def command(folder, output, preset):
    options = ["--json", "--output", str(output), "--preset", preset, "--beam-size", "1", "--batch-size", "1"]
    return ["predict", str(folder), *options]


def held(output):
    """The objects of a file by path, each there once."""
    objects = [json.loads(line) for line in output.read_text().splitlines()]
    found = {fields["path"]: fields for fields in objects}
    assert len(found) == len(objects)
    return found


def check_complete(output, folder, expected):
    found = held(output)
    blank = found.pop(str(folder / "deeper" / "blank.png"))
    assert blank == {"path": blank["path"], "error": "blank: no ink on its paper"}
    assert {path: fields["latex"] for path, fields in found.items()} == expected


def test_a_run_killed_in_the_middle_loses_and_doubles_nothing(capsys, preset, folder, expected, tmp_path):
    output = tmp_path / "readings.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "keras_im2latex.cli", *command(folder, output, preset)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 120
        while not (output.exists() and output.stat().st_size):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.002)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    there = held(output)
    assert 0 < len(there) < PICTURES
    with output.open("ab") as file:  # what a kill within a write leaves
        file.write(b'{"path": "' + os.fsencode(next(iter(set(expected) - set(there)))[:5]))
    assert cli.main(command(folder, output, preset)) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert f"im2latex: {output} holds {len(there)} of {PICTURES + 1} pictures already" in captured.err
    check_complete(output, folder, expected)


def test_pictures_that_are_there_are_not_read_again(capsys, monkeypatch, preset, folder, expected, tmp_path):
    output = tmp_path / "readings.jsonl"
    assert cli.main(command(folder, output, preset)) == 1
    check_complete(output, folder, expected)
    before = output.read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(FormulaReader, "generate", lambda *_, **__: pytest.fail("read again"))
        assert cli.main(command(folder, output, preset)) == 1  # the blank one still failed
    assert output.read_bytes() == before
    dotted(50, 90, 1000).save(tmp_path / "new.png")
    arguments = command(folder, output, preset)
    assert cli.main([*arguments[:2], str(tmp_path / "new.png"), str(tmp_path / "new.png"), *arguments[2:]]) == 1
    assert output.read_bytes().startswith(before)
    assert list(held(output))[-1] == str(tmp_path / "new.png")
    capsys.readouterr()


@pytest.mark.parametrize("cut", [1, 5, 12, 200])
def test_a_half_written_line_goes(tmp_path, cut):
    path = tmp_path / "readings.jsonl"
    with ReadingFile(path, {}) as readings:
        readings.write([{"path": "a.png", "latex": "x"}, {"path": "b.png", "latex": "y" * 400}])
    whole = path.read_bytes()
    path.write_bytes(whole + whole[-430:][:cut] if cut > 12 else whole + b'{"path": "c'[:cut])
    if cut > 12:
        path.write_bytes(whole[:-cut])
    with ReadingFile(path, {}) as readings:
        assert ("a.png" in readings, "b.png" in readings) == (True, cut <= 12)
        if cut > 12:
            readings.write([{"path": "b.png", "latex": "y" * 400}])
    assert path.read_bytes() == whole


@pytest.mark.parametrize("text", ["hello", "hello\n", '{"latex": "x"}\n', "[1]\n", '{"path": 3}\n'])
def test_a_file_of_something_else_is_left_alone(capsys, tmp_path, text):
    path = tmp_path / "notes.txt"
    path.write_text(text)
    assert cli.main(["predict", "a.png", "--json", "--output", str(path)]) == 2
    message = f"--output must be a new file, or one of readings. Received: {path}, see line 1"
    assert capsys.readouterr().err == f"im2latex: {message}\n"
    assert path.read_text() == text
    assert not Path(f"{path}.settings.json").exists()


def test_readings_of_other_settings_do_not_mix(capsys, preset, folder, tmp_path):
    output = tmp_path / "readings.jsonl"
    picture = str(next(folder.glob("*.png")))
    assert cli.main(command(picture, output, preset)) == 0
    arguments = command(folder, output, preset)
    arguments[arguments.index("--beam-size") + 1] = "3"
    assert cli.main(arguments) == 2
    message = f"--output: {output} holds readings with beam_size 1. Received: beam_size 3"
    assert capsys.readouterr().err == f"im2latex: {message}\n"


def test_another_run_that_writes_is_told(tmp_path, capsys):
    path = tmp_path / "readings.jsonl"
    pytest.importorskip("fcntl")
    with ReadingFile(path, {}):
        assert cli.main(["predict", "a.png", "--json", "--output", str(path)]) == 2
    assert capsys.readouterr().err == f"im2latex: --output: {path} is being written by another run\n"


def test_a_full_disk_is_told_and_the_same_command_goes_on(capsys, monkeypatch, preset, folder, expected, tmp_path):
    output = tmp_path / "readings.jsonl"
    synchronize, calls = os.fsync, []

    def full(number):
        calls.append(number)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        synchronize(number)

    monkeypatch.setattr("os.fsync", full)
    assert cli.main(command(folder, output, preset)) == 1
    err = capsys.readouterr().err
    assert f"im2latex: {output}: No space left on device" in err
    assert "im2latex: 16 pictures are done; the same command goes on" in err
    assert cli.main(command(folder, output, preset)) == 1
    check_complete(output, folder, expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a.png", "--output", "b"], "--output needs --json"),
        (
            ["-", "--json", "--output", "b"],
            "--output needs pictures that can be read again. Received: .*",
        ),
        (["a.png", "--json", "--output", "missing/b"], "--output: missing/b: No such file or directory"),
    ],
)
def test_wrong_usage(capsys, monkeypatch, tmp_path, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["predict", *arguments]) == 2
    assert re.fullmatch(f"im2latex: {message}\n", capsys.readouterr().err)
