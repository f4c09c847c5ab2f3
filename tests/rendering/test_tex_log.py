from keras_im2latex.rendering.tex_log import read_errors, read_runs

LOG = r"""This is pdfTeX
[77 0 begins]
[77 0 ends]
[77 1 begins]
! Undefined control sequence.
l.1 x + \foo
             {y}
! Package amsmath Error: Multiple \tag.
[77 1 ends]
[77 2 begins]
[78 2 ends]
[77 lost]
"""


def test_errors_lose_their_decoration_and_name_the_command():
    assert read_errors(LOG) == [r"Undefined control sequence \foo", r"Multiple \tag"]


def test_runs_are_split_by_their_own_mark_only():
    assert read_runs(LOG, "77") == [
        (0, True, []),
        (1, True, [r"Undefined control sequence \foo", r"Multiple \tag"]),
        (2, False, []),
    ]


def test_run_cut_short_has_not_ended():
    log = LOG[: LOG.index("[77 1 ends]")]
    assert [ended for _, ended, _ in read_runs(log, "77")] == [True, False]
