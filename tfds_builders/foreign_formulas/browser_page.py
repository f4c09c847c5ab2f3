"""A page in headless Chromium."""

import io
import math
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from etils import epath
from PIL import Image

from tfds_builders.foreign_formulas.drawing import Drawing
from tfds_builders.foreign_formulas.missing_renderer import MissingRenderer

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ORIGIN = "http://formulas.test"  # .test is reserved: no such host can be
_WIDTH, _HEIGHT = 45, 25  # of the page, in em: painting a larger one takes longer
_SECONDS_TO_OPEN = 60


class BrowserPage:
    """Draws formulas on a page that defines `draw`, reaching nothing but one folder.

    What a formula does to the browser costs that formula alone: after a crash, or when its time is up, the browser is
    ended and the next formula gets a new one.

    Args:
        document: the page's HTML. It defines `ready()`, called once, and `draw(formula, size)`, both of which may
            return promises. `draw` puts a formula onto the page, `size` CSS pixels an em, and gives its box as
            `{x, y, width, height}`, or `{error: "why"}`.
        folder: path whose files the page finds under `/`.
        seconds: time for one formula.

    Example:
        >>> with BrowserPage(document, "katex/dist") as page:
        ...     drawing = page.draw("x^2", em=33.2)
    """

    def __init__(self, document, folder, seconds=20.0):
        self._document = document
        self._folder = epath.Path(folder)
        self._milliseconds = 1000 * seconds
        # Playwright refuses to run in a thread that has an event loop, as a notebook's has.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="browser")
        self._playwright = self._browser = self._page = self._em = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._thread.submit(self._stop).result()
        self._thread.shutdown()

    def draw(self, formula, em) -> Drawing:
        """Draws one formula, black on white, `em` device pixels an em.

        Raises:
            MissingRenderer: if there is no browser.
        """
        return self._thread.submit(self._draw, formula, em).result()

    def _draw(self, formula, em):
        if self._page is None or em != self._em:
            self._open(em)
        from playwright.sync_api import Error, TimeoutError

        size = em / _ratio(em)
        try:
            arguments = [formula, size]
            call = "async ([formula, size]) => { try { return await draw(formula, size) } catch (error) " + (
                "{ return {error: String(error.message || error)} } }"
            )
            handle = self._page.wait_for_function(call, arg=arguments, timeout=self._milliseconds)
            box = handle.json_value()
            if "error" in box:
                return Drawing(error=box["error"])
            clip = _with_margin(box, size)
            if clip["x"] + clip["width"] > _WIDTH * size or clip["y"] + clip["height"] > _HEIGHT * size:
                return Drawing(error="larger than the page")
            png = self._page.screenshot(clip=clip, timeout=self._milliseconds)
        except TimeoutError:
            self._stop()
            return Drawing(error="timed out")
        except Error as error:
            self._stop()
            return Drawing(error=f"the browser failed: {str(error).splitlines()[0]}")
        with Image.open(io.BytesIO(png)) as picture:
            return Drawing.of_page(np.array(picture.convert("L")))

    def _open(self, em):
        self._launch()
        if self._page is not None:
            self._page.context.close()
            self._page = None
        size = em / _ratio(em)
        viewport = {"width": math.ceil(_WIDTH * size), "height": math.ceil(_HEIGHT * size)}
        context = self._browser.new_context(device_scale_factor=_ratio(em), viewport=viewport)
        page = context.new_page()
        page.route("**/*", self._answer)
        page.goto(f"{_ORIGIN}/", timeout=1000 * _SECONDS_TO_OPEN)
        page.wait_for_function("async () => { await ready(); return true }", timeout=1000 * _SECONDS_TO_OPEN)
        self._page, self._em = page, em

    def _launch(self):
        if self._browser is not None:
            return
        try:
            from playwright.sync_api import Error, sync_playwright
        except ImportError as error:
            raise MissingRenderer(
                "Drawing in a browser needs the package playwright: pip install 'keras-im2latex[foreign]'"
            ) from error
        self._playwright = sync_playwright().start()
        program = next(filter(None, map(shutil.which, _BROWSERS)), None)
        try:
            self._browser = self._playwright.chromium.launch(
                executable_path=program, args=["--disable-lcd-text", "--font-render-hinting=none"]
            )
        except Error as error:
            self._stop()
            raise MissingRenderer(
                "Drawing in a browser needs Chromium (Debian: chromium; or `playwright install chromium`). "
                f"Received: {str(error).splitlines()[0]}"
            ) from error

    def _answer(self, route):
        path = route.request.url.removeprefix(_ORIGIN).lstrip("/").split("?")[0]
        if not route.request.url.startswith(f"{_ORIGIN}/"):
            route.abort()
        elif not path:
            route.fulfill(body=self._document, content_type="text/html; charset=utf-8")
        elif ".." not in path and (self._folder / path).exists():
            route.fulfill(path=str(self._folder / path))
        else:
            route.fulfill(status=404)

    def _stop(self):
        if self._browser is not None:
            self._browser.close()
        if self._playwright is not None:
            self._playwright.stop()
        self._playwright = self._browser = self._page = None


def _ratio(em):
    """Device pixels for each CSS pixel: screens of many pixels have several."""
    return min(max(round(em / 20), 1), 4)


def _with_margin(box, margin):
    """A box with room for ink that lies outside it, cut to the page."""
    x, y = max(box["x"] - margin, 0), max(box["y"] - margin, 0)
    return {
        "x": x,
        "y": y,
        "width": box["x"] + box["width"] + margin - x,
        "height": box["y"] + box["height"] + margin - y,
    }
