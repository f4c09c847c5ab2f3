import pytest

from tfds_builders.crohme.ink import InkSymbol
from tfds_builders.crohme.inkml import UnreadableInk, read_inkml


def ink(inside):
    return f'<ink xmlns="http://www.w3.org/2003/InkML">{inside}</ink>'.encode()


def points(data):
    return [stroke.tolist() for stroke in read_inkml(data).strokes]


def test_points_are_the_channels_x_and_y_wherever_they_stand():
    channels = "".join(f'<channel name="{name}"/>' for name in "TYFX")
    data = ink(f'<traceFormat>{channels}</traceFormat><trace id="0">9 2 .5 1, 10 -4e1 .5\n 3.25,</trace>')
    assert points(data) == [[[1, 2], [3.25, -40]]]


def test_a_latin_1_file_is_read_as_what_it_is():
    data = ink('<annotation type="truth">x</annotation><annotation type="writer">André</annotation><trace>1 2</trace>')
    assert read_inkml(data).writer == "André"
    assert read_inkml(data.decode().encode("latin-1")).writer == "André"


def test_only_innermost_groups_whose_strokes_are_all_there_are_symbols():
    groups = """
    <traceGroup><annotation type="truth">Segmentation</annotation>
      <traceGroup><traceView traceDataRef="#b"/><annotation type="truth"> \\alpha </annotation></traceGroup>
      <traceGroup><annotation type="truth">x</annotation><traceView traceDataRef="b"/><traceView traceDataRef="z"/>
      </traceGroup>
      <traceGroup><traceView traceDataRef="a"/></traceGroup>
    </traceGroup>"""
    read = read_inkml(ink(f'<trace id="a">1 1</trace><trace xml:id="b">2 2</trace>{groups}'))
    assert read.symbols == (InkSymbol("\\alpha", (1,)),)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b" \n", "empty file"),
        (b"<ink><trace>1 2", "not well-formed XML"),
        (ink(""), "no strokes"),
        (ink('<trace id="4"> </trace>'), "stroke 4 has no points"),
        (ink('<trace id="4">1 2, 3</trace>'), "stroke 4 holds '3', which is no point"),
        (ink("<trace id=\"4\">1 2, '3 '4</trace>"), "which is no point"),
        (ink('<trace id="4">1 2, nan 4</trace>'), "not finite"),
        (ink('<traceFormat><channel name="X"/></traceFormat><trace>1</trace>'), "no channels X and Y among X"),
    ],
)
def test_a_broken_file_says_what_is_broken(data, reason):
    with pytest.raises(UnreadableInk, match=reason):
        read_inkml(data)
