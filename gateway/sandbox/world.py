"""The seeded world that the four simulated backends share: goods, sites, stock and orders, in no vendor's words.

The same seed and number of orders give the same world, to the second: its last day is fixed, not today. Each sandbox
translates it into its own system's records; ids that a vendor would have given come from `object_id` and `uuid`.
"""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")

LAST_DAY = datetime(2026, 6, 30, 18, tzinfo=UTC)
DAYS = 120


class System(StrEnum):
    CENPORTS = "CENPORTS"
    CENTRA = "CENTRA"
    CENTRY = "CENTRY"
    CARTONCLOUD = "CARTONCLOUD"


SHOPS = (System.CENPORTS, System.CENTRA, System.CENTRY)


class Stage(StrEnum):
    """How far an order has come. Shipped and delivered ones have a dispatch."""

    PLACED = "PLACED"
    CONFIRMED = "CONFIRMED"
    PACKED = "PACKED"
    SHIPPED = "SHIPPED"
    DELIVERED = "DELIVERED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True)
class Item:
    """A sellable size of a variation of a product. `sku` is its three parts joined. `barcode` is a valid EAN-13."""

    product: str
    variation: str
    size: str
    name: str
    colour: str
    barcode: str
    price: Decimal
    systems: frozenset[System]
    active: bool

    @property
    def sku(self) -> str:
        return self.product + self.variation + self.size

    @property
    def title(self) -> str:
        return f"{self.name}, {self.colour}, {self.size}"


@dataclass(frozen=True)
class Place:
    """An address. Never that of a person: names are 'Customer 17' or a warehouse's."""

    name: str
    street: str
    suburb: str
    city: str
    state: str
    state_code: str
    postcode: str
    country: str
    country_name: str
    phone: str
    email: str


@dataclass(frozen=True)
class Site:
    """A warehouse. `codes` has, for each system that knows it, the code or id by which that system calls it."""

    key: str
    name: str
    place: Place
    codes: dict[System, str]


@dataclass(frozen=True)
class Stock:
    """What one site holds of one item. `on_hand` includes what is reserved; `available` does not."""

    item: Item
    site: Site
    on_hand: int
    available: int
    incoming: int
    counted_at: datetime


@dataclass(frozen=True)
class Line:
    position: int
    item: Item
    quantity: int
    unit_price: Decimal

    @property
    def total(self) -> Decimal:
        return self.unit_price * self.quantity


@dataclass(frozen=True)
class Dispatch:
    carrier: str
    service: str
    tracking: str
    shipped_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True)
class ShopOrder:
    """A customer's order in one shop system.

    With `warehoused`, CartonCloud has it as an outbound order of the same number and, once dispatched, as a consignment
    of the same number; otherwise the shop ships it by itself. With `parts`, which have positions of lines, the warehouse has
    an order for each; with `sent_to`, they go there. `pack` is shared by the orders that a marketplace made of one
    purchase. `key` tells apart orders of one number: where there is one, ids are made of it too.
    """

    shop: System
    number: str
    reference: str
    channel: str
    buyer: Place
    site: Site
    lines: tuple[Line, ...]
    placed_at: datetime
    changed_at: datetime
    stage: Stage
    dispatch: Dispatch | None
    shipping: Decimal
    discount: Decimal
    note: str
    warehoused: bool
    acknowledged: bool
    pack: str = field(default="", repr=False)
    parts: tuple[tuple[int, ...], ...] = field(default=(), repr=False)
    sent_to: Place | None = field(default=None, repr=False)
    key: str = field(default="", repr=False)

    @property
    def identity(self) -> str:
        """What no other order of the shop has, nor of the warehouse."""
        return f"{self.number}/{self.key}" if self.key else self.number

    @property
    def warehouse_orders(self) -> list["ShopOrder"]:
        """What the warehouse is told of it: the order with all or some of its lines, once or several times."""
        if not self.warehoused:
            return []
        whole = replace(self, buyer=self.sent_to) if self.sent_to else self
        if not self.parts:
            return [whole]
        return [
            replace(whole, lines=tuple(line for line in self.lines if line.position in part), key=f"{self.key}part{index}")
            for index, part in enumerate(self.parts, 1)
        ]

    @property
    def subtotal(self) -> Decimal:
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.shipping - self.discount


@dataclass(frozen=True)
class Arrival:
    """Goods announced to a warehouse: CartonCloud's inbound orders."""

    number: str
    site: Site
    lines: tuple[Line, ...]
    announced_at: datetime
    arrives_on: datetime
    received: bool


