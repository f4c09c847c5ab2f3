"""Formulas as other people's screens and papers show them."""

import io
from collections import Counter

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image

from tfds_builders.foreign_formulas.candidates import Candidates
from tfds_builders.foreign_formulas.foreign_formulas_config import ForeignFormulasConfig
from tfds_builders.foreign_formulas.npm_packages import VERSIONS, find_package, package_version
from tfds_builders.foreign_formulas.pictures import draw_pictures
from tfds_builders.foreign_formulas.renderers import make_renderer


class Builder(tfds.core.GeneratorBasedBuilder):
    """Formulas drawn by KaTeX, MathJax, matplotlib and TeX in other fonts, at six scales, half of them disturbed.

    It measures how well a reader copes with pictures that its training renderer did not draw. After a build,
    `builder.info.metadata` holds under `"refused"` how many formulas each renderer did not draw, by reason, and under
    `"versions"` which KaTeX and MathJax drew.

    Example:
        >>> builder = tfds.builder("foreign_formulas")
        >>> builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir="formulas"))
        >>> dataset = builder.as_dataset(split="validation")
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    Put a file of formulas into manual_dir, such as the validation formulas of IM2LATEX-100K, normalized: .txt with one
    formula a line, or .tsv with a header that names the columns (norm, raw); .xz, .gz and .bz2 too. What
    `npm pack katex@0.19.1 mathjax@3.2.2` brings goes there as well where npm can't be asked during the build.
    """
    BUILDER_CONFIGS = [
        ForeignFormulasConfig(name="default", description="64 pictures of each renderer at each of six scales.")
    ]

    def _info(self):
        number = np.float32
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(None, None, 3), encoding_format="png"),
                    "latex": tfds.features.Text(doc="Tokens separated by spaces."),
                    "index": tfds.features.Scalar(np.int64, doc="Place in the file of formulas, from 0."),
                    "renderer": tfds.features.Text(),
                    "font": tfds.features.Text(doc="By the renderer's own name."),
                    "scale": tfds.features.Scalar(number, doc="Height of an x, over that of IM2LATEX-100K's page."),
                    "disturbance": tfds.features.Text(doc="plain, one of the kinds, or several."),
                    "paper": tfds.features.Text(doc="Colour, #rrggbb."),
                    "ink": tfds.features.Text(doc="Colour, #rrggbb."),
                    "light_on_dark": tfds.features.Scalar(np.bool_),
                    "jpeg_quality": tfds.features.Scalar(np.int64, doc="0: not a JPEG."),
                    "blur": tfds.features.Scalar(number, doc="Standard deviation in heights of an x; 0: none."),
                    "rotation": tfds.features.Scalar(number, doc="Degrees, counterclockwise."),
                    "crop": tfds.features.Text(doc="tight or loose."),
                    "neighbour": tfds.features.Text(doc="Side of another formula's ink; empty: none."),
                }
            ),
            supervised_keys=("image", "latex"),
            metadata=tfds.core.MetadataDict(refused={}, versions={}),
        )

    def _split_generators(self, dl_manager):
        config = self.builder_config
        candidates = Candidates(config.formulas or dl_manager.manual_dir, config)
        packages = {}
        for name in VERSIONS:
            if name in config.fonts:
                packages[name] = find_package(name, config.packages or _manual_dir(dl_manager), dl_manager)
                self.info.metadata["versions"][name] = package_version(packages[name])
        return {"validation": self._generate_examples(candidates, packages)}

    def _generate_examples(self, candidates, packages):
        config = self.builder_config
        metadata = self.info.metadata["refused"]
        for player, name in enumerate(config.fonts):
            refused = metadata.setdefault(name, Counter())
            with make_renderer(name, packages.get) as renderer:
                dealt = candidates.deal(player, len(config.fonts))
                for picture in draw_pictures(renderer, name, dealt, config, refused):
                    yield picture.formula.key, _example(name, picture)
        metadata["no renderer"] = candidates.refused


def _example(renderer, picture):
    disturbance = picture.disturbance
    return {
        "image": _encode(picture.image),
        "latex": picture.tokens,
        "index": picture.formula.index,
        "renderer": renderer,
        "font": picture.font,
        "scale": picture.scale,
        "disturbance": disturbance.kind,
        "paper": disturbance.paper,
        "ink": disturbance.ink,
        "light_on_dark": disturbance.light_on_dark,
        "jpeg_quality": disturbance.jpeg_quality,
        "blur": disturbance.blur,
        "rotation": disturbance.rotation,
        "crop": "loose" if any(disturbance.margins) else "tight",
        "neighbour": disturbance.neighbour,
    }


def _encode(image):
    """A PNG, in grey where all pixels are."""
    grey = (image == image[..., :1]).all()
    buffer = io.BytesIO()
    Image.fromarray(image[..., 0] if grey else image).save(buffer, "PNG")
    return buffer.getvalue()


def _manual_dir(dl_manager):
    try:
        return dl_manager.manual_dir
    except AssertionError:  # what TFDS raises when nobody made the folder
        return None
