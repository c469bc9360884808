"""Collisions: orders that are easily taken for one another, added to a world on demand.

What belongs together is known from how the orders were made: a sale is served by its `warehouse_orders` and by no others, and
the orders of one `pack` were one purchase. Nothing else in a world is the same order.
"""

import random
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import count

from gateway.sandbox.world import (
    CHANNELS,
    LAST_DAY,
    Dispatch,
    Item,
    Line,
    Place,
    ShopOrder,
    Site,
    Stage,
    System,
    World,
    make_place,
)

_FIRST_NUMBER = 36_001
_WHOLESALE = "Wholesale-Market"
_SHIPPING = (Decimal(0), Decimal(5), Decimal(12))


class Collision(StrEnum):
    """What a world can be told to contain. The orders share goods, time or place as far as that makes it harder."""

    SAME_NUMBER = "SAME_NUMBER"
    """Two shops, or two channels of one, gave out the same number; the warehouse serves one or both."""
    ONE_PURCHASE_ORDER = "ONE_PURCHASE_ORDER"
    """Two buyers use the same purchase order number."""
    SUFFIX = "SUFFIX"
    """A number is the end of another one."""
    A_YEAR_APART = "A_YEAR_APART"
    """The same buyer ordered the same goods under the same number a year before."""
    REENTERED = "REENTERED"
    """An order was cancelled and entered again, under a new number, or under the same one in another channel."""
    PACK = "PACK"
    """A marketplace made several orders of one purchase, while it took others."""
    PARTS = "PARTS"
    """The warehouse has two orders for one sale."""
    SAME_PLACE = "SAME_PLACE"
    """Two orders have number and postal code in common, but no goods."""
    OTHER_PLACE = "OTHER_PLACE"
    """The warehouse was told another postal code than the shop, whether it is a mistake or a correction."""


def with_collisions(world: World, wanted: Collection[Collision] = tuple(Collision)) -> World:
    """The world with orders for each of these collisions, behind those that it has."""
    maker = _Maker(world, random.Random(f"collisions {world.seed}"))
    made = [order for collision in Collision if collision in wanted for order in _MAKERS[collision](maker)]
    return replace(world, orders=(*world.orders, *made))


@dataclass
class _Maker:
    """Makes orders under numbers that nothing else in the world has."""

    world: World
    rng: random.Random

    def __post_init__(self) -> None:
        self._numbers = count(_FIRST_NUMBER)
        everywhere = {item for item in self.world.items if item.systems == frozenset(System)}
        self._items = sorted(everywhere, key=lambda item: item.sku)

    def number(self) -> str:
        return str(next(self._numbers))

    def time(self) -> datetime:
        return LAST_DAY - timedelta(seconds=self.rng.randrange(10 * 86_400, 100 * 86_400))

    def goods(self, lines: int, besides: Collection[Item] = ()) -> list[Item]:
        """Different ones, which every system knows."""
        return self.rng.sample([item for item in self._items if item not in besides], lines)

    def order(
        self,
        shop: System,
        number: str,
        goods: Sequence[Item],
        placed_at: datetime,
        *,
        warehoused: bool = True,
        channel: str = "",
    ) -> ShopOrder:
        """With a buyer of its own."""
        stage = self.rng.choice((Stage.CONFIRMED, Stage.SHIPPED, Stage.DELIVERED))
        return ShopOrder(
            shop=shop,
            number=number,
            reference=f"PO-{shop.value[:4]}-{number}-{self.rng.randrange(10**6)}",
            channel=channel or CHANNELS[shop][0],
            buyer=self.buyer(),
            site=self._site(shop),
            lines=tuple(Line(i, item, self.rng.randrange(1, 4), item.price) for i, item in enumerate(goods, 1)),
            placed_at=placed_at,
            changed_at=placed_at + timedelta(hours=4),
            stage=stage,
            dispatch=None if stage is Stage.CONFIRMED else self._dispatch(placed_at, stage),
            shipping=self.rng.choice(_SHIPPING),
            discount=_SHIPPING[0],
            note="",
            warehoused=warehoused,
            acknowledged=True,
            key=f"of {shop}, {channel}",
        )

    def buyer(self) -> Place:
        index = self.rng.randrange(900_000, 1_000_000)
        return make_place(f"Customer {index}", index, self.rng)

    def shops(self) -> tuple[tuple[System, str], tuple[System, str]]:
        """Two different channels, mostly of two shops."""
        first, second = self.rng.sample([(shop, channel) for shop, channels in CHANNELS.items() for channel in channels], 2)
        both_centra = first[0] is second[0] is System.CENTRA  # which gives a number to one order alone
        return (first, (System.CENTRY, "Ripley")) if both_centra else (first, second)

    def _site(self, shop: System) -> Site:
        return next(site for site in self.world.sites if {shop, System.CARTONCLOUD} <= site.codes.keys())

    def _dispatch(self, placed_at: datetime, stage: Stage) -> Dispatch:
        shipped = placed_at + timedelta(hours=30)
        delivered = shipped + timedelta(hours=40) if stage is Stage.DELIVERED else None
        return Dispatch("UPS", "Ground", f"1Z{self.rng.randrange(10**14)}", shipped, delivered)


