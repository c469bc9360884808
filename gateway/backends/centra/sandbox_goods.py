"""Updates of goods in the simulated Centra: sizes, products with their stock, warehouses, prices and their dates."""

from datetime import date
from decimal import Decimal, InvalidOperation

from lxml.etree import _Element

from gateway.backends.centra.sandbox_soap import node, text, texts
from gateway.backends.centra.sandbox_state import (
    Draft,
    Refused,
    complete,
    in_store,
    key_of,
    known_in,
    named,
    one_of,
    taken_over,
)
from gateway.backends.centra.sandbox_xml import child, children, merge, put_text

STATES = ("active", "inactive", "canceled")
_PRICES = ("price", "priceb", "alteredprice", "alteredpriceb")


def update_size(draft: Draft, sent: _Element) -> None:
    """A size stands in its table; the first of a table makes the table. New ones are told in the notices."""
    record = taken_over(draft, sent)
    table = child(record, "sizetable")
    if table is None or not text(table, "id"):
        raise Refused(f"{named(record)}: sizetable is missing.")
    known_table = draft.find("sizetable", text(table, "id"))
    whole = node("sizetable")
    for source in (known_table, table):
        if source is not None:
            merge(whole, source)
    if draft.find("size", key_of(record)) is None:
        name = " ".join(part for part in (f"{text(record, 'id')}:", text(record, "description")) if part)
        draft.notices.append(f"Added new size: {name} to: {text(whole, 'description') or text(whole, 'id')}!")
    draft.save(whole)
    draft.save(record)


def update_product(draft: Draft, sent: _Element) -> None:
    """A product with its variations, their sizes and what lies where."""
    record = taken_over(draft, sent)
    one_of(record, "status", STATES)
    variations = children(record, "variations", "variation")
    for variation in variations:
        _check_variation(draft, record, variation)
    names = [name for variation in variations if (name := text(variation, "description"))]
    if len(set(names)) < len(names):
        raise Refused(f"{named(record)}: the names of its variations are not unique.")
    for warehouse in children(record, "variations", "variation", "sizes", "size", "warehouseitems", "warehouse"):
        _check_stock(draft, record, warehouse)
    draft.save(record)


def _check_variation(draft: Draft, product: _Element, variation: _Element) -> None:
    key = text(variation, "id")
    if not key:
        raise Refused(f"{named(product)}: a variation has no id.")
    for other in draft.every("product"):
        if text(other, "id") != text(product, "id") and key in texts(other, "variations", "variation", "id"):
            raise Refused(f"{named(variation)}: it is one of product {text(other, 'id')}.")
    one_of(variation, "status", STATES)
    table = text(variation, "sizetable", "id")
    if table is None or draft.find("sizetable", table) is None:
        raise Refused(f"{named(variation)}: there is no sizetable {table!r}.")
    for size in texts(variation, "sizes", "size", "id"):
        if draft.find("size", f"{table}/{size}") is None:
            raise Refused(f"{named(variation)}: sizetable {table!r} has no size {size!r}.")


def _check_stock(draft: Draft, product: _Element, held: _Element) -> None:
    """A warehouse that does not exist is made: the page says so."""
    key, quantity = text(held, "id"), text(held, "qty") or ""
    if not key:
        raise Refused(f"{named(product)}: a warehouse has no id.")
    if not quantity.removeprefix("-").isdecimal():
        raise Refused(f"{named(product)}: {quantity!r} is no quantity.")
    if draft.find("warehouse", key) is None:
        draft.save(node("warehouse", node("id", key), node("description", key)))


def stock_of(product: _Element | None) -> list[tuple[str, ...]]:
    """What of the product is where: when this changes, the stock event comes."""
    if product is None:
        return []
    return [
        (text(variation, "id") or "", text(size, "id") or "", text(held, "id") or "", text(held, "qty") or "")
        for variation in children(product, "variations", "variation")
        for size in children(variation, "sizes", "size")
        for held in children(size, "warehouseitems", "warehouse")
    ]


def held_of(product: _Element, variation: str, size: str, warehouse: str) -> _Element | None:
    """What a warehouse holds of a size: the element with `id` and `qty`."""
    for one in children(product, "variations", "variation"):
        for each in children(one, "sizes", "size"):
            if (text(one, "id"), text(each, "id")) == (variation, size):
                held = children(each, "warehouseitems", "warehouse")
                return next((place for place in held if text(place, "id") == warehouse), None)
    return None


def update_warehouse(draft: Draft, sent: _Element) -> None:
    draft.save(taken_over(draft, sent))


def update_pricelist(draft: Draft, sent: _Element) -> None:
    """Prices of products or of their variations; those for wholesale alone are kept wherever they are sent."""
    record = taken_over(draft, sent)
    complete(record, "store", "type", "currency")
    in_store(draft, record)
    known_in(draft, "currency", record, "currency")
    for item in children(record, "items", "product"):
        key = text(item, "id")
        product = draft.find("product", key)
        if product is None:
            raise Refused(f"{named(record)}: there is no product {key!r}.")
        known = texts(product, "variations", "variation", "id")
        for variation in texts(item, "variation", "id"):
            if variation not in known:
                raise Refused(f"{named(record)}: product {key!r} has no variation {variation!r}.")
        for priced in (item, *children(item, "variation")):
            _check_prices(record, priced)
    draft.save(record)


def _check_prices(pricelist: _Element, priced: _Element) -> None:
    for name in _PRICES:
        given = text(priced, name)
        if given is not None and not is_amount(given):
            raise Refused(f"{named(pricelist)}: {given!r} is no {name}.")


def is_amount(given: str) -> bool:
    """Whether a text is a decimal number."""
    try:
        return Decimal(given).is_finite()
    except InvalidOperation:
        return False


def price_of(pricelist: _Element, product: str, variation: str) -> str | None:
    """The price of a variation, else of its product."""
    for item in children(pricelist, "items", "product"):
        if text(item, "id") == product:
            own = next((one for one in children(item, "variation") if text(one, "id") == variation), None)
            return (text(own, "price") if own is not None else None) or text(item, "price")
    return None


def update_price_alteration_date(draft: Draft, sent: _Element) -> None:
    """From when altered prices hold: in wholesale stores only."""
    record = taken_over(draft, sent)
    complete(record, "store")
    in_store(draft, record, "wholesale")
    start = text(record, "startdate")
    if start is not None and not _is_date(start):
        raise Refused(f"{named(record)}: {start!r} is no startdate.")
    draft.save(record)


def _is_date(given: str) -> bool:
    try:
        return bool(date.fromisoformat(given))
    except ValueError:
        return False


def change_stock(draft: Draft, row: tuple[str, str, str], warehouse: str, by: int) -> None:
    """Take from (or give back to) what is free to allocate of a product's variation's size in a warehouse."""
    product = draft.change("product", row[0])
    held = held_of(product, row[1], row[2], warehouse) if product is not None else None
    if product is not None and held is not None:
        put_text(held, "qty", str(int(text(held, "qty") or 0) + by))
        draft.save(product)
