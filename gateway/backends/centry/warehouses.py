"""Centry's warehouses."""

from collections.abc import Iterable, Mapping, Sequence

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
        sent = await self._client.listed(self._client.warehouses, lambda seen: wanted <= _ids(seen))
        return {one.id: self._mapped(one) for one in sent if one.id in wanted}

    def _mapped(self, sent: Sent[wire.Warehouse]) -> WarehouseRecord:
        return goods.WAREHOUSE(sent.record, self._scope_of(sent))


def _ids(sent: Sequence[Sent[wire.Warehouse]]) -> frozenset[str]:
    return frozenset(one.id for one in sent)
