"""What Centry alone has, read: one table of where each kind of record is found, and what is done with it for all kinds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast
from urllib.parse import quote

import httpx

from gateway.backends.centry import own_mapping as tables
from gateway.backends.centry import own_wire, wire
from gateway.backends.centry.batch import each
from gateway.backends.centry.client import CentryClient, Page, ScopeOf, Sent, last_id, written
from gateway.errors import BackendError, MalformedReply
from gateway.mapping import Table
from gateway.models import Backend
from gateway.own import centry as own
from gateway.own.lists import Condition, OwnQuery, OwnSlice, Path

R = TypeVar("R", bound=own.Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Where records of one kind are found. `path` has a `{}` for each id of what they belong to.

    `one` and `many` are the documented operations that read one record and a list of them. A list that is not `paged` comes
    whole: the page names no parameters for it. What there is `once` comes as a list too.
    """

    path: str
    sent: type[wire.Record]
    table: Table[Any]
    one: str | None = None
    many: str | None = None
    paged: bool = True
    once: bool = False

    def place(self, owner: Path) -> str:
        """The address of the list that belongs to these, without its ending."""
        return self.path.format(*(quote(part, safe="") for part in owner))


KINDS: Mapping[type[own.Record], Kind] = {
    own.Category: Kind(path="/categories", sent=own_wire.Named, table=tables.CATEGORY, many="centry-39", one="centry-40"),
    own.Brand: Kind(path="/brands", sent=own_wire.Named, table=tables.BRAND, many="centry-41", one="centry-42"),
    own.Color: Kind(path="/colors", sent=own_wire.Named, table=tables.COLOR, many="centry-43", one="centry-44"),
    own.Size: Kind(path="/sizes", sent=own_wire.Named, table=tables.SIZE, many="centry-45", one="centry-46"),
    own.Country: Kind(
        path="/locations/countries", sent=own_wire.Country, table=tables.COUNTRY, many="centry-47", one="centry-48"
    ),
    own.Region: Kind(path="/locations/regions", sent=own_wire.Region, table=tables.REGION, many="centry-49", one="centry-50"),
    own.City: Kind(path="/locations/cities", sent=own_wire.City, table=tables.CITY, many="centry-51", one="centry-52"),
    own.Commune: Kind(
        path="/locations/communes", sent=own_wire.Commune, table=tables.COMMUNE, many="centry-53", one="centry-54"
    ),
    own.ConfirmationReason: Kind(
        path="/confirmation_reasons",
        sent=own_wire.Reason,
        table=tables.CONFIRMATION_REASON,
        many="centry-70",
        one="centry-71",
        paged=False,
    ),
    own.BuyerRate: Kind(
        path="/buyer_rates", sent=own_wire.Reason, table=tables.BUYER_RATE, many="centry-72", one="centry-73", paged=False
    ),
    own.CancellationReason: Kind(
        path="/cancellation_reasons",
        sent=own_wire.Reason,
        table=tables.CANCELLATION_REASON,
        many="centry-74",
        one="centry-75",
        paged=False,
    ),
    own.IntegrationConfig: Kind(
        path="/integration_configs",
        sent=own_wire.IntegrationConfig,
        table=tables.INTEGRATION_CONFIG,
        many="centry-76",
        one="centry-77",
    ),
    own.WarehousePriority: Kind(
        path="/integration_configs/{}/warehouse_priorities",
        sent=own_wire.WarehousePriority,
        table=tables.WAREHOUSE_PRIORITY,
        many="centry-79",
        one="centry-80",
    ),
    own.Company: Kind(
        path="/company_info", sent=own_wire.Company, table=tables.COMPANY, many="centry-81", paged=False, once=True
    ),
    own.User: Kind(path="/user_info", sent=own_wire.User, table=tables.USER, many="centry-82", paged=False, once=True),
    own.Webhook: Kind(path="/webhooks", sent=own_wire.Webhook, table=tables.WEBHOOK, many="centry-83", one="centry-84"),
    own.Warehouse: Kind(path="/warehouses", sent=own_wire.Warehouse, table=tables.WAREHOUSE, one="centry-24"),
    own.Asset: Kind(path="/products/{}/assets", sent=own_wire.Asset, table=tables.ASSET, one="centry-12"),
    own.VariantAsset: Kind(path="/variants/{}/assets", sent=own_wire.VariantAsset, table=tables.VARIANT_ASSET, one="centry-37"),
    own.VariantWarehouse: Kind(
        path="/variant_warehouses", sent=own_wire.VariantWarehouse, table=tables.VARIANT_WAREHOUSE, one="centry-30"
    ),
    own.OrderDocument: Kind(path="/orders/{}/documents", sent=own_wire.Document, table=tables.DOCUMENT, one="centry-67"),
    own.ProductSyncHistory: Kind(
        path="/products/{}/synchronization_histories",
        sent=own_wire.SyncHistory,
        table=tables.PRODUCT_HISTORY,
        many="centry-09",
        paged=False,
    ),
    own.AssetSyncHistory: Kind(
        path="/products/{}/assets/{}/synchronization_histories",
        sent=own_wire.SyncHistory,
        table=tables.ASSET_HISTORY,
        many="centry-13",
        paged=False,
    ),
    own.VariantSyncHistory: Kind(
        path="/variants/{}/synchronization_histories",
        sent=own_wire.SyncHistory,
        table=tables.VARIANT_HISTORY,
        many="centry-21",
        paged=False,
    ),
    own.VariantWarehouseSyncHistory: Kind(
        path="/variant_warehouses/{}/synchronization_histories",
        sent=own_wire.SyncHistory,
        table=tables.STOCK_HISTORY,
        many="centry-33",
        paged=False,
    ),
}


