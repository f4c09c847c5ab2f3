"""Failures, throughput and memory of `im2latex serve` under many clients, against those of one client.

    im2latex export serving/im2latex --preset runs/standard/preset
    python recipes/benchmark_serving.py serving/im2latex --pictures pictures/ --clients 200 --seconds 60

Starts the server on free ports, sends it pictures one after the other from one client, then from all clients at once,
each as soon as its last answer has come, and prints what came of it: a row for one client, a row for all, and the
server's memory over time. `--stop` sends SIGTERM in the middle of a last round and counts what was sent and not
answered. Without `--pictures` it draws dots, which a trained model reads as long nonsense.

Cost: two minutes and a half with the defaults; the clients share the machine with the server.
Score: see the printed tables. Exit status 1 if any request failed.
"""

import argparse
import asyncio
import base64
import io
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import numpy as np
from PIL import Image

WARM_UP_SECONDS = 5
SAMPLES = 12


@dataclass
class Load:
    """What came of a number of clients.

    Attributes:
        clients: how many there were.
        seconds: how long they asked.
        latencies: list of float, seconds of each answered request.
        failures: list of str, why each of the others failed.
        memory: list of (seconds, bytes), the server's resident memory, by its own metrics.
        batch: mean number of pictures that were read together.
        processor_seconds: processor time of the server, which says more than the clock on a busy machine.
    """

    clients: int
    seconds: float
    latencies: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    memory: list[tuple[float, int]] = field(default_factory=list)
    batch: float = float("nan")
    processor_seconds: float = float("nan")

    @property
    def throughput(self):
        """Answers a second."""
        return len(self.latencies) / self.seconds


def bodies_of(folder, number):
    """Requests for a folder's first pictures, or for dots, as JSON."""
    if folder:
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".png", ".jpg", ".jpeg"))
        pictures = [path.read_bytes() for path in paths[:number]]
    else:
        generator, pictures = np.random.default_rng(0), []
        for _ in range(number):
            height, width = generator.integers(40, 120), generator.integers(100, 700)
            buffer = io.BytesIO()
            Image.fromarray(generator.choice([0, 255], (height, width)).astype(np.uint8)).save(buffer, "png")
            pictures.append(buffer.getvalue())
    return [json.dumps({"instances": [{"b64": base64.b64encode(picture).decode()}]}) for picture in pictures]


def start(folder, options):
    """The server's process and the address of its REST interface."""
    command = [sys.executable, "-m", "keras_im2latex.cli", "serve", folder, "--port=0", "--grpc-port=0", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    if "http://" not in line:
        sys.exit(process.wait() or 1)
    return process, line.split()[3]


async def ask(session, url, bodies, load, end):
    """One client: a request after the other until the end, or until the server is gone."""
    while (begin := time.perf_counter()) < end:
        try:
            async with session.post(f"{url}:predict", data=next(bodies)) as answer:
                content = await answer.json()
            if answer.status == 200 and isinstance(content["predictions"][0]["latex"], str):
                load.latencies.append(time.perf_counter() - begin)
            else:
                load.failures.append(f"{answer.status} {content['error']}")
        except aiohttp.ClientConnectorError:  # not accepted
            load.failures.append("refused")
            return
        except aiohttp.ClientError as error:
            load.failures.append(f"lost: {error!r}")


async def measure(session, url):
    """What the server says of itself: resident bytes, processor seconds, batches and pictures read."""
    async with session.get(f"{url.partition('/v1/')[0]}/metrics") as answer:
        figures = dict(line.rsplit(" ", 1) for line in (await answer.text()).splitlines() if not line.startswith("#"))
    batches = "im2latex_batch_pictures_count", "im2latex_batch_pictures_sum"
    names = "process_resident_memory_bytes", "process_cpu_seconds_total", *batches
    return np.array([float(figures[name]) for name in names])


async def put_under_load(process, url, bodies, clients, seconds, stop=False):
    """Lets clients ask at once; with `stop`, tells the server to end after half of the time."""
    load = Load(clients, seconds)
    connector = aiohttp.TCPConnector(limit=0, force_close=stop)
    timeout = aiohttp.ClientTimeout(total=300)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        before = await measure(session, url)
        begin = time.perf_counter()
        asking = [asyncio.create_task(ask(session, url, bodies, load, begin + seconds)) for _ in range(clients)]
        if stop:
            await asyncio.sleep(seconds / 2)
            process.send_signal(signal.SIGTERM)
        else:
            for number in range(SAMPLES):
                await asyncio.sleep(max(0.0, begin + seconds * number / (SAMPLES - 1) - time.perf_counter()))
                load.memory.append((time.perf_counter() - begin, (await measure(session, url))[0]))
        await asyncio.gather(*asking)
        load.seconds = time.perf_counter() - begin
        if not stop:
            _, load.processor_seconds, count, total = await measure(session, url) - before
            load.batch = total / max(count, 1)
    return load


def report(loads):
    """Prints the tables."""
    print("| clients | requests | failed | a second | median s | 95 % s | slowest s | pictures a batch | cpu s each |")
    print("|---|---|---|---|---|---|---|---|---|")
    for load in loads:
        median, high, slowest = np.quantile(load.latencies or [float("nan")], [0.5, 0.95, 1.0])
        total = len(load.latencies) + len(load.failures)
        print(
            f"| {load.clients} | {total} | {len(load.failures)} | {load.throughput:.1f} | {median:.2f} | {high:.2f} "
            f"| {slowest:.2f} | {load.batch:.1f} | {load.processor_seconds / max(len(load.latencies), 1):.3f} |"
        )
    one, many = loads
    print(f"\n{many.throughput / one.throughput:.2f} times the throughput of one client")
    print("\n| seconds under load | memory of the server, MiB |\n|---|---|")
    for seconds, memory in many.memory:
        print(f"| {seconds:.0f} | {memory / 2**20:.0f} |")


def main():
    """Runs the recipe; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="folder that `im2latex export` wrote")
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0, help="for each row (default: %(default)s)")
    parser.add_argument("--pictures", type=Path, metavar="FOLDER", help="PNG and JPEG files")
    parser.add_argument("--number", type=int, default=200, help="different pictures (default: %(default)s)")
    parser.add_argument("--stop", action="store_true", help="SIGTERM in the middle of a last round")
    parser.add_argument("--server-option", action="append", default=[], metavar="--OPTION=VALUE", help="for the server")
    options = parser.parse_args()

    bodies = itertools.cycle(bodies_of(options.pictures, options.number))
    print(f"{os.cpu_count()} processors, load before {os.getloadavg()[0]:.1f}\n")
    process, url = start(options.model, options.server_option)
    try:
        asyncio.run(put_under_load(process, url, bodies, 8, WARM_UP_SECONDS))
        loads = [
            asyncio.run(put_under_load(process, url, bodies, clients, options.seconds))
            for clients in (1, options.clients)
        ]
        report(loads)
        failures = [failure for load in loads for failure in load.failures]
        if options.stop:
            last = asyncio.run(put_under_load(process, url, bodies, options.clients, options.seconds, stop=True))
            lost = [failure for failure in last.failures if failure != "refused"]
            failures += lost
            print(f"\nSIGTERM among {options.clients} clients: {len(last.latencies)} answered, {len(lost)} lost")
        else:
            process.send_signal(signal.SIGTERM)
        status = process.wait(120)
        print(f"\nthe server ended with {status}")
    finally:
        process.kill()
    for failure in failures[:10]:
        print(f"failed: {failure}")
    return 1 if failures or status else 0


if __name__ == "__main__":
    sys.exit(main())
