"""Numbers that LaTeX writes as letters."""

_MAX_NUMERAL_DIGITS = 3
_ROMAN_VALUES = [(500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX")]
_ROMAN_VALUES += [(5, "V"), (4, "IV"), (1, "I")]


def roman_numeral(token):
    r"""Returns what `\uppercase\expandafter{\romannumeral4}` draws; for other arguments the command."""
    argument = token[token.index("{") + 1 : -1]
    number = argument.removeprefix("\\romannumeral")
    if number == argument or not number.isdigit() or len(number) > _MAX_NUMERAL_DIGITS:
        return [token]
    rest = int(number)
    letters = ""
    for value, letter in _ROMAN_VALUES:
        letters += letter * (rest // value)
        rest %= value
    return letters
