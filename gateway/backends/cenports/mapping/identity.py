"""The ids of Cenports' records, and the texts that its records are known by."""

from typing import Any
from urllib.parse import quote, unquote

from gateway.mapping import Scope, text


def joined(*parts: str) -> str:
    """One id out of parts: each percent-encoded, joined by `/`."""
    return "/".join(quote(part, safe="") for part in parts)


def order_id(channel_id: str | None, number: str) -> str:
    """An order's id: numbers are unique in their channel only."""
    return joined(channel_id or "", number)


def split_id(backend_id: str, parts: int) -> tuple[str, ...] | None:
    """The parts that an id was joined from; None if it never was one of so many parts."""
    split = tuple(unquote(part) for part in backend_id.split("/"))
    return split if len(split) == parts else None


def sku_id(value: Any, scope: Scope) -> str | None:
    """the SKU, percent-encoded"""
    sku = text(value, scope)
    return None if sku is None else joined(sku)


def warehouse_id(value: Any, scope: Scope) -> str | None:
    """the warehouse's code, percent-encoded"""
    code = text(value, scope)
    return None if code is None else joined(code)


def first(*values: Any) -> str | None:
    """The first that is no blank. An object or a list is no text: it stays in the record's JSON text."""
    for value in values:
        if value is not None and not isinstance(value, (dict, list)) and (found := str(value).strip()):
            return found
    return None


def first_text(*values_and_scope: Any) -> str | None:
    """the first of them that is sent and not blank"""
    return first(*values_and_scope[:-1])
