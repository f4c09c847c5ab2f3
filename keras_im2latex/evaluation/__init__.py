"""Holding a system to its predictions: scores over all, by length and by construct, and a report to look at."""

from keras_im2latex.evaluation.constructs import CONSTRUCTS, constructs
from keras_im2latex.evaluation.drawn_formulas import DrawnFormulas
from keras_im2latex.evaluation.evaluate import evaluate_predictions
from keras_im2latex.evaluation.evaluation import Evaluation
from keras_im2latex.evaluation.formula_file import read_formula_file
from keras_im2latex.evaluation.formula_set import FormulaSet
from keras_im2latex.evaluation.group_scores import GroupScores
from keras_im2latex.evaluation.input_error import EvaluationInputError
from keras_im2latex.evaluation.prediction_file import read_predictions
from keras_im2latex.evaluation.prediction_form import guess_form, tokens_and_latex
from keras_im2latex.evaluation.prediction_log import PredictionLog
from keras_im2latex.evaluation.prepared_dataset import read_prepared_dataset
from keras_im2latex.evaluation.read_pictures import read_pictures
from keras_im2latex.evaluation.report import write_report
from keras_im2latex.evaluation.sample_folder import read_sample_folder
from keras_im2latex.evaluation.score_table import CELLS, COUNTS, MEASURES, score_table
from keras_im2latex.evaluation.scored_formula import ScoredFormula

__all__ = [
    "CELLS",
    "CONSTRUCTS",
    "COUNTS",
    "MEASURES",
    "DrawnFormulas",
    "Evaluation",
    "EvaluationInputError",
    "FormulaSet",
    "GroupScores",
    "PredictionLog",
    "ScoredFormula",
    "constructs",
    "evaluate_predictions",
    "guess_form",
    "read_formula_file",
    "read_pictures",
    "read_predictions",
    "read_prepared_dataset",
    "read_sample_folder",
    "score_table",
    "tokens_and_latex",
    "write_report",
]
