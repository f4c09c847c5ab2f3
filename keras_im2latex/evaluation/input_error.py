"""The error for what an evaluation is given and cannot use."""


class EvaluationInputError(ValueError):
    """Formulas, pictures or predictions that are not there, are broken, or do not fit each other.

    The message says which file or dataset, what was expected, and what was received.
    """
