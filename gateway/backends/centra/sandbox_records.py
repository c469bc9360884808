"""What Centra tells of the world's goods, sites and customers: elements laid out as in the vendor's cookbook."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from zoneinfo import ZoneInfo

from lxml.etree import _Element

from gateway.backends.centra.sandbox_soap import node
from gateway.sandbox.world import Item, Place, ShopOrder, Site, Stock, System

# The page's times are Swedish ones: `date` has no offset and agrees with `created`, which has +01:00 in March.
ZONE = ZoneInfo("Europe/Stockholm")
SIZE_NAMES = {"S": "Small", "M": "Medium", "L": "Large", "OS": "One Size"}


@dataclass(frozen=True)
class Market:
    """A market with its store and its pricelist. `tax` is a rate in percent."""

    id: str
    description: str
    store: str
    type: str
    currency: str
    tax: str
    pricelist: str
    pricelist_description: str


MARKETS = {
    market.id: market
    for market in (
        Market("Retail-Global", "Global", "1", "retail", "EUR", "25.000", "EUR-Retail", "Euro"),
        Market("Retail-Sweden", "Sweden", "1", "retail", "EUR", "25.000", "EUR-Retail", "Euro"),
        Market("Wholesale-Market", "Global", "2", "wholesale", "USD", "0.000", "USD-Wholesale", "US Dollar"),
    )
}
# The page's two, in its base currency, and that one itself.
CURRENCY_RATES = {"EUR": "10.43100", "USD": "9.18707", "SEK": "1.00000"}
ACCOUNT_IDS = tuple(str(12345 + index) for index in range(8))


def local_date(at: datetime) -> str:
    """An event's date: without a zone."""
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"


def iso(at: datetime) -> str:
    """A time with Sweden's offset, to the second."""
    return at.astimezone(ZONE).isoformat(timespec="seconds")


def price(amount: Decimal) -> str:
    """A price has two decimals."""
    return f"{amount:.2f}"


def plain(amount: Decimal) -> str:
    """Subtotals come without the zeros that prices have."""
    return f"{amount.normalize():f}"


def described(name: str, key: str, description: str) -> _Element:
    """The page's usual pair: an id for machines and a description, which is the name, for people."""
    return node(name, node("id", key), node("description", description))


def brand_record() -> _Element:
    """The brand of all goods: the page's."""
    return described("brand", "Example", "Example Brand")


def warehouse_record(site: Site) -> _Element:
    """A site under the id by which Centra calls it."""
    return described("warehouse", site.codes[System.CENTRA], site.name)


def market_record(market: Market) -> _Element:
    """A market and the store that it belongs to."""
    return node(
        "market",
        node("id", market.id),
        node("store", market.store),
        node("type", market.type),
        node("description", market.description),
    )


def variation_id(item: Item) -> str:
    """Unique across all products, as the page demands."""
    return f"{item.product}_{item.variation}"


def stock_record(rows: Sequence[Stock]) -> _Element:
    """A product with what lies where. The page says `stock` alone: within it, products_Update is followed.

    `qty` is free to allocate: what is reserved for orders is not in it.
    """
    item = rows[0].item
    variations = (_stock_variation(list(part)) for _, part in groupby(rows, lambda row: row.item.variation))
    product = node(
        "product",
        node("id", item.product),
        node("status", _status(row.item for row in rows)),
        node("sku", item.product),
        node("description", item.name),
        brand_record(),
        node("variations", *variations),
    )
    return node("stock", product)


def _stock_variation(rows: Sequence[Stock]) -> _Element:
    item = rows[0].item
    return node(
        "variation",
        node("id", variation_id(item)),
        node("stockid", variation_id(item)),
        node("description", item.colour),
        node("sku", item.variation),
        node("status", _status(row.item for row in rows)),
        node("sizetable", node("id", "SML")),
        node("sizes", *(_stock_size(list(part)) for _, part in groupby(rows, lambda row: row.item.size))),
    )


def _stock_size(rows: Sequence[Stock]) -> _Element:
    item = rows[0].item
    held = (node("warehouse", node("id", row.site.codes[System.CENTRA]), node("qty", str(row.available))) for row in rows)
    return node(
        "size",
        node("id", item.size),
        node("sku", item.size),
        node("ean", item.barcode),
        node("warehouseitems", *held),
    )


def _status(items: Iterable[Item]) -> str:
    """Sizes have none of their own: what holds one active size is active."""
    return "active" if any(item.active for item in items) else "inactive"


def pricelist_record(market: Market, items: Sequence[Item]) -> _Element:
    """A market's prices, one for each product: they are the same for all its variations."""
    prices = {item.product: item.price for item in items}
    return node(
        "pricelist",
        node("id", market.pricelist),
        node("store", market.store),
        node("type", market.type),
        node("currency", market.currency),
        node("description", market.pricelist_description),
        node("items", *(_priced(market, product, amount) for product, amount in prices.items())),
    )


def _priced(market: Market, product: str, amount: Decimal) -> _Element:
    """`priceb`, for wholesale only, is the recommended retail price."""
    retail_price = node("priceb", plain(amount * 2)) if market.type == "wholesale" else None
    return node("product", node("id", product), node("price", plain(amount)), retail_price)


def account_id(order: ShopOrder) -> str:
    """The wholesale customer that an order is for."""
    return ACCOUNT_IDS[int(order.number) % len(ACCOUNT_IDS)]


def account_name(account: str) -> str:
    """The company behind an account."""
    return f"Company {account}"


def account_record(account: str) -> _Element:
    """A wholesale customer and the terms on which it buys."""
    market = MARKETS["Wholesale-Market"]
    return node(
        "account",
        node("id", account),
        node("type", market.type),
        node("status", "active"),
        node("description", account_name(account)),
        node("market", node("id", market.id)),
        node("pricelist", node("id", market.pricelist)),
        node("paymentterms", node("id", "30NET")),
        node("shippingterms", node("id", "DDU")),
    )


def customer_id(order: ShopOrder) -> str:
    """The retail customer that an order is for: each has bought once."""
    return str(int(order.number) % 10_000 + 19)


def customer_record(order: ShopOrder) -> _Element:
    """The page names customers_Update, with `id`, `firstname` and `lastname`, and shows no example of it."""
    return node(
        "customer",
        node("id", customer_id(order)),
        node("store", MARKETS[order.channel].store),
        *person(order.buyer),
        node("email", order.buyer.email),
    )


def person(buyer: Place) -> Sequence[_Element]:
    """A name, cut at its first space."""
    first, _, last = buyer.name.partition(" ")
    return node("firstname", first), node("lastname", last)


def giftcard_record() -> _Element:
    """A type of event that no page knows: it must be marked as done like all others."""
    return node("giftcard", node("id", "GC-1"), node("balance", "50.00"), node("note", "Ångström & <Söhne>"))
