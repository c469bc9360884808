"""What Cenports' page allows in a field of a message: lengths, sizes and decimals, and what it has no place for."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from gateway.errors import ErrorCode
from gateway.models import Money
from gateway.transactions.work import Wrong

LONGEST = 255
_CENT = Decimal("0.01")
_SHORT = 10


def text(path: tuple[str, ...], value: str | None, *, most: int = LONGEST, required: bool = False) -> Iterator[Wrong]:
    """string(`most`)"""
    if required and not (value or "").strip():
        yield Wrong(path=path, message="Cenports requires this: give it.")
    elif value is not None and len(value) > most:
        yield Wrong(path=path, message=f"Cenports takes at most {most} characters here.")


def short(path: tuple[str, ...], value: str | None) -> Iterator[Wrong]:
    """string(10)!"""
    return text(path, value, most=_SHORT, required=True)


def amount(path: tuple[str, ...], value: Money | None, *, digits: int = 6, required: bool = False) -> Iterator[Wrong]:
    """decimal(`digits`, 2)"""
    if value is not None:
        yield from number((*path, "amount"), value.amount, digits)
    elif required:
        yield Wrong(path=path, message="Cenports requires this amount: give it.")


def number(path: tuple[str, ...], value: Decimal, digits: int = 6) -> Iterator[Wrong]:
    most = 10 ** (digits - 2) - _CENT
    if not 0 <= value <= most:
        yield Wrong(path=path, message=f"Cenports takes amounts from 0 to {most} here.")
    elif value != value.quantize(_CENT):
        yield Wrong(path=path, message="Cenports takes at most two decimals: round the amount.")


def whole(path: tuple[str, ...], value: Decimal | int, digits: int) -> Iterator[Wrong]:
    """int(`digits`), above zero"""
    most = 10**digits - 1
    if value != int(value) or not 0 < value <= most:
        yield Wrong(path=path, message=f"Cenports takes whole numbers from 1 to {most} here.")


def nothing(within: tuple[str, ...], given: Mapping[str, object]) -> Iterator[Wrong]:
    """Fields that Cenports has no place for: what the caller wants with them would not be done."""
    for name, value in given.items():
        if value not in (None, (), "", False):
            message = f"Cenports has no place for `{name}` here: leave it out."
            yield Wrong(path=(*within, name), message=message, code=ErrorCode.NOT_SUPPORTED)


def one_currency(amounts: Mapping[tuple[str, ...], Money | None], known: str | None) -> Iterable[Wrong]:
    """Cenports is told no currency: amounts are of the one that the settings name, else at least all of the same."""
    for path, money in amounts.items():
        if money is None or money.currency is None:
            continue
        known = known or money.currency
        if money.currency != known:
            message = f"Cenports is told no currency; this amount would be taken for {known}."
            yield Wrong(path=(*path, "currency"), message=message)


def cents(value: Decimal) -> Decimal:
    """As the page writes amounts, such as 20.00."""
    return value.quantize(_CENT)
