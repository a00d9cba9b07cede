"""Decodes one picture in a process of its own: bytes on standard input, a line of JSON and the new files on standard output.

Rule: started by its path, it imports nothing of the product. Size is known and checked before any pixel is decoded; memory and
processor time are bounded by the system, so a file that attacks the decoder ends this process and nothing else.
"""

from __future__ import annotations

import io
import json
import sys
import warnings
from dataclasses import dataclass

from PIL import Image, ImageCms, JpegImagePlugin, UnidentifiedImageError, WebPImagePlugin

try:
    import resource
except ImportError:  # A system without such limits; the server's own time limit remains.
    resource = None  # type: ignore[assignment]

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
SIZES = (320, 960, 1920)
LARGEST = SIZES[-1]
# JPEG is decoded at a fraction of its size when it is large, the others only as a whole.
MOST_PIXELS = {"JPEG": 64_000_000, "MPO": 64_000_000}
MOST_PIXELS_OTHERS = 25_000_000
LONGEST_SIDE = 20_000
MEMORY = 768 * 1024 * 1024
PROCESSOR_SECONDS = 20
# A drawing or a screenshot has few colors and stays sharp to the pixel; a photograph does not need that.
FEW_COLORS = 16_384
LOSSLESS_AT_MOST = 900_000
ORIENTATION = 0x0112
_TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class RefusedError(Exception):
    """The picture is not taken; the code says why."""


@dataclass(frozen=True, slots=True)
class File:
    """One new file: the side of the square that it fits into, its own size, its bytes."""

    size: int
    width: int
    height: int
    data: bytes


def convert(raw: bytes) -> list[File]:
    """Return the picture anew as WebP files from small to large, without metadata; raise ``RefusedError`` with a code."""
    Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as picture:
            _check_size(picture)
            is_drawing = picture.format in {"PNG", "GIF"}
            clean = _clean(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise RefusedError("too_many_pixels") from None
    except UnidentifiedImageError:
        raise RefusedError("not_a_picture") from None
    is_drawing = is_drawing and clean.getcolors(FEW_COLORS) is not None
    return [_file(clean, size, lossless=is_drawing) for size in _sizes_for(clean)]


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    most = MOST_PIXELS.get(picture.format or "", MOST_PIXELS_OTHERS)
    if width * height > most or max(width, height) > LONGEST_SIDE:
        raise RefusedError("too_many_pixels")
    if min(width, height) < 1:
        raise RefusedError("broken")


def _clean(picture: Image.Image) -> Image.Image:
    """Return the first frame upright, in sRGB, at most ``LARGEST`` on its longer side, with nothing beside its pixels."""
    profile = picture.info.get("icc_profile")
    orientation = _orientation(picture)
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        picture.draft(None, (LARGEST, LARGEST))
    picture.load()
    pixels = _in_srgb(_flat(picture), profile)
    pixels.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if orientation in _TURNED:
        pixels = pixels.transpose(_TURNED[orientation])
    pixels.info = {}
    return pixels


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - whatever is wrong with a camera's notes, the picture may be fine
        return 1


def _flat(picture: Image.Image) -> Image.Image:
    """Return 8 bits a channel without transparency: what was transparent is white, as on paper."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode in {"RGBA", "LA", "PA", "RGBa", "La"} or "transparency" in picture.info:
        layered = picture.convert("RGBA")
        paper = Image.new("RGB", layered.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        return paper
    return picture.copy() if picture.mode in {"RGB", "CMYK", "L"} else picture.convert("RGB")


def _in_srgb(pixels: Image.Image, profile: bytes | None) -> Image.Image:
    """Bring colors into sRGB: skin must not look paler here than on the phone that took the picture."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(pixels, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return changed if changed is not None else pixels.convert("RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return pixels.convert("RGB")
    return pixels.convert("RGB")


def _sizes_for(picture: Image.Image) -> list[int]:
    longest = max(picture.size)
    smaller = [size for size in SIZES if size < longest]
    return [*smaller, next(size for size in SIZES if size >= longest)]


def _file(picture: Image.Image, size: int, *, lossless: bool) -> File:
    scaled = picture.copy()
    scaled.thumbnail((size, size), Image.Resampling.LANCZOS)
    scaled.info = {}
    data = b""
    if lossless:
        data = _webp(scaled, lossless=True, quality=30, method=3)
    if not data or len(data) > LOSSLESS_AT_MOST:
        data = _webp(scaled, lossless=False, quality=84, method=4)
    return File(size, scaled.width, scaled.height, data)


def _webp(picture: Image.Image, *, lossless: bool, quality: int, method: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, WebPImagePlugin.WebPImageFile.format, lossless=lossless, quality=quality, method=method)
    return out.getvalue()


def bound() -> None:
    """Bound memory and processor time of this process, and let it write no file."""
    if resource is None:
        return
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


def main() -> None:
    """Read, convert, answer."""
    bound()
    raw = sys.stdin.buffer.read()
    try:
        files = convert(raw)
    except RefusedError as refused:
        answer: dict[str, object] = {"refused": str(refused)}
        files = []
    except Exception as error:  # noqa: BLE001 - a decoder fails on hostile bytes in more ways than can be listed
        answer = {"refused": "broken", "error": type(error).__name__}
        files = []
    else:
        answer = {"files": [[one.size, one.width, one.height, len(one.data)] for one in files]}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    for one in files:
        sys.stdout.buffer.write(one.data)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
