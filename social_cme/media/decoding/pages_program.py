"""Renders pages of one PDF in a process of its own: bytes on standard input; for each page a line of JSON and its pictures.

Rule: started by its path, it imports nothing of the product. Nothing in the file is carried out: no scripts, no forms, no links.
The size of a picture is set by this program and not by the page; memory and processor time are bounded by the system.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import sys

import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image, WebPImagePlugin

try:
    import resource
except ImportError:  # A system without such limits; the server's own time limit remains.
    resource = None  # type: ignore[assignment]

SIZES = (640, 1920)
LARGEST = SIZES[-1]
MEMORY = 1024 * 1024 * 1024
PROCESSOR_SECONDS = 40
MOST_TEXT = 4_000
# Slides have few colors and sharp letters; a photograph on one does not need that.
FEW_COLORS = 16_384
LOSSLESS_AT_MOST = 300_000
MAGIC = b"%PDF-"


class RefusedError(Exception):
    """The file is not taken; the code says why."""


def opened(raw: bytes) -> pypdfium2.PdfDocument:
    """Open a file that begins as a PDF must; raise ``RefusedError`` with a code."""
    if not raw.startswith(MAGIC):
        raise RefusedError("not_a_pdf")
    try:
        document = pypdfium2.PdfDocument(raw)
    except pypdfium2.PdfiumError as error:
        locked = {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        raise RefusedError("encrypted" if getattr(error, "err_code", None) in locked else "broken") from None
    if len(document) < 1:
        raise RefusedError("empty")
    return document


def picture_of(page: pypdfium2.PdfPage) -> Image.Image:
    """Return a page on white paper, fitted into the largest square."""
    width, height = page.get_size()
    if not (width > 0 and height > 0):
        raise RefusedError("broken")
    scale = LARGEST / max(width, height)
    picture: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
    picture.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    return picture


def text_of(page: pypdfium2.PdfPage) -> str:
    """Return the words of a page, cut where nobody would listen any longer."""
    try:
        text = page.get_textpage()
        length = min(text.count_chars(), MOST_TEXT)
        return str(text.get_text_range(0, length)) if length > 0 else ""
    except (pypdfium2.PdfiumError, ctypes.ArgumentError, UnicodeError):
        return ""


def files_of(picture: Image.Image) -> list[tuple[int, int, int, bytes]]:
    """Return the pictures of a page from small to large: square, width, height, bytes."""
    files = []
    for size in SIZES:
        scaled = picture.copy()
        scaled.thumbnail((size, size), Image.Resampling.LANCZOS)
        data = b""
        if size == LARGEST and scaled.getcolors(FEW_COLORS) is not None:
            data = _webp(scaled, lossless=True, quality=30, method=3)
        if not data or len(data) > LOSSLESS_AT_MOST:
            data = _webp(scaled, lossless=False, quality=86, method=4)
        files.append((size, scaled.width, scaled.height, data))
    return files


def _webp(picture: Image.Image, *, lossless: bool, quality: int, method: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, WebPImagePlugin.WebPImageFile.format, lossless=lossless, quality=quality, method=method)
    return out.getvalue()


def bound() -> None:
    """Bound memory and processor time of this process, let it write no file, and let everything else go first."""
    if resource is None:
        return
    os.nice(10)
    limits = [
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ]
    for what, most in limits:
        try:
            resource.setrlimit(what, (most, most))
        except (ValueError, OSError):
            # Some systems do not know every limit; the others hold.
            continue


def tell(answer: dict[str, object], *parts: bytes) -> None:
    """Write a line and what belongs to it at once, so that it is there should the next page end this process."""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    for part in parts:
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()


def render(document: pypdfium2.PdfDocument, first: int, last: int) -> None:
    """Write the pages from *first* to *last*, counted from 1."""
    for number in range(first, min(last, len(document)) + 1):
        page = document[number - 1]
        files = files_of(picture_of(page))
        listed = [[size, width, height, len(data)] for size, width, height, data in files]
        tell({"page": number, "text": text_of(page), "files": listed}, *(data for *_rest, data in files))
        page.close()


def main() -> None:
    """Read, look or render, answer."""
    bound()
    Image.MAX_IMAGE_PIXELS = LARGEST * LARGEST * 2
    raw = sys.stdin.buffer.read()
    try:
        document = opened(raw)
        if sys.argv[1] == "inspect":
            tell({"pages": len(document)})
        else:
            render(document, int(sys.argv[2]), int(sys.argv[3]))
    except RefusedError as refused:
        tell({"refused": str(refused)})
    except Exception as error:  # noqa: BLE001 - a renderer fails on hostile bytes in more ways than can be listed
        tell({"refused": "broken", "error": type(error).__name__})


if __name__ == "__main__":
    main()
