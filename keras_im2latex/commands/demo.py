"""`im2latex demo`: a page for the browser."""

import argparse
import importlib.resources
import importlib.util
import logging
import os
import webbrowser

from keras_im2latex.commands.exit_status import ALL_DONE, EPILOG, UsageError
from keras_im2latex.commands.model_options import AUTO, add_model_options, load_model
from keras_im2latex.commands.numbers import port
from keras_im2latex.commands.silent_tensorflow import silent_tensorflow

EXAMPLES = """examples:
  im2latex demo --open                  open the page in the browser
  im2latex demo --preset runs/mine/preset --port 8700
  im2latex demo --host 0.0.0.0          let other machines use it, a phone for instance

"""


def add_to(commands):
    """Adds the command to the subparsers of `im2latex`."""
    parser = commands.add_parser(
        "demo",
        help="try it in the browser",
        description="Serves a page, for this machine alone unless --host says otherwise: paste,\n"
        "drop, choose or draw a picture, and see its LaTeX, the formula drawn, the next\n"
        "best readings, and where the model looked. It works without the internet.\n"
        "Ctrl-C, or SIGTERM, stops it.",
        epilog=EXAMPLES + EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_model_options(parser, auto=True, default=AUTO)
    parser.add_argument(
        "--host",
        default="127.0.0.1",
        help="address to listen at; 0.0.0.0 for all of this machine's (default: %(default)s)",
    )
    parser.add_argument("--port", type=port, default=8600, metavar="N", help="(default: %(default)s; 0: any)")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    parser.set_defaults(run=_run)


def _run(options):
    if importlib.util.find_spec("aiohttp") is None:
        raise UsageError("demo needs aiohttp: pip install 'keras-im2latex[demo]'")
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    model = load_model(options.preset, auto=True)
    with silent_tensorflow():
        from keras_im2latex.serving.demo import DemoReader, DemoServer

        reader = DemoReader(model, options.beam_size)
        # The first picture of a kind takes longest: one of each is read before the page is there.
        for example in ("generating_functional.png", "handwritten.png"):
            reader.read((importlib.resources.files("keras_im2latex") / "examples" / example).read_bytes())
    name = os.path.basename(os.path.normpath(options.preset))
    try:
        server = DemoServer(reader, name, host=options.host, port=options.port)
    except OSError as error:
        raise UsageError(f"can't listen at {options.host}, port {options.port}: {error.strerror or error}") from None
    server.run(lambda: _announce(server, options.open))
    return ALL_DONE


def _announce(server, opened):
    print(server.address, flush=True)
    if opened:
        webbrowser.open(server.address)
