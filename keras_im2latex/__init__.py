"""A picture of a formula in, the LaTeX that draws it out.

Example:
    >>> import keras_im2latex
    >>> keras_im2latex.Im2Latex.from_preset("standard").generate("formula.png").latex
    'E = mc^2'
"""

__version__ = "0.1.0"
__all__ = ["Im2Latex", "Reading", "__version__"]


def __getattr__(name):
    # TensorFlow takes seconds to import: only what needs it waits for it.
    if name in ("Im2Latex", "Reading"):
        from keras_im2latex import models

        return getattr(models, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), "Im2Latex", "Reading"])
