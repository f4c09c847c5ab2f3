"""Several generators at work at once."""

import queue
import threading

_SECONDS = 0.1  # between two looks at whether anyone still wants what is generated


def side_by_side(generators, ahead=100):
    """Yields what some generators yield, each run in a thread of its own, in the order of its coming.

    Args:
        generators: list of generators. They are closed when this one is.
        ahead: how much may wait to be taken.

    Yields:
        What they yield; each one's own order is kept.

    Raises:
        Exception: what one of them raises; the others are closed.
    """
    waiting = queue.Queue(ahead)
    stopped = threading.Event()

    def put(kind, value):
        while not stopped.is_set():
            try:
                return waiting.put((kind, value), timeout=_SECONDS)
            except queue.Full:
                continue

    def run(generator):
        try:
            for item in generator:
                put("item", item)
                if stopped.is_set():
                    break
        except Exception as error:  # for the thread that takes the items to raise
            put("error", error)
        finally:
            generator.close()
        put("end", None)

    # Daemons, so that a program that fails without closing this generator can end.
    threads = [threading.Thread(target=run, args=[generator], daemon=True) for generator in generators]
    for thread in threads:
        thread.start()
    try:
        running = len(threads)
        while running:
            kind, value = waiting.get()
            if kind == "error":
                raise value
            if kind == "end":
                running -= 1
            else:
                yield value
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
