"""A picture of a formula in, the LaTeX that draws it out."""
