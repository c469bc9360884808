"""GTINs: the numbers behind barcodes (EAN, UPC), in one form, so that one article has one number in all systems.

Rules of GS1's General Specifications: 8, 12, 13 or 14 digits, the last of which is a check digit; shorter ones are padded to 14
with zeros in front.
"""

_LENGTHS = (8, 12, 13, 14)
_SEPARATORS = str.maketrans("", "", " -\u00a0")


def gtin(barcode: str | None) -> str | None:
    """The 14 digits; None for what is no GTIN, and for numbers that fill a field for want of one (`0000000000000`)."""
    digits = (barcode or "").translate(_SEPARATORS)
    if len(digits) not in _LENGTHS or not (digits.isascii() and digits.isdigit()) or is_placeholder(digits):
        return None
    whole = digits.zfill(14)
    return whole if _check_digit(whole[:-1]) == whole[-1] else None


def is_placeholder(barcode: str) -> bool:
    """Whether it stands for no article: one digit or letter again and again, digits in sequence (a check digit may follow), or
    a word that says so."""
    plain = barcode.strip().translate(_SEPARATORS)
    return len(set(plain)) <= 1 or not _SEQUENCES.isdisjoint((plain, plain[:-1])) or plain.lower() in _WORDS


def _check_digit(digits: str) -> str:
    """Every other digit, beginning with the last, counts three times."""
    total = sum(int(digit) * (1 if position % 2 else 3) for position, digit in enumerate(reversed(digits)))
    return str(-total % 10)


_SEQUENCES = frozenset("01234567890123456789"[start : start + length] for start in (0, 1) for length in range(7, 15))
_WORDS = frozenset(("n/a", "na", "none", "null", "nobarcode", "sincodigo", "doesnotapply", "noaplica", "tbd"))
