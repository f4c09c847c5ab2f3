"""All the scores of a set of predictions, side by side."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Scores:
    """What a system scores on a set of formulas. Every score is in percent, as in the paper's tables.

    The text measures are over all formulas. The image measures are over those whose gold formula compiles
    (`image_formulas`); there a prediction that is missing or does not compile counts as wrong.

    Attributes:
        formulas: int. Formulas scored.
        image_formulas: int. Formulas that count in the image measures.
        gold_failures: int. Gold formulas that do not compile: `formulas - image_formulas`.
        missing_predictions: int. Predictions that are empty.
        predicted_failures: int. Predictions, not empty, that do not compile, out of `image_formulas`.
        bleu: float. Corpus BLEU-4, as Moses' multi-bleu.
        token_exact_match: float. Formulas predicted token for token.
        token_edit_score: float. 100 minus the share of tokens to edit.
        character_edit_score: float. 100 minus the share of characters to edit, of the detokenized text.
        pixel_identical: float. Predictions whose picture is the gold one, pixel for pixel.
        image_match: float. The paper's "Match": forgives misalignments under 5 pixels, and all insertions.
        image_match_without_whitespace: float. The paper's "Match (-ws)".
        image_edit_score: float. 100 minus the share of columns of pixels to edit.
    """

    formulas: int
    image_formulas: int
    gold_failures: int
    missing_predictions: int
    predicted_failures: int
    bleu: float
    token_exact_match: float
    token_edit_score: float
    character_edit_score: float
    pixel_identical: float
    image_match: float
    image_match_without_whitespace: float
    image_edit_score: float

    def to_dict(self):
        """Gives the scores as a plain dict, ready for JSON."""
        return dataclasses.asdict(self)
