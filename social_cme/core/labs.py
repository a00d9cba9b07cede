"""Laboratory values as people write them: ``Na 128 mmol/L (135-145)``, read into a value that can be judged.

Rule: what cannot be read for certain is no lab value; nothing here guesses at a unit or a reference range.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

LAB_LIMIT = 120
_NAME_LIMIT, _UNIT_LIMIT = 40, 24

# Every part is bounded, and no two parts can match the same character: the time taken grows with the length alone.
_NUMBER = re.compile(r"([<>≤≥]?)([-\u2212]?[0-9]{1,9}(?:[.,][0-9]{1,9})?)\Z")
_SIGNED = r"[-\u2212]?[0-9]{1,9}(?:[.,][0-9]{1,9})?"
_BETWEEN = re.compile(rf"({_SIGNED}) ?(?:-|\u2013|to) ?({_SIGNED})\Z")
_BOUND = re.compile(r"([<>≤≥]) ?([0-9]{1,9}(?:[.,][0-9]{1,9})?)\Z")
_NAME = re.compile(r"[^\W_][\w +./%,'()\u2070-\u209f-]{0,39}\Z")
_UNIT = re.compile(r"[\w%°µμ\u00d7^*/.²³⁰-⁹⁻ -]{1,24}\Z")
_SIGN_GAP = re.compile(r"([<>≤≥]) ")


@dataclass(frozen=True, slots=True)
class LabValue:
    """A value with its unit and reference range; ``mark`` is ``low``, ``high``, ``normal`` or empty when nothing can be said."""

    name: str
    value: str
    unit: str
    reference: str
    mark: str


def read_lab_value(text: str) -> LabValue | None:
    """Read ``name value unit (range)``; the range and the unit may be missing. ``None`` when it is something else."""
    if len(text) > LAB_LIMIT:
        return None
    head, reference = _split_reference(" ".join(text.split()))
    words = _SIGN_GAP.sub(r"\1", head).split(" ")
    place = next((index for index in range(len(words) - 1, 0, -1) if _NUMBER.match(words[index])), None)
    if place is None or reference is None:
        return None
    name, value, unit = " ".join(words[:place]), words[place], " ".join(words[place + 1 :])
    if not _NAME.match(name) or (unit and not _UNIT.match(unit)):
        return None
    limits = _limits(reference)
    if reference and limits is None:
        return None
    return LabValue(name, value, unit, _shown(reference), _mark(value, limits))


def _split_reference(text: str) -> tuple[str, str | None]:
    """Return what stands before the range and the range, empty for none, ``None`` for a bracket that never closes."""
    if not text.endswith(")"):
        return text, ""
    head, bracket, reference = text.rpartition("(")
    return (head.strip(), reference[:-1].strip()) if bracket else (text, None)


def _limits(reference: str) -> tuple[Decimal | None, Decimal | None] | None:
    """Return the lowest and the highest normal value, ``None`` unless the range can be read."""
    between = _BETWEEN.match(reference)
    if between is not None:
        low, high = _number(between.group(1)), _number(between.group(2))
        return (low, high) if low <= high else None
    bound = _BOUND.match(reference)
    if bound is None:
        return None
    limit = _number(bound.group(2))
    return (None, limit) if bound.group(1) in "<≤" else (limit, None)


def _mark(value: str, limits: tuple[Decimal | None, Decimal | None] | None) -> str:
    read = _NUMBER.match(value)
    if limits is None or read is None:
        return ""
    low, high = limits
    sign, number = read.group(1), _number(read.group(2))
    # "<5" is known to be low only where 5 is; "too small to measure" above the range says nothing.
    if low is not None and (number < low or (sign == "<" and number == low)):
        return "low" if sign not in {">", "≥"} else ""
    if high is not None and (number > high or (sign == ">" and number == high)):
        return "high" if sign not in {"<", "≤"} else ""
    return "" if sign else "normal"


def _number(text: str) -> Decimal:
    """Read a number; a comma before exactly three digits parts thousands, any other is a decimal comma."""
    whole, comma, rest = text.replace("\u2212", "-").partition(",")
    if comma:
        return Decimal(whole + rest) if len(rest) == 3 and whole.lstrip("-") != "0" else Decimal(f"{whole}.{rest}")
    return Decimal(whole)


def _shown(reference: str) -> str:
    between = _BETWEEN.match(reference)
    if between is None:
        return reference
    low, high = between.groups()
    return f"{low} to {high}" if low[0] in "-\u2212" or high[0] in "-\u2212" else f"{low}\u2013{high}"
