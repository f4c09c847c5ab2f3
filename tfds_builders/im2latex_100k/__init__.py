"""IM2LATEX-100K from its official files."""
