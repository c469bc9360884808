"""The parameters of a call to the simulated Cenports: read from the query or the body, checked as its page says."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import msgspec

_ORDER_IN_QUERY = re.compile(r"orders\[\d*\]\[orderNo\]")
_FLAGS = {"true": True, "false": False, "1": True, "0": False}
_LONGEST = 255


class Parameters:
    """What a caller asks with. `errors` collects what is wrong with it, by parameter, in the words of a 422 answer.

    The page shows GETs with a JSON body and calls the same names "query parameters" elsewhere: either is read, and the
    body counts where both have a name.
    """

    def __init__(self, query: bytes, body: bytes) -> None:
        self.errors: dict[str, list[str]] = {}
        self._values = {**_from_query(query), **self._from_body(body)}

    def _from_body(self, body: bytes) -> dict[str, Any]:
        if not body:
            return {}
        try:
            return msgspec.json.decode(body, type=dict[str, Any])
        except msgspec.DecodeError:
            self.refuse("body", "The body must be a JSON object.")
            return {}

    def refuse(self, name: str, message: str) -> None:
        self.errors.setdefault(name, []).append(message)

    def text(self, name: str, *, required: bool = False) -> str | None:
        """A string of at most 255 characters."""
        value = self._values.get(name)
        if value is None or value == "":
            if required:
                self.refuse(name, f"The {_words(name)} field is required.")
            return None
        if not isinstance(value, str):
            self.refuse(name, f"The {_words(name)} must be a string.")
            return None
        if len(value) > _LONGEST:
            self.refuse(name, f"The {_words(name)} may not be greater than {_LONGEST} characters.")
        return value

    def flag(self, name: str) -> bool | None:
        value = self._values.get(name)
        if value is None or value == "":
            return None
        flag = _FLAGS.get(str(value).lower())
        if flag is None:
            self.refuse(name, f"The {_words(name)} field must be true or false.")
        return flag

    def number(self, name: str) -> int | None:
        """A whole number above 0."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not str(value).isdecimal() or int(value) < 1:
            self.refuse(name, f"The {_words(name)} must be an integer of at least 1.")
            return None
        return int(value)

    def day(self, name: str) -> date | None:
        """A day written as 2019-11-02."""
        value = self._values.get(name)
        if value is None or value == "":
            return None
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            day = None
        if day is None or day.isoformat() != value:
            self.refuse(name, f"The {_words(name)} does not match the format Y-m-d.")
            return None
        return day

    def listed(self, name: str) -> frozenset[str] | None:
        """Strings separated by commas, all of them together at most 255 characters."""
        value = self.text(name)
        return None if value is None else _split(value)

    def order_numbers(self) -> frozenset[str] | None:
        """The `orders` of a question for shipments: objects with an `orderNo` each, or numbers separated by commas."""
        value = self._values.get("orders")
        if value is None or isinstance(value, str):
            return self.listed("orders")
        numbers = [entry.get("orderNo") if isinstance(entry, dict) else None for entry in _entries(value)]
        if not all(isinstance(number, str) for number in numbers):
            self.refuse("orders", "The orders.*.orderNo field is required.")
        return frozenset(str(number) for number in numbers)


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


def _split(value: str) -> frozenset[str]:
    return frozenset(part.strip() for part in value.split(",") if part.strip())


def _words(name: str) -> str:
    """`partnerId` as the page's messages write it: partner id."""
    return re.sub(r"(?<!^)([A-Z])", lambda found: " " + found[1].lower(), name)
