"""A trained model as two ONNX graphs, in a folder with its vocabulary and its config."""

import hashlib
import os
import shutil
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from keras_im2latex.storage import StoredPreset
from keras_im2latex.storage.stored_preset import CONFIG, VOCABULARY, WEIGHTS

ENCODER, DECODER = "encoder.onnx", "decoder.onnx"
"""The graphs of an exported model; beside them lie its vocabulary and its config."""

_MODEL = "keras_im2latex>Im2Latex"
_FORM = 1  # of the graphs; a new one for every change, so that no older ones are taken out of the cache


def export_onnx(preset, folder):
    """Writes a trained model for ONNX Runtime. Needs the package `onnx`, and no TensorFlow.

    Args:
        preset: name of a shipped preset, or path of a preset's folder; an `Im2Latex` with standard attention.
        folder: the folder to write `encoder.onnx`, `decoder.onnx`, `vocabulary.txt` and `config.json` to; made where it
            is missing.

    Returns:
        The folder, a `pathlib.Path`.

    Raises:
        ValueError: `preset` is neither, or holds another kind of model.

    Example:
        >>> export_onnx("standard", "im2latex-onnx")
        PosixPath('im2latex-onnx')
    """
    return _write(StoredPreset(preset), Path(folder))


def exported(preset):
    """The folder of a trained model's graphs, which are made on first use and kept.

    They are kept in `$XDG_CACHE_HOME/keras_im2latex/onnx`, by default in `~/.cache/keras_im2latex/onnx`, under a name
    made of the checksums of the weights.

    Args:
        preset: as for `export_onnx`, or a folder that it wrote, which is returned as it is.

    Returns:
        The folder, a `pathlib.Path`.

    Raises:
        ValueError: as for `export_onnx`.
    """
    if all((Path(preset) / name).is_file() for name in (ENCODER, DECODER, VOCABULARY, CONFIG)):
        return Path(preset)
    stored = StoredPreset(preset)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "keras_im2latex" / "onnx"
    folder = cache / _fingerprint(stored)
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        # Whoever is first, of several that start at once, gives the folder its name; the others find it there.
        with tempfile.TemporaryDirectory(dir=cache) as unfinished:
            written = _write(stored, Path(unfinished) / "written")
            try:
                written.rename(folder)
            except OSError:
                if not folder.is_dir():
                    raise
    return folder


def _write(stored, folder):
    # Only who writes graphs needs `onnx`: it takes time to import, and may not be installed.
    from keras_im2latex.runtime.decoder_graph import decoder_graph
    from keras_im2latex.runtime.encoder_graph import encoder_graph

    attention = stored.config.get("attention")
    if stored.model != _MODEL or attention != "standard":
        raise ValueError(
            "`preset` must hold an Im2Latex with standard attention, the only kind that is written for ONNX Runtime. "
            f"Received: {str(stored.folder)!r}, a {stored.model} with attention {attention!r}"
        )
    weights = {path: values.astype(np.float32) for path, values in stored.weights().items()}
    folder.mkdir(parents=True, exist_ok=True)
    encoder_graph(stored.config, weights).save(folder / ENCODER)
    decoder_graph(stored.config, weights).save(folder / DECODER)
    for name in (VOCABULARY, CONFIG):
        shutil.copyfile(stored.folder / name, folder / name)
    return folder


def _fingerprint(stored):
    """A name that changes with the weights, the vocabulary, the config and the form of the graphs."""
    with zipfile.ZipFile(stored.folder / WEIGHTS) as archive:  # whose directory has every weight's checksum
        parts = [f"{member.filename} {member.CRC}" for member in archive.infolist()]
    parts += [str(_FORM), *((stored.folder / name).read_text(encoding="utf-8") for name in (VOCABULARY, CONFIG))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