class Own:
    """`scope_of` gives what the mapping of a record needs to know, `page_size` is how many are asked for in one call."""

    def __init__(self, client: CentryClient, scope_of: ScopeOf, page_size: int) -> None:
        self._client = client
        self._scope_of = scope_of
        self._page_size = page_size

    async def records(self, kind: type[R], paths: Iterable[Path]) -> Mapping[Path, R | BackendError]:
        """One call for each; one that does not exist is missing."""
        found = KINDS[kind]
        read = self._first if found.once else self._one

        async def one(path: Path) -> R | None:
            sent = await read(found, path)
            return None if sent is None else self._mapped(kind, sent)

        return await each((path for path in paths if _leads_somewhere(path)), one)

    async def listed(self, kind: type[R], query: OwnQuery) -> OwnSlice[R] | None:
        """The next records; None where what the list belongs to does not exist."""
        found = KINDS[kind]
        if not _leads_somewhere(query.owner):
            return None
        sent = await (self._by_pages(found, query) if found.paged else self._whole(found, query))
        if sent is None:
            return None
        records = [self._mapped(kind, one) for one in sent[: query.limit]]
        return OwnSlice(records=records, more=len(sent) > query.limit)

    async def page(self, kind: type[R], filters: Mapping[str, Condition], after: str | None) -> tuple[list[R], bool]:
        """One page of a list, as large as it may be, and whether the list is known to end with it."""
        found = KINDS[kind]
        page = await self._page(found, (), filters, after, self._page_size)
        sent, ended = page or ((), True)
        return [self._mapped(kind, one) for one in sent], ended

    async def _one(self, kind: Kind, path: Path) -> Sent[wire.Record] | None:
        *owner, record_id = path
        return await self._client.read(
            kind.one or "", f"{kind.place(tuple(owner))}/{quote(record_id, safe='')}.json", kind.sent
        )

    async def _first(self, kind: Kind, _path: Path) -> Sent[wire.Record] | None:
        return next(iter(await self._client.listed(kind.many or "", f"{kind.path}.json", kind.sent) or ()), None)

    async def _whole(self, kind: Kind, query: OwnQuery) -> Page[wire.Record] | None:
        """All that lie behind `after`, for the page names no way to ask for less."""
        page = await self._client.listed(kind.many or "", f"{kind.place(query.owner)}.json", kind.sent)
        return None if page is None else _sorted(one for one in page if query.after is None or one.id > query.after)

    async def _by_pages(self, kind: Kind, query: OwnQuery) -> Page[wire.Record] | None:
        """One more than wanted, if there are so many: to its end the list is read only as far as nobody knows of it yet."""
        records: list[Sent[wire.Record]] = []
        after, ended = query.after, False
        while len(records) <= query.limit and not ended:
            limit = min(query.limit + 1 - len(records), self._page_size)
            page = await self._page(kind, query.owner, query.filters, after, limit)
            if page is None:
                return None
            sent, ended = page
            records += sent
            after = records[-1].id if records else after
        return records

    async def _page(
        self, kind: Kind, owner: Path, filters: Mapping[str, Condition], after: str | None, limit: int
    ) -> tuple[Sequence[Sent[wire.Record]], bool] | None:
        """A page, and whether it is known to be the last; None where what the list belongs to does not exist.

        One that has fewer records than were asked for, and than Centry gave before, was not cut by its maximum.
        """
        asked = _parameters(filters) | {"limit": str(limit)} | ({} if after is None else {"after": after})
        address = f"{kind.place(owner)}.json?{httpx.QueryParams(asked)}{_bare(filters)}"
        page = await self._client.listed(kind.many or "", address, kind.sent)
        if page is None:
            return None
        if after is not None and page and last_id(page) <= after:
            raise MalformedReply(Backend.CENTRY, "Centry gives the same page of a list again and again.")
        largest = self._client.largest_page = max(self._client.largest_page, len(page))
        return _sorted(page), not page or len(page) < min(limit, largest)

    def _mapped(self, kind: type[R], sent: Sent[wire.Record]) -> R:
        return cast("R", KINDS[kind].table(sent.record, self._scope_of(sent)))


def _sorted(page: Iterable[Sent[wire.Record]]) -> Sequence[Sent[wire.Record]]:
    return sorted(page, key=lambda one: one.id)


def _leads_somewhere(path: Path) -> bool:
    """Whether no part is blank, or only dots, which lead to other addresses."""
    return all(part.strip(" \t\r\n.") for part in path)


def _parameters(filters: Mapping[str, Condition]) -> dict[str, str]:
    """Those that have a value."""
    return {
        name: written(value) if isinstance(value, datetime) else str(value)
        for name, value in filters.items()
        if not isinstance(value, bool)
    }


def _bare(filters: Mapping[str, Condition]) -> str:
    """Those that have none, as the page writes them."""
    return "".join(f"&{name}" for name, value in filters.items() if value is True)
