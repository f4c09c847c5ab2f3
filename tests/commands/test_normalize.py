"""`im2latex normalize`, as a process: what it writes where, and what it makes of hostile lines."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import keras_im2latex

ROOT = Path(keras_im2latex.__file__).parents[1]
COMMAND = [sys.executable, "-m", "keras_im2latex.cli", "normalize"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def run(*arguments, given=b"", **options):
    """The command's exit status, its lines of output and its lines on standard error."""
    finished = subprocess.run(
        [*COMMAND, *map(str, arguments)], input=given, capture_output=True, env=ENVIRONMENT, timeout=120, **options
    )
    return finished.returncode, finished.stdout.decode().split("\n"), finished.stderr.decode().splitlines()


def test_one_line_in_one_line_out():
    status, output, errors = run(given=b"x^2_1\r\n\n{a\\over b} % remark\na\\le b")
    assert (status, errors) == (0, [])
    assert output == ["x _ { 1 } ^ { 2 }", "", r"\frac { a } { b }", r"a \leq b", ""]


def test_the_authors_rules():
    assert run("--mode", "im2markup", given=b"\\sqrt[3]x\\mbox{if }y\n") == (
        0,
        [r"\sqrt [ [object Object] ] x \mathrm { i f ~ } y", ""],
        [],
    )


def test_files_and_standard_input_in_order(tmp_path):
    (tmp_path / "a").write_text("a\\ne b\n")
    (tmp_path / "b").write_text("b")
    status, output, _ = run("b", "-", "a", cwd=tmp_path, given=b"c'\n")
    assert (status, output) == (0, ["b", r"c ^ { \prime }", r"a \neq b", ""])


def test_an_unreadable_line_is_empty_and_says_why(tmp_path):
    (tmp_path / "f").write_text("a\nx^{b\nb\n")
    status, output, errors = run("f", "-", cwd=tmp_path, given=b"x^1^2\n")
    assert (status, output) == (1, ["a", "", "b", "", ""])
    assert len(errors) == 2
    assert errors[0].startswith("im2latex: f:2: expected '}', not 'the end', at character 4.")
    assert errors[1].startswith("im2latex: -:1: the atom has two superscripts, at character 3.")


@pytest.mark.parametrize("mode", ["faithful", "im2markup"])
def test_hostile_lines_cost_little_and_their_neighbours_nothing(mode):
    hostile = [
        b"a\x00b" if mode == "faithful" else b"{" * 9999,
        b"ab\xff\xfec",
        b"a" * 10_000_000,
        b"{" * 10_000_000,
        b"{" * 5000 + b"}" * 5000,
        b"\\left(" * 1600,
        b"\\frac{" * 1600 + b"}" * 10,
        b"\\begin{matrix}" * 700,
    ]
    lines = [line for pair in zip([b"x^2"] * len(hostile), hostile) for line in pair]
    start = time.monotonic()
    status, output, errors = run("--mode", mode, given=b"\n".join([*lines, b"x^2"]))
    assert time.monotonic() - start < 60
    assert status == 1
    assert output == ["x ^ { 2 }", ""] * len(hostile) + ["x ^ { 2 }", ""]
    assert [line.split(":")[2] for line in errors] == [str(2 * place) for place in range(1, len(hostile) + 1)]
    assert "not UTF-8, at byte 2" in errors[1]
    assert "longer than 10,000 characters" in errors[2]
    assert all(len(line) < 300 for line in errors)


def test_a_line_comes_out_before_the_next_goes_in():
    with subprocess.Popen(COMMAND, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        for formula in (b"a^1", b"a^2"):
            process.stdin.write(formula + b"\n")
            process.stdin.flush()
            assert process.stdout.readline().decode() == f"a ^ {{ {chr(formula[-1])} }}\n"
        process.stdin.close()
        assert process.wait(30) == 0


def test_workers_keep_the_order():
    given = b"\n".join(b"x_{%d" % number + b"}" * (number % 7 != 0) for number in range(3000))
    alone, together = run(given=given), run("--workers", 2, given=given)
    assert alone == together
    assert alone[0] == 1
    assert alone[1][1:3] == ["x _ { 1 }", "x _ { 2 }"]
    assert len(alone[2]) == 429


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path):
    for path in (tmp_path / "nowhere", tmp_path):
        status, output, errors = run(path)
        assert (status, output, errors) == (2, [""], [f"im2latex: {path}: no file that can be read"])
    assert run("-", "-")[0] == 2


def test_starts_without_tensorflow():
    code = (
        "import sys; from keras_im2latex import cli; status = cli.main(['normalize']);"
        "sys.exit(status or 'tensorflow' in sys.modules or 'keras' in sys.modules)"
    )
    finished = subprocess.run(
        [sys.executable, "-c", code], input=b"x^2\n", capture_output=True, env=ENVIRONMENT, check=False
    )
    assert (finished.returncode, finished.stdout) == (0, b"x ^ { 2 }\n")


def test_whoever_reads_may_stop():
    with subprocess.Popen(
        COMMAND, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdin.write(b"x\n")
        process.stdin.flush()
        process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b"y\n")
        process.stdin.close()
        assert process.wait(30) == 141
        assert process.stderr.read() == b""
