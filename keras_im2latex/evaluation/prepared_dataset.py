"""TensorFlow datasets of formulas and their pictures."""

from keras_im2latex.evaluation.formula_set import FormulaSet
from keras_im2latex.evaluation.input_error import EvaluationInputError


def read_prepared_dataset(name, split="validation", data_dir=None, limit=None):
    """Reads a dataset that `tfds build` or `download_and_prepare` has made.

    Args:
        name: string. Name and config, such as `"latex_formulas/full_resolution"`. Its builder must be registered:
            import `tfds_builders` for this project's own.
        split: string. Defaults to `"validation"`.
        data_dir: path of TFDS's folder, or `None` for its default.
        limit: int or `None`. Only so many formulas from the first on. Defaults to `None`.

    Returns:
        `FormulaSet`, whose pictures are the bytes of PNG files.

    Raises:
        EvaluationInputError: if there is no such dataset or split, or it holds no pictures and formulas.
    """
    import tensorflow_datasets as tfds

    try:
        builder = tfds.builder(name, data_dir=data_dir, try_gcs=False)
    except (tfds.core.DatasetNotFoundError, ValueError, TypeError) as error:
        raise EvaluationInputError(
            f"no dataset, file or folder: {name}. Received: {str(error).splitlines()[0]}"
        ) from error
    if not builder.info.splits:
        raise EvaluationInputError(
            f"{name}: must have been built, see `tfds build`. Received: nothing in {builder.data_dir}"
        )
    if split not in builder.info.splits:
        raise EvaluationInputError(f"{name}: split must be one of {sorted(builder.info.splits)}. Received: {split}")
    if not {"image", "latex"} <= set(builder.info.features):
        raise EvaluationInputError(f"{name}: must have image and latex. Received: {sorted(builder.info.features)}")
    dataset = builder.as_dataset(split=split, decoders={"image": tfds.decode.SkipDecoding()}, shuffle_files=False)
    examples = list(tfds.as_numpy(dataset if limit is None else dataset.take(limit)))
    pictures = [example["image"] for example in examples]
    return FormulaSet(
        f"{name}, {split}",
        [" ".join(example["latex"].decode().split()) for example in examples],
        _names(examples),
        pictures=lambda indices: [pictures[index] for index in indices],
        already_downsampled=bool(getattr(builder.builder_config, "prepared", False)),
    )


def _names(examples):
    """Pictures' names, or lines of the formulas' file, or, where several files have the same, places."""
    if "image_name" in examples[0]:
        return [example["image_name"].decode() for example in examples]
    names = [str(example.get("index", place)) for place, example in enumerate(examples)]
    return names if len(set(names)) == len(names) else [str(place) for place in range(len(examples))]
