"""The folder that TensorFlow Serving watches: one SavedModel a version, named by its number."""

import importlib.util
import shutil
import tempfile
from pathlib import Path

from keras_im2latex.serving.export import export_model

MODEL_FILE = "saved_model.pb"


def export_version(model, folder, *, version=None, **options):
    """Writes a SavedModel as a version of a model folder, with warm-up requests.

    The version appears at once and whole: a server that watches the folder never finds half of it. The warm-up
    requests need the extra `serve`; without it they are left out.

    Args:
        model: a `FormulaReader`.
        folder: the model's folder, str or path; made where it is missing.
        version: int from 1 on; by default the next free one after the highest.
        **options: `beam_size` and `maximum_length`, as for `export_model`.

    Returns:
        The version's folder, a `pathlib.Path`.

    Raises:
        ValueError: the version is below 1, or an option is out of its range.
        FileExistsError: the version is there already.

    Example:
        >>> export_version(Im2Latex.from_preset("standard"), "serving/im2latex")
        PosixPath('serving/im2latex/1')
    """
    folder = Path(folder)
    if version is None:
        version = max(versions(folder), default=0) + 1
        while (folder / str(version)).exists():
            version += 1
    if version < 1:
        raise ValueError(f"`version` must be at least 1. Received: version={version}")
    target = folder / str(version)
    if target.exists():
        raise FileExistsError(f"`version` must be a new one. Received: version={version}, and {target} exists")
    folder.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix="export-", dir=folder))
    try:
        building.chmod(0o755)
        export_model(model, building, **options)
        if has_serving_stubs():
            from keras_im2latex.serving.warm_up import write_warm_up_requests

            write_warm_up_requests(building)
        building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return target


def versions(folder):
    """The version numbers that a model folder holds.

    Args:
        folder: the model's folder, str or path.

    Returns:
        A sorted list of int, empty where there is no such folder.
    """
    names = [path.parent.name for path in Path(folder).glob(f"[1-9]*/{MODEL_FILE}")]
    return sorted(int(name) for name in names if name.isdecimal())


def has_serving_stubs():
    """Whether tensorflow-serving-api, of the extra `serve`, is installed."""
    return importlib.util.find_spec("tensorflow_serving") is not None
