"""Formulas as other people's screens and papers show them."""
