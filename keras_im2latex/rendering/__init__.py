"""LaTeX to pictures with a sandboxed TeX, and the comparison of two pictures."""
