"""Holding a system to its predictions: scores over all, by length and by construct, and a report to look at."""

from keras_im2latex.evaluation.constructs import CONSTRUCTS, constructs
from keras_im2latex.evaluation.evaluate import evaluate_predictions
from keras_im2latex.evaluation.evaluation import Evaluation
from keras_im2latex.evaluation.group_scores import GroupScores
from keras_im2latex.evaluation.scored_formula import ScoredFormula

__all__ = ["CONSTRUCTS", "Evaluation", "GroupScores", "ScoredFormula", "constructs", "evaluate_predictions"]
