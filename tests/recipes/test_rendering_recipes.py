"""The recipes that measure rendering, on a few formulas."""

import sys

import pytest

from keras_im2latex.rendering import available


def run(recipe, monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", [recipe.__name__, *map(str, arguments)])
    status = recipe.main()
    return status, capsys.readouterr().out


def test_files_are_read_off_a_trace(load_recipe):
    trace = [
        'execve("/bin/sh", ["/bin/sh"], 0x1 /* 9 vars */) = 0',
        'openat(AT_FDCWD, "/lib/libc.so", O_RDONLY|O_CLOEXEC) = 3',
        'execve("/usr/bin/pdftex", ["pdftex"], 0x1 /* 9 vars */) = 0',
        'chdir("/scratch/run") = 0',
        'openat(AT_FDCWD, "run.tex", O_RDONLY) = 3',
        'openat(AT_FDCWD, "../canary.tex", O_RDONLY) = 3',
        'openat(AT_FDCWD, "/etc/shadow", O_RDONLY) = -1 EACCES (Permission denied)',
        'unlink("/etc/motd") = 0',
        'execve("/usr/bin/touch", ["touch"], 0x1 /* 9 vars */) = 0',
        'openat(AT_FDCWD, "/fonts", O_RDONLY) = 3',
    ]
    files = ["/lib/libc.so", "/scratch/run/run.tex", "/scratch/canary.tex", "/etc/motd", "/usr/bin/touch"]
    assert list(load_recipe("check_hostile").opened_files(trace)) == files


@pytest.mark.skipif(not available(), reason="TeX is not installed")
def test_hostile_formulas_do_no_harm(load_recipe, monkeypatch, capsys):
    recipe = load_recipe("check_hostile")
    status, out = run(recipe, monkeypatch, capsys, "--only", "input by name", "global let")
    *_, first, second, _, summary = out.splitlines()
    assert first.startswith("| input by name | read a file | File `/canary.tex' not found |")
    assert second.startswith("| global let | change the neighbours | a picture of its own |")
    assert [row.endswith("| none | intact |") for row in (first, second)] == [True, True]
    assert (status, summary) == (0, "2 hostile formulas, 0 did harm")


@pytest.mark.skipif(not available(), reason="TeX is not installed")
def test_harm_is_seen(load_recipe, monkeypatch, capsys):
    recipe = load_recipe("check_hostile")
    monkeypatch.setattr(recipe, "NEIGHBOURS", recipe.NEIGHBOURS[:2])
    seen = {"opened": set(), "appeared": [], "outcome": "x", "seconds": 1.0, "megabytes": 1.0}
    neighbours = [next(recipe.render([formula])).png.hex() for formula in recipe.NEIGHBOURS]
    changes = {
        None: {"opened": {"/usr/share/texmf/cmr10.tfm"}},
        "input": {"opened": {"/usr/share/texmf/cmr12.tfm", "/etc/passwd"}},
        "openout": {"appeared": ["written"]},
        "open brace": {"neighbours": ["blank", *neighbours[1:]]},
    }
    monkeypatch.setattr(recipe, "watch", lambda name, *_: {**seen, "neighbours": neighbours, **changes[name]})
    status, out = run(recipe, monkeypatch, capsys, "--only", "input", "openout", "open brace")
    assert [row.split(" | ")[-2:] for row in out.splitlines()[-5:-2]] == [
        ["/etc/passwd", "intact |"],
        ["written", "intact |"],
        ["none", "1 changed |"],
    ]
    assert status == 1


@pytest.mark.skipif(not available(), reason="TeX is not installed")
def test_benchmark_counts_and_times(load_recipe, monkeypatch, capsys, tmp_path):
    table = [rf"x_{{{number}}}" if number else r"\foo" for number in range(30)]
    (tmp_path / "formulas.tsv").write_text("kind\traw\n" + "".join(f"inline\t{formula}\n" for formula in table))
    arguments = [tmp_path / "formulas.tsv", "--column", "raw", "--limit", 20, "--workers", 1]
    _, out = run(load_recipe("benchmark_rendering"), monkeypatch, capsys, *arguments)
    assert out.startswith("20 formulas, 1 refused, 1 workers")
    assert r"1 refused: Undefined control sequence \foo" in out
    assert "One run over 19 formulas that compile" in out
    figures = [float(line.split()[0]) for line in out.splitlines() if " ms " in line]
    assert len(figures) == 7
    assert all(figure > 0 for figure in figures[:3])
