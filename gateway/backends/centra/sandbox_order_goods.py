"""The goods of an order in the simulated Centra: its rows, what is left of them, and new ones, for which stock is reserved."""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal

from lxml.etree import _Element

from gateway.backends.centra.sandbox_goods import change_stock, held_of, is_amount, price_of
from gateway.backends.centra.sandbox_records import plain, price
from gateway.backends.centra.sandbox_soap import node, text
from gateway.backends.centra.sandbox_state import Draft, Refused, named
from gateway.backends.centra.sandbox_xml import child, children, put_text

# The page's orders: Swedish VAT in retail, none in wholesale.
_TAXES = {"retail": "25.000", "wholesale": "0.000"}


@dataclass(frozen=True)
class Row:
    """A size in an order. `id` is that of the orderitem, unique in the order; product, variation and size are not."""

    id: str
    product: str
    variation: str
    size: str
    quantity: int


def amount(parent: _Element, *path: str) -> Decimal:
    """What stands there as a number; nothing is nought."""
    given = text(parent, *path) or "0"
    if not is_amount(given):
        raise Refused(f"{named(parent)}: {given!r} is no {path[-1]}.")
    return Decimal(given)


def rows_of(parent: _Element) -> list[Row]:
    """The sizes of all `product` elements: of an order's `products` or `cancelled`, of a shipment's, of a return's."""
    return [
        Row(
            text(size, "orderitem", "id") or "",
            text(product, "id") or "",
            text(product, "variation", "id") or "",
            text(size, "id") or "",
            _quantity(size),
        )
        for product in children(parent, "product")
        for size in children(product, "sizes", "size")
    ]


def _quantity(size: _Element) -> int:
    given = text(size, "qty") or ""
    if not given.isdecimal():
        raise Refused(f"{named(size)}: {given!r} is no quantity.")
    return int(given)


def quantities(order: _Element, parent: _Element) -> Counter[str]:
    """How many of which of the order's rows these products are. The page says to name the orderitem, and does not always."""
    known = rows_of(_products(order))
    counted: Counter[str] = Counter()
    for asked in rows_of(parent):
        counted[_meant(order, known, asked).id] += asked.quantity
    return counted


def _products(order: _Element) -> _Element:
    products = child(order, "products")
    return products if products is not None else node("products")


def _meant(order: _Element, rows: Sequence[Row], asked: Row) -> Row:
    found = _alike(rows, asked)
    if len(found) == 1:
        return found[0]
    what = f"item {asked.id}" if asked.id else f"size {asked.size} of variation {asked.variation}"
    reason = "is more than once in it: name the orderitem" if found else "is not in it"
    raise Refused(f"{named(order)}: {what} {reason}.")


def _alike(rows: Sequence[Row], asked: Row) -> list[Row]:
    return [
        row
        for row in rows
        if asked.id in ("", row.id)
        and asked.variation in ("", row.variation)
        and (asked.product, asked.size) == (row.product, row.size)
    ]


def left(order: _Element, besides: _Element | None = None) -> Counter[str]:
    """What of each row is neither cancelled nor in a shipment, this one aside."""
    free = Counter({row.id: row.quantity for row in rows_of(_products(order))})
    cancelled = child(order, "cancelled")
    if cancelled is not None:
        free.subtract(quantities(order, cancelled))
    for shipment in children(order, "shipments", "shipment"):
        packed = child(shipment, "products")
        if shipment is not besides and packed is not None:
            free.subtract(quantities(order, packed))
    return free


def check_left(order: _Element, wanted: Mapping[str, int], free: Mapping[str, int]) -> None:
    """Refuse more of a row than there is."""
    for row, quantity in wanted.items():
        if quantity > free.get(row, 0):
            raise Refused(f"{named(order)}: {quantity} of item {row} are wanted, and {free.get(row, 0)} are left.")


def selected(order: _Element, wanted: Mapping[str, int]) -> list[_Element]:
    """The order's products with these quantities of these rows alone, as the page's shipment shows them."""
    chosen = []
    for product in children(order, "products", "product"):
        part = deepcopy(product)
        for sizes in children(part, "sizes"):
            for size in children(sizes, "size"):
                _pick(sizes, size, wanted.get(text(size, "orderitem", "id") or "", 0))
        if children(part, "sizes", "size"):
            recount(part)
            chosen.append(part)
    return chosen


def _pick(sizes: _Element, size: _Element, quantity: int) -> None:
    if not quantity:
        sizes.remove(size)
        return
    put_text(size, "qty", str(quantity))
    for inside in (*children(size, "warehouseitems"), *children(size, "supplierorderitems")):
        size.remove(inside)


def recount(product: _Element) -> None:
    """Quantity and subtotal of a product are those of its sizes."""
    quantity = sum(_quantity(size) for size in children(product, "sizes", "size"))
    put_text(product, "qty", str(quantity))
    put_text(product, "subtotal", plain(amount(product, "price") * quantity))


def take_products(draft: Draft, order: _Element, sent: _Element) -> None:
    """Goods that an update names: rows that the order has get the quantity, others are added. No row goes away."""
    for product in children(sent, "product"):
        for size in children(product, "sizes", "size"):
            asked = rows_of(node("products", _alone(product, size)))[0]
            known = _alike(rows_of(_products(order)), asked)
            if known:
                _set_quantity(order, _meant(order, known, asked), asked.quantity)
            else:
                _add(draft, order, product, asked)


def _alone(product: _Element, size: _Element) -> _Element:
    return node(
        "product", *(deepcopy(part) for part in children(product, "id") + children(product, "variation")),
        node("sizes", deepcopy(size)),
    )  # fmt: skip


