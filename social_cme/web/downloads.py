"""Tables as CSV files, written while they are read, so that memory does not grow with their length.

Rule: a cell that a person could have typed never becomes a formula in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from flask import Response, stream_with_context

Cell = str | int | float | None

# Spreadsheets take these for the beginning of a formula, also behind blanks; the wide forms are what some of them fold.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide forms are meant
BYTE_ORDER_MARK = "\ufeff"


def safe_cell(value: Cell) -> str | int | float:
    """Return a cell for a CSV file: text that a spreadsheet would run begins with an apostrophe, numbers stay numbers."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    dangerous = value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA)
    return f"'{value}" if dangerous else value


def csv_download(filename: str, header: Sequence[str], batches: Iterable[Iterable[Sequence[Cell]]]) -> Response:
    """Answer with a CSV file whose rows come in *batches*; one batch is in memory at a time.

    The file begins with a byte order mark, without which common spreadsheets read accented names wrongly. *filename* is
    plain ASCII made by the caller, never what somebody typed.
    """
    response = Response(stream_with_context(_chunks(header, batches)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _chunks(header: Sequence[str], batches: Iterable[Iterable[Sequence[Cell]]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow(header)
    for batch in batches:
        writer.writerows([safe_cell(value) for value in row] for row in batch)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    rest = buffer.getvalue()
    if rest:
        yield rest
