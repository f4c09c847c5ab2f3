import os
import resource

import pytest

from keras_im2latex.rendering import Page, PageVariety, RenderingJournal, available, render

FORMULAS = [r"x^2", r"\foo", r"\frac{1}{2}", b"y\xff", r"x^2", "", r"\alpha"]

pytestmark = pytest.mark.skipif(not available(), reason="TeX is not installed")


@pytest.fixture(scope="module")
def expected():
    return list(render(FORMULAS))


def run(path, formulas=FORMULAS, page=Page()):  # noqa: B008
    """Renderings, how many were drawn, and how many recalled."""
    with RenderingJournal(path) as journal:
        return list(journal.render(formulas, page)), journal.drawn, journal.recalled


def shard(path):
    (name,) = os.listdir(path)
    return path / name


def test_what_was_drawn_is_not_drawn_again(tmp_path, expected):
    path = tmp_path / "journal"
    assert run(path, FORMULAS[:3]) == (expected[:3], 3, 0)
    assert run(path) == (expected, 3, 4)
    assert run(path, iter(reversed(FORMULAS))) == (expected[::-1], 0, 7)
    RenderingJournal(path).delete()
    assert not path.exists()
    RenderingJournal(path).delete()


def test_other_pages_and_limits_are_other_renderings(tmp_path):
    run(tmp_path, ["x"])
    assert run(tmp_path, ["x"], Page(resolution=100))[1] == 1
    assert run(tmp_path, ["x"], PageVariety(number=1, font_families=("computer-modern",)))[1] == 1
    with RenderingJournal(tmp_path) as journal:
        (small,) = journal.render(["x"], Page(), max_side=3)
        (same,) = journal.render(["x"], Page(), workers=1, progress=False)
    assert "larger than 3 x 3 pixels" in small.error
    assert same.error is None
    assert (journal.drawn, journal.recalled) == (1, 1)


def test_every_cut_leaves_whole_renderings(tmp_path, expected):
    run(tmp_path)
    path = shard(tmp_path)
    whole = path.read_bytes()
    for end in range(0, len(whole), 97):
        path.write_bytes(whole[:end])
        with RenderingJournal(tmp_path) as journal:
            held = len(journal)
        assert held <= 6
        if end % (97 * 12) == 0:
            assert run(tmp_path)[0] == expected
            for other in set(os.listdir(tmp_path)) - {path.name}:
                os.unlink(tmp_path / other)
    path.write_bytes(whole)
    assert run(tmp_path) == (expected, 0, 7)


def test_changed_bytes_are_noticed(tmp_path, expected):
    run(tmp_path)
    path = shard(tmp_path)
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path.write_bytes(damaged)
    renderings, drawn, recalled = run(tmp_path)
    assert renderings == expected
    assert drawn > 0
    assert recalled > 0
    path.write_bytes(b"something else")
    assert run(tmp_path)[0] == expected


def test_processes_write_files_of_their_own(tmp_path, expected):
    with RenderingJournal(tmp_path) as first, RenderingJournal(tmp_path) as second:
        assert list(first.render(FORMULAS[:4], Page())) == expected[:4]
        assert list(second.render(FORMULAS[2:], Page())) == expected[2:]
    assert len(os.listdir(tmp_path)) == 2
    assert run(tmp_path) == (expected, 0, 7)


def test_full_disk_is_told_and_what_was_written_stays(tmp_path, expected):
    # A limit on the size of files does what a full disk does: takes a part, then refuses.
    with RenderingJournal(tmp_path) as journal:
        renderings = journal.render(FORMULAS, Page())
        got = [next(renderings), next(renderings)]
        written, limits = shard(tmp_path).stat().st_size, resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (written + 40, limits[1]))
        try:
            with pytest.raises(OSError, match="File too large"):
                got.extend(renderings)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert got == expected[:2]
    assert shard(tmp_path).stat().st_size == written
    assert run(tmp_path) == (expected, 4, 3)
