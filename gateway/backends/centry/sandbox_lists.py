"""Lists as Centry gives them: filters that every list has, filters of its own, then one page."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

CHILE = ZoneInfo("America/Santiago")

Fields = dict[str, Any]
"""A record as it goes over the wire. `_id` is always there."""

Query = Mapping[str, str]
Mix = Callable[[Iterable[Fields], str], list[Fields]]
"""Puts the records of a list into some order; the text is the list's name."""

_COMPARISONS: Mapping[str, Callable[[datetime, datetime], bool]] = {
    "": operator.eq,
    "_gte": operator.ge,
    "_lte": operator.le,
    "_gt": operator.gt,
    "_lt": operator.lt,
}

_SHORT = {"created_at": "c_at", "updated_at": "u_at"}
"""What documents and warehouse priorities call these times."""

_OWN_FILTERS: Mapping[str, Mapping[str, str]] = {
    "orders": {"status": "_status", "origin": "origin", "id_origin": "id_origin", "number_origin": "number_origin"},
    "variants": {"sku": "sku"},
    "warehouses": {name: name for name in ("name", "address", "latitude", "longitude")},
    "variant_warehouses": {name: name for name in ("variant_id", "warehouse_id")},
    "locations/countries": {name: name for name in ("iso_code", "language", "name")},
    "locations/regions": {name: name for name in ("country_id", "name", "position")},
    "locations/cities": {name: name for name in ("region_id", "name")},
    "locations/communes": {name: name for name in ("city_id", "name")},
}


class BadFilter(Exception):
    """A filter whose value is no number or no time: a 400 at Centry."""


@dataclass(frozen=True)
class Paging:
    """How many records a page has: `default` where the client asks for no number, never more than `maximum`.

    `mix` is the order of lists for which the page of the vendor promises none.
    """

    default: int
    maximum: int
    mix: Mix

    def page(self, name: str, records: Sequence[Fields], query: Query) -> list[Fields]:
        """One page. The page of the vendor promises an order only in that `after` means greater ids.

        So a client that pages by `after` gets the smallest ids, its first page in no order; any other list has none.
        """
        limit = self._limit(query)
        if "after" in query:
            ascending = sorted((r for r in records if r["_id"] > query["after"]), key=_id)
            return ascending[_number(query, "offset", 0) :][:limit]
        if "limit" in query and "offset" not in query:
            return self.mix(sorted(records, key=_id)[:limit], name)
        return self.mix(records, name)[_number(query, "offset", 0) :][:limit]

    def _limit(self, query: Query) -> int:
        limit = _number(query, "limit", self.default)
        if limit < 1:
            raise BadFilter("limit")
        return min(limit, self.maximum)


def matching(resource: str, records: Iterable[Fields], query: Query) -> list[Fields]:
    """The records that pass the filters of the query; parameters that the page does not name are ignored."""
    times = [test for name in ("created_at", "updated_at") for test in _time_tests(name, query)]
    own = _OWN_FILTERS.get(resource, {})
    wanted = {field: query[name] for name, field in own.items() if name in query}
    return [
        record
        for record in records
        if all(_text(record.get(field)) == value for field, value in wanted.items()) and all(test(record) for test in times)
    ]


def _time_tests(name: str, query: Query) -> list[Callable[[Fields], bool]]:
    given = [(compare, query[name + suffix]) for suffix, compare in _COMPARISONS.items() if name + suffix in query]
    return [_time_test(name, compare, _time(text)) for compare, text in given]


def _time_test(name: str, compare: Callable[[datetime, datetime], bool], limit: datetime) -> Callable[[Fields], bool]:
    def test(record: Fields) -> bool:
        told = record.get(name) or record.get(_SHORT[name])
        return told is not None and compare(datetime.fromisoformat(told), limit)

    return test


def _time(text: str) -> datetime:
    """A time without a zone is Chile's. A `+` that was not encoded arrives as a space."""
    day, _, rest = text.partition("T")
    try:
        moment = datetime.fromisoformat(f"{day}T{rest.replace(' ', '+')}" if rest else day)
    except ValueError:
        raise BadFilter(text) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHILE)


def _number(query: Query, name: str, default: int) -> int:
    text = query.get(name, "")
    if text and not (text.isascii() and text.isdigit()):
        raise BadFilter(name)
    return int(text) if text else default


def _id(record: Fields) -> str:
    return str(record["_id"])


def _text(value: object) -> str | None:
    return None if value is None else str(value)
