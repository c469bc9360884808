"""Centry's warehouses."""

from collections.abc import Iterable, Mapping

from gateway.backends.centry import goods, wire
from gateway.backends.centry.client import CentryClient, ScopeOf, Sent
from gateway.models import WarehouseRecord


class Warehouses:
    """`scope_of` gives what the mapping of a record needs to know."""

    def __init__(self, client: CentryClient, scope_of: ScopeOf) -> None:
        self._client = client
        self._scope_of = scope_of

    async def all(self) -> dict[str, WarehouseRecord]:
        """By their ids. They are few: read behind a larger page of another list, they cost one call."""
        return {sent.id: self._mapped(sent) for sent in await self._client.found(self._client.warehouses)}

    async def by_id(self, ids: Iterable[str]) -> Mapping[str, WarehouseRecord]:
        """Out of the list, which is mostly one page, instead of one by one."""
        wanted = frozenset(ids)
        if not wanted:
            return {}
        found: dict[str, WarehouseRecord] = {}
        async for page in self._client.pages(self._client.warehouses):
            found |= {sent.id: self._mapped(sent) for sent in page if sent.id in wanted}
            if wanted <= found.keys():
                break
        return found

    def _mapped(self, sent: Sent[wire.Warehouse]) -> WarehouseRecord:
        return goods.WAREHOUSE(sent.record, self._scope_of(sent))
