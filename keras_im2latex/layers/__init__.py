"""The Keras layers of the paper, one a file."""
