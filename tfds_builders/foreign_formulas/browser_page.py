"""A page in headless Chromium."""

import asyncio
import base64
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
_AT_ONCE = 32  # formulas offered to a page
_SECONDS_TO_OPEN = 60

# Lays formulas side by side in rows until the page is full. Each lies at whole pixels, and its ink is cut where its
# margin ends, so that none reaches another's.
_LAY_OUT = """async ([formulas, size, margin, width, height]) => {
  document.getElementById("sheet")?.remove();
  const sheet = document.createElement("div");
  sheet.id = "sheet";
  document.body.append(sheet);
  const answers = [];
  let left = 0, top = 0, bottom = 0;
  for (const formula of formulas) {
    const place = document.createElement("div");
    place.style.cssText = `position: absolute; left: ${margin}px; top: ${margin}px; width: max-content;
      white-space: nowrap; overflow: clip; overflow-clip-margin: ${margin}px; font-size: ${size}px`;
    sheet.append(place);
    let error;
    try { error = (await draw(formula, size, place))?.error } catch (thrown) { error = thrown.message || thrown }
    const box = place.getBoundingClientRect();
    const wide = Math.ceil(box.width) + 2 * margin, high = Math.ceil(box.height) + 2 * margin;
    if (!error && (wide > width || high > height)) error = "larger than the page";
    if (error) {
      place.remove();
      answers.push({error: String(error)});
      continue;
    }
    if (left + wide > width) { left = 0; top = bottom }
    if (top + high > height) { place.remove(); break }
    place.style.left = `${left + margin}px`;
    place.style.top = `${top + margin}px`;
    answers.push({x: left, y: top, width: wide, height: high});
    left += wide;
    bottom = Math.max(bottom, top + high);
  }
  return answers;
}"""


