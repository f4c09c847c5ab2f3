"""The pictures of a report."""

from keras_im2latex.evaluation.report.difference import mark_difference
from keras_im2latex.evaluation.report.embedded_picture import embed_difference, embed_ink, embed_input
from keras_im2latex.rendering import Page, render


def embedded_pictures(formulas, inputs=None, workers=None):
    """Draws formulas, gold and predicted, and marks where the two differ.

    Args:
        formulas: list of `ScoredFormula`.
        inputs: list of the pictures that the system read, as many, `None` for one that is not at hand; or `None`
            for none at all.
        workers: int or `None`. TeX processes at a time; `None` leaves it to the renderer.

    Returns:
        List of dicts, one a formula, of base64 PNG files: `input`, `gold`, `predicted` and `difference`, each only
        where there is such a picture. A prediction that draws the gold picture has neither of the last two.
    """
    texts = [text for formula in formulas for text in (formula.gold_latex, formula.predicted_latex)]
    renderings = render(texts, page=Page(), workers=workers)
    found = []
    for formula, picture, gold, predicted in zip(formulas, inputs or [None] * len(formulas), renderings, renderings):
        pictures = {}
        if picture is not None and (embedded := embed_input(picture)):
            pictures["input"] = embedded
        if gold.png is not None:
            pictures["gold"] = embed_ink(gold.image)
        if predicted.png is not None and not formula.pixel_identical:
            pictures["predicted"] = embed_ink(predicted.image)
            if gold.png is not None:
                pictures["difference"] = embed_difference(mark_difference(gold.image, predicted.image))
        found.append(pictures)
    return found
