"""Pictures of the demonstration, drawn here: no patient was ever near them, and every load draws the same."""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1800, 640
_PAPER, _FINE, _COARSE, _INK = (255, 250, 248), (250, 214, 210), (240, 168, 162), (28, 28, 34)
_BLUE = (11, 92, 117)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


def _paper(width: int, height: int, step: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (width, height), _PAPER)
    pen = ImageDraw.Draw(picture)
    for number, place in enumerate(range(0, max(width, height), step)):
        color = _FINE if number % 5 else _COARSE
        pen.line([(place, 0), (place, height)], fill=color, width=1 if number % 5 else 2)
        pen.line([(0, place), (width, place)], fill=color, width=1 if number % 5 else 2)
    return picture, pen


def irregular_wide_rhythm() -> Image.Image:
    """Draw a strip with fast, irregular, broad complexes that change from beat to beat."""
    chance = random.Random("irregular and wide")  # noqa: S311 - the same wobble at every load
    picture, pen = _paper(WIDTH, HEIGHT, 12)
    for lead, middle in (("II", 190), ("V1", 470)):
        turned = -1 if lead == "V1" else 1
        points: list[tuple[float, float]] = []
        place = 90.0
        while place < WIDTH - 30:
            length = chance.uniform(58, 118)
            breadth, height = length * chance.uniform(0.45, 0.62), chance.uniform(70, 135)
            points += _broad_complex(place, middle, breadth=breadth, height=height * turned)
            place += length
        pen.line(points, fill=_INK, width=4, joint="curve")
        pen.text((24, middle - 130), lead, fill=_INK, font=_font(34))
    pen.text((24, HEIGHT - 48), "25 mm/s    10 mm/mV    drawn for teaching", fill=_INK, font=_font(26))
    return picture


def _broad_complex(start: float, middle: float, *, breadth: float, height: float) -> list[tuple[float, float]]:
    """Return a slurred upstroke, a broad peak and a discordant end."""
    shape = [
        (0.0, 0.0),
        (0.16, 0.12),
        (0.34, 0.62),
        (0.5, 1.0),
        (0.66, 0.7),
        (0.86, 0.05),
        (1.0, -0.34),
        (1.3, -0.5),
        (1.55, -0.12),
    ]
    return [(start + breadth * across, middle - height * up) for across, up in shape]


def fever_chart() -> Image.Image:
    """Draw temperatures over six days: fever on the last two."""
    chance = random.Random("fever")  # noqa: S311 - the same wobble at every load
    picture, pen = _paper(1500, 900, 15)
    left, top, right, bottom = 130, 90, 1440, 780
    pen.rectangle((left, top, right, bottom), outline=_INK, width=3)

    def height(celsius: float) -> float:
        return bottom - (celsius - 36.0) / 5.0 * (bottom - top)

    for degrees in range(36, 42):
        pen.line([(left, height(degrees)), (right, height(degrees))], fill=_COARSE, width=3)
        pen.text((40, height(degrees) - 18), f"{degrees} °C", fill=_INK, font=_font(28))
    for day in range(6):
        pen.text((left + (right - left) / 6 * day + 60, bottom + 22), f"Day {day + 1}", fill=_INK, font=_font(28))
    points = []
    for reading in range(24):
        usual, swing = (36.9, 0.25) if reading < 16 else (38.5, 0.9)
        celsius = usual + swing * math.sin(reading * math.pi / 2 - 1.0) + chance.uniform(-0.15, 0.15)
        points.append((left + (right - left) / 24 * (reading + 0.5), height(celsius)))
    pen.line(points, fill=_BLUE, width=5, joint="curve")
    for across, down in points:
        pen.ellipse((across - 8, down - 8, across + 8, down + 8), fill=_BLUE)
    pen.text((left, 30), "Temperature, four readings a day (drawn for teaching)", fill=_INK, font=_font(32))
    return picture


DRAWINGS: dict[str, Callable[[], Image.Image]] = {
    "irregular-wide-rhythm": irregular_wide_rhythm,
    "fever-chart": fever_chart,
}


def drawn(name: str) -> bytes:
    """Return a drawing as a PNG file."""
    out = io.BytesIO()
    DRAWINGS[name]().save(out, "PNG")
    return out.getvalue()
