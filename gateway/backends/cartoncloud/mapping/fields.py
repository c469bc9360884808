"""Fields that records of several kinds share, and their rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.mapping import Field, Scope, constant, instant, raw_text, read_at, text
from gateway.models import Backend, Reference

SELLER_NUMBER = "customer"
"""The reference in which the number stands that CartonCloud's customer, the seller, has given."""

_LONGEST_ID = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a table needs besides the record: what it is, its id in the gateway, and its place in lists."""

    kind: RecordKind
    order_id: str
    list_time: datetime


def own_id(value: Any, scope: Scope) -> str | None:
    """percent-encoded"""
    return _identity(text(value, scope))


def product_id(id_: Any, code: Any, scope: Scope) -> str | None:
    """the id, else the code, percent-encoded"""
    return _identity(text(id_, scope) or text(code, scope))


def warehouse_id(id_: Any, name: Any, scope: Scope) -> str | None:
    """the id, else the name, percent-encoded"""
    return _identity(text(id_, scope) or text(name, scope))


def _identity(part: str | None) -> str | None:
    """None for what can be no part of an address (only dots), or is too long to be kept as a key."""
    encoded = quote(part, safe="") if part and part.strip(".") else ""
    return encoded if 0 < len(encoded) <= _LONGEST_ID else None


def moment(value: Any, scope: Scope) -> datetime | None:
    """its `time`, or the text itself: an instant; without an offset, in the configured zone"""
    return instant(value.get("time") if isinstance(value, dict) else value, scope)


def list_time(_created: Any, scope: Scope) -> datetime:
    """as it was first told; else when the gateway first stored the record"""
    time: datetime = scope.given.list_time
    return time


def references(sent: Any, scope: Scope) -> list[Reference]:
    """every key, with its value; blank ones are left out"""
    members: Mapping[str, Any] = sent if isinstance(sent, dict) else {}
    values = {name: text(value, scope) for name, value in members.items() if not isinstance(value, dict | list)}
    return [Reference(name, value) for name, value in values.items() if value]


def number(sent: Any, id_: Any, scope: Scope) -> str:
    """`customer`, else the id"""
    return reference(sent, SELLER_NUMBER, scope) or text(id_, scope) or ""


def reference(sent: Any, name: str, scope: Scope) -> str | None:
    return next((reference.value for reference in references(sent, scope) if reference.name == name), None)


def members(value: Any, _scope: Scope) -> dict[str, Any] | None:
    """as sent; null where there are none"""
    return value if isinstance(value, dict) and value else None


def first(value: Any, names: Sequence[str], scope: Scope) -> str | None:
    """The first of these members that is not blank. The page has objects; a text is taken as it is."""
    if isinstance(value, dict):
        return next((found for name in names if (found := text(value.get(name), scope))), None)
    return None if isinstance(value, list) else text(value, scope)


BACKEND = Field("backend", (), constant(Backend.CARTONCLOUD))
FETCHED_AT = Field("fetched_at", (), read_at)
RAW = Field("raw", (), raw_text)
CREATED_AT = Field("created_at", "timestamps.created", moment)
UPDATED_AT = Field("updated_at", "timestamps.modified", moment)
VARIANT_ID = Field("variant_backend_id", ("details.product.id", "details.product.references.code"), product_id)
PROPERTIES = Field("properties", "properties", members)
