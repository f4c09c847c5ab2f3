import threading

import pytest

from tfds_builders.foreign_formulas.side_by_side import side_by_side


def test_generators_run_at_once_and_keep_their_own_order():
    both = threading.Barrier(2, timeout=10)

    def count(name):
        for number in range(50):
            if number == 3:
                both.wait()  # passes only if the other runs as well
            yield name, number

    found = list(side_by_side([count("a"), count("b")], ahead=2))
    assert len(found) == 100
    for name in "ab":
        assert [number for other, number in found if other == name] == list(range(50))


def test_an_error_is_raised_and_closes_the_others():
    closed = threading.Event()

    def endless():
        try:
            while True:
                yield 1
        finally:
            closed.set()

    def fails():
        yield 2
        raise RuntimeError("no more")

    with pytest.raises(RuntimeError, match="no more"):
        list(side_by_side([endless(), fails()], ahead=1))
    assert closed.wait(10)


def test_whoever_stops_taking_closes_the_generators():
    closed = threading.Event()

    def endless():
        try:
            while True:
                yield 1
        finally:
            closed.set()

    taken = side_by_side([endless()], ahead=1)
    assert next(taken) == 1
    taken.close()
    assert closed.wait(10)
