"""Small PDFs for tests, made here: honest ones, and some that attack whoever reads them."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from social_cme.live.models import LiveSession, SlideDeck
from social_cme.live.services import slides
from tests.live.stage import Stage

WORDS = ("Loop diuretics", "Twice the oral dose", "Questions")


def pdf(
    pages: Sequence[str] = WORDS, *, size: tuple[int, int] = (480, 270), stream: bytes | None = None, extra: str = ""
) -> bytes:
    """Write a PDF with a line of text on each page; *stream* replaces the drawing of the first, *extra* goes into the catalog."""
    count = len(pages)
    kids = " ".join(f"{3 + 2 * number} 0 R" for number in range(count))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {extra} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
    ]
    font = "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
    for number, words in enumerate(pages):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size[0]} {size[1]}] "
            f"/Contents {4 + 2 * number} 0 R /Resources {font} >>".encode()
        )
        drawing = f"BT /F1 24 Tf 30 {size[1] // 2} Td ({words}) Tj ET".encode()
        packed = zlib.compress(drawing) if stream is None or number else stream
        head = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode()
        objects.append(head + packed + b"\nendstream")
    return _file(objects)


def locked() -> bytes:
    """A PDF that says it is encrypted under a password that nobody has."""
    encrypt = f"/Encrypt << /Filter /Standard /V 1 /R 2 /O <{'41' * 32}> /U <{'42' * 32}> /P -44 >> /ID [<00><00>]"
    return pdf().replace(b"/Root 1 0 R", b"/Root 1 0 R " + encrypt.encode())


def bomb() -> bytes:
    """A page whose drawing is some KB in the file and unfolds to more than a hundred megabytes of path."""
    line = b"0 0 m 400 200 l S\n" * 4096
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(line) for _ in range(1_500)) + packer.flush()
    return pdf(["One"], stream=packed)


def _file(objects: list[bytes]) -> bytes:
    out, starts = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        starts.append(len(out))
        out += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    table = b"".join(f"{start:010d} 00000 n \n".encode() for start in starts)
    xref = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode() + table
    tail = f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF".encode()
    return out + xref + tail


def bring(stage: Stage, session: LiveSession, pages: Sequence[str] = WORDS, **options: object) -> SlideDeck:
    """Bring slides as the mentor; in tests the job runs at once."""
    data = options.pop("data", None) or pdf(pages)
    return slides.upload_deck(stage.ctx(stage.mentor), session.id, data=data, attested=True, **options)  # type: ignore[arg-type]
