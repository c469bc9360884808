"""Parties that are saved: wholesale accounts with their buyers, and retail customers."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from gateway.backends.centra.batches import Save, held, sent, unfit_ids, unkept
from gateway.backends.centra.elements import with_extra, wrong_extra
from gateway.backends.centra.new_order_messages import plain_decimal
from gateway.backends.centra.saved_trade import activity, own_store
from gateway.backends.centra.settings import StoreType
from gateway.centra_changes import CentraAccount, CentraAddress, CentraBuyer, CentraCustomer
from gateway.transactions.work import Wrong


class SaveAccounts(Save[CentraAccount]):
    """accounts_Update."""

    facts = CentraAccount
    calls = ("centra-13",)

    def named(self, item: CentraAccount) -> str:
        return f"account/{item.id.strip()}"

    def unfit(self, item: CentraAccount) -> Iterable[Wrong]:
        yield from unkept(item.id)
        yield from unfit_ids(item.buyers, "buyers")
        yield from wrong_extra("Account", self._filled(item), item.extra)

    def elements(self, item: CentraAccount) -> Sequence[Mapping[str, Any]]:
        return [with_extra(self._filled(item), item.extra)]

    async def save(self, elements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        return await self.means.client.accounts_update(elements)

    def _filled(self, item: CentraAccount) -> dict[str, Any]:
        store = own_store(self.means.settings, StoreType.WHOLESALE)
        return sent(
            {
                "id": item.id.strip(),
                "type": str(StoreType.WHOLESALE),
                "status": activity(item.active),
                "description": item.description,
                "discount": _number(item.discount),
                "market": held("id", item.market_id),
                "pricelist": held("id", item.pricelist_id),
                "internalinformation": item.internal_information,
                "creditlimit": _number(item.credit_limit),
                "paymentterms": held("id", item.payment_terms_id),
                "shippingterms": held("id", item.shipping_terms_id),
                "accountaddress": _address(item.address),
                "shippingaddress": _address(item.shipping_address),
                "invoiceaddress": _address(item.invoice_address),
                "buyers": held("buyer", [_buyer(each, store) for each in item.buyers] if item.buyers else None),
            }
        )


class SaveCustomers(Save[CentraCustomer]):
    """customers_Update."""

    facts = CentraCustomer
    calls = ("centra-14",)

    def named(self, item: CentraCustomer) -> str:
        return f"customer/{item.id.strip()}"

    def unfit(self, item: CentraCustomer) -> Iterable[Wrong]:
        return unkept(item.id)

    def elements(self, item: CentraCustomer) -> Sequence[Mapping[str, Any]]:
        customer = {
            "id": item.id.strip(),
            "store": item.store or own_store(self.means.settings, StoreType.RETAIL),
            "status": activity(item.active),
            "firstname": item.first_name,
            "lastname": item.last_name,
            "address1": item.line1,
            "address2": item.line2,
            "city": item.city,
            "state": item.state,
            "zipcode": item.postal_code,
            "country": item.country,
            "email": item.email,
            "telephone": item.phone,
        }
        return [sent(customer)]

    async def save(self, elements: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        return await self.means.client.customers_update(elements)


def _buyer(item: CentraBuyer, store: str | None) -> dict[str, Any]:
    buyer = {
        "id": item.id.strip(),
        "store": item.store or store,
        "status": activity(item.active),
        "firstname": item.first_name,
        "lastname": item.last_name,
        "email": item.email,
        "telephone": item.phone,
    }
    return sent(buyer)


def _address(item: CentraAddress | None) -> dict[str, Any] | None:
    if item is None:
        return None
    address = {
        "company": item.company,
        "attn": item.attention,
        "firstname": item.first_name,
        "lastname": item.last_name,
        "address1": item.line1,
        "address2": item.line2,
        "city": item.city,
        "state": item.state,
        "zipcode": item.postal_code,
        "country": item.country,
        "email": item.email,
        "telephone": item.phone,
        "fax": item.fax,
        "vat": item.vat_number,
        "url": item.url,
    }
    return sent(address)


def _number(value: Decimal | None) -> str | None:
    return None if value is None else plain_decimal(value)
