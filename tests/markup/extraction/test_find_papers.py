"""Papers in files, folders and archives, and archives that mean harm."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import time
import zipfile

import pytest

from keras_im2latex.markup.extraction import UnreadablePaper, extract_papers, find_papers

MAIN = b"\\documentclass{article}\n\\begin{document} $a$ \\input{sections/one} \\end{document}"
FILES = {"main.tex": MAIN, "sections/one.tex": b"$b$", "figure.png": b"\x89PNG", "notes.txt": b"$no$"}
OTHER = {"paper.tex": b"\\documentclass[11pt,\n a4paper]{article} $c$"}


def write_folder(folder, files):
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def tar_bytes(files, links=()):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for name, target in links:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
    return buffer.getvalue()


def zip_bytes(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def formulas_of(path):
    """Name of each paper to its formulas, or to what is wrong with it."""
    return {
        paper.name: paper.error or [formula.latex for formula in paper.formulas if formula.dropped is None]
        for paper in extract_papers(find_papers(str(path)))
    }


def test_a_file(tmp_path):
    write_folder(tmp_path, FILES)
    assert formulas_of(tmp_path / "main.tex") == {"main": ["a", "b"]}


def test_a_folder_that_is_one_paper(tmp_path):
    assert formulas_of(write_folder(tmp_path / "p", FILES)) == {"p/main": ["a", "b"]}


def test_a_folder_of_papers(tmp_path):
    write_folder(tmp_path / "p/one", FILES)
    write_folder(tmp_path / "p", {**OTHER, "two.tar.gz": gzip.compress(tar_bytes(FILES))})
    assert formulas_of(tmp_path / "p") == {"p/one/main": ["a", "b"], "p/paper": ["c"], "p/two/main": ["a", "b"]}


def test_a_folder_without_main_file(tmp_path):
    write_folder(tmp_path / "p", {"x.tex": b"$x$", "y.tex": b"$y$"})
    assert formulas_of(tmp_path / "p") == {"p/x": ["x"], "p/y": ["y"]}


def test_files_with_a_document_class_of_a_part_are_no_papers(tmp_path):
    part = b"\\documentclass[main.tex]{subfiles} $b$"
    main = b"% \\documentclass{old}\n\\documentstyle{article} \\subfile{part}"
    write_folder(tmp_path / "p", {"part.tex": part, "main.tex": main})
    assert formulas_of(tmp_path / "p") == {"p/main": ["b"]}


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("p.tar", tar_bytes),
        ("p.tar.gz", lambda files: gzip.compress(tar_bytes(files))),
        ("p.gz", lambda files: gzip.compress(tar_bytes(files))),
        ("p.tar.xz", lambda files: lzma.compress(tar_bytes(files))),
        ("p.tar.bz2", lambda files: bz2.compress(tar_bytes(files))),
        ("p.zip", zip_bytes),
    ],
)
def test_archives(tmp_path, name, pack):
    (tmp_path / name).write_bytes(pack(FILES))
    assert formulas_of(tmp_path / name) == {"p/main": ["a", "b"]}


def test_a_single_compressed_file(tmp_path):
    (tmp_path / "0001.gz").write_bytes(gzip.compress(b"\\documentclass{article} $a$"))
    assert formulas_of(tmp_path / "0001.gz") == {"0001": ["a"]}


def test_an_archive_of_several_folders_and_archives(tmp_path):
    files = {f"one/{name}": content for name, content in FILES.items()}
    files |= {f"two/{name}": content for name, content in OTHER.items()}
    files["three.gz"] = gzip.compress(tar_bytes(FILES))
    (tmp_path / "all.tar").write_bytes(tar_bytes(files))
    assert formulas_of(tmp_path / "all.tar") == {
        "all/one/main": ["a", "b"],
        "all/two/paper": ["c"],
        "all/three/main": ["a", "b"],
    }


def test_members_that_lead_outside_are_passed_over(tmp_path):
    main = b"\\documentclass{article} $a$ \\input{../secret} \\input{link} \\input{/etc/passwd}"
    (tmp_path / "secret.tex").write_bytes(b"$secret$")
    content = tar_bytes({"p/main.tex": main, "../secret.tex": b"$b$"}, [("p/link.tex", str(tmp_path / "secret.tex"))])
    (tmp_path / "p.tar").write_bytes(content)
    assert formulas_of(tmp_path / "p.tar") == {"p/p/main": ["a"]}
    assert sorted(os.listdir(tmp_path)) == ["p.tar", "secret.tex"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.bin", b"anything", "neither LaTeX nor an archive"),
        ("a.gz", b"", "neither LaTeX nor an archive"),
        ("a.tar.gz", gzip.compress(tar_bytes(FILES))[:-200], "an archive that can't be read"),
        ("a.zip", zip_bytes(FILES)[:-10], "an archive that can't be read"),
        ("a.tar", tar_bytes({"a.png": b"x"}), "no LaTeX file in this archive"),
    ],
    ids=["anything", "empty", "tar.gz cut off", "zip cut off", "nothing but a picture"],  # archives hold the time
)
def test_what_holds_no_papers_says_why(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    (paper,) = find_papers(str(tmp_path / name))
    assert isinstance(paper, UnreadablePaper)
    assert paper.name == str(tmp_path / name)
    assert paper.reason.startswith(reason)


def test_an_empty_or_missing_folder(tmp_path):
    assert list(find_papers(str(tmp_path))) == [UnreadablePaper(str(tmp_path), "no LaTeX file in this folder")]
    assert list(find_papers(str(tmp_path / "x"))) == [UnreadablePaper(str(tmp_path / "x"), "no such file")]


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("bomb.gz", lambda zeros: gzip.compress(zeros)),
        ("bomb.xz", lambda zeros: lzma.compress(zeros, preset=0)),
        ("bomb.tar.gz", lambda zeros: gzip.compress(tar_bytes({"a.png": zeros, **FILES}))),
        ("bomb.zip", lambda zeros: zip_bytes({"a.tex": zeros})),
        ("bombs.zip", lambda zeros: zip_bytes({f"{n}/a.tex": zeros[:19_000_000] for n in range(6)})),
        ("large.tar", lambda zeros: tar_bytes({"a.tex": zeros[:20_000_001]})),
        ("nested.tar", lambda zeros: tar_bytes({"a.gz": gzip.compress(zeros)})),
    ],
)
def test_bombs(tmp_path, name, pack):
    (tmp_path / name).write_bytes(pack(bytes(100_000_000)))
    start = time.monotonic()
    papers = list(find_papers(str(tmp_path / name)))
    assert time.monotonic() - start < 5
    unreadable = [paper for paper in papers if isinstance(paper, UnreadablePaper)]
    assert unreadable
    assert "too much" in unreadable[0].reason or "more than" in unreadable[0].reason


def test_workers_change_nothing(tmp_path):
    for number in range(12):
        write_folder(tmp_path / f"p/{number:02}", {"main.tex": MAIN.replace(b"$a$", b"$a_{%d}$" % number)})
    papers = list(extract_papers(find_papers(str(tmp_path / "p"))))
    assert len(papers) == 12
    assert papers == list(extract_papers(find_papers(str(tmp_path / "p")), workers=3))
    with pytest.raises(ValueError, match="workers=0"):
        list(extract_papers([], workers=0))
