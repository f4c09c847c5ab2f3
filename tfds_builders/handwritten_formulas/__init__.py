"""Printed formulas, redrawn in handwriting."""
