"""Entries: records as the index keeps them, and how they get in and out of its table."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, select, update

from gateway.catalogue.records import CatalogueKind, StockRecord
from gateway.catalogue.tables import LONGEST_KEY, MOST_KEYS, entries
from gateway.clock import micros, of_micros
from gateway.gtin import gtin
from gateway.models import Backend, ProductRecord, VariantRecord

Record = ProductRecord | VariantRecord | StockRecord

_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)
_encode = msgspec.msgpack.Encoder().encode
_MODELS: Mapping[CatalogueKind, type[Record]] = {
    CatalogueKind.PRODUCT: ProductRecord,
    CatalogueKind.VARIANT: VariantRecord,
    CatalogueKind.STOCK: StockRecord,
}
_DECODERS = {kind: msgspec.msgpack.Decoder(model) for kind, model in _MODELS.items()}


@dataclass(frozen=True, slots=True)
class Shelf:
    """The part of the index that one backend's records of one kind stand on."""

    kind: CatalogueKind
    backend: Backend

    @property
    def here(self) -> ColumnElement[bool]:
        return and_(entries.c.kind == self.kind, entries.c.backend == self.backend)


def put(connection: Connection, shelf: Shelf, records: Sequence[Record], seen: int) -> int:
    """Take over these records; gives how many of them are new or not as they were. Of one id the last counts."""
    rows = {record.backend_id: _row(shelf, record, seen) for record in records}
    for ids in batches(rows):
        known = select(entries.c.record_id, entries.c.digest).where(shelf.here, entries.c.record_id.in_(ids))
        same = [found.record_id for found in connection.execute(known) if rows[found.record_id]["digest"] == found.digest]
        connection.execute(update(entries).where(shelf.here, entries.c.record_id.in_(same)).values(seen=seen))
        for record_id in same:
            del rows[record_id]
    remove(connection, shelf, rows)
    if rows:
        connection.execute(insert(entries), list(rows.values()))
    return len(rows)


def remove(connection: Connection, shelf: Shelf, ids: Iterable[str]) -> None:
    for batch in batches(ids):
        connection.execute(delete(entries).where(shelf.here, entries.c.record_id.in_(batch)))


def remove_of(connection: Connection, shelf: Shelf, *, parents: Iterable[str] = (), sites: Iterable[str] = ()) -> None:
    """What belongs to these parents (variants of products, stock of variants) or sites (stock of warehouses) goes with them."""
    for column, ids in ((entries.c.parent_id, parents), (entries.c.site_id, sites)):
        for batch in batches(ids):
            connection.execute(delete(entries).where(shelf.here, column.in_(batch)))


def keep_only(connection: Connection, shelf: Shelf, parents: Iterable[str], records: Iterable[Record]) -> None:
    """Of everything that belongs to these parents, what is not among the records is gone."""
    kept = {record.backend_id for record in records}
    for batch in batches(parents):
        theirs = select(entries.c.record_id).where(shelf.here, entries.c.parent_id.in_(batch))
        remove(connection, shelf, set(connection.scalars(theirs)) - kept)


def remove_unseen(connection: Connection, shelf: Shelf, seen: int) -> int:
    """What the pass of this number did not meet is gone; gives how many those are."""
    return connection.execute(delete(entries).where(shelf.here, entries.c.seen < seen)).rowcount


def clear(connection: Connection, shelf: Shelf) -> None:
    connection.execute(delete(entries).where(shelf.here))


def read(row: Row[Any]) -> Any:
    """The record of an entry's row."""
    record = _DECODERS[CatalogueKind(row.kind)].decode(row.content)
    return replace(record, fetched_at=of_micros(row.fetched_at))


def _row(shelf: Shelf, record: Record, seen: int) -> dict[str, Any]:
    content = _encode(replace(record, fetched_at=_ANY_TIME))  # to be read again is no change
    return {
        "kind": shelf.kind,
        "backend": shelf.backend,
        "record_id": record.backend_id,
        "changed_at": micros(record.updated_at) if record.updated_at else None,
        "fetched_at": micros(record.fetched_at),
        "digest": hashlib.blake2b(content, digest_size=16).digest(),
        "content": content,
        "seen": seen,
        **_found_by(record),
    }


def _found_by(record: Record) -> dict[str, str | None]:
    if isinstance(record, StockRecord):
        return _columns(parent_id=record.variant_backend_id, site_id=record.warehouse_backend_id)
    sku = (record.sku or "").strip()
    key = sku if 0 < len(sku) <= LONGEST_KEY else None
    if isinstance(record, ProductRecord):
        return _columns(key=key, status=record.status)
    barcode = comparable(record.barcode)
    return _columns(key=key, status=record.status, barcode=barcode, parent_id=record.product_backend_id)


def _columns(**given: str | None) -> dict[str, str | None]:
    return {"key": None, "parent_id": None, "site_id": None, "barcode": None, "status": None, **given}


def comparable(barcode: str | None) -> str | None:
    """A barcode as barcodes are compared: a GTIN in one form, however it is written."""
    return gtin(barcode) or (barcode or "").strip() or None


def batches(values: Iterable[str]) -> Iterable[list[str]]:
    """The different values, so many at a time as one statement may hold."""
    unique = list(dict.fromkeys(values))
    return (unique[start : start + MOST_KEYS] for start in range(0, len(unique), MOST_KEYS))
