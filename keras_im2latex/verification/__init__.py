"""Rendering what was read and comparing it with the picture it was read from."""

from keras_im2latex.verification.candidate import Candidate
from keras_im2latex.verification.picture_match import GivenPicture
from keras_im2latex.verification.verified_readings import verified_readings
from keras_im2latex.verification.verifier import Verifier

__all__ = ["Candidate", "GivenPicture", "Verifier", "verified_readings"]
