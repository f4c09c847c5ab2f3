"""CROHME's handwritten formulas, drawn from their ink."""
