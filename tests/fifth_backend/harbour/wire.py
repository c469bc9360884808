"""What Harbour sends, under the names of its page. It sends what its page says or null, so types are as the page has them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Raw, Struct

W = TypeVar("W", bound=Struct, covariant=True)


class Row(Struct, frozen=True, kw_only=True):
    """A row of an order or a parcel."""

    row: int
    sku: str | None = None
    title: str | None = None
    count: Any = None
    price: Any = None


class Order(Struct, frozen=True, kw_only=True):
    id: str
    no: str
    ref: str | None = None
    state: str | None = None
    placed: str | None = None
    changed: str | None = None
    shop: str | None = None
    buyer: str | None = None
    email: str | None = None
    currency: str | None = None
    total: Any = None
    rows: tuple[Row, ...] = ()


class Parcel(Struct, frozen=True, kw_only=True):
    id: str
    order: str | None = None
    order_no: str | None = None
    created: str | None = None
    carrier: str | None = None
    tracking: str | None = None
    sent: str | None = None
    arrived: str | None = None
    depot: str | None = None
    rows: tuple[Row, ...] = ()


class Good(Struct, frozen=True, kw_only=True):
    id: str
    sku: str | None = None
    ean: str | None = None
    title: str | None = None
    colour: str | None = None
    size: str | None = None


class Depot(Struct, frozen=True, kw_only=True):
    id: str
    name: str | None = None
    city: str | None = None
    country: str | None = None


class Records(Struct, frozen=True, kw_only=True):
    """Every reply that holds records: their texts, and whether a list goes on behind them."""

    records: list[Raw]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Sent(Generic[W]):
    """A record as Harbour sent it, with its JSON text and when it was read."""

    record: W
    raw: bytes
    fetched_at: datetime
