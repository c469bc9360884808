"""Centry's stock: what its warehouses have of some variants, in as few calls as are known to be enough."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gateway.backends.centry import goods, wire
from gateway.backends.centry.batch import Passes, each
from gateway.backends.centry.client import CentryClient, ScopeOf, Sent
from gateway.backends.centry.warehouses import Warehouses
from gateway.catalogue.records import StockRecord, row_of
from gateway.errors import BackendError
from gateway.models import Backend, StockReading, VariantRecord, WarehouseRecord

Row = Sent[wire.VariantWarehouse]
Rows = Mapping[str, Sequence[Row] | BackendError]


class Stock:
    """`scope_of` gives what the mapping of a record needs to know."""

    def __init__(self, client: CentryClient, scope_of: ScopeOf, warehouses: Warehouses) -> None:
        self._client = client
        self._scope_of = scope_of
        self._warehouses = warehouses
        self._passes = Passes()

    async def by_variant(self, variants: Sequence[VariantRecord]) -> Mapping[str, Sequence[StockReading] | BackendError]:
        """One call for each variant, or page by page for all together, and one for the warehouses."""
        skus = {variant.backend_id: variant.sku or "" for variant in variants}
        if self._passes.cheaper_than(len(skus)):
            rows, warehouses = await self._by_pages(frozenset(skus))
        else:
            rows, warehouses = {}, {}
        left = await each((variant_id for variant_id in skus if variant_id not in rows), self._of_variant)
        warehouses |= await self._warehouses.by_id(_sites((rows, left)) - warehouses.keys())
        found: Rows = {**rows, **left}
        return {
            variant_id: of if isinstance(of, BackendError) else self._readings(of, skus[variant_id], warehouses)
            for variant_id, of in found.items()
        }

    def record(self, row: Row) -> StockRecord:
        """A row by itself: its variant and warehouse are named by their ids."""
        return row_of(self._reading(row, "", _unlisted(row)), _variant(row), row.fetched_at)

    def _readings(self, rows: Iterable[Row], sku: str, warehouses: Mapping[str, WarehouseRecord]) -> list[StockReading]:
        return [self._reading(row, sku, warehouses.get(_site(row)) or _unlisted(row)) for row in rows]

    def _reading(self, row: Row, sku: str, warehouse: WarehouseRecord) -> StockReading:
        return goods.STOCK(row.record, replace(self._scope_of(row), given=goods.Shelf(sku, warehouse)))

    async def _of_variant(self, variant_id: str) -> Sequence[Row]:
        rows = await self._client.found(lambda after: self._client.variant_warehouses({"variant_id": variant_id}, after))
        return [row for row in rows if _variant(row) == variant_id]

    async def _by_pages(self, wanted: frozenset[str]) -> tuple[dict[str, list[Row]], dict[str, WarehouseRecord]]:
        """The rows of the variants that have no others (all variants, once the list has ended), and the warehouses.

        Ends early when each has a row for every warehouse, and when the pages cost more than they bring.
        """
        rows: dict[str, list[Row]] = {variant_id: [] for variant_id in wanted}
        pages, warehouses = 0, dict[str, WarehouseRecord]()
        async for page in self._client.pages(lambda after: self._client.variant_warehouses({}, after)):
            pages += 1
            for row in page:
                rows.get(_variant(row), []).append(row)
            warehouses = warehouses or await self._warehouses.all()
            done = {key: of for key, of in rows.items() if warehouses and warehouses.keys() <= {_site(row) for row in of}}
            if len(done) == len(wanted):
                self._passes.at_least(pages)
                return done, warehouses
            if self._passes.give_up(pages, sum(map(bool, rows.values())), len(wanted)):
                return done, warehouses
        self._passes.took(pages + 1)
        return rows, warehouses


def _variant(row: Row) -> str:
    return str(row.record.variant_id or "").strip()


def _site(row: Row) -> str:
    return str(row.record.warehouse_id or "").strip()


def _sites(answers: Iterable[Rows]) -> frozenset[str]:
    found = (of for rows in answers for of in rows.values() if not isinstance(of, BackendError))
    return frozenset(_site(row) for of in found for row in of)


def _unlisted(row: Row) -> WarehouseRecord:
    """A warehouse that stock is kept in, but that Centry does not list: its id is all that is known of it."""
    return WarehouseRecord(backend=Backend.CENTRY, backend_id=_site(row), code=_site(row), fetched_at=row.fetched_at)