class BrowserPage:
    """Draws formulas on a page that defines `draw`, reaching nothing but one folder.

    Many formulas are drawn side by side and photographed at once. What one of them does to the browser costs that one
    alone: after a crash, or when their time is up, the browser is ended and a new one draws each by itself.

    Args:
        document: the page's HTML. It defines `ready()`, called once, and `draw(formula, size, place)`, both of which
            may return promises. `draw` puts a formula into `place`, an empty element whose font size is `size` CSS
            pixels; it throws, or returns `{error: "why"}`, when it can't.
        folder: path whose files the page finds under `/`.
        seconds: time for the formulas of one photograph, and for one alone.

    Example:
        >>> with BrowserPage(document, "katex/dist") as page:
        ...     drawings = list(page.draw_all(["x^2", "y"], em=33.2))
    """

    def __init__(self, document, folder, seconds=20.0):
        self._document = document
        self._folder = epath.Path(folder)
        self._seconds = seconds
        # A loop of its own: the caller's thread may run one, as a notebook's does.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="browser")
        self._loop = asyncio.Runner()
        self._playwright = self._browser = self._page = self._camera = self._em = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._run(self._stop())
        self._thread.submit(self._loop.close).result()
        self._thread.shutdown()

    def draw(self, formula, em) -> Drawing:
        """Draws one formula, black on white, `em` device pixels an em.

        Raises:
            MissingRenderer: if there is no browser.
        """
        try:
            (drawing,) = self._run(self._photograph([formula], em))
        except _BrokenBrowser as error:
            return Drawing(error=str(error))
        return drawing

    def draw_all(self, formulas, em):
        """Draws formulas as `draw` does, several times as fast.

        The pixels are the same; only at the edges of filled outlines, such as MathJax's SVG, one in some hundreds is
        another grey.

        Args:
            formulas: list of str.
            em: device pixels an em.

        Yields:
            A `Drawing` for each formula.

        Raises:
            MissingRenderer: if there is no browser.
        """
        start = 0
        while start < len(formulas):
            some = formulas[start : start + _AT_ONCE]
            try:
                drawings = self._run(self._photograph(some, em))
            except _BrokenBrowser:
                drawings = [self.draw(formula, em) for formula in some]
            yield from drawings
            start += len(drawings)

    def _run(self, coroutine):
        return self._thread.submit(self._loop.run, coroutine).result()

    async def _photograph(self, formulas, em):
        """Draws as many of the first formulas as the page holds, at least one."""
        await self._open(em)
        from playwright.async_api import Error

        size, ratio = em / _ratio(em), _ratio(em)
        try:
            async with asyncio.timeout(self._seconds):
                width, height = math.ceil(_WIDTH * size), math.ceil(_HEIGHT * size)
                answers = await self._page.evaluate(_LAY_OUT, [formulas, size, math.ceil(size), width, height])
                boxes = [answer for answer in answers if "error" not in answer]
                picture = await self._capture(boxes, ratio) if boxes else None
        except TimeoutError:
            await self._stop()
            raise _BrokenBrowser("timed out") from None
        except Error as error:
            await self._stop()
            raise _BrokenBrowser(f"the browser failed: {str(error).splitlines()[0]}") from error
        return [
            Drawing(error=answer["error"]) if "error" in answer else Drawing.of_page(_cut(picture, answer, ratio))
            for answer in answers
        ]

    async def _capture(self, boxes, ratio):
        """The page down to the lowest box, as an array."""
        clip = {
            "x": 0,
            "y": 0,
            "width": max(box["x"] + box["width"] for box in boxes),
            "height": max(box["y"] + box["height"] for box in boxes),
            "scale": ratio,
        }
        # Playwright's own screenshot can't be told to compress less, which takes most of the time.
        answer = await self._camera.send(
            "Page.captureScreenshot", {"format": "png", "clip": clip, "optimizeForSpeed": True}
        )
        with Image.open(io.BytesIO(base64.b64decode(answer["data"]))) as picture:
            return np.array(picture.convert("L"))

    async def _open(self, em):
        if em == self._em:
            return
        if self._browser is not None and not self._browser.is_connected():
            await self._stop()
        await self._launch()
        if self._page is not None:
            await self._page.context.close()
            self._page = self._em = None
        size = em / _ratio(em)
        viewport = {"width": math.ceil(_WIDTH * size), "height": math.ceil(_HEIGHT * size)}
        context = await self._browser.new_context(device_scale_factor=_ratio(em), viewport=viewport)
        page = await context.new_page()
        await page.route("**/*", self._answer)
        await page.goto(f"{_ORIGIN}/", timeout=1000 * _SECONDS_TO_OPEN)
        async with asyncio.timeout(_SECONDS_TO_OPEN):
            await page.evaluate("async () => { await ready() }")
        self._camera = await context.new_cdp_session(page)
        self._page, self._em = page, em

    async def _launch(self):
        if self._browser is not None:
            return
        try:
            from playwright.async_api import Error, async_playwright
        except ImportError as error:
            raise MissingRenderer(
                "Drawing in a browser needs the package playwright: pip install 'keras-im2latex[foreign]'"
            ) from error
        self._playwright = await async_playwright().start()
        program = next(filter(None, map(shutil.which, _BROWSERS)), None)
        try:
            self._browser = await self._playwright.chromium.launch(
                executable_path=program, args=["--disable-lcd-text", "--font-render-hinting=none"]
            )
        except Error as error:
            await self._stop()
            raise MissingRenderer(
                "Drawing in a browser needs Chromium (Debian: chromium; or `playwright install chromium`). "
                f"Received: {str(error).splitlines()[0]}"
            ) from error

    async def _answer(self, route):
        path = route.request.url.removeprefix(_ORIGIN).lstrip("/").split("?")[0]
        if not route.request.url.startswith(f"{_ORIGIN}/"):
            await route.abort()
        elif not path:
            await route.fulfill(body=self._document, content_type="text/html; charset=utf-8")
        elif ".." not in path and (self._folder / path).exists():
            await route.fulfill(path=str(self._folder / path))
        else:
            await route.fulfill(status=404)

    async def _stop(self):
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()
        self._playwright = self._browser = self._page = self._camera = self._em = None


class _BrokenBrowser(Exception):
    """The browser had to be ended, and why."""


def _ratio(em):
    """Device pixels for each CSS pixel: screens of many pixels have several."""
    return min(max(round(em / 20), 1), 4)


def _cut(picture, box, ratio):
    """A box, in CSS pixels, out of a picture."""
    left, top, width, height = (ratio * box[name] for name in ("x", "y", "width", "height"))
    return picture[top : top + height, left : left + width]
