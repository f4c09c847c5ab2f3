"""`im2latex render`: what lies in the folder, also after a run was killed or the disk was full."""

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import keras_im2latex
from keras_im2latex import cli
from keras_im2latex.rendering import Page, PageVariety, PictureFolder, Rendering, available, render
from keras_im2latex.rendering.tex_batch import TexBatch

ROOT = Path(keras_im2latex.__file__).parents[1]
FORMULAS = [r"x^2", r"\frac{1}{2}", r"\foo", r"\alpha + 1"]

pytestmark = pytest.mark.skipif(not available(), reason="TeX is not installed")


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "formulas.txt"
    path.write_text("\n".join(FORMULAS) + "\n")
    return path


def run(capsys, *arguments):
    status = cli.main(["render", *map(str, arguments)])
    captured = capsys.readouterr()
    return status, captured.out.splitlines(), captured.err.splitlines()


def read(folder):
    """Rows of the list, each with the bytes of its picture instead of its name."""
    header, *lines = (folder / "formulas.tsv").read_text(encoding="utf-8").split("\n")[:-1]
    assert header == "name\tlatex\terror"
    rows = [line.split("\t") for line in lines]
    return [((folder / name).read_bytes() if name else None, latex, error) for name, latex, error in rows]


def expected(formulas, page=Page()):  # noqa: B008
    return [(drawn.png, text, drawn.error or "") for text, drawn in zip(formulas, render(formulas, page))]


def test_pictures_and_list(capsys, file, tmp_path):
    folder = tmp_path / "out"
    status, out, err = run(capsys, file, "-o", folder)
    assert read(folder) == expected(FORMULAS)
    assert (status, out) == (1, [str(folder / "formulas.tsv")])
    assert [line for line in err if "no picture of 1 of 4" in line and r"Undefined control sequence \foo" in line]
    assert sorted(os.listdir(folder)) == [
        *(f"000000{number}.png" for number in (1, 2, 4)),
        "formulas.tsv",
        "settings.json",
    ]


def test_second_run_draws_nothing_and_says_the_same(capsys, file, tmp_path, monkeypatch):
    first = run(capsys, file, "-o", tmp_path / "out")
    monkeypatch.setattr(TexBatch, "outcomes", None)
    assert run(capsys, file, "-o", tmp_path / "out") == first


def test_what_a_killed_run_left_half_is_drawn_again(capsys, file, tmp_path):
    folder = tmp_path / "out"
    run(capsys, file, "-o", folder)
    whole = read(folder)
    lines = (folder / "formulas.tsv").read_bytes().splitlines(keepends=True)
    for left in (b"", lines[0][:5], lines[0], b"".join(lines[:3]), b"".join(lines[:4])[:-2], b"".join(lines)):
        (folder / "formulas.tsv").write_bytes(left)
        (folder / "0000004.png").write_bytes(b"")
        assert run(capsys, file, "-o", folder)[0] == 1
        assert read(folder) == whole


def test_longer_file_is_gone_on_with_and_another_refused(capsys, file, tmp_path):
    folder = tmp_path / "out"
    run(capsys, file, "-o", folder)
    file.write_text(file.read_text() + "y\n")
    assert run(capsys, file, "-o", folder)[0] == 1
    assert read(folder) == expected([*FORMULAS, "y"])
    status, out, err = run(capsys, file, "-o", folder, "--font-size", 10)
    assert (status, out, len(err)) == (2, [], 1)
    assert "font_size=12" in err[0]
    assert "font_size=10" in err[0]
    file.write_text("z\n")
    status, out, err = run(capsys, file, "-o", folder)
    assert (status, out, len(err)) == (2, [], 1)
    assert err[0].endswith(r"Its formula 1 is 'x^2'. Received: 'z'")
    assert read(folder) == expected([*FORMULAS, "y"])


