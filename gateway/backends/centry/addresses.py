"""Where Centry's warehouses are, with the names of the places that they name by ids."""

from asyncio import gather
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.backends.centry import goods, wire
from gateway.backends.centry.batch import sure
from gateway.backends.centry.client import ScopeOf, Sent, warehouse_of
from gateway.backends.centry.names import Names
from gateway.errors import BackendError
from gateway.models import Address, WarehouseRecord
from gateway.own import centry as own

Found = Mapping[str, Any]
"""What places are called, or why that could not be read, by their ids."""


class Addresses:
    """`scope_of` gives what the mapping of a record needs to know."""

    def __init__(self, names: Names, scope_of: ScopeOf) -> None:
        self._names = names
        self._scope_of = scope_of

    async def of(self, warehouses: Iterable[WarehouseRecord]) -> Mapping[str, Address | BackendError]:
        """Those of records that came from Centry as they are. A call for each place that is not known yet."""
        sent = [_sent(one, one.raw) for one in warehouses if one.raw is not None]
        countries, regions, cities, communes = await gather(
            self._names.of(own.Country, (one.record.country_id for one in sent)),
            self._names.of(own.Region, (one.record.region_id for one in sent)),
            self._names.of(own.City, (one.record.city_id for one in sent)),
            self._names.of(own.Commune, (one.record.commune_id for one in sent)),
        )
        found = {one.id: self._address(one, (countries, regions, cities, communes)) for one in sent}
        return {warehouse_id: address for warehouse_id, address in found.items() if address is not None}

    def _address(self, sent: Sent[wire.Warehouse], named: Sequence[Found]) -> Address | BackendError | None:
        record = sent.record
        ids = (record.country_id, record.region_id, record.city_id, record.commune_id)
        try:
            places = [sure(found.get(str(id_).strip())) for found, id_ in zip(named, ids, strict=True)]
        except BackendError as error:
            return error
        return goods.site_address(record, replace(self._scope_of(sent), given=goods.Places(*places)))


def _sent(warehouse: WarehouseRecord, raw: bytes) -> Sent[wire.Warehouse]:
    return Sent(warehouse.backend_id, warehouse_of(raw), raw, warehouse.fetched_at)
