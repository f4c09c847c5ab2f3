"""The server of the demo page."""

import asyncio
import functools
import importlib.resources
import ipaddress
import json
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

from keras_im2latex.images import PictureError
from keras_im2latex.rendering import MissingTeX, render
from keras_im2latex.search_options import MAXIMUM_LENGTH

LARGEST_REQUEST = 32 * 1024 * 1024
"""Bytes of a request, above which it is refused."""

_LOGGER = logging.getLogger(__name__)
_PAGE = Path(__file__).parent / "page"
_EXAMPLE = importlib.resources.files("keras_im2latex") / "examples" / "generating_functional.png"
_HEADERS = {
    # The page reaches this server and nothing else. KaTeX places its glyphs by style attributes.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "style-src-attr 'unsafe-inline'; font-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class DemoServer:
    """Serves the demo page and what it asks for, one picture at a time.

    | request | answer |
    |---|---|
    | `GET /` | the page; its files lie under `/page/` |
    | `GET /about` | the name of the model, and its beam |
    | `GET /example` | a picture to try |
    | `POST /read`, a picture | what `DemoReader.read` gives |
    | `POST /look`, a form with `picture` and `tokens` (JSON) | what `DemoReader.look` gives |
    | `POST /draw`, LaTeX | its picture by TeX, as PNG |

    An error is a JSON object with its reason as `error`. A server on an address of this machine alone answers requests
    that name such an address only, and no server answers those that another site's page sends: a page somewhere in the
    web can't use it through the visitor's browser.

    Args:
        reader: a `DemoReader`.
        name: str, what the page calls the model.
        host: str, address to listen at. Default: this machine alone.
        port: int, 0 for any that is free; `port` is the true one then.

    Raises:
        OSError: the port can't be listened at.

    Example:
        >>> DemoServer(DemoReader(Im2Latex.from_preset("standard")), "standard").run()
    """

    def __init__(self, reader, name, *, host="127.0.0.1", port=8600):
        self.host = host
        self._reader = reader
        self._name = name
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family)
        self.port = self._socket.getsockname()[1]
        self._local = ipaddress.ip_address(self._socket.getsockname()[0]).is_loopback
        self._reading = ThreadPoolExecutor(1, "read")
        self._drawing = ThreadPoolExecutor(1, "draw")

    @property
    def address(self):
        """Where a browser finds the page."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"

    def run(self, ready=None):
        """Serves until SIGINT or SIGTERM arrives.

        Args:
            ready: function without arguments, called once requests are taken.
        """
        web.run_app(
            self.application(),
            sock=self._socket,
            print=lambda _: ready and ready(),
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=1.0,
        )

    def application(self):
        """The `aiohttp.web.Application` of the server."""
        application = web.Application(middlewares=[self._answer], client_max_size=LARGEST_REQUEST)
        application.router.add_get("/", self.page)
        application.router.add_get("/page/{path:.+}", self.page)
        application.router.add_get("/about", self.about)
        application.router.add_get("/example", self.example)
        application.router.add_post("/read", self.read)
        application.router.add_post("/look", self.look)
        application.router.add_post("/draw", self.draw)
        return application

    async def page(self, request):
        """A file of the page."""
        path = (_PAGE / request.match_info.get("path", "index.html")).resolve()
        if not path.is_relative_to(_PAGE.resolve()) or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Content-Type": _TYPES.get(path.suffix, "application/octet-stream")})

    async def about(self, request):
        """What the page says of the model."""
        return web.json_response({"model": self._name, "beam_size": self._reader.beam_size, "local": self._local})

    async def example(self, request):
        """A picture to try."""
        return web.Response(body=_EXAMPLE.read_bytes(), content_type="image/png")

    async def read(self, request):
        """Reads the picture of the body."""
        picture = await request.read()
        return web.json_response(await _in(self._reading, self._reader.read, picture))

    async def look(self, request):
        """Follows the attention through one formula of a picture."""
        form = await request.post()
        try:
            picture, tokens = form["picture"].file.read(), json.loads(form["tokens"])
        except (AttributeError, KeyError, TypeError, ValueError):
            tokens = None
        if not (isinstance(tokens, list) and all(isinstance(token, str) for token in tokens)):
            return _error(HTTPStatus.BAD_REQUEST, "expected a form with a file `picture` and a JSON list `tokens`")
        if len(tokens) > MAXIMUM_LENGTH:
            reason = f"expected at most {MAXIMUM_LENGTH} tokens, received {len(tokens)}"
            return _error(HTTPStatus.BAD_REQUEST, reason)
        return web.json_response(await _in(self._reading, self._reader.look, picture, tokens))

    async def draw(self, request):
        """Draws LaTeX by TeX, for what the page can't draw itself."""
        latex = await request.text()
        try:
            rendering = await _in(self._drawing, lambda: next(iter(render([latex], workers=1))))
        except MissingTeX:
            return _error(HTTPStatus.NOT_IMPLEMENTED, "TeX, which could draw it, is not installed")
        if rendering.error is not None:
            return _error(HTTPStatus.UNPROCESSABLE_ENTITY, rendering.error)
        return web.Response(body=rendering.png, content_type="image/png")

    @web.middleware
    async def _answer(self, request, handler):
        try:
            self._check_sender(request)
            response = await handler(request)
        except PictureError as error:
            response = _error(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        except web.HTTPRequestEntityTooLarge:
            reason = f"too large: expected at most {LARGEST_REQUEST} bytes, received more"
            response = _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
        except web.HTTPException as error:
            response = _error(error.status, f"{error.reason}: {request.method} {request.path}")
        except UnicodeDecodeError:
            response = _error(HTTPStatus.BAD_REQUEST, "the body must be text in UTF-8")
        except Exception:
            _LOGGER.exception("%s %s", request.method, request.path)
            response = _error(HTTPStatus.INTERNAL_SERVER_ERROR, "internal error; the server's terminal shows more")
        response.headers.update(_HEADERS)
        return response

    def _check_sender(self, request):
        if self._local and not _is_local(request.url.host or ""):
            raise web.HTTPForbidden(reason="this server answers its own machine only")
        if request.method == "POST" and request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise web.HTTPForbidden(reason="this server answers its own page only")


_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}


async def _in(executor, function, *arguments):
    return await asyncio.get_running_loop().run_in_executor(executor, functools.partial(function, *arguments))


def _is_local(host):
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _error(status, reason):
    return web.json_response({"error": reason}, status=int(status))
