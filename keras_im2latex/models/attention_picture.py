"""Pictures of where a model looks: a sheet with a panel a token, or an animation."""

import math
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from keras_im2latex.images import CELL
from keras_im2latex.layers.attention import SUPPORT

FORMATS = (".png", ".gif")
"""Suffixes of the pictures: a sheet, and an animation."""

# Orange and blue are told apart by colour-blind people, and black ink shows through both.
FINE_COLOUR = np.array([255, 140, 0], np.float32)
COARSE_COLOUR = (0, 90, 181)
INK, PALE_INK, PAPER, FRAME = (0, 0, 0), (120, 120, 120), (255, 255, 255), (215, 215, 215)

LEAST_COARSE_WEIGHT = 0.02
"""Coarse cells of less than this probability are not outlined."""

WIDEST_SHEET = 1600
LARGEST_SCALE = 3
NARROWEST_PANEL, NARROWEST_FRAME = 110, 320
FONT_SIZE, SMALL_FONT_SIZE, GAP = 17, 13, 10
LABEL = FONT_SIZE + 7
MILLISECONDS, LAST_MILLISECONDS = 500, 2500


def save_attention_picture(attention, path):
    """Draws an attention map and saves it: a sheet as PNG, or an animation as GIF.

    Args:
        attention: an `AttentionMap`.
        path: where to save it; the suffix, `.png` or `.gif`, says which of the two.

    Raises:
        ValueError: the suffix is another one.

    Example:
        >>> model = Im2Latex.from_preset("standard")
        >>> reading = model.generate("formula.png")
        >>> save_attention_picture(attention_map(model, "formula.png", reading.tokens), "attention.png")
    """
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        raise ValueError(f"`path` must end with one of {', '.join(FORMATS)}. Received: {str(path)!r}")
    if suffix == ".png":
        draw_attention_sheet(attention).save(path, "PNG", optimize=True)
        return
    first, *others = draw_attention_frames(attention)
    durations = [MILLISECONDS] * len(others) + [LAST_MILLISECONDS]
    first.save(path, "GIF", save_all=True, append_images=others, duration=durations, loop=0)


def draw_attention_sheet(attention):
    """Draws a panel for each token, in reading order.

    Fine cells are filled with orange, the deeper the more probable, as a share of the most probable one of the token;
    coarse cells are outlined in blue, the stronger the more probable. Beside the token stands how many fine (of
    coarse-only attention: coarse) cells were scored for it.

    Args:
        attention: an `AttentionMap`.

    Returns:
        An RGB `PIL.Image.Image`.
    """
    height, width = attention.picture.shape
    scale = max(1, min(LARGEST_SCALE, WIDEST_SHEET // 3 // width))
    inner = max(width * scale, NARROWEST_PANEL)
    panel = (inner + GAP, height * scale + LABEL + GAP)
    steps = len(attention.tokens)
    # About as wide as 1.5 times its height.
    columns = round(math.sqrt(1.5 * steps * panel[1] / panel[0]))
    columns = max(1, min(columns, steps, (WIDEST_SHEET - GAP) // panel[0]))
    rows = -(-steps // columns)
    sheet = Image.new("RGB", (columns * panel[0] + GAP, rows * panel[1] + GAP), PAPER)
    draw = ImageDraw.Draw(sheet)
    font, small = _font(FONT_SIZE), _font(SMALL_FONT_SIZE)
    for step, token in enumerate(attention.tokens):
        left = GAP + step % columns * panel[0]
        top = GAP + step // columns * panel[1]
        count = _count(attention, step)
        room = inner - small.getlength(count) - GAP
        draw.text((left, top + FONT_SIZE), _shortened(token, font, room), INK, font, anchor="ls")
        draw.text((left + inner, top + FONT_SIZE), count, PALE_INK, small, anchor="rs")
        sheet.paste(_draw_step(attention, step, scale), (left, top + LABEL))
        _frame(draw, left, top + LABEL, width * scale, height * scale)
    return sheet


def draw_attention_frames(attention):
    """Draws a frame for each token: the picture, and under it the formula so far.

    Args:
        attention: an `AttentionMap`.

    Returns:
        List of RGB `PIL.Image.Image` of one size.
    """
    height, width = attention.picture.shape
    scale = max(1, min(LARGEST_SCALE, WIDEST_SHEET // 2 // width))
    inner = max(width * scale, NARROWEST_FRAME)
    size = (inner + 2 * GAP, height * scale + LABEL + 3 * GAP)
    font, frames = _font(FONT_SIZE), []
    for step, token in enumerate(attention.tokens):
        frame = Image.new("RGB", size, PAPER)
        draw = ImageDraw.Draw(frame)
        frame.paste(_draw_step(attention, step, scale), (GAP, GAP))
        _frame(draw, GAP, GAP, width * scale, height * scale)
        baseline = GAP + height * scale + GAP + FONT_SIZE
        # The tokens before stand in grey, as many as there is room for.
        token = _shortened(token, font, inner)
        before = " ".join(attention.tokens[:step]) + " " * (step > 0)
        while before and font.getlength(before) + font.getlength(token) > inner:
            before = before.partition(" ")[2]
        draw.text((GAP, baseline), before, PALE_INK, font, anchor="ls")
        draw.text((GAP + font.getlength(before), baseline), token, INK, font, anchor="ls")
        frames.append(frame)
    return frames


def _draw_step(attention, step, scale):
    """The picture, enlarged, with the cells of one step over it."""
    height, width = attention.picture.shape
    size = (width * scale, height * scale)
    ink = Image.fromarray(attention.picture).resize(size, Image.Resampling.LANCZOS)
    fine, coarse = attention.fine[step], attention.coarse[step]
    cells, side = (fine, CELL * scale) if fine.size else (coarse, CELL * SUPPORT * scale)
    strength = cells / max(cells.max(initial=0.0), 1e-9)
    strength = strength.repeat(side, axis=0).repeat(side, axis=1)[: size[1], : size[0], None]
    # Multiplied with the ink, so that strokes stay black under any colour.
    colour = 255 + strength * (FINE_COLOUR - 255)
    drawn = Image.fromarray((np.asarray(ink, np.float32)[..., None] / 255 * colour).round().astype(np.uint8))
    overlay = Image.new("RGBA", size)
    draw = ImageDraw.Draw(overlay)
    strongest = coarse.max(initial=0.0)
    for row, column in zip(*np.nonzero(coarse >= LEAST_COARSE_WEIGHT)):
        left, top = column * CELL * SUPPORT * scale, row * CELL * SUPPORT * scale
        right, bottom = left + CELL * SUPPORT * scale - 1, top + CELL * SUPPORT * scale - 1
        box = (left, top, min(right, size[0] - 1), min(bottom, size[1] - 1))
        if box[0] < box[2] and box[1] < box[3]:
            opacity = round(70 + 185 * float(coarse[row, column] / strongest))
            draw.rectangle(box, outline=(*COARSE_COLOUR, opacity), width=max(2, scale))
    drawn.paste(overlay, mask=overlay)
    return drawn


def _frame(draw, left, top, width, height):
    draw.rectangle((left - 1, top - 1, left + width, top + height), outline=FRAME)


def _count(attention, step):
    fine = attention.fine_cells[step]
    return f"{fine:.0f} fine" if fine else f"{attention.coarse_cells[step]:.0f} coarse"


def _shortened(token, font, room):
    """The token, cut with an ellipsis where it is wider than there is room."""
    if font.getlength(token) <= room:
        return token
    while token and font.getlength(token + "…") > room:
        token = token[:-1]
    return token + "…"


def _font(size):
    return ImageFont.load_default(size)
