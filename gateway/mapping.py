"""How a backend's records become the gateway's: tables of fields, which the code follows and `docs/mapping.md` prints.

A backend has one `Table` for each model that it fills, in its `mapping.py`. Every field of the model stands in it: as a
`Field`, with the vendor's names and the rule, or as `Absent`, with the reason. A test holds the tables against the models.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from functools import cached_property
from operator import attrgetter
from typing import Any, Generic, TypeVar

from gateway.models import Money

M = TypeVar("M")

_ZERO_DATES = ("0000-00-00", "0001-01-01")
_LARGEST_EXPONENT = 30
LARGEST_INTEGER = 2**31 - 1  # GraphQL's


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a rule may need besides the record: the settings' zone and currency, and when the record was read.

    `currency` is the record's own where it names one. `raw` is its JSON text, `origin` the backend's address (for relative
    links), `given` what the mapping of one backend adds for itself.
    """

    zone: tzinfo
    currency: str | None
    fetched_at: datetime
    raw: bytes | None = None
    origin: str = ""
    given: Any = None


def as_sent(value: Any, _scope: Scope) -> Any:
    """as sent"""
    return value


@dataclass(frozen=True)
class Field:
    """`name` of the model is made from `source` of the wire type (dotted attribute paths) by the rule `via`.

    `via(value, scope)` gets one value for each path; with no path it gets the whole record. The first line of its
    docstring is the rule's text in the documentation.
    """

    name: str
    source: str | tuple[str, ...]
    via: Callable[..., Any] = as_sent

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.source,) if isinstance(self.source, str) else self.source

    @property
    def rule(self) -> str:
        return (self.via.__doc__ or "").strip().splitlines()[0].rstrip(".")

    @cached_property
    def read(self) -> Callable[[Any, Scope], Any]:
        """The field's value for a wire record."""
        via, paths = self.via, self.paths
        if not paths or paths == ("",):
            return lambda wire, scope: via(wire, scope)
        if len(paths) == 1:
            get = attrgetter(paths[0])
            return lambda wire, scope: via(get(wire), scope)
        get_all = attrgetter(*paths)
        return lambda wire, scope: via(*get_all(wire), scope)


@dataclass(frozen=True)
class Absent:
    """A field of the model that this backend's documents give no value for, and why."""

    name: str
    why: str


@dataclass(frozen=True)
class Table(Generic[M]):
    """How records of one kind become `model`. `wire` names the vendor's record in the documentation.

    Called with a wire record and a scope, it makes the model.
    """

    model: type[M]
    wire: str
    rows: Sequence[Field | Absent]

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        return tuple(row for row in self.rows if isinstance(row, Field))

    @cached_property
    def untold(self) -> frozenset[str]:
        """The fields that no record of this kind has."""
        return frozenset(row.name for row in self.rows if isinstance(row, Absent))

    @cached_property
    def _readers(self) -> tuple[tuple[str, Callable[[Any, Scope], Any]], ...]:
        return tuple((field.name, field.read) for field in self.fields)

    def __call__(self, wire: Any, scope: Scope) -> M:
        return self.model(**{name: read(wire, scope) for name, read in self._readers})


def constant(value: Any) -> Callable[[Any, Scope], Any]:
    """A rule that gives the same value for every record."""

    def always(_wire: Any, _scope: Scope) -> Any:
        return value

    always.__doc__ = f"always `{value}`"
    return always


def read_at(_wire: Any, scope: Scope) -> datetime:
    """when the gateway read it"""
    return scope.fetched_at


def raw_text(_wire: Any, scope: Scope) -> bytes | None:
    """the whole record"""
    return scope.raw


def text(value: Any, _scope: Scope) -> str | None:
    """text; blank is null"""
    return None if value is None or isinstance(value, dict | list) else str(value).strip() or None


def decimal(value: Any, _scope: Scope) -> Decimal | None:
    """an exact number, sent as a number or as text; blank is null"""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= _LARGEST_EXPONENT else None


def integer(value: Any, scope: Scope) -> int | None:
    """a whole number, sent as a number or as text; blank is null"""
    number = decimal(value, scope)
    if number is None or number != number.to_integral_value() or abs(number) > LARGEST_INTEGER:
        return None
    return int(number)


def money(value: Any, scope: Scope) -> Money | None:
    """an amount in the record's currency, else in the configured one"""
    amount = decimal(value, scope)
    return None if amount is None else Money(amount, scope.currency)


def instant(value: Any, scope: Scope) -> datetime | None:
    """an instant; without an offset, in the configured zone; zero dates are null"""
    written = text(value, scope)
    if written is None or written.startswith(_ZERO_DATES):
        return None
    try:
        read = datetime.fromisoformat(written)
        return (read if read.tzinfo else read.replace(tzinfo=scope.zone)).astimezone(UTC)
    except (ValueError, OverflowError):  # no time, or one at the end of the calendar
        return None


def day(value: Any, scope: Scope) -> date | None:
    """a calendar date; of a time, its date as written"""
    written = text(value, scope)
    if written is None or written.startswith(_ZERO_DATES):
        return None
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def yes_or_no(value: Any, scope: Scope) -> bool | None:
    """yes, true or 1; no, false or 0; anything else is null"""
    return _TRUTH.get((text(value, scope) or "").lower())


_TRUTH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
