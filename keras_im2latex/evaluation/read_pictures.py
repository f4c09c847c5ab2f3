"""Reading the pictures of many formulas, so that a run cut short can go on."""

import time

from tqdm import tqdm

CHUNK = 512
"""Formulas drawn, read and saved together."""


def read_pictures(reader, formulas, pictures_of, log, description, *, chunk=CHUNK, **options):
    """Reads the pictures of those formulas that a log does not hold yet.

    A picture that cannot be read counts as read, with an empty prediction and no score, if `options` keep errors.

    Args:
        reader: function without arguments that gives an `Im2Latex`; called if there is something to read.
        formulas: list of normalized formulas.
        pictures_of: function from a list of indices to their pictures, `None` for a formula without one, which is
            left out.
        log: `PredictionLog`.
        description: string for the progress bar.
        chunk: int. Formulas read between two writes to the log. Defaults to 512.
        **options: passed to `Im2Latex.generate`.

    Returns:
        Tuple `(pictures read, seconds spent reading them, errors)`, the last a dict from a formula's index to why
        its picture could not be read.

    Raises:
        EvaluationInputError: if the log is for other formulas.
        PictureError: if a picture cannot be read, and `options` do not keep errors.
    """
    log.check(formulas)
    pending = [index for index in range(len(formulas)) if index not in log.rows]
    read, seconds, errors = 0, 0.0, {}
    done = len(formulas) - len(pending)
    with tqdm(total=len(formulas), initial=done, desc=description, unit="formula") as bar:
        for start in range(0, len(pending), chunk):
            some = pending[start : start + chunk]
            drawn = [pair for pair in zip(some, pictures_of(some)) if pair[1] is not None]
            readings = []
            if drawn:
                model = reader()
                began = time.monotonic()
                readings = model.generate([picture for _, picture in drawn], n_best=1, **options)
                seconds += time.monotonic() - began
            read += len(drawn)
            errors |= {index: reading.error for (index, _), reading in zip(drawn, readings) if reading.error}
            log.append(
                (index, formulas[index], " ".join(reading.tokens), float(reading.score))
                for (index, _), reading in zip(drawn, readings, strict=True)
            )
            bar.update(len(some))
    return read, seconds, errors
