"""`im2latex demo`: the server over plain HTTP, and the page in headless Chromium."""

import base64
import http.client
import importlib.util
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_preset import dotted, save_tiny_preset

import keras_im2latex
from keras_im2latex import cli
from keras_im2latex.models import FormulaReader
from keras_im2latex.pixels import crop_to_ink, prepare_picture, read_picture

pytest.importorskip("aiohttp")

ROOT = Path(keras_im2latex.__file__).parents[1]
EXAMPLE = ROOT / "keras_im2latex" / "examples" / "generating_functional.png"
BEAM = 3

needs_browser = pytest.mark.skipif(
    not (shutil.which("chromium") and importlib.util.find_spec("playwright")), reason="needs chromium and playwright"
)


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    return save_tiny_preset(tmp_path_factory.mktemp("preset"))


@pytest.fixture(scope="module")
def model(preset):
    return FormulaReader.from_preset(preset)


@pytest.fixture(scope="module")
def port(preset):
    """The port of a running demo; at the end SIGINT ends it quietly."""
    options = ["--preset", preset, "--beam-size", str(BEAM), "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "keras_im2latex.cli", "demo", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        try:
            line = process.stdout.readline()
            found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/\n", line)
            assert found, (line, process.stderr.read())
            yield int(found[1])
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
            assert process.stderr.read() == ""
        finally:
            process.kill()


def ask(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        data = answer.read()
        is_json = answer.headers.get_content_type() == "application/json"
        return answer.status, json.loads(data) if is_json else data, answer.headers
    finally:
        connection.close()


def png(image):
    buffer = io.BytesIO()
    image.save(buffer, "png")
    return buffer.getvalue()


BLANK = png(Image.fromarray(np.full((60, 200), 250, np.uint8)))


# === The server ===


def test_pictures_are_read_and_refused_with_a_reason(port, model):
    picture = png(dotted(60, 200, 1))
    status, found, _ = ask(port, "POST", "/read", picture)
    assert status == 200
    assert found["readings"][0]["latex"] == model.generate(picture, beam_size=BEAM).latex
    for body, reason in ((BLANK, "blank: no ink on its paper"), (b"text", "not a picture"), (b"", "empty")):
        status, found, _ = ask(port, "POST", "/read", body)
        assert status == 422
        assert found["error"].startswith(reason)
    assert ask(port, "POST", "/read", b"x" * (33 << 20))[0] == 413


def test_requests_that_are_wrong(port):
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("GET", "/page/../demo_server.py", 404),
        ("GET", "/page/%2e%2e/demo_server.py", 404),
        ("GET", "/read", 405),
        ("POST", "/look", 400),
    ):
        found = ask(port, method, path)
        assert (found[0], bool(found[1]["error"])) == (status, True)
    boundary = {"Content-Type": "multipart/form-data; boundary=x"}
    many = json.dumps(["a"] * 401)
    for tokens, reason in (("1", "a JSON list"), ("[1]", "a JSON list"), ("[", "a JSON list"), (many, "at most 400")):
        form = '--x\r\nContent-Disposition: form-data; name="picture"; filename="p"\r\n\r\np\r\n--x\r\n'
        form += f'Content-Disposition: form-data; name="tokens"\r\n\r\n{tokens}\r\n--x--\r\n'
        status, found, _ = ask(port, "POST", "/look", form, boundary)
        assert (status, reason in found["error"]) == (400, True)


def test_pages_of_other_sites_get_nothing(port):
    assert ask(port, "GET", "/", headers={"Host": "evil.example"})[0] == 403
    assert ask(port, "GET", "/", headers={"Host": f"localhost:{port}"})[0] == 200
    assert ask(port, "POST", "/read", BLANK, {"Sec-Fetch-Site": "cross-site"})[0] == 403
    policy = ask(port, "GET", "/")[2]["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_wrong_usage(capsys, monkeypatch, port, preset):
    assert cli.main(["demo", "--port", str(port), "--preset", preset, "--beam-size", "1"]) == 2
    assert re.search(f"can't listen at 127.0.0.1, port {port}: .*in use", capsys.readouterr().err)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert cli.main(["demo"]) == 2
    assert capsys.readouterr().err == "im2latex: demo needs aiohttp: pip install 'keras-im2latex[demo]'\n"


# === The page ===


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        yield browser
        browser.close()


@pytest.fixture
def page(browser, port, request):
    """The page, which may ask its own server only and must not break."""
    options = {"permissions": ["clipboard-read", "clipboard-write"], **getattr(request, "param", {})}
    context = browser.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(120_000)
    origin, elsewhere, broken = f"http://127.0.0.1:{port}/", [], []
    page.on("request", lambda asked: asked.url.startswith((origin, "data:", "blob:")) or elsewhere.append(asked.url))
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(origin)
    yield page
    context.close()
    assert (elsewhere, broken) == ([], [])


def paste(page, data):
    page.evaluate(
        """async data => {
            const bytes = Uint8Array.from(atob(data), character => character.charCodeAt(0));
            const item = new ClipboardItem({"image/png": new Blob([bytes], {type: "image/png"})});
            await navigator.clipboard.write([item]);
        }""",
        base64.b64encode(data).decode(),
    )
    page.keyboard.press("Control+V")


def wait_for_reading(page):
    page.wait_for_selector("#look:not([hidden])")
    page.wait_for_selector("#result[aria-busy=false]")


def heat(page):
    return page.evaluate("document.getElementById('heat').toDataURL()")


@needs_browser
def test_a_pasted_picture_is_read_copied_and_looked_into(page, model):
    picture = png(dotted(60, 200, 1))
    expected = model.generate(picture, beam_size=BEAM, n_best=BEAM)
    paste(page, picture)
    wait_for_reading(page)
    assert page.inner_text("#latex") == expected.latex
    assert page.locator("#formula .katex-html").count() == 1
    scores = page.locator("#readings .score").all_inner_texts()
    listed = [expected, *expected.alternatives]
    assert scores[: len(listed)] == [f"{reading.score:.2f}".replace("-", "−") for reading in listed]
    page.click("#copy")
    page.wait_for_function("() => document.getElementById('copy').textContent.startsWith('Copied')")
    assert page.evaluate("navigator.clipboard.readText()") == expected.latex
    tokens = page.locator("[role=option]")
    assert tokens.all_inner_texts() == [*expected.tokens, "end"]
    before = heat(page)
    tokens.nth(1).hover()
    assert heat(page) != before


@needs_browser
def test_everything_by_keyboard_alone(page, model):
    def tab_to(selector):
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        pytest.fail(f"no way to {selector}")

    expected = model.generate(EXAMPLE, beam_size=BEAM, n_best=BEAM)
    tab_to("#example")
    page.keyboard.press("Enter")
    wait_for_reading(page)
    tab_to("#copy")
    tab_to("#readings input")
    page.keyboard.press("ArrowDown")
    other = expected.alternatives[0]
    page.wait_for_selector("#look[aria-busy=false]")
    assert page.inner_text("#latex") == other.latex
    assert page.locator("[role=option]").all_inner_texts() == [*other.tokens, "end"]
    tab_to("[role=option]")
    seen = {heat(page)}
    for key in ("ArrowRight", "ArrowRight", "End"):
        page.keyboard.press(key)
        seen.add(heat(page))
    assert page.evaluate("document.activeElement.textContent") == "end"
    assert len(seen) >= 3
    page.keyboard.press("Home")
    assert page.evaluate("document.activeElement.dataset.step") == "0"


@needs_browser
def test_failures_say_why_and_the_next_picture_is_read(page, tmp_path):
    paste(page, BLANK)
    page.wait_for_selector("#failure:not([hidden])")
    assert "blank: no ink on its paper" in page.inner_text("#failure")
    assert page.is_hidden("#found")
    text = tmp_path / "notes.png"
    text.write_text("no picture")
    page.set_input_files("#file", text)
    page.wait_for_function("() => document.getElementById('failure').textContent.includes('not a picture')")
    page.set_input_files("#file", EXAMPLE)
    wait_for_reading(page)
    assert page.is_hidden("#failure")


@needs_browser
def test_a_dropped_picture_and_a_drawn_one(page, model):
    picture = png(dotted(60, 200, 2))
    page.evaluate(
        """data => {
            const bytes = Uint8Array.from(atob(data), character => character.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], "a.png", {type: "image/png"}));
            const options = {dataTransfer: transfer, bubbles: true, cancelable: true};
            document.body.dispatchEvent(new DragEvent("drop", options));
        }""",
        base64.b64encode(picture).decode(),
    )
    wait_for_reading(page)
    assert page.inner_text("#latex") == model.generate(picture, beam_size=BEAM).latex
    page.click("#tab-sketch")
    box = page.locator("#sketch").bounding_box()
    page.evaluate(
        """() => {
            const fetch = window.fetch;
            window.fetch = async (path, options) => {
                window.sent = [...new Uint8Array(await options.body.arrayBuffer())];
                return fetch(path, options);
            };
        }"""
    )
    with page.expect_response("**/read"):
        page.mouse.move(box["x"] + 50, box["y"] + 50)
        page.mouse.down()
        page.mouse.move(box["x"] + 150, box["y"] + 150, steps=5)
        page.mouse.up()
    sent = bytes(page.evaluate("window.sent"))
    height, width = crop_to_ink(read_picture(sent)).shape  # a stroke of the size of print, not of the screen
    assert 24 <= height <= 28
    assert 24 <= width <= 28
    shown = "width => document.getElementById('prepared').naturalWidth === width"
    page.wait_for_function(shown, arg=prepare_picture(sent).shape[1], timeout=30_000)
    page.click("#clear")
    page.wait_for_selector("#nothing:not([hidden])")


@needs_browser
@pytest.mark.skipif(not shutil.which("pdftex"), reason="TeX is not installed")
def test_what_katex_does_not_know_is_drawn_by_tex(page):
    drawn = page.evaluate(
        """async () => {
            const { Formula } = await import("/page/formula.js");
            const place = document.getElementById("formula"), formula = new Formula(place);
            const found = [];
            for (const latex of ["\\\\lefteqn{x}", "\\\\nosuchcommand", "x"]) {
                await formula.draw(latex, new AbortController().signal);
                const image = place.querySelector("img");
                found.push(image ? image.naturalHeight > 0 : place.textContent);
            }
            return found;
        }"""
    )
    assert drawn[0] is True
    assert "ndefined control sequence" in drawn[1]
    assert drawn[2].startswith("x")


@needs_browser
@pytest.mark.parametrize(
    "page",
    [
        {"viewport": {"width": width, "height": 700}, "color_scheme": scheme}
        for width, scheme in ((320, "dark"), (1400, "light"))
    ],
    indirect=True,
)
def test_no_width_scrolls_sideways(page):
    def excess():
        return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    assert excess() <= 0
    page.set_input_files("#file", EXAMPLE)
    wait_for_reading(page)
    assert excess() <= 0
    drawn = page.evaluate(
        """async latex => {
            const { Formula } = await import("/page/formula.js");
            const place = document.getElementById("formula");
            await new Formula(place).draw(latex, new AbortController().signal);
            await document.fonts.ready;
            await new Promise(requestAnimationFrame);
            return [place.scrollWidth - place.clientWidth, place.querySelectorAll(".katex-base").length > 1];
        }""",
        r"Z[J] = \int\mathcal{D}\phi\,\exp\left(i\int d^4 x\left[\partial_\mu\phi\right]\right)",
    )
    assert drawn == [0, True]  # made smaller, as wide as there is room
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground))) < 200) == dark
