"""What predictions were made with is told by the weights."""

import hashlib
import json

from keras_im2latex.storage import FOLDER, weights_digest


def test_the_digest_is_of_the_weights_wherever_they_lie(tmp_path):
    for folder, weights in (("one", b"first"), ("moved", b"first"), ("retrained", b"second")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "weights.npz").write_bytes(weights)
    one, moved, retrained = (weights_digest(tmp_path / name) for name in ("one", "moved", "retrained"))
    assert one == moved == hashlib.sha256(b"first").hexdigest()[:16]
    assert retrained != one


def test_weights_that_are_shown_larger_pictures_are_others(tmp_path):
    digests = set()
    for metadata in ({}, {"magnification": 1.2}, {"magnification": 1.3}, {"description": "as the first"}):
        (tmp_path / "weights.npz").write_bytes(b"first")
        (tmp_path / "config.json").write_text(json.dumps({"metadata": metadata}))
        digests.add(weights_digest(tmp_path))
    assert len(digests) == 3


def test_a_shipped_preset_by_its_name():
    assert weights_digest("standard") == weights_digest(FOLDER / "standard")
    assert weights_digest("standard") != weights_digest("handwritten")


def test_what_is_no_preset_keeps_its_name(tmp_path):
    assert weights_digest(tmp_path) == str(tmp_path)
