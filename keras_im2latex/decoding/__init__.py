"""Greedy and beam search as graph loops."""

from keras_im2latex.decoding.beam import beam_search
from keras_im2latex.decoding.greedy import greedy_search
from keras_im2latex.decoding.search import Hypotheses, Step

__all__ = ["Hypotheses", "Step", "beam_search", "greedy_search"]
