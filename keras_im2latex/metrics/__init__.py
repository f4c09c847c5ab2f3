"""How good predictions are: as text, as pictures, and token by token during training."""

from keras_im2latex.metrics.bleu import corpus_bleu
from keras_im2latex.metrics.edit_score import character_edit_score, token_edit_score
from keras_im2latex.metrics.exact_match import token_exact_match
from keras_im2latex.metrics.perplexity import Perplexity
from keras_im2latex.metrics.rendered_pairs import RenderedPair, compare_renderings
from keras_im2latex.metrics.score_counts import ScoreCounts
from keras_im2latex.metrics.scores import Scores
from keras_im2latex.metrics.scoring import score_predictions
from keras_im2latex.metrics.token_accuracy import TokenAccuracy

__all__ = [
    "Perplexity",
    "RenderedPair",
    "ScoreCounts",
    "Scores",
    "TokenAccuracy",
    "character_edit_score",
    "compare_renderings",
    "corpus_bleu",
    "score_predictions",
    "token_edit_score",
    "token_exact_match",
]
