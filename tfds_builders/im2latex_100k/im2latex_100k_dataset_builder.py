"""IM2LATEX-100K from its official files."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import tensorflow_datasets as tfds

from tfds_builders.im2latex_100k.official_files import crop_page, read_entries, read_formulas

_URL = "https://zenodo.org/records/56198/files/"
_FORMULAS = "im2latex_formulas.lst"
_NORMALIZED = "formulas.norm.lst"
_IMAGES = "formula_images"
_SPLITS = {"train": "im2latex_train.lst", "validation": "im2latex_validate.lst", "test": "im2latex_test.lst"}
_PAGES_AT_ONCE = 256


class Builder(tfds.core.GeneratorBasedBuilder):
    """IM2LATEX-100K: 103,556 formulas of arXiv papers and the authors' own pictures of them.

    After a build, `builder.info.metadata["problems"]` names the pictures of each split that are "missing",
    "unreadable" or "blank". Blank ones are in the dataset, the others are not.

    Example:
        >>> builder = tfds.builder("im2latex_100k")
        >>> builder.download_and_prepare()
        >>> dataset = builder.as_dataset(split="validation")
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    Nothing is needed where zenodo.org can be reached. Otherwise put the files of zenodo.org/records/56198
    into manual_dir: im2latex_formulas.lst, im2latex_train.lst, im2latex_validate.lst, im2latex_test.lst, and
    formula_images.tar.gz or the folder formula_images out of it. A file formulas.norm.lst beside them, line
    for line im2latex_formulas.lst in normalized form, becomes the feature `latex`.
    """

    def _info(self):
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(None, None, 1), encoding_format="png"),
                    "latex": tfds.features.Text(doc="Normalized tokens where they were given, else as written."),
                    "raw": tfds.features.Text(doc="The formula as written."),
                    "image_name": tfds.features.Text(doc="The picture's file, without .png."),
                    "index": tfds.features.Scalar(np.int64, doc="Line of the formulas' file, from 0."),
                }
            ),
            supervised_keys=("image", "latex"),
            homepage="https://zenodo.org/records/56198",
            metadata=tfds.core.MetadataDict(problems={}),
        )

    def _split_generators(self, dl_manager):
        files = self._manual_files(dl_manager) or self._download(dl_manager)
        raw = read_formulas(files[_FORMULAS])
        normalized = read_formulas(files[_NORMALIZED]) if _NORMALIZED in files else raw
        if len(normalized) != len(raw):
            raise ValueError(
                f"{_NORMALIZED} must have as many lines as {_FORMULAS}, {len(raw)}. Received: {len(normalized)}"
            )
        splits = {}
        for split, name in _SPLITS.items():
            entries = read_entries(files[name])
            last = max(entry.index for entry in entries)
            if last >= len(raw):
                raise ValueError(f"{name} must name lines of {_FORMULAS}, which has {len(raw)}. Received: line {last}")
            splits[split] = self._generate_examples(split, entries, files[_IMAGES], raw, normalized)
        return splits

    def _manual_files(self, dl_manager):
        try:
            folder = dl_manager.manual_dir
        except AssertionError:  # what TFDS raises when nobody made the folder
            return None
        if not (folder / _FORMULAS).exists():
            return None
        files = {name: folder / name for name in (_FORMULAS, *_SPLITS.values())}
        if (folder / _NORMALIZED).exists():
            files[_NORMALIZED] = folder / _NORMALIZED
        archive = folder / f"{_IMAGES}.tar.gz"
        files[_IMAGES] = (dl_manager.extract(archive) if archive.exists() else folder) / _IMAGES
        return files

    def _download(self, dl_manager):
        files = dl_manager.download({name: f"{_URL}{name}" for name in (_FORMULAS, *_SPLITS.values())})
        files[_IMAGES] = dl_manager.download_and_extract(f"{_URL}{_IMAGES}.tar.gz") / _IMAGES
        return files

    def _generate_examples(self, split, entries, images, raw, normalized):
        problems = self.info.metadata["problems"].setdefault(split, {})

        def read(entry):
            try:
                image, has_ink = crop_page((images / f"{entry.image_name}.png").read_bytes())
            except FileNotFoundError:
                return entry, None, "missing"
            except ValueError:
                return entry, None, "unreadable"
            return entry, image, None if has_ink else "blank"

        with ThreadPoolExecutor() as pool:
            for start in range(0, len(entries), _PAGES_AT_ONCE):
                for entry, image, problem in pool.map(read, entries[start : start + _PAGES_AT_ONCE]):
                    if problem:
                        problems[entry.image_name] = problem
                    if image is not None:
                        texts = {"latex": normalized[entry.index], "raw": raw[entry.index]}
                        names = {"image_name": entry.image_name, "index": entry.index}
                        yield entry.image_name, {"image": image, **texts, **names}
