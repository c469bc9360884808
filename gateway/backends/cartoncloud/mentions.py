"""Mentions: what orders and consignments say in passing of products and warehouses, of which nothing else tells.

One says more than another: a consignment may know a product's code alone, an order its name and barcode too. So mentions are
kept apart by which fields they tell, the newest of each sort, and put together when they are read: what is told less
fully never takes the place of what is told more fully.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, combinations
from typing import Any, Generic, TypeVar

import msgspec

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.mapping.catalogue import VARIANT, WAREHOUSE
from gateway.backends.cartoncloud.mapping.fields import moment, product_id, warehouse_id
from gateway.backends.cartoncloud.records import Sent
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.clock import micros
from gateway.errors import MalformedReply
from gateway.mapping import Scope, Table, text
from gateway.models import Backend, BackendRecord, VariantRecord, WarehouseRecord
from gateway.ports import CataloguePage
from gateway.readmodel.store import Change, Key, Kind, ReadModel, StoredRecord

W = TypeVar("W", bound=wire.Part)
M = TypeVar("M", bound=BackendRecord)

_OF_PRODUCT = ("id", "name", "references")
"""How a product stands in other records."""

_EPOCH = datetime.fromtimestamp(0, UTC)
_NO_SCOPE = Scope(zone=UTC, currency=None, fetched_at=_EPOCH)
_encode = msgspec.json.Encoder(decimal_format="number").encode


@dataclass(frozen=True)
class Mentioned(Generic[W, M]):
    """What is mentioned. `identity` gives its id, `told` the fields that a mention may tell; `read` makes its wire type."""

    kind: Kind
    read: Callable[[dict[str, Any]], W]
    identity: Callable[[W], str | None]
    told: Mapping[str, Callable[[W], Any]]
    table: Table[M]

    def part(self, members: W) -> str | None:
        """The id under which a mention is kept: that of what is mentioned, and which fields it tells."""
        known = self.identity(members)
        fields = [name for name, get in self.told.items() if text(get(members), _NO_SCOPE)]
        return None if known is None else _part_id(known, fields)

    def parts(self, ids: Iterable[str]) -> list[str]:
        """All ids under which mentions of these may be kept."""
        sizes = range(len(self.told) + 1)
        sorts = [fields for size in sizes for fields in combinations(self.told, size)]
        return [_part_id(known, fields) for known in ids for fields in sorts]


PRODUCTS: Mentioned[wire.Product, VariantRecord] = Mentioned(
    kind=Kind.VARIANT,
    read=wire.product,
    identity=lambda product: product_id(product.id, product.references.code, _NO_SCOPE),
    told={
        "code": lambda product: product.references.code,
        "barcode": lambda product: product.references.barcode,
        "name": lambda product: product.name,
    },
    table=VARIANT,
)
WAREHOUSES: Mentioned[wire.Warehouse, WarehouseRecord] = Mentioned(
    kind=Kind.WAREHOUSE,
    read=wire.warehouse,
    identity=lambda warehouse: warehouse_id(warehouse.id, warehouse.name, _NO_SCOPE),
    told={"name": lambda warehouse: warehouse.name},
    table=WAREHOUSE,
)


def mentions(record: Sent, settings: CartonCloudSettings) -> list[Change]:
    """What a record says of others. Where it tells when it was changed, no older record says otherwise afterwards."""
    zone = Scope(zone=settings.zone, currency=None, fetched_at=record.fetched_at)
    changed_at = moment(record.record.timestamps.modified, zone)
    version = None if changed_at is None else micros(changed_at)
    found = {
        (change.kind, change.record_id): change
        for change in chain(_products(record.members, version), _warehouses(record.members, version))
    }
    return list(found.values())


def product_mention(product: dict[str, Any]) -> tuple[str, Change]:
    """A product that tells of itself: its id, and what that changes. Raises MalformedReply for one without an id."""
    read = wire.product(product)
    record_id, part_id = PRODUCTS.identity(read), PRODUCTS.part(read)
    if record_id is None or part_id is None:
        raise MalformedReply(Backend.CARTONCLOUD, "A product of CartonCloud's has neither id nor code.")
    return record_id, _mention(part_id, read, {name: product[name] for name in _OF_PRODUCT if name in product}, None)


def _mention(part_id: str, read: wire.Product, told: dict[str, Any], version: int | None) -> Change:
    sku = text(read.references.code, _NO_SCOPE)
    skus = [sku] if sku else []
    return Change(kind=Kind.VARIANT, record_id=part_id, payload=_encode(told), version=version, skus=skus)


def _products(members: Mapping[str, Any], version: int | None) -> Iterator[Change]:
    items = members.get("items")
    for item in items if isinstance(items, list) else ():
        product = _object(_object(_object(item).get("details")).get("product"))
        read = wire.product(product)
        if part_id := PRODUCTS.part(read):
            yield _mention(part_id, read, product, version)


def _warehouses(members: Mapping[str, Any], version: int | None) -> Iterator[Change]:
    warehouse = _object(members.get("warehouse"))
    if part_id := WAREHOUSES.part(wire.warehouse(warehouse)):
        yield Change(kind=Kind.WAREHOUSE, record_id=part_id, payload=_encode(warehouse), version=version)


class Catalogue:
    """The products and warehouses that have been mentioned."""

    def __init__(self, settings: CartonCloudSettings, read_model: ReadModel) -> None:
        self._settings = settings
        self._read_model = read_model

    async def variants_by_id(self, ids: Sequence[str]) -> dict[str, VariantRecord]:
        return await self._by_id(PRODUCTS, ids)

    async def variants_by_sku(self, skus: Sequence[str]) -> dict[str, list[VariantRecord]]:
        """By each SKU as it was asked for. Products with an id go before one that is known by its code alone."""
        wanted = {sku: sku.strip() for sku in skus}
        stored = await self._read_model.by_key(Backend.CARTONCLOUD, Kind.VARIANT, Key.SKU, wanted.values())
        owners = {_owner(part.record_id) for parts in stored.values() for part in parts}
        by_sku: dict[str, list[VariantRecord]] = {}
        for variant in (await self._by_id(PRODUCTS, sorted(owners))).values():
            by_sku.setdefault(variant.sku or "", []).append(variant)
        return {sku: _with_id(by_sku[key], key) for sku, key in wanted.items() if key in by_sku}

    async def page(self, part_ids: Sequence[str]) -> CataloguePage:
        """The products that these mentions are of. One that is known by its code alone gives way to those that have an id."""
        owners = list(dict.fromkeys(map(_owner, part_ids)))
        found = await self.variants_by_id(owners)
        by_sku = await self.variants_by_sku([variant.sku for variant in found.values() if variant.sku])
        good = {variant.backend_id: variant for variants in by_sku.values() for variant in variants}
        good |= {owner: variant for owner, variant in found.items() if not variant.sku}
        nameless = {known for sku in by_sku if (known := product_id(None, sku, _NO_SCOPE))}
        return CataloguePage(records=list(good.values()), gone=({*owners} | nameless) - good.keys())

    async def warehouses(self) -> list[WarehouseRecord]:
        stored = await self._read_model.every(Backend.CARTONCLOUD, Kind.WAREHOUSE)
        by_code: dict[str, list[WarehouseRecord]] = {}
        for warehouse in self._put_together(WAREHOUSES, stored).values():
            by_code.setdefault(warehouse.code, []).append(warehouse)
        return [record for code, records in by_code.items() for record in _with_id(records, code)]

    async def warehouses_by_id(self, ids: Sequence[str]) -> dict[str, WarehouseRecord]:
        return await self._by_id(WAREHOUSES, ids)

    async def _by_id(self, sort: Mentioned[W, M], ids: Sequence[str]) -> dict[str, M]:
        stored = await self._read_model.by_id(Backend.CARTONCLOUD, sort.kind, sort.parts(ids))
        return self._put_together(sort, stored.values())

    def _put_together(self, sort: Mentioned[W, M], stored: Iterable[StoredRecord]) -> dict[str, M]:
        by_owner: dict[str, list[StoredRecord]] = {}
        for part in sorted(stored, key=lambda part: part.fetched_at):
            by_owner.setdefault(_owner(part.record_id), []).append(part)
        return {owner: self._whole(sort, parts) for owner, parts in by_owner.items()}

    def _whole(self, sort: Mentioned[W, M], parts: Sequence[StoredRecord]) -> M:
        """Of each field what the newest mention says that tells it. `parts` begin with the oldest."""
        whole: dict[str, Any] = {}
        for part in parts:
            whole = _overlaid(whole, wire.parse(part.payload))
        scope = Scope(zone=self._settings.zone, currency=None, fetched_at=parts[-1].fetched_at, raw=_encode(whole))
        return sort.table(sort.read(whole), scope)


def _with_id(records: list[Any], key: str) -> list[Any]:
    """Without the one that is known by its code or name alone, where others of the same code or name have an id."""
    return [record for record in records if not _is_key(record, key)] or records


def _is_key(record: VariantRecord | WarehouseRecord, key: str) -> bool:
    return record.backend_id in (product_id(None, key, _NO_SCOPE), None)


def _part_id(known: str, fields: Sequence[str]) -> str:
    """An id has no slash: it is percent-encoded."""
    return f"{known}/{'+'.join(fields)}"


def _owner(part_id: str) -> str:
    return part_id.partition("/")[0]


def _overlaid(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over`, with what it leaves out or blank taken from `under`."""
    whole = dict(under)
    for name, value in over.items():
        if isinstance(value, dict) and isinstance(whole.get(name), dict):
            whole[name] = _overlaid(whole[name], value)
        elif value not in (None, "", {}) or name not in whole:
            whole[name] = value
    return whole


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
