"""Terms of trade that are saved: markets, price lists and their dates, terms of payment and of shipping."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from gateway.backends.centra.batches import Save, sent, unfit_id, unfit_ids, unkept
from gateway.backends.centra.new_order_messages import plain_decimal
from gateway.backends.centra.settings import CentraSettings, StoreType
from gateway.backends.centra.updates import below_zero, unsupported
from gateway.centra_changes import (
    CentraMarket,
    CentraPriceAlterationDate,
    CentraPricelist,
    CentraProductPrice,
    CentraStoreType,
    CentraTerms,
    CentraVariationPrice,
)
from gateway.transactions.work import Wrong


class SaveMarkets(Save[CentraMarket]):
    """markets_Update."""

    facts = CentraMarket
    calls = ("centra-08",)

    def named(self, item: CentraMarket) -> str:
        return f"market/{item.id.strip()}"

    def unfit(self, item: CentraMarket) -> Iterable[Wrong]:
        yield from unfit_id(item.id)
        yield from _wrong_store(item.store, item.type, self.means.settings)

    def elements(self, item: CentraMarket) -> Sequence[Mapping[str, Any]]:
        where = _store(item.store, item.type, self.means.settings)
        return [sent({"id": item.id.strip(), **where, "description": item.description})]

    async def save(self, elements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        return await self.means.client.markets_update(elements)


class SavePricelists(Save[CentraPricelist]):
    """pricelists_Update: prices of products, or of their variations."""

    facts = CentraPricelist
    calls = ("centra-09",)

    def named(self, item: CentraPricelist) -> str:
        return f"pricelist/{item.id.strip()}"

    def unfit(self, item: CentraPricelist) -> Iterable[Wrong]:
        yield from unkept(item.id)
        yield from _wrong_store(item.store, item.type, self.means.settings)
        yield from unfit_ids(item.products, "products")
        for at, product in enumerate(item.products):
            path = ("products", str(at))
            yield from _below_zero(product, *path)
            yield from unfit_ids(product.variations, *path, "variations")
            for place, variation in enumerate(product.variations or ()):
                yield from _below_zero(variation, *path, "variations", str(place))

    def elements(self, item: CentraPricelist) -> Sequence[Mapping[str, Any]]:
        where = _store(item.store, item.type, self.means.settings)
        items = {"product": [_priced(each) for each in item.products]}
        named = {"id": item.id.strip(), **where, "currency": item.currency, "description": item.description}
        return [sent({**named, "items": items if item.products else None})]

    async def save(self, elements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        return await self.means.client.pricelists_update(elements)


class SavePriceAlterationDates(Save[CentraPriceAlterationDate]):
    """pricealterationdates_Update: from when altered prices count, in wholesale stores."""

    facts = CentraPriceAlterationDate
    calls = ("centra-10",)

    def named(self, item: CentraPriceAlterationDate) -> str:
        return f"price alteration date/{item.id.strip()}"

    def elements(self, item: CentraPriceAlterationDate) -> Sequence[Mapping[str, Any]]:
        date = {
            "id": item.id.strip(),
            "status": activity(item.active),
            "name": item.name,
            "store": item.store or own_store(self.means.settings, StoreType.WHOLESALE),
            "startdate": item.start_date and item.start_date.isoformat(),
        }
        return [sent(date)]

    async def save(self, elements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        return await self.means.client.price_alteration_dates_update(elements)


class SavePaymentTerms(Save[CentraTerms]):
    """paymentterms_Update."""

    facts = CentraTerms
    calls = ("centra-11",)

    def named(self, item: CentraTerms) -> str:
        return f"payment terms/{item.id.strip()}"

    def unfit(self, item: CentraTerms) -> Iterable[Wrong]:
        yield from unkept(item.id)
        if item.due_days is not None and item.due_days < 0:
            yield Wrong(path=("dueDays",), message="Give a number of days that is not below zero.")

    def elements(self, item: CentraTerms) -> Sequence[Mapping[str, Any]]:
        return [_terms(item)]

    async def save(self, elements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        return await self.means.client.payment_terms_update(elements)


class SaveShippingTerms(Save[CentraTerms]):
    """shippingterms_Update."""

    facts = CentraTerms
    calls = ("centra-12",)

    def named(self, item: CentraTerms) -> str:
        return f"shipping terms/{item.id.strip()}"

    def unfit(self, item: CentraTerms) -> Iterable[Wrong]:
        yield from unkept(item.id)
        if item.due_days is not None:
            yield unsupported("dueDays", what="due days of terms of shipping")

    def elements(self, item: CentraTerms) -> Sequence[Mapping[str, Any]]:
        return [_terms(item)]

    async def save(self, elements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        return await self.means.client.shipping_terms_update(elements)


def activity(active: bool | None) -> str | None:
    """Centra's word for what counts, or does not."""
    return None if active is None else "active" if active else "inactive"


def own_store(settings: CentraSettings, kind: StoreType) -> str | None:
    """The store of the settings, if it is of this kind."""
    return settings.store if settings.store_type is kind else None


def _store(store: str | None, kind: CentraStoreType | None, settings: CentraSettings) -> dict[str, str | None]:
    """Store and type; where no store is given, those of the settings."""
    if store is None:
        return {"store": settings.store, "type": str(settings.store_type)}
    return {"store": store, "type": kind.lower() if kind else None}


def _wrong_store(store: str | None, kind: CentraStoreType | None, settings: CentraSettings) -> Iterable[Wrong]:
    if store is None and kind is not None and kind.lower() != settings.store_type:
        yield Wrong(path=("type",), message=f"The store of the settings is a {settings.store_type} one: name the `store`.")


def _priced(item: CentraProductPrice) -> dict[str, Any]:
    variations = [sent({"id": each.id.strip(), **_prices(each)}) for each in item.variations or ()]
    return sent({"id": item.id.strip(), **_prices(item), "variation": variations or None})


def _prices(item: CentraProductPrice | CentraVariationPrice) -> dict[str, str | None]:
    return {
        "price": _amount(item.price),
        "priceb": _amount(item.recommended_price),
        "alteredprice": _amount(item.altered_price),
        "alteredpriceb": _amount(item.altered_recommended_price),
    }


def _below_zero(item: CentraProductPrice | CentraVariationPrice, *path: str) -> Iterable[Wrong]:
    prices = {
        "price": item.price,
        "recommendedPrice": item.recommended_price,
        "alteredPrice": item.altered_price,
        "alteredRecommendedPrice": item.altered_recommended_price,
    }
    for name, price in prices.items():
        yield from below_zero(price, *path, name)


def _amount(value: Decimal | None) -> str | None:
    return None if value is None else plain_decimal(value)


def _terms(item: CentraTerms) -> dict[str, Any]:
    days = None if item.due_days is None else str(item.due_days)
    return sent({"id": item.id.strip(), "name": item.name, "description": item.description, "duedays": days})
