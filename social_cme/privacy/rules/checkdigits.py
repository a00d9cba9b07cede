"""Check digits that tell a number from a number: Luhn, ISO 13616 (IBAN), ISO 3779 (VIN)."""

from __future__ import annotations

_VIN_VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def is_luhn(written: str) -> bool:
    """Tell whether the figures of a card number add up."""
    digits = [int(one) for one in written if one.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def is_iban(written: str) -> bool:
    """Tell whether an international account number adds up."""
    plain = written.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(one, 36)) for one in turned)) % 97 == 1


def is_vin(written: str) -> bool:
    """Tell whether a vehicle identification number carries its right check digit, which stands ninth."""
    total = sum(_VIN_VALUES[one] * weight for one, weight in zip(written, _VIN_WEIGHTS, strict=True))
    return written[8] == "0123456789X"[total % 11]