@dataclass(frozen=True)
class World:
    seed: int
    items: tuple[Item, ...]
    sites: tuple[Site, ...]
    stock: tuple[Stock, ...]
    orders: tuple[ShopOrder, ...]
    arrivals: tuple[Arrival, ...]

    def orders_of(self, shop: System) -> list[ShopOrder]:
        return [order for order in self.orders if order.shop is shop]

    @property
    def warehouse_orders(self) -> list[ShopOrder]:
        """What the warehouse has to send."""
        return [each for order in self.orders for each in order.warehouse_orders]

    def items_of(self, system: System) -> list[Item]:
        return [item for item in self.items if system in item.systems]

    def sites_of(self, system: System) -> list[Site]:
        return [site for site in self.sites if system in site.codes]

    def stock_of(self, system: System) -> list[Stock]:
        """A row for every item and site that the system knows."""
        return [row for row in self.stock if system in row.item.systems and system in row.site.codes]

    def shuffled(self, values: Iterable[T], *salt: object) -> list[T]:
        """In an order that is the same for the same seed, for lists whose order the vendor does not promise."""
        mixed = list(values)
        random.Random(f"{self.seed}/{salt}").shuffle(mixed)
        return mixed


def object_id(*parts: object) -> str:
    """24 hexadecimal digits, as MongoDB's ids; the same for the same parts."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:24]


def uuid(*parts: object) -> str:
    return str(UUID(bytes=hashlib.sha256(repr(parts).encode()).digest()[:16], version=4))


_GOODS = (
    "Turtleneck sweater", "Plain wood chair", "Linen shirt", "Wool coat", "Canvas bag", "Leather belt", "Denim jacket",
    "Cotton socks", "Rain poncho", "Desk lamp", "Ceramic mug", "Steel bottle", "Running shoe", "Knit hat",
)  # fmt: skip
_COLOURS = (("RED", "Red"), ("BLU", "Blue"), ("GRN", "Green"))
_SIZES = ("S", "M", "L")
_CITIES = (
    ("Vitacura", "Santiago", "Región Metropolitana", "RM", "7630354", "CL", "Chile"),
    ("Providencia", "Santiago", "Región Metropolitana", "RM", "7500000", "CL", "Chile"),
    ("Downtown", "Hayward", "California", "CA", "94545", "US", "United States"),
    ("Northside", "Oklahoma City", "Oklahoma", "OK", "73102", "US", "United States"),
    ("Springfield", "Brisbane", "Queensland", "QLD", "4000", "AU", "Australia"),
    ("Centrum", "Stockholm", "Stockholm", "AB", "11122", "SE", "Sweden"),
)
_CARRIERS = (("UPS", "Ground"), ("FedEx", "Ground"), ("DHL", "EXPRESS"), ("Blue Express", "STANDARD"))
CHANNELS = {
    System.CENPORTS: ("AMAZON", "WDSDL-1"),
    System.CENTRA: ("Retail-Sweden", "Retail-Global", "Wholesale-Market"),
    System.CENTRY: ("MercadoLibre", "Ripley", "Dafiti"),
}
_FIRST_NUMBER = {System.CENPORTS: 10_001, System.CENTRA: 30_001, System.CENTRY: 5_840_001}


def make_world(seed: int = 1, orders: int = 200, products: int = len(_GOODS)) -> World:
    """A world with this many orders in each of the three shop systems, and this many products of nine items each."""
    rng = random.Random(f"world {seed}")
    items, sites = _items(rng, products), _sites()
    shop_orders = tuple(order for shop in SHOPS for order in _orders(rng, shop, orders, items, sites))
    return World(seed, items, sites, _stock(rng, items, sites), shop_orders, _arrivals(rng, orders // 10, items, sites))


def _items(rng: random.Random, products: int) -> tuple[Item, ...]:
    items = []
    for number in range(1, products + 1):
        name = _GOODS[(number - 1) % len(_GOODS)]
        price = Decimal(rng.randrange(9, 190)) + Decimal("0.90")
        for variation, colour in _COLOURS:
            for size in _SIZES:
                only = rng.choice(tuple(System)) if rng.random() < 0.1 else None
                systems = frozenset({only} if only else System)
                code = f"{rng.randrange(10**11, 10**12)}"
                items.append(
                    Item(
                        f"P{number:03}",
                        variation,
                        size,
                        name,
                        colour,
                        code + _check_digit(code),
                        price,
                        systems,
                        rng.random() > 0.05,
                    )
                )
    return tuple(items)


def _check_digit(code: str) -> str:
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(code))
    return str(-total % 10)


def make_place(name: str, index: int, rng: random.Random) -> Place:
    """Somewhere in one of the world's cities."""
    suburb, city, state, state_code, postcode, country, country_name = rng.choice(_CITIES)
    street = f"{rng.randrange(1, 4000)} Example Street"
    return Place(
        name, street, suburb, city, state, state_code, postcode, country, country_name,
        f"+1 555 01{index % 100:02}", f"customer-{index}@example.com",
    )  # fmt: skip


