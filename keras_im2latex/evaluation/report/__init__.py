"""The report of an evaluation: one HTML file that needs nothing else."""

from keras_im2latex.evaluation.report.html import write_report

__all__ = ["write_report"]
