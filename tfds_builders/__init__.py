"""TensorFlow Datasets builders; importing this package registers them.

Example:
    >>> import tensorflow_datasets as tfds
    >>> import tfds_builders
    >>> builder = tfds.builder("latex_formulas/prepared")
"""

from tfds_builders.arxiv_formulas import arxiv_formulas_dataset_builder
from tfds_builders.crohme import crohme_dataset_builder
from tfds_builders.foreign_formulas import foreign_formulas_dataset_builder
from tfds_builders.handwritten_formulas import handwritten_formulas_dataset_builder
from tfds_builders.im2latex_100k import im2latex_100k_dataset_builder
from tfds_builders.latex_formulas import latex_formulas_dataset_builder

__all__ = [
    "arxiv_formulas_dataset_builder",
    "crohme_dataset_builder",
    "foreign_formulas_dataset_builder",
    "handwritten_formulas_dataset_builder",
    "im2latex_100k_dataset_builder",
    "latex_formulas_dataset_builder",
]