def _set_quantity(order: _Element, row: Row, quantity: int) -> None:
    gone = row.quantity - left(order)[row.id]
    if quantity < gone:
        raise Refused(f"{named(order)}: {gone} of item {row.id} are cancelled or in shipments already.")
    for product in children(order, "products", "product"):
        for size in children(product, "sizes", "size"):
            if text(size, "orderitem", "id") == row.id:
                put_text(size, "qty", str(quantity))
                recount(product)


def _add(draft: Draft, order: _Element, sent: _Element, asked: Row) -> None:
    goods = draft.find("product", asked.product)
    variation = _one(goods, ("variations", "variation"), asked.variation or None) if goods is not None else None
    size = _one(variation, ("sizes", "size"), asked.size) if variation is not None else None
    if goods is None or variation is None or size is None:
        what = " / ".join(part for part in (asked.product, asked.variation, asked.size) if part)
        raise Refused(f"{named(order)}: there is no product {what}.")
    if asked.id in {row.id for row in rows_of(_products(order))} - {""}:
        raise Refused(f"{named(order)}: item {asked.id} is something else.")
    product = _product_in(order, asked, amount(sent, "price") if text(sent, "price") else None)
    if product is None:
        product = _new_product(draft, order, sent, goods, variation)
        _products(order).append(product)
    sizes = child(product, "sizes")
    if sizes is not None:
        sizes.append(_new_size(draft, order, asked, variation, size))
    recount(product)


def _one(parent: _Element, path: tuple[str, str], key: str | None) -> _Element | None:
    """The child with this id; without an id, the only one there is."""
    found = [one for one in children(parent, *path) if key in (None, text(one, "id"))]
    return found[0] if len(found) == 1 else None


def _product_in(order: _Element, asked: Row, cost: Decimal | None) -> _Element | None:
    for product in children(order, "products", "product"):
        same_goods = (text(product, "id"), text(product, "variation", "id")) == (asked.product, asked.variation)
        if same_goods and cost in (None, amount(product, "price")):
            return product
    return None


def _new_product(draft: Draft, order: _Element, sent: _Element, goods: _Element, variation: _Element) -> _Element:
    """What is not sent comes from the product and the pricelist."""
    cost = _price(draft, order, sent, text(goods, "id") or "", text(variation, "id") or "")
    brand = child(goods, "brand")
    return node(
        "product",
        node("id", text(goods, "id")),
        node("tax", text(sent, "tax") or _TAXES[text(order, "type") or "retail"]),
        node("sku", text(goods, "sku")),
        node("origprice", text(sent, "origprice") or cost),
        node("price", cost),
        node("discount", text(sent, "discount") or "0"),
        node("qty", "0"),
        node("subtotal", "0"),
        node("description", text(goods, "description")),
        node("variation", *(node(name, value) for name in ("id", "description", "sku") if (value := text(variation, name)))),
        deepcopy(brand) if brand is not None else None,
        node("sizes"),
        node("comment", text(sent, "comment")),
    )


def _price(draft: Draft, order: _Element, sent: _Element, product: str, variation: str) -> str:
    if text(sent, "price"):
        return price(amount(sent, "price"))
    pricelist = draft.find("pricelist", text(order, "pricelist", "id"))
    known = price_of(pricelist, product, variation) if pricelist is not None else None
    if known is None:
        raise Refused(f"{named(order)}: product {product} has no price.")
    return price(Decimal(known))


def _new_size(draft: Draft, order: _Element, asked: Row, variation: _Element, goods: _Element) -> _Element:
    described = draft.find("size", f"{text(variation, 'sizetable', 'id')}/{asked.size}")
    return node(
        "size",
        node("id", asked.size),
        node("sku", text(goods, "sku")),
        node("qty", str(asked.quantity)),
        node("preorder", "no"),
        node("description", text(described, "description") if described is not None else None),
        node("orderitem", node("id", asked.id or _next_row(order))),
        node("warehouseitems", _reserved(draft, order, asked, text(variation, "id") or "")),
        node("supplierorderitems"),
    )


def _next_row(order: _Element) -> str:
    number, used = text(order, "ordernumber") or text(order, "id") or "", {row.id for row in rows_of(_products(order))}
    return next(key for position in range(1, len(used) + 2) if (key := f"{number}{position}") not in used)


def _reserved(draft: Draft, order: _Element, asked: Row, variation: str) -> _Element | None:
    """What is there for the row in the order's warehouse: an order that is placed reduces what is free to allocate."""
    warehouse = text(order, "primary_warehouse", "warehouse", "id") or ""
    product = draft.find("product", asked.product)
    held = held_of(product, variation, asked.size, warehouse) if product is not None else None
    quantity = min(asked.quantity, int(text(held, "qty") or 0)) if held is not None else 0
    if quantity <= 0:
        return None
    change_stock(draft, (asked.product, variation, asked.size), warehouse, -quantity)
    return node("warehouse", node("id", warehouse), node("qty", str(quantity)))


def released(draft: Draft, order: _Element, wanted: Mapping[str, int]) -> None:
    """What was reserved for goods that are cancelled is free again."""
    for product in children(order, "products", "product"):
        for size in children(product, "sizes", "size"):
            back = wanted.get(text(size, "orderitem", "id") or "", 0)
            for held in children(size, "warehouseitems", "warehouse"):
                part = min(back, int(text(held, "qty") or 0))
                row = (text(product, "id") or "", text(product, "variation", "id") or "", text(size, "id") or "")
                change_stock(draft, row, text(held, "id") or "", part)
                back -= part
