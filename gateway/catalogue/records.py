"""Records: what only the index of the catalogue speaks of, beside the models of products and variants."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from gateway.models import BackendRecord, CatalogStatus, StockReading, TimeRange


class CatalogueKind(StrEnum):
    """What the index of a backend's catalogue is of."""

    PRODUCT = "PRODUCT"
    VARIANT = "VARIANT"
    STOCK = "STOCK"


@dataclass(frozen=True, slots=True, kw_only=True)
class StockRecord(BackendRecord):
    """How much of one variant a backend keeps in one warehouse, before both are looked up: they are named by their ids there.

    `counted_at` is when the backend last counted, where it says so.
    """

    variant_backend_id: str
    warehouse_backend_id: str
    counted_at: datetime | None = None
    available: Decimal | None = None
    on_hand: Decimal | None = None
    incoming: Decimal | None = None
    incoming_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFilter:
    """Which products or variants a list holds. None means: any. SKUs are compared after trimming white space."""

    skus: frozenset[str] | None = None
    barcodes: frozenset[str] | None = None
    statuses: frozenset[CatalogStatus] | None = None
    updated_at: TimeRange | None = None


def row_of(reading: StockReading, variant_backend_id: str, fetched_at: datetime) -> StockRecord:
    """A reading as a row, for the backend's variant of this id."""
    return StockRecord(
        backend=reading.backend,
        backend_id=f"{variant_backend_id}/{reading.warehouse.backend_id}",
        fetched_at=fetched_at,
        variant_backend_id=variant_backend_id,
        warehouse_backend_id=reading.warehouse.backend_id,
        counted_at=None if reading.as_of == fetched_at else reading.as_of,
        available=reading.available,
        on_hand=reading.on_hand,
        incoming=reading.incoming,
        incoming_on=reading.incoming_on,
    )
