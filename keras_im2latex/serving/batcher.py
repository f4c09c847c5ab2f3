"""Puts pictures of different requests together, so that the model reads many at once."""

import asyncio
import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from keras_im2latex.models.batches import batches_of_similar_size

WINDOW = 7
"""Batches' worth of the oldest pictures that are cut into batches: more saves padding, fewer saves waiting."""


class Batcher:
    """Reads each picture in the next batch of similar ones.

    One thread prepares pictures, one picture at a time, so that a broken one fails alone; another runs the model. While
    it is busy pictures gather; when it is free the oldest is read, together with those of the next `WINDOW` batches
    whose sizes are nearest to its own, as many as the batch and its common canvas hold.

    Args:
        model: a `ServedModel`.
        metrics: a `ServerMetrics`.
        batch_size: pictures read together at most.
        gather_seconds: float, how long a batch that is not full waits for further pictures.

    Example:
        >>> batcher = Batcher(model, ServerMetrics())
        >>> batcher.start()
        >>> latex, scores = await batcher.read(Path("formula.png").read_bytes())
    """

    def __init__(self, model, metrics, *, batch_size=32, gather_seconds=0.005):
        self._model = model
        self._metrics = metrics
        self._batch_size = batch_size
        self._gather_seconds = gather_seconds
        self._waiting = []
        self._arrived = asyncio.Event()
        self._preparing = ThreadPoolExecutor(1, "prepare")
        self._reading = ThreadPoolExecutor(1, "read")
        self._task = None
        self._stopped = False

    @property
    def waiting(self):
        """Pictures that are prepared and not taken into a batch yet, int."""
        return len(self._waiting)

    def start(self):
        """Starts to read; call it in the event loop."""
        self._task = asyncio.get_running_loop().create_task(self._read_batches())

    async def stop(self):
        """Stops after the batch that is being read; pictures that wait are not read."""
        self._stopped = True
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        for picture in self._waiting:
            picture.answer.cancel()
        for executor in (self._preparing, self._reading):
            executor.shutdown(wait=True, cancel_futures=True)

    async def read(self, image_bytes):
        """Reads one picture; a call that is cancelled takes its picture out of the queue.

        Args:
            image_bytes: bytes of a PNG or JPEG file.

        Returns:
            A pair of arrays `(n,)`, best first: LaTeX as bytes, and float32 scores.

        Raises:
            RequestError: the picture is broken or too large.
        """
        loop = asyncio.get_running_loop()
        prepared = await loop.run_in_executor(self._preparing, self._model.prepare, image_bytes)
        if self._stopped:
            raise asyncio.CancelledError
        picture = _WaitingPicture(prepared, loop.create_future())
        self._waiting.append(picture)
        self._arrived.set()
        return await picture.answer

    async def _read_batches(self):
        while True:
            await self._arrived.wait()
            if len(self._waiting) < self._batch_size:
                await asyncio.sleep(self._gather_seconds)
            batch = self._next_batch()
            try:
                if batch:
                    await self._answer(batch)
            finally:
                for picture in batch:
                    picture.answer.cancel()  # nobody waits on where reading was stopped

    def _next_batch(self):
        waiting = [picture for picture in self._waiting if not picture.answer.done()]
        sizes = {number: picture.image.shape for number, picture in enumerate(waiting[: WINDOW * self._batch_size])}
        cut = batches_of_similar_size(sizes, self._batch_size)
        batch = next(([waiting[number] for number in numbers] for numbers in cut if 0 in numbers), [])
        chosen = {id(picture) for picture in batch}
        self._waiting = [picture for picture in waiting if id(picture) not in chosen]
        if not self._waiting:
            self._arrived.clear()
        return batch

    async def _answer(self, batch):
        try:
            latex, scores = await self._run([picture.image for picture in batch])
        except Exception as error:
            if len(batch) == 1:
                batch[0].fail(error)
                return
            # Too much memory for all together, perhaps; whoever is to blame fails alone.
            for picture in batch:
                await self._answer([picture])
            return
        for picture, *found in zip(batch, latex, scores, strict=True):
            picture.succeed(tuple(found))

    async def _run(self, images):
        start = time.perf_counter()
        found = await asyncio.get_running_loop().run_in_executor(self._reading, self._model.read, images)
        self._metrics.batch_seconds.observe(time.perf_counter() - start)
        self._metrics.batches.observe(len(images))
        return found


@dataclass(eq=False)
class _WaitingPicture:
    image: np.ndarray
    answer: asyncio.Future

    def succeed(self, found):
        if not self.answer.done():
            self.answer.set_result(found)

    def fail(self, error):
        if not self.answer.done():
            self.answer.set_exception(error)
