"""LaTeX as text: tokens, vocabulary, and the LaTeX a person would type."""

from keras_im2latex.markup.detokenizer import detokenize
from keras_im2latex.markup.habits import Habits
from keras_im2latex.markup.spelling import respell
from keras_im2latex.markup.tokenizer import tokenize
from keras_im2latex.markup.vocabulary import Vocabulary
from keras_im2latex.markup.well_formed import is_well_formed, widen_arrays

__all__ = ["Habits", "Vocabulary", "detokenize", "is_well_formed", "respell", "tokenize", "widen_arrays"]
