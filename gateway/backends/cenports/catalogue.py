"""Cenports' catalogue for the gateway's index: GET /inventories gives all of it at once, in no order, and tells no changes."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.backends.cenports.mapping.stock import STOCK, VARIANT
from gateway.backends.cenports.settings import CenportsSettings
from gateway.backends.cenports.stock import Stock
from gateway.catalogue.records import CatalogueKind, StockRecord
from gateway.models import VariantRecord
from gateway.ports import CatalogueFeed, CataloguePage


@dataclass(frozen=True, kw_only=True)
class Feed:
    """What one or two calls bring."""

    read: Callable[[], Awaitable[Sequence[VariantRecord | StockRecord]]]
    untold: frozenset[str]
    interval: float
    form: str
    tells_changes: bool = False

    async def everything(self, after: str | None) -> AsyncIterator[CataloguePage]:
        """One page. What cannot be read fails the whole."""
        yield CataloguePage(records=await self.read())

    def changed(self, since: datetime) -> AsyncIterator[CataloguePage]:
        """The same: nobody can ask Cenports for less."""
        return self.everything(None)


def feeds(settings: CenportsSettings, stock: Stock) -> Mapping[CatalogueKind, CatalogueFeed]:
    """Of the SKUs that Cenports keeps stock of, and of that stock."""
    interval, form = settings.index_interval, f"{settings.channel_id}/{settings.timezone}"
    return {
        CatalogueKind.VARIANT: Feed(read=stock.every_variant, untold=VARIANT.untold, interval=interval, form=form),
        CatalogueKind.STOCK: Feed(read=stock.every_record, untold=STOCK.untold, interval=interval, form=form),
    }
