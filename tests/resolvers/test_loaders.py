"""Loaders: an answer or an error belongs to the keys that it concerns, and to no other."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from gateway.catalogue.index import CatalogueIndex
from gateway.database import Database
from gateway.entities import Variant
from gateway.links.words import Words
from gateway.models import Backend, SourceState, VariantRecord
from gateway.registry import Registry
from gateway.warehouses import WarehouseNames
from resolvers.loaders import Loaders, VariantKey
from resolvers.sources import Sources


class Stumbling:
    """A backend that breaks at every question."""

    name = Backend.CENTRY

    async def check(self) -> None: ...

    async def close(self) -> None: ...

    async def variants_by_sku(self, skus: Sequence[str]) -> Mapping[str, Sequence[VariantRecord]]:
        raise RuntimeError("a defect")

    async def variants_by_id(self, ids: Sequence[str]) -> Mapping[str, VariantRecord]:
        raise RuntimeError("a defect")


async def test_records_that_orders_brought_along_survive_an_error_about_others() -> None:
    database = Database("sqlite:///never-opened.db")
    loaders = Loaders(Sources(Registry([Stumbling()], {})), CatalogueIndex(database), WarehouseNames({}), Words(database))
    known = VariantRecord(backend=Backend.CENTRY, backend_id="v1", sku="A", fetched_at=datetime(2026, 1, 1, tzinfo=UTC))

    keys = [VariantKey("A", (Backend.CENTRY, "v1"), known), VariantKey("B")]
    brought, other = await loaders.variant_by_key.load_many(keys)

    assert isinstance(brought, Variant)
    assert isinstance(other, Variant)
    assert list(brought.records) == [known]
    assert [source.state for source in brought.sources] == [SourceState.OK]
    assert list(other.records) == []
    assert [source.state for source in other.sources] == [SourceState.FAILED]
