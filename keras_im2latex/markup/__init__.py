"""LaTeX as text: tokens, vocabulary, and the LaTeX a person would type."""