def _sites() -> tuple[Site, ...]:
    rng = random.Random("sites")
    main = {
        System.CENPORTS: "CENPORTS",
        System.CENTRA: "MainWarehouse",
        System.CENTRY: "577eb7b8f82f456ef4000001",
        System.CARTONCLOUD: "Main Warehouse",
    }
    south = {System.CENTRA: "OtherWarehouse", System.CENTRY: "577eb7b8f82f456ef4000002"}
    west = {System.CENPORTS: "WDSDL-WH-CA", System.CARTONCLOUD: "WDSDL-WH-CA"}
    return (
        Site("main", "Main Warehouse", make_place("Main Warehouse", 1, rng), main),
        Site("south", "Southern Warehouse", make_place("Southern Warehouse", 2, rng), south),
        Site("west", "California Warehouse", make_place("California Warehouse", 3, rng), west),
    )


def _stock(rng: random.Random, items: Sequence[Item], sites: Sequence[Site]) -> tuple[Stock, ...]:
    rows = []
    for item in items:
        for site in sites:
            on_hand = rng.randrange(0, 120)
            reserved = rng.randrange(0, on_hand // 4 + 1)
            counted = LAST_DAY - timedelta(minutes=rng.randrange(1, 60 * 24 * 20))
            rows.append(Stock(item, site, on_hand, on_hand - reserved, rng.choice((0, 0, 0, 25)), counted))
    return tuple(rows)


def _orders(rng: random.Random, shop: System, count: int, items: Sequence[Item], sites: Sequence[Site]) -> Iterable[ShopOrder]:
    known = [item for item in items if shop in item.systems]
    places = [site for site in sites if shop in site.codes]
    for index in range(count):
        placed = LAST_DAY - timedelta(seconds=rng.randrange(0, DAYS * 86_400))
        yield _order(rng, shop, index, placed, known, places)


def _order(
    rng: random.Random, shop: System, index: int, placed: datetime, items: Sequence[Item], sites: Sequence[Site]
) -> ShopOrder:
    number = _FIRST_NUMBER[shop] + index
    site = rng.choice(sites)
    stage, dispatch = _progress(rng, placed, number)
    chosen = rng.sample(items, rng.choice((1, 1, 2, 2, 3, 4)))
    return ShopOrder(
        shop=shop,
        number=f"A{number}" if shop is System.CENPORTS else str(number),
        reference=f"PO-{shop.value[:4]}-{number}",
        channel=rng.choice(CHANNELS[shop]),
        buyer=make_place(f"Customer {number}", number, rng),
        site=site,
        lines=tuple(Line(i, item, rng.randrange(1, 5), item.price) for i, item in enumerate(chosen, 1)),
        placed_at=placed,
        changed_at=min(LAST_DAY, placed + timedelta(hours=rng.randrange(1, 90))),
        stage=stage,
        dispatch=dispatch,
        shipping=Decimal(rng.choice((0, 5, 12))),
        discount=Decimal(rng.choice((0, 0, 0, 3))),
        note=rng.choice(("", "", "Leave by the front door")),
        warehoused=System.CARTONCLOUD in site.codes
        and stage is not Stage.PLACED
        and all(System.CARTONCLOUD in item.systems for item in chosen),
        acknowledged=stage is not Stage.PLACED,
    )


def _progress(rng: random.Random, placed: datetime, number: int) -> tuple[Stage, Dispatch | None]:
    stage = rng.choices(tuple(Stage), weights=(2, 2, 1, 3, 5, 1))[0]
    if stage not in (Stage.SHIPPED, Stage.DELIVERED):
        return stage, None
    carrier, service = rng.choice(_CARRIERS)
    shipped = placed + timedelta(hours=rng.randrange(4, 72))
    delivered = shipped + timedelta(hours=rng.randrange(20, 120)) if stage is Stage.DELIVERED else None
    return stage, Dispatch(carrier, service, f"1Z{rng.randrange(10**11, 10**12)}{number}", shipped, delivered)


def _arrivals(rng: random.Random, count: int, items: Sequence[Item], sites: Sequence[Site]) -> tuple[Arrival, ...]:
    known = [item for item in items if System.CARTONCLOUD in item.systems]
    places = [site for site in sites if System.CARTONCLOUD in site.codes]
    arrivals = []
    for index in range(count):
        announced = LAST_DAY - timedelta(seconds=rng.randrange(0, DAYS * 86_400))
        goods = rng.sample(known, rng.randrange(1, 4))
        lines = tuple(Line(i, item, rng.randrange(10, 60), item.price) for i, item in enumerate(goods, 1))
        arrivals.append(
            Arrival(
                f"ASN-{index + 1:04}",
                rng.choice(places),
                lines,
                announced,
                announced + timedelta(days=9),
                rng.random() < 0.6,
            )
        )
    return tuple(arrivals)
