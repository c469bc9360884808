"""The parameters of a call to the simulated Cenports: read from the query or the body, checked as its page says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import parse_qsl

import msgspec

_ORDER_IN_QUERY = re.compile(r"orders\[\d*\]\[orderNo\]")
_FLAGS = {"true": True, "false": False, "1": True, "0": False}
_LONGEST = 255
_NEVER = datetime.min.replace(tzinfo=UTC)
NOT_VALID = "The given data was invalid."
UNABLE = "Sorry, we're unable to process your request at this moment."


class Refused(Exception):
    """A call that is answered with an error."""

    def __init__(self, status: int, message: str, **content: object) -> None:
        super().__init__(message)
        self.status = status
        self.content = {"message": message, **content}


def unable(errors: Iterable[str]) -> Refused:
    """The page's business error. Its `errors` hold strings in braces, which is no JSON: here they are strings."""
    return Refused(400, UNABLE, code="50001", errors=list(errors))


@dataclass(frozen=True)
class Days:
    """Whole days in UTC, both ends included; an end may be open. The page does not name the zone."""

    start: date | None
    end: date | None

    def has(self, at: datetime) -> bool:
        day = at.astimezone(UTC).date()
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


class Parameters:
    """What a caller asks with. `errors` collects what is wrong with it, by parameter, in the words of a 422 answer.

    The page shows GETs with a JSON body and calls the same names "query parameters" elsewhere: either is read, and the
    body counts where both have a name. What stands within something has its path before its name: `orders.0.orderNo`.
    An empty string counts as nothing.
    """

    def __init__(self, values: Mapping[str, Any], errors: dict[str, list[str]], within: str = "") -> None:
        self.errors = errors
        self._values = values
        self._within = within

    @classmethod
    def read(cls, query: bytes, body: bytes) -> "Parameters":
        asked = cls({}, {})
        asked._values = {**_from_query(query), **asked._from_body(body)}
        return asked

    def _from_body(self, body: bytes) -> dict[str, Any]:
        if not body:
            return {}
        try:
            return msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.DecodeError:
            self.refuse("body", "The body must be a JSON object.")
            return {}

    def check(self) -> None:
        """Raises Refused if anything was wrong so far."""
        if self.errors:
            raise Refused(422, NOT_VALID, errors=self.errors)

    def refuse(self, name: str, message: str) -> None:
        """`{}` in the message stands for the parameter."""
        path = self._within + name
        self.errors.setdefault(path, []).append(message.format(path if self._within else _words(name)))

    def text(self, name: str, *, required: bool = False, most: int = _LONGEST) -> str | None:
        """A string of at most so many characters."""
        value = self._given(name, required)
        if value is None:
            return None
        if not isinstance(value, str):
            self.refuse(name, "The {} must be a string.")
            return None
        if len(value) > most:
            self.refuse(name, f"The {{}} may not be greater than {most} characters.")
        return value

    def flag(self, name: str) -> bool | None:
        value = self._given(name)
        flag = _FLAGS.get(str(value).lower())
        if value is not None and flag is None:
            self.refuse(name, "The {} field must be true or false.")
        return flag

    def number(self, name: str, *, required: bool = False, least: int = 1, most: int | None = None) -> int | None:
        """A whole number, also in a string."""
        value = self._given(name, required)
        if value is None:
            return None
        if isinstance(value, bool) or not re.fullmatch(r"-?\d+", str(value)) or int(value) < least:
            self.refuse(name, f"The {{}} must be an integer of at least {least}.")
            return None
        if most is not None and int(value) > most:
            self.refuse(name, f"The {{}} may not be greater than {most}.")
        return int(value)

    def amount(self, name: str, *, required: bool = False, digits: int = 6) -> Decimal | None:
        """A decimal number with two decimals and so many digits in all, also in a string."""
        value = self._given(name, required)
        try:
            amount = None if value is None or isinstance(value, bool) else Decimal(str(value))
        except InvalidOperation:
            amount = None
        if value is not None and (amount is None or not amount.is_finite()):
            self.refuse(name, "The {} must be a number.")
            return None
        if amount is not None and not 0 <= amount < 10 ** (digits - 2):
            self.refuse(name, f"The {{}} must be between 0 and {10 ** (digits - 2) - 1}.99.")
        return amount

    def day(self, name: str) -> date | None:
        """A day written as 2019-11-02."""
        value = self._given(name)
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            day = None
        if value is not None and (day is None or day.isoformat() != value):
            self.refuse(name, "The {} does not match the format Y-m-d.")
            return None
        return day

    def time(self, name: str) -> datetime:
        """A required day or time in ISO's form, UTC where no zone is named; the beginning of time where it is wrong."""
        value = self._given(name, required=True)
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            at = _NEVER
        if value is not None and at is _NEVER:
            self.refuse(name, "The {} is not a valid date.")
        return at if at.tzinfo else at.replace(tzinfo=UTC)

    def listed(self, name: str, *, required: bool = False) -> list[str] | None:
        """Strings separated by commas, all of them together at most 255 characters."""
        value = self.text(name, required=required)
        return None if value is None else [part.strip() for part in value.split(",") if part.strip()]

    def inner(self, name: str) -> "Parameters":
        """An object within, which must be there."""
        value = self._given(name, required=True)
        if value is not None and not isinstance(value, dict):
            self.refuse(name, "The {} must be an array.")
        return Parameters(value if isinstance(value, dict) else {}, self.errors, f"{self._within}{name}.")

    def has(self, name: str) -> bool:
        return self._given(name) is not None

    def entries(self, name: str) -> list["Parameters"]:
        """The objects of a list, of which there must be one."""
        value = self._given(name, required=True)
        if value is not None and not (isinstance(value, list) and all(isinstance(entry, dict) for entry in value)):
            self.refuse(name, "The {} must be an array.")
            return []
        return [Parameters(entry, self.errors, f"{self._within}{name}.{i}.") for i, entry in enumerate(value or [])]

    def order_numbers(self) -> list[str] | None:
        """The `orders` of a question for shipments: objects with an `orderNo` each, or numbers separated by commas."""
        value = self._values.get("orders")
        if value is None or isinstance(value, str):
            return self.listed("orders")
        numbers = [entry.get("orderNo") if isinstance(entry, dict) else None for entry in _entries(value)]
        if not all(isinstance(number, str) for number in numbers):
            self.refuse("orders", "The orders.*.orderNo field is required.")
        return [str(number) for number in numbers]

    def _given(self, name: str, required: bool = False) -> Any:
        value = self._values.get(name)
        if value in ("", [], {}) or value is None:
            if required:
                self.refuse(name, "The {} field is required.")
            return None
        return value


def _from_query(query: bytes) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True):
        if _ORDER_IN_QUERY.fullmatch(name):
            values.setdefault("orders", []).append({"orderNo": value})
        else:
            values[name] = value
    return values


def _entries(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else [value]


def _words(name: str) -> str:
    """`partnerId` as the page's messages write it: partner id."""
    return re.sub(r"(?<!^)([A-Z])", lambda found: " " + found[1].lower(), name)
