"""Which pictures are read together, and what becomes of those that can't be."""

import asyncio
import threading

import pytest

pytest.importorskip("prometheus_client")

from patient_model import PatientModel

from keras_im2latex.models.batches import LARGEST_BATCH
from keras_im2latex.serving.batcher import WINDOW, Batcher
from keras_im2latex.serving.request_error import RequestError
from keras_im2latex.serving.server_metrics import ServerMetrics


def read_all(model, pictures, between=None, **options):
    """Asks for all pictures before the first is read; their formulas, or the errors."""

    async def run():
        batcher = Batcher(model, ServerMetrics(), **options)
        tasks = [asyncio.create_task(batcher.read(picture)) for picture in pictures]
        try:
            while batcher.waiting + sum(task.done() for task in tasks) < len(tasks):
                await asyncio.sleep(0.001)
            batcher.start()
            if between:
                await between(batcher, tasks)
            found = await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            await batcher.stop()
        return [answer if isinstance(answer, BaseException) else answer[0][0] for answer in found]

    return asyncio.run(run())


def test_pictures_that_arrive_together_are_read_together():
    model = PatientModel()
    pictures = [str(number).encode() + b"x" for number in range(20)]
    assert read_all(model, pictures, batch_size=8) == pictures
    assert [len(batch) for batch in model.batches] == [8, 8, 4]


def test_a_picture_alone_is_not_kept_waiting():
    model = PatientModel()
    assert read_all(model, [b"alone"]) == [b"alone"]
    assert model.batches == [[b"alone"]]


def test_oldest_is_read_with_those_of_similar_size():
    model = PatientModel()
    sizes = [b"40 104", b"40 800", b"40 96", b"40 816", b"40 88", b"40 808"]
    assert read_all(model, sizes, batch_size=3) == sizes
    assert model.batches == [[b"40 88", b"40 96", b"40 104"], [b"40 800", b"40 808", b"40 816"]]


def test_picture_of_a_size_of_its_own_is_not_put_off_for_long():
    model = PatientModel()
    sizes = [b"8 8", b"400 400", *[b"8 8"] * 20]
    assert read_all(model, sizes, batch_size=2) == sizes
    assert model.batches[1][0] == b"400 400"
    # The last ones are not taken before their turn, however well they fit.
    others = [b"%d 400" % number for number in range(16, 16 + 2 * WINDOW - 1)]
    model, numbered = PatientModel(), [b"8 8", *others, *[b"8 16"] * 3]
    assert read_all(model, numbered, batch_size=2) == numbered
    assert model.batches[0] == [b"8 8", b"16 400"]


def test_large_pictures_share_a_batch_only_as_far_as_its_canvas_goes():
    model = PatientModel()
    assert LARGEST_BATCH == 1024 * 2048
    sizes = [b"1024 512"] * 6 + [b"1024 1024"]
    assert read_all(model, sizes, batch_size=32) == sizes
    assert model.batches == [[b"1024 512"] * 4, [b"1024 512"] * 2, [b"1024 1024"]]


def test_broken_picture_fails_alone():
    model = PatientModel()
    first, broken, last = read_all(model, [b"a", b"broken", b"c"])
    assert (first, last) == (b"a", b"c")
    assert isinstance(broken, RequestError)
    assert model.batches == [[b"a", b"c"]]


def test_picture_that_the_model_fails_at_fails_alone():
    model = PatientModel(faulty=[b"b"])
    first, faulty, last = read_all(model, [b"a", b"b", b"c"])
    assert (first, last) == (b"a", b"c")
    assert isinstance(faulty, MemoryError)
    assert model.batches == [[b"a", b"b", b"c"], [b"a"], [b"b"], [b"c"]]


def test_picture_whose_caller_has_gone_is_not_read():
    model = PatientModel(held=True)

    async def between(batcher, tasks):
        while batcher.waiting > 2:
            await asyncio.sleep(0.001)
        tasks[1].cancel()
        await asyncio.sleep(0)
        model.may_read.set()

    first, gone, last = read_all(model, [b"a", b"b", b"c"], between, batch_size=1)
    assert (first, last) == (b"a", b"c")
    assert isinstance(gone, asyncio.CancelledError)
    assert model.batches == [[b"a"], [b"c"]]


def test_stop_ends_those_who_wait():
    model = PatientModel(held=True)

    async def run():
        batcher = Batcher(model, ServerMetrics(), batch_size=1)
        tasks = [asyncio.create_task(batcher.read(picture)) for picture in (b"a", b"b", b"c")]
        while batcher.waiting < 3:
            await asyncio.sleep(0.001)
        batcher.start()
        while batcher.waiting > 2:
            await asyncio.sleep(0.001)
        model.may_read.set()
        await batcher.stop()
        return await asyncio.gather(*tasks, return_exceptions=True)

    assert all(isinstance(answer, asyncio.CancelledError) for answer in asyncio.run(run()))


def test_stop_ends_those_who_come_too_late():
    preparing, may_end = threading.Event(), threading.Event()

    class SlowModel(PatientModel):
        def prepare(self, image_bytes):
            preparing.set()
            assert may_end.wait(60)
            return super().prepare(image_bytes)

    async def run():
        batcher = Batcher(SlowModel(), ServerMetrics())
        batcher.start()
        task = asyncio.create_task(batcher.read(b"late"))
        while not preparing.is_set():
            await asyncio.sleep(0.001)
        threading.Timer(0.1, may_end.set).start()
        await batcher.stop()
        return await asyncio.gather(task, return_exceptions=True)

    (late,) = asyncio.run(asyncio.wait_for(run(), 60))
    assert isinstance(late, asyncio.CancelledError)


def test_pictures_that_come_while_a_batch_gathers_are_in_it():
    model = PatientModel()

    async def run():
        batcher = Batcher(model, ServerMetrics(), gather_seconds=5)
        batcher.start()
        tasks = [asyncio.create_task(batcher.read(picture)) for picture in (b"a", b"b", b"c")]
        await asyncio.gather(*tasks)
        await batcher.stop()

    asyncio.run(run())
    assert model.batches == [[b"a", b"b", b"c"]]
