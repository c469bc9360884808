"""Goods that are saved: products with their variations and sizes, size tables, warehouses."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from gateway.backends.centra.batches import Save, held, sent, unfit_id, unfit_ids
from gateway.backends.centra.elements import with_extra, wrong_extra
from gateway.backends.centra.rows import joined
from gateway.backends.centra.updates import too_long, unsupported
from gateway.centra_changes import CentraSizeTable
from gateway.changes import CentraNamed, CentraProduct, CentraSize, CentraVariation, WarehouseChange
from gateway.models import Backend, CatalogStatus
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Job, Wrong

_STATUSES = {
    CatalogStatus.ACTIVE: "active",
    CatalogStatus.INACTIVE: "inactive",
    CatalogStatus.DISCONTINUED: "canceled",
}


class SaveProducts(Save[CentraProduct]):
    """products_Update: what is known of a product, not what its sizes have where."""

    facts = CentraProduct
    calls = ("centra-05",)

    def named(self, item: CentraProduct) -> str:
        return f"product/{item.id.strip()}"

    def unfit(self, item: CentraProduct) -> Iterable[Wrong]:
        yield from unfit_id(item.id)
        yield from _wrong_status(item.status)
        for name, pair in (("brand", item.brand), ("collection", item.collection)):
            if pair is not None:
                yield from unfit_id(pair.id, name)
        yield from wrong_extra("Product", _product(item), item.extra)
        yield from unfit_ids(item.variations, "variations")
        for at, variation in enumerate(item.variations or ()):
            path = ("variations", str(at))
            yield from _wrong_status(variation.status, *path)
            yield from wrong_extra("Variation", _variation(variation), variation.extra, *path)
            yield from unfit_ids(variation.sizes, *path, "sizes")
            for place, size in enumerate(variation.sizes or ()):
                yield from wrong_extra("ProductSize", _size(size), size.extra, *path, "sizes", str(place))

    def elements(self, item: CentraProduct) -> Sequence[Mapping[str, Any]]:
        message = with_extra(_product(item), item.extra)
        if item.variations is not None:
            message["variations"] = {"variation": [_whole_variation(each) for each in item.variations]}
        return [message]

    async def save(self, elements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        return await self.means.client.products_update(elements)

    def record(self, job: Job[CentraProduct], index: int) -> RecordRef:
        return RecordRef("ProductRecord", Backend.CENTRA, joined(job.items[index].id.strip()))


class SaveSizeTables(Save[CentraSizeTable]):
    """sizes_Update: each size of the table, with the table in it."""

    facts = CentraSizeTable
    calls = ("centra-07",)

    def named(self, item: CentraSizeTable) -> str:
        return f"size table/{item.id.strip()}"

    def unfit(self, item: CentraSizeTable) -> Iterable[Wrong]:
        if not item.sizes:
            yield Wrong(path=("sizes",), message="Name its sizes: Centra knows a table by them.")
        yield from unfit_ids(item.sizes, "sizes")

    def elements(self, item: CentraSizeTable) -> Sequence[Mapping[str, Any]]:
        table = sent({"id": item.id.strip(), "description": item.description})
        return [sent({"id": each.id.strip(), "description": each.description, "sizetable": table}) for each in item.sizes]

    async def save(self, elements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        return await self.means.client.sizes_update(elements)


class SaveWarehouses(Save[WarehouseChange]):
    """warehouses_Update: a warehouse's code is its id."""

    facts = WarehouseChange
    calls = ("centra-06",)

    def named(self, item: WarehouseChange) -> str:
        return f"warehouse/{_warehouse_id(item)}"

    def unfit(self, item: WarehouseChange) -> Iterable[Wrong]:
        code = (item.code or "").strip()
        yield from too_long(item.code, "code")
        if item.record_id is None and not code:
            yield Wrong(path=("code",), message="Give the code: Centra knows a new warehouse by it.")
        if item.record_id is not None and code not in ("", _warehouse_id(item)):
            yield Wrong(path=("code",), message="Centra knows a warehouse by its code, which cannot be changed: leave it out.")
        given = {"address": item.address, "latitude": item.latitude, "longitude": item.longitude}
        yield from (unsupported(name) for name, value in given.items() if value is not None)
        yield from wrong_extra("Named", _warehouse(item), item.extra)

    def elements(self, item: WarehouseChange) -> Sequence[Mapping[str, Any]]:
        return [with_extra(_warehouse(item), item.extra)]

    async def save(self, elements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        return await self.means.client.warehouses_update(elements)

    def record(self, job: Job[WarehouseChange], index: int) -> RecordRef:
        return RecordRef("WarehouseRecord", Backend.CENTRA, joined(_warehouse_id(job.items[index])))


def _product(item: CentraProduct) -> dict[str, Any]:
    """Without its variations."""
    return sent(
        {
            "id": item.id.strip(),
            "status": _status(item.status),
            "sku": item.sku,
            "description": item.description,
            "folder": held("description", item.folder),
            "brand": _pair(item.brand),
            "collection": _pair(item.collection),
        }
    ) | ({"variations": {"variation": []}} if item.variations is not None else {})


def _whole_variation(item: CentraVariation) -> dict[str, Any]:
    message = with_extra(_variation(item), item.extra)
    if item.sizes is not None:
        message["sizes"] = {"size": [with_extra(_size(each), each.extra) for each in item.sizes]}
    return message


def _variation(item: CentraVariation) -> dict[str, Any]:
    """Without its sizes. Its stock id is its id, as the page says, unless another one is given."""
    return sent(
        {
            "id": item.id.strip(),
            "stockid": item.stock_id or item.id.strip(),
            "description": item.description,
            "sku": item.sku,
            "status": _status(item.status),
            "sizetable": held("id", item.size_table_id),
        }
    ) | ({"sizes": {"size": []}} if item.sizes is not None else {})


def _size(item: CentraSize) -> dict[str, Any]:
    return sent({"id": item.id.strip(), "sku": item.sku, "ean": item.ean})


def _pair(item: CentraNamed | None) -> dict[str, Any] | None:
    return sent({"id": item.id.strip(), "description": item.description}) if item else None


def _status(status: CatalogStatus | None) -> str | None:
    return None if status is None else _STATUSES.get(status)


def _wrong_status(status: CatalogStatus | None, *path: str) -> Iterable[Wrong]:
    if status is not None and status not in _STATUSES:
        yield Wrong(path=(*path, "status"), message=f"Give one of {', '.join(_STATUSES)}.")


def _warehouse_id(item: WarehouseChange) -> str:
    return unquote(item.record_id) if item.record_id is not None else (item.code or "").strip()


def _warehouse(item: WarehouseChange) -> dict[str, Any]:
    return sent({"id": _warehouse_id(item), "description": item.name})