def test_run_killed_half_way_goes_on(file, tmp_path):
    formulas = [rf"x_{{{number}}} + \frac{{a}}{{{number}}}" for number in range(1300)]
    file.write_text("\n".join(formulas))
    folder = tmp_path / "out"
    command = [sys.executable, "-m", "keras_im2latex.cli", "render", file, "-o", folder, "--workers", "1"]
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE)
    index = folder / "formulas.tsv"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (index.exists() and index.read_bytes().count(b"\n") > 200):
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    kept = index.read_bytes().count(b"\n") - 1
    assert 200 <= kept < 1300
    times = {path: path.stat().st_mtime_ns for path in (folder / "0000").glob("0000[01]*.png")}
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (again.returncode, again.stdout) == (0, f"{index}\n")
    assert read(folder) == expected(formulas)
    assert len(list(folder.rglob("*.png"))) == 1300
    assert len(times) > 100
    assert {path: path.stat().st_mtime_ns for path in times} == times


def test_files_of_other_kinds(capsys, tmp_path):
    (tmp_path / "a.tsv").write_text("split\tnorm\traw\ntrain\t\\frac { 1 } { 2 }\tno\ntrain\n")
    run(capsys, tmp_path / "a.tsv", "-o", tmp_path / "a")
    assert read(tmp_path / "a") == [*expected([r"\frac{1}{2}"]), (None, "", "no column 'norm' in this line")]
    run(capsys, tmp_path / "a.tsv", "-o", tmp_path / "raw", "--column", "raw")
    assert [row[1] for row in read(tmp_path / "raw")] == ["no", ""]
    objects = [{"latex": "x % comment\n + \t y"}, {"paper": 1}, {"latex": 3}, {"latex": "\ud800"}]
    lines = [*map(json.dumps, objects), "{"]
    with gzip.open(tmp_path / "b.jsonl.gz", "wt") as stream:
        stream.write("\n".join(lines))
    run(capsys, tmp_path / "b.jsonl.gz", "-o", tmp_path / "b")
    drawn, *failed = read(tmp_path / "b")
    assert [drawn] == expected(["x +   y"])
    reasons = ["no text in a field 'latex'", "no text in a field 'latex'", "not valid UTF-8", "not JSON"]
    assert all(error.startswith(reason) for (_, _, error), reason in zip(failed, reasons))
    (tmp_path / "c.txt").write_bytes(b"x\n\n\xff\ny\0\n" + b"z" * 3_000_000 + b"\ny")
    run(capsys, tmp_path / "c.txt", "-o", tmp_path / "c")
    errors = [error.split(":")[0].split("(")[0].strip() for _, _, error in read(tmp_path / "c")]
    assert errors == ["", "blank", "not valid UTF-8", "control character U+0000 at 1", "longer than 10000 bytes", ""]
    assert run(capsys, tmp_path / "c.txt", "-o", tmp_path / "c")[0] == 1


def test_variety_keeps_what_is_given(capsys, file, tmp_path):
    options = ["--variety", "--seed", 5, "--font-family", "computer-modern", "--weight", "medium", "--font-size", 12]
    run(capsys, file, "-o", tmp_path / "out", *options)
    variety = PageVariety(seed=5, font_families=("computer-modern",), weights=("medium",), font_sizes=(12,))
    assert read(tmp_path / "out") == expected(FORMULAS, variety)
    assert read(tmp_path / "out")[0] != expected(FORMULAS)[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no such file"], "no such file: No such file or directory"),
        (["."], "FILE must be a file. Received a folder: ."),
        (["{file}", "--font-family", "comic"], "`font_family` must be one of"),
        (["{file}", "--resolution", "20"], "`resolution` must be from 50 to 1200"),
        (["{file}", "--seed", "2"], "--seed needs --variety"),
        (["{file}", "--package", "no-such-package"], "File `no-such-package.sty' not found"),
    ],
)
def test_wrong_usage(capsys, file, tmp_path, arguments, message):
    arguments = [argument.format(file=file) for argument in arguments]
    status, out, err = run(capsys, *arguments, "-o", tmp_path / "out")
    assert (status, out, len(err)) == (2, [], 1)
    assert message in err[0]


