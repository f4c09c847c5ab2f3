"""`im2latex serve`: a server over an exported model."""

import argparse
import importlib.util
import logging
import os

from keras_im2latex.commands.exit_status import ALL_DONE, EPILOG, UsageError
from keras_im2latex.commands.numbers import port, positive
from keras_im2latex.commands.silent_tensorflow import silent_tensorflow

_NEEDED = ("tensorflow_serving", "aiohttp", "prometheus_client")


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "serve",
        help="serve an exported model over HTTP and gRPC",
        description="Serves the newest version in DIR, as `im2latex export` wrote it, by TensorFlow Serving's REST and "
        "gRPC protocols, with /health and /metrics (Prometheus). Pictures of concurrent requests are read together. "
        "SIGTERM, or Ctrl-C, stops it: it takes no more requests, answers those it has, and ends.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", metavar="DIR", help="the model's folder, which holds a folder for each version")
    parser.add_argument("--version", type=positive, metavar="N", help="(default: the highest)")
    parser.add_argument("--name", default="im2latex", help="of the model, in requests (default: im2latex)")
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen at; 0.0.0.0 for all of this machine's (default: %(default)s)",
    )
    parser.add_argument("--port", type=port, default=8501, metavar="N", help="of REST (default: %(default)s; 0: any)")
    parser.add_argument(
        "--grpc-port", type=port, default=8500, metavar="N", help="of gRPC (default: %(default)s; 0: any)"
    )
    parser.add_argument(
        "--batch-size", type=positive, default=32, metavar="N", help="pictures read together at most (default: 32)"
    )
    parser.add_argument(
        "--gather-ms",
        type=float,
        default=5.0,
        metavar="MS",
        help="how long a batch waits for further pictures (default: 5)",
    )
    limits = parser.add_argument_group("limits of a request")
    limits.add_argument("--max-bytes", type=positive, default=16 << 20, metavar="N", help="(default: 16 MiB)")
    limits.add_argument(
        "--max-pixels", type=positive, default=8 << 20, metavar="N", help="of a picture (default: 8,388,608)"
    )
    limits.add_argument(
        "--max-queue", type=positive, default=512, metavar="N", help="pictures not answered yet (default: 512)"
    )
    limits.add_argument(
        "--timeout", type=float, default=120.0, metavar="S", help="seconds until it must be answered (default: 120)"
    )
    limits.add_argument(
        "--arrival-timeout",
        type=float,
        default=5.0,
        metavar="S",
        help="seconds for its body to arrive, and one more for each 100 kB (default: 5)",
    )
    parser.set_defaults(run=_run)


def _run(options):
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(f"serve needs {', '.join(missing)}: pip install 'keras-im2latex[serve]'")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    server = _server(options)
    try:
        server.run(lambda: _announce(server))
    except OSError as error:
        raise UsageError(error) from None
    return ALL_DONE


def _server(options):
    with silent_tensorflow():
        from keras_im2latex.serving import ModelServer, ServerLimits
        from keras_im2latex.serving.served_model import ServedModel
        from keras_im2latex.serving.version_folder import versions

        try:
            limits = ServerLimits(
                request_bytes=options.max_bytes,
                picture_pixels=options.max_pixels,
                waiting_pictures=options.max_queue,
                request_seconds=options.timeout,
                arrival_seconds=options.arrival_timeout,
            )
            found = versions(options.folder)
            version = options.version or max(found, default=None)
            if version not in found:
                wanted = f"version {version}" if version else "a version"
                received = f"{options.folder}, with {', '.join(map(str, found)) or 'none'}"
                raise ValueError(f"DIR must hold {wanted} of a model. Received: {received}")
            return ModelServer(
                ServedModel(os.path.join(options.folder, str(version)), options.name, version),
                host=options.host,
                port=options.port,
                grpc_port=options.grpc_port,
                batch_size=options.batch_size,
                gather_seconds=options.gather_ms / 1000,
                limits=limits,
            )
        except ValueError as error:
            reason = error
    raise UsageError(reason)


def _announce(server):
    model, host = server.model, f"[{server.host}]" if ":" in server.host else server.host
    print(
        f"{model.name} version {model.version}: http://{host}:{server.port}/v1/models/{model.name}"
        f" and gRPC at {host}:{server.grpc_port}",
        flush=True,
    )
