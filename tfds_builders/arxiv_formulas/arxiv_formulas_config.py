"""What an `arxiv_formulas` dataset is made of."""

import dataclasses

from tfds_builders.latex_formulas.picture_config import PictureConfig


@dataclasses.dataclass(eq=False)
class ArxivFormulasConfig(PictureConfig):
    """Which papers to read and which of their formulas to take; `PictureConfig` says how to store their pictures.

    Attributes:
        papers: a folder of papers, or an archive of them; `None` means the folder given as manual_dir.
        kinds: the formulas to take: `inline`, `display`, `row`.
        normalization: `faithful`, one spelling for each picture; or `im2markup`, the spelling that published scores
            are compared in. Pictures are those of the formula as its author wrote it.
        min_tokens: drop shorter formulas.
        unique: keep a formula that occurs several times only once, in whichever split and paper comes first by hash.
        validation_percent: the share of the papers that make the split `validation`, in percent.

    Example:
        >>> config = ArxivFormulasConfig(name="mine", papers="arxiv_papers.tar.xz", kinds=("display",))
        >>> builder = tfds.builder("arxiv_formulas", config=config)
    """

    columns: tuple[str, ...] = ("paper", "kind")
    workers: int | None = 1
    papers: str | None = None
    kinds: tuple[str, ...] = ("inline", "display", "row")
    normalization: str = "faithful"
    min_tokens: int | None = None
    unique: bool = True
    validation_percent: int = 5
