"""The exit statuses of `im2latex`, and the error that ends it with the one for wrong usage."""

ALL_DONE, SOME_FAILED, WRONG_USAGE, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 130, 141

EPILOG = f"""exit status:
  {ALL_DONE}    all was read
  {SOME_FAILED}    something could not be read (one line on standard error tells which and why)
  {WRONG_USAGE}    wrong usage, or a file or preset that is not there
  {INTERRUPTED}  interrupted from the keyboard
  {BROKEN_PIPE}  whoever read the output stopped reading"""


class UsageError(Exception):
    """The command line asks for what is not there."""
