"""Formulas out of papers' LaTeX sources, rendered here."""
