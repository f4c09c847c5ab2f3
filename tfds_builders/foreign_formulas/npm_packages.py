"""KaTeX and MathJax, as their authors publish them on npm."""

import json
import shutil
import subprocess

from etils import epath

from tfds_builders.foreign_formulas.missing_renderer import MissingRenderer

VERSIONS = {"katex": "0.19.1", "mathjax": "3.2.2"}
"""The versions that npm is asked for."""

_SECONDS = 300


def find_package(name, folder, dl_manager) -> epath.Path:
    """Finds an npm package unpacked or as a tarball, or else asks npm for it.

    Args:
        name: a key of `VERSIONS`.
        folder: path where `npm pack` (`katex-0.19.1.tgz`) or `npm install` (`katex/` or `node_modules/katex/`) left
            packages, or `None`.
        dl_manager: TFDS's download manager. It unpacks, and its download folder takes what npm brings.

    Returns:
        The folder that holds the package's `package.json`.

    Raises:
        MissingRenderer: if the package is not there and npm could not bring it.
    """
    folders = [epath.Path(folder).expanduser()] if folder else []
    downloads = dl_manager.download_dir / "npm"
    for place in [*folders, *(place / "node_modules" for place in folders)]:
        if (place / name / "package.json").exists():
            return place / name
    for place in [*folders, downloads]:
        version = "*" if place in folders else VERSIONS[name]
        tarballs = sorted(place.glob(f"{name}-{version}.tgz")) if place.exists() else []
        if tarballs:
            return dl_manager.extract(tarballs[-1]) / "package"
    return dl_manager.extract(_pack(name, downloads)) / "package"


def package_version(package) -> str:
    """The version that a package's `package.json` names."""
    return json.loads((epath.Path(package) / "package.json").read_text())["version"]


def _pack(name, folder):
    wanted = f"{name}@{VERSIONS[name]}"
    advice = f"Put what `npm pack {wanted}` brings into manual_dir, or give its folder as `packages`."
    if not shutil.which("npm"):
        raise MissingRenderer(f"Drawing with {name} needs its npm package. {advice} Not found: npm")
    folder.mkdir(parents=True, exist_ok=True)
    command = ["npm", "pack", wanted, "--silent", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        trouble = done.stderr.strip().splitlines()[-1:] if done.returncode else []
    except subprocess.TimeoutExpired:
        trouble = [f"no answer in {_SECONDS} s"]
    tarball = folder / f"{name}-{VERSIONS[name]}.tgz"
    if not tarball.exists():
        raise MissingRenderer(f"npm did not bring {wanted}. {advice} Received: {' '.join(trouble)}")
    return tarball