def test_folder_that_cannot_be_made_or_is_in_use(capsys, file, tmp_path):
    assert run(capsys, file, "-o", file)[::2] == (2, [f"im2latex: {file}: File exists"])
    with PictureFolder(tmp_path / "out", {}):
        status, _, err = run(capsys, file, "-o", tmp_path / "out")
    assert (status, err) == (2, [f"im2latex: {tmp_path / 'out'} is being written by another run"])


def test_foreign_list_is_left_alone(capsys, file, tmp_path):
    (tmp_path / "formulas.tsv").write_text("mine\nmine\n")
    status, _, err = run(capsys, file, "-o", tmp_path)
    assert (status, len(err)) == (2, 1)
    assert (tmp_path / "formulas.tsv").read_text() == "mine\nmine\n"


def test_picture_folder_goes_on_where_it_was(tmp_path):
    picture = Rendering(png=b"picture")
    with PictureFolder(tmp_path, {"page": 1}, subfolders=True) as folder:
        for number in range(1001):
            folder.add(f"x_{number}", picture if number % 7 else Rendering(error="a\nb"))
    with PictureFolder(tmp_path, {"page": 1}) as folder:
        assert folder.compare(iter([f"x_{number}" for number in range(1002)])) == len(folder) == 1001
        assert folder.errors == {"a b": 143}
        folder.add("y", picture)
    assert (tmp_path / "0001" / "0001002.png").read_bytes() == b"picture"
    assert not (tmp_path / "0000" / "0000001.png").exists()


def small_disk(tmp_path, size, script):
    """Runs a script with a disk of some kilobytes at tmp_path/disk."""
    (tmp_path / "disk").mkdir(exist_ok=True)
    mount = f"mount -t tmpfs -o size={size}k none {tmp_path}/disk && touch {tmp_path}/mounted && {script}"
    if not shutil.which("unshare"):
        pytest.skip("needs unshare")
    result = subprocess.run(["unshare", "-rm", "sh", "-c", mount], cwd=ROOT, capture_output=True, text=True)
    if not (tmp_path / "mounted").exists():
        pytest.skip("no disk can be mounted here")
    return result


@pytest.fixture
def many(file):
    formulas = [rf"x_{{{number}}} + \frac{{a}}{{{number}}}" for number in range(600)]
    file.write_text("\n".join(formulas))
    return formulas


def test_full_disk_is_one_clear_line_and_the_next_run_goes_on(many, file, tmp_path):
    command = f"{sys.executable} -m keras_im2latex.cli render {file} -o {tmp_path}/disk/out"
    copy = f"cp -r {tmp_path}/disk/out {tmp_path}/out"
    result = small_disk(tmp_path, 300, f"{command}; status=$?; {copy}; exit $status")
    assert result.returncode == 1
    errors = [line for line in result.stderr.splitlines() if line.startswith("im2latex")]
    assert len(errors) == 2
    assert "No space left on device" in errors[0]
    kept = (tmp_path / "out" / "formulas.tsv").read_bytes().count(b"\n") - 1
    assert 0 < kept < 600
    again = [sys.executable, "-m", "keras_im2latex.cli", "render", str(file), "-o", str(tmp_path / "out")]
    assert subprocess.run(again, cwd=ROOT, capture_output=True).returncode == 0
    assert read(tmp_path / "out") == expected(many)


def test_full_disk_of_temporary_files_is_no_fault_of_formulas(many, file, tmp_path):
    command = f"TMPDIR={tmp_path}/disk {sys.executable} -m keras_im2latex.cli render {file} -o {tmp_path}/out"
    result = small_disk(tmp_path, 800, command)
    assert result.returncode == 1
    errors = [line for line in result.stderr.splitlines() if line.startswith("im2latex")]
    assert len(errors) == 2
    assert "No space left on device" in errors[0]
    assert [row[2] for row in read(tmp_path / "out") if row[2]] == []
