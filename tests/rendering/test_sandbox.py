import os
import subprocess
import sys

import pytest

from keras_im2latex.rendering.sandbox import remove_abandoned_folders, require_room, scratch_folder


def test_scratch_folder_goes_at_its_end(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with scratch_folder() as folder:
        assert os.path.dirname(folder) == str(tmp_path)
    assert os.listdir(tmp_path) == []


def test_folders_of_dead_processes_are_removed_after_an_hour(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    names = {"dead": f"keras_im2latex_{dead.pid}_a", "late": f"keras_im2latex_{dead.pid}_b"}
    names |= {"alive": f"keras_im2latex_{os.getpid()}_c", "other": f"other_{dead.pid}_d"}
    for name in names.values():
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.tex").write_text("")
    for name in ("dead", "alive", "other"):
        os.utime(tmp_path / names[name], (0, 0))
    remove_abandoned_folders(str(tmp_path))
    assert set(os.listdir(tmp_path)) == {names["late"], names["alive"], names["other"]}
    remove_abandoned_folders(str(tmp_path / "missing"))


def test_room_on_a_disk(tmp_path, monkeypatch):
    require_room(tmp_path)
    full = os.statvfs_result((4096, 4096, 100, 10, 10, 100, 10, 10, 0, 255))
    monkeypatch.setattr(os, "statvfs", lambda path: full)
    with pytest.raises(OSError, match="No space left on device"):
        require_room(tmp_path)
