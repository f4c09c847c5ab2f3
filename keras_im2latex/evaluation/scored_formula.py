"""One formula of an evaluation."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class ScoredFormula:
    """A gold formula, what a system made of it, and how the two compare.

    Attributes:
        index: int. Its number in the dataset, from 0.
        name: string. Its picture's name, or its number.
        gold: string. The gold tokens, separated by spaces.
        predicted: string. The predicted tokens; empty for a missing prediction.
        gold_latex: string. The gold formula as it was drawn.
        predicted_latex: string. The prediction as it was drawn.
        length: int. Gold tokens.
        constructs: tuple of strings out of `CONSTRUCTS`.
        token_exact_match: bool.
        token_distance: int. Tokens to insert, delete or replace.
        pixel_identical: bool. As `ImageComparison` has it; `False` where the gold formula does not compile.
        image_match: bool. The same.
        image_match_without_whitespace: bool. The same.
        column_distance: int. Columns of pixels to insert, delete or replace.
        columns: int. The larger width of the two pictures; 0 where the gold formula does not compile.
        gold_error: string or `None`. What TeX says about the gold formula.
        predicted_error: string or `None`. What TeX says about the prediction.
    """

    index: int
    name: str
    gold: str
    predicted: str
    gold_latex: str
    predicted_latex: str
    length: int
    constructs: tuple[str, ...]
    token_exact_match: bool
    token_distance: int
    pixel_identical: bool
    image_match: bool
    image_match_without_whitespace: bool
    column_distance: int
    columns: int
    gold_error: str | None
    predicted_error: str | None

    @property
    def badness(self):
        """A key that sorts the worst formulas to the end: by the picture, then by the tokens.

        A formula whose picture is wrong comes after every one whose picture is right; among them the share of
        columns to edit counts, then the number of tokens to edit. Those without a gold picture come first of all.
        """
        wrong = self.columns > 0 and not self.pixel_identical
        unmatched = wrong and not self.image_match
        share = self.column_distance / self.columns if self.columns else 0.0
        return self.columns > 0, unmatched, wrong, share, self.token_distance, -self.index

    def to_dict(self):
        """Gives the attributes as a plain dict, ready for JSON."""
        return dataclasses.asdict(self)
