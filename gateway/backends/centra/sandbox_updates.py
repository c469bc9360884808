"""The eleven updates of the simulated Centra: which element of a request holds the things, and what is done with each."""

from collections.abc import Callable
from dataclasses import dataclass

from lxml.etree import _Element

from gateway.backends.centra.sandbox_goods import (
    update_price_alteration_date,
    update_pricelist,
    update_product,
    update_size,
    update_warehouse,
)
from gateway.backends.centra.sandbox_order_updates import update_order
from gateway.backends.centra.sandbox_state import Draft, Refused
from gateway.backends.centra.sandbox_trade import (
    update_account,
    update_customer,
    update_market,
    update_payment_terms,
    update_shipping_terms,
)
from gateway.backends.centra.sandbox_xml import children


@dataclass(frozen=True)
class Update:
    """The list's element, that of a thing in it, and what takes one over or raises Refused."""

    container: str
    element: str
    apply: Callable[[Draft, _Element], None]


_DATES = Update("pricealterationdates", "pricealterationdate", update_price_alteration_date)

UPDATES = {
    "orders_Update": Update("orders", "order", update_order),
    "products_Update": Update("products", "product", update_product),
    "warehouses_Update": Update("warehouses", "warehouse", update_warehouse),
    "sizes_Update": Update("sizes", "size", update_size),
    "markets_Update": Update("markets", "market", update_market),
    "pricelists_Update": Update("pricelists", "pricelist", update_pricelist),
    "pricealterationdates_Update": _DATES,
    "timealterationdates_Update": _DATES,
    "paymentterms_Update": Update("paymentterms", "paymentterms", update_payment_terms),
    "shippingterms_Update": Update("shippingterms", "shippingterms", update_shipping_terms),
    "accounts_Update": Update("accounts", "account", update_account),
    "customers_Update": Update("customers", "customer", update_customer),
}


def update(draft: Draft, operation: str, message: _Element) -> list[str]:
    """Take over what a request sends; gives the reasons why some of it is refused."""
    one = UPDATES[operation]
    errors = []
    for sent in children(message, one.container, one.element):
        try:
            one.apply(draft, sent)
        except Refused as refused:
            errors.append(str(refused))
    return errors
