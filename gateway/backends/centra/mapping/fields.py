"""Fields that records of several kinds share, and their rules."""

from datetime import datetime
from typing import Any

from gateway.backends.centra.rows import joined_id, plain
from gateway.mapping import Field, Scope, constant, raw_text, read_at
from gateway.models import Backend


def own_id(value: Any, _scope: Scope) -> str | None:
    """percent-encoded"""
    return joined_id(value)


def first_text(*values_and_scope: Any) -> str | None:
    """the first of them that is not blank"""
    *values, _scope = values_and_scope
    return next(filter(None, map(plain, values)), None)


def first_number(*values_and_scope: Any) -> str:
    """the first of them that is not blank"""
    return first_text(*values_and_scope) or ""


def event_time(_wire: Any, scope: Scope) -> datetime | None:
    """the date of the newest event that told of it"""
    updated_at: datetime | None = scope.given.updated_at
    return updated_at


def list_time(_created: Any, scope: Scope) -> datetime:
    """an instant, as first told; of an order its `created`, else when it was stored; of a shipment its own, else its order's"""
    time: datetime = scope.given.list_time
    return time


BACKEND = Field("backend", (), constant(Backend.CENTRA))
FETCHED_AT = Field("fetched_at", (), read_at)
UPDATED_AT = Field("updated_at", (), event_time)
RAW = Field("raw", (), raw_text)