def _same_number(make: _Maker) -> Iterator[ShopOrder]:
    """They share one article, and were placed within a few days."""
    number, goods, at = make.number(), make.goods(make.rng.choice((1, 2))), make.time()
    (shop, channel), (other, elsewhere) = make.shops()
    yield make.order(shop, number, goods, at, channel=channel)
    shared = [goods[0], *make.goods(make.rng.choice((0, 1)), besides=goods)]
    later = at + timedelta(hours=make.rng.randrange(-100, 100))
    yield make.order(other, number, shared, later, channel=elsewhere, warehoused=make.rng.random() < 0.5)


def _one_purchase_order(make: _Maker) -> Iterator[ShopOrder]:
    goods, at = make.goods(2), make.time()
    first = make.order(System.CENTRA, make.number(), goods, at, channel=_WHOLESALE)
    second = make.order(System.CENTRA, make.number(), goods[:1], at + timedelta(hours=5), channel=_WHOLESALE)
    yield from (first, replace(second, reference=first.reference))


def _suffix(make: _Maker) -> Iterator[ShopOrder]:
    number, goods, at = make.number(), make.goods(2), make.time()
    (shop, channel), (other, elsewhere) = make.shops()
    first = make.order(shop, number, goods, at, channel=channel)
    second = make.order(other, f"1{number}", goods, at + timedelta(hours=3), channel=elsewhere)
    yield from (first, replace(second, buyer=first.buyer))


def _a_year_apart(make: _Maker) -> Iterator[ShopOrder]:
    """Numbers that were begun anew: in Centra, which knows orders by them, they cannot be."""
    number, at = make.number(), make.time()
    shop = make.rng.choice((System.CENPORTS, System.CENTRY))
    now, before = CHANNELS[shop][:2]
    first = make.order(shop, number, make.goods(2), at, channel=now)
    year = timedelta(days=365)
    yield first
    yield replace(
        make.order(shop, number, [line.item for line in first.lines], at - year, channel=before),
        buyer=first.buyer,
        lines=first.lines,
    )


def _reentered(make: _Maker) -> Iterator[ShopOrder]:
    """Under its old number the warehouse serves the new order alone; under a new one it had an order for either."""
    shop = make.rng.choice(tuple(CHANNELS))
    keeps_number = shop is not System.CENTRA and make.rng.random() < 0.5
    was, now = CHANNELS[shop][:2] if keeps_number else (CHANNELS[shop][-1],) * 2
    number, goods, at = make.number(), make.goods(2), make.time()
    first = replace(make.order(shop, number, goods, at, channel=was), stage=Stage.CANCELLED, dispatch=None)
    again = make.order(shop, number if keeps_number else make.number(), goods, at + timedelta(hours=2), channel=now)
    yield replace(first, warehoused=not keeps_number)
    yield replace(again, buyer=first.buyer, lines=first.lines, reference=first.reference)


def _pack(make: _Maker) -> Iterator[ShopOrder]:
    """Two packs and an order that is in none, all within minutes."""
    at = make.time()
    for index, size in enumerate((2, 3, 1)):
        pack = f"PACK-{make.number()}" if size > 1 else ""
        for _ in range(size):
            later = at + timedelta(minutes=index * 5, seconds=make.rng.randrange(60))
            order = make.order(System.CENTRY, make.number(), make.goods(1), later, warehoused=make.rng.random() < 0.5)
            yield replace(order, pack=pack)


def _parts(make: _Maker) -> Iterator[ShopOrder]:
    shop = make.rng.choice(tuple(CHANNELS))
    yield replace(make.order(shop, make.number(), make.goods(3), make.time()), parts=((1, 3), (2,)))


def _same_place(make: _Maker) -> Iterator[ShopOrder]:
    number, goods, at = make.number(), make.goods(2), make.time()
    (shop, channel), (other, elsewhere) = make.shops()
    first = make.order(shop, number, goods, at, channel=channel)
    second = make.order(other, number, make.goods(2, besides=goods), at + timedelta(hours=20), channel=elsewhere)
    yield first
    yield replace(second, buyer=replace(second.buyer, **_where(first.buyer)), warehoused=make.rng.random() < 0.5)


def _other_place(make: _Maker) -> Iterator[ShopOrder]:
    shop = make.rng.choice(tuple(CHANNELS))
    order = make.order(shop, make.number(), make.goods(2), make.time())
    corrected = f"{order.buyer.postcode[:-2]}{make.rng.randrange(10, 100)}"
    yield replace(order, sent_to=replace(order.buyer, postcode=corrected))


def _where(place: Place) -> dict[str, str]:
    names = ("suburb", "city", "state", "state_code", "postcode", "country", "country_name")
    return {name: getattr(place, name) for name in names}


_MAKERS: dict[Collision, Callable[[_Maker], Iterator[ShopOrder]]] = {
    Collision.SAME_NUMBER: _same_number,
    Collision.ONE_PURCHASE_ORDER: _one_purchase_order,
    Collision.SUFFIX: _suffix,
    Collision.A_YEAR_APART: _a_year_apart,
    Collision.REENTERED: _reentered,
    Collision.PACK: _pack,
    Collision.PARTS: _parts,
    Collision.SAME_PLACE: _same_place,
    Collision.OTHER_PLACE: _other_place,
}
