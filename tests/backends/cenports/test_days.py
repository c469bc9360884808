"""Lists that are cut, of a Cenports that means its dates and limits in every way that its page leaves open."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cached_property
from typing import Any

import pytest

from gateway.models import OrderFilter, Sort
from gateway.ports import Resources
from tests.backends.cenports.backing import Scripted, asking, reaching, walked

START = datetime(2026, 1, 1, 0, 30, tzinfo=UTC)


@dataclass(frozen=True)
class Shop:
    """A list of orders `apart`, in a calendar `offset` hours from UTC, that shows `most` at once. The last 30 come late.

    `linked`: what is not shown can be had by links to further pages. The first so many are
    `of_first_channel`, the others take turns; the first part of all is `acknowledged`.
    """

    count: int = 700
    apart: timedelta = timedelta(hours=3)
    offset: int = 0
    last_day_counts: bool = True
    most: int = 300
    newest_first: bool = True
    channels: int = 2
    late: timedelta = timedelta()
    linked: bool = False
    of_first_channel: int = 0
    acknowledged: float = 1

    @cached_property
    def orders(self) -> list[dict[str, Any]]:
        times = [START + self.apart * index for index in range(self.count)]
        times[-30:] = [at + self.late for at in times[-30:]]
        return [
            {"orderNo": f"N{index:05}", "channelId": self._channel(index), "orderDate": at.isoformat()}
            for index, at in enumerate(times)
        ]

    def _channel(self, index: int) -> str:
        return "C0" if index < self.of_first_channel else f"C{(index + 1) % self.channels}"

    def answer(self, path: str, asked: Mapping[str, str]) -> Any:
        if path == "channels":
            return {"data": [{"channelId": "C0"}, {"channelId": "C1"}]}
        orders = [order for order, day in self._days if self._asked_for(order, day, asked)]
        if self.newest_first:
            orders.reverse()
        shown, page = min(self.most, int(asked["limit"])), int(asked.get("page", "1"))
        link = f"/v2/orders?page={page + 1}" if self.linked and len(orders) > page * shown else None
        return {"data": orders[(page - 1) * shown : page * shown], "links": {"next": link}}

    @cached_property
    def _days(self) -> list[tuple[dict[str, Any], date]]:
        zone = timezone(timedelta(hours=self.offset))
        return [(order, datetime.fromisoformat(order["orderDate"]).astimezone(zone).date()) for order in self.orders]

    def _asked_for(self, order: Mapping[str, Any], day: date, asked: Mapping[str, str]) -> bool:
        if asked.get("channelId", order["channelId"]) != order["channelId"]:
            return False
        is_acknowledged = "true" if int(order["orderNo"][1:]) < self.count * self.acknowledged else "false"
        if asked.get("isAcknowledged", is_acknowledged) != is_acknowledged:
            return False
        if "startDate" not in asked:
            return True
        start, end = (date.fromisoformat(asked[name]) for name in ("startDate", "endDate"))
        return start <= day and (day <= end if self.last_day_counts else day < end)


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize(
    "shop",
    [
        Shop(newest_first=True),
        Shop(newest_first=False),
        Shop(last_day_counts=False),
        Shop(offset=14),
        Shop(offset=-12),
        Shop(offset=14, last_day_counts=False),
        Shop(offset=-12, last_day_counts=False),
        Shop(count=120, most=30),
        Shop(count=120, most=50, apart=timedelta(minutes=20)),
        Shop(count=420, apart=timedelta(minutes=4)),
        Shop(count=420, apart=timedelta(minutes=4), last_day_counts=False, offset=9),
        Shop(count=420, apart=timedelta(days=20)),
        Shop(linked=True),
        Shop(count=420, linked=True, most=30),
        Shop(count=700, linked=True, apart=timedelta(minutes=1)),
        Shop(count=700, apart=timedelta(minutes=1), acknowledged=0.5),
    ],
    ids=str,
)
async def test_whatever_is_meant_a_walk_is_whole(shop: Shop, sort: Sort, resources: Resources) -> None:
    async with reaching(Scripted(shop.answer), resources) as (backend, _):
        pages = await walked(backend, OrderFilter(), sort, 59)

    numbers = [order["orderNo"] for order in shop.orders]
    expected = numbers if sort is Sort.ASC else numbers[::-1]
    assert [order.number for page in pages for order in page.records] == expected
    assert not [gap for page in pages for gap in page.gaps]


@pytest.mark.parametrize(
    ("newest_first", "sort", "most"),
    [(True, Sort.DESC, 2), (False, Sort.ASC, 2), (False, Sort.DESC, 17), (True, Sort.ASC, 17)],
)
async def test_a_page_of_a_list_of_thousands_costs_few_calls(
    newest_first: bool, sort: Sort, most: int, resources: Resources
) -> None:
    system = Scripted(Shop(count=9000, newest_first=newest_first).answer)
    async with reaching(system, resources) as (backend, _):
        page = await backend.orders(asking(sort=sort))

    assert len(page.records) == 50
    assert len(system.asked) <= most


async def test_links_to_the_rest_of_a_list_are_left_alone_where_days_lead_there(resources: Resources) -> None:
    system = Scripted(Shop(count=9000, linked=True).answer)
    async with reaching(system, resources) as (backend, _):
        page = await backend.orders(asking())

    assert len(page.records) == 50
    assert len(system.asked) == 2


async def test_nothing_is_asked_twice(resources: Resources) -> None:
    system = Scripted(Shop(count=420, apart=timedelta(minutes=2)).answer)
    async with reaching(system, resources) as (backend, _):
        await backend.orders(asking(limit=1000))

    asked = [tuple(sorted(one.items())) for one in system.asked if "limit" in one]
    assert len(asked) == len(set(asked))


async def test_30_orders_are_believed_to_be_all_where_longer_replies_came(resources: Resources) -> None:
    shop = Shop(count=320, apart=timedelta(minutes=1), channels=1, late=timedelta(days=40))
    async with reaching(Scripted(shop.answer), resources) as (backend, _):
        page = await backend.orders(asking(limit=1000))

    assert len(page.records) == 320
    assert not page.gaps


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("offset", [-12, 14])
async def test_a_page_that_ends_where_a_span_ends_is_whole(offset: int, sort: Sort, resources: Resources) -> None:
    shop = Shop(offset=offset, newest_first=sort is Sort.DESC)
    numbers = [order["orderNo"] for order in shop.orders]
    expected = numbers if sort is Sort.ASC else numbers[::-1]
    async with reaching(Scripted(shop.answer), resources, cache_ttl=30) as (backend, _):
        for limit in range(140, 170):
            page = await backend.orders(asking(sort=sort, limit=limit))
            assert [order.number for order in page.records] == expected[:limit]


async def test_a_gap_names_its_own_day_only(resources: Resources) -> None:
    shop = Shop(count=700, apart=timedelta(minutes=1))
    async with reaching(Scripted(shop.answer), resources) as (backend, _):
        page = await backend.orders(asking(OrderFilter(channel_ids=frozenset({"C0"})), limit=2000))

    assert [gap.message for gap in page.gaps] == ["Cenports holds more of 2026-01-01 in channel C0 than it lets anyone read."]


A_MINUTE = timedelta(minutes=1)


async def test_301_orders_of_one_day_channel_and_acknowledgement_are_a_part(resources: Resources) -> None:
    async with reaching(Scripted(Shop(count=301, apart=A_MINUTE, channels=1).answer), resources) as (backend, _):
        page = await backend.orders(asking(limit=1000))

    assert len(page.records) == 300
    assert [gap.message for gap in page.gaps] == ["Cenports holds more of 2026-01-01 in channel C0 than it lets anyone read."]


@pytest.mark.parametrize("wanted", [OrderFilter(), OrderFilter(channel_ids=frozenset({"C0"}))], ids=["all", "one channel"])
async def test_acknowledged_and_other_orders_of_one_day_and_channel_are_read_apart(
    wanted: OrderFilter, resources: Resources
) -> None:
    shop = Shop(count=301, apart=A_MINUTE, channels=1, acknowledged=0.9)
    system = Scripted(shop.answer)
    async with reaching(system, resources) as (backend, _):
        page = await backend.orders(asking(wanted, limit=1000))

    assert len(page.records) == 301
    assert not page.gaps
    assert [one["isAcknowledged"] for one in system.asked if "isAcknowledged" in one] == ["false", "true"]


@pytest.mark.parametrize(("acknowledged", "gaps"), [(0.9, 0), (1, 1)])
async def test_300_orders_and_one_of_another_channel_are_all(acknowledged: float, gaps: int, resources: Resources) -> None:
    """Of 300 orders of one channel and acknowledgement nobody could know whether they are all."""
    shop = Shop(count=301, apart=A_MINUTE, of_first_channel=300, acknowledged=acknowledged)
    async with reaching(Scripted(shop.answer), resources) as (backend, _):
        page = await backend.orders(asking(limit=1000))

    assert len(page.records) == 301
    assert len(page.gaps) == gaps


async def test_orders_that_are_acknowledged_while_they_are_read_are_seen(resources: Resources) -> None:
    """Of orders that the reply for the whole day did not show, some move on between the two questions."""
    shop = Shop(count=400, apart=A_MINUTE, channels=1)
    acknowledged = set(range(200, 400))

    def answer(path: str, asked: Mapping[str, str]) -> Any:
        if "isAcknowledged" not in asked:
            return shop.answer(path, asked)
        wanted = asked["isAcknowledged"] == "true"
        shown = [order for index, order in enumerate(shop.orders) if (index in acknowledged) is wanted]
        acknowledged.update(range(50, 100))
        return {"data": shown}

    async with reaching(Scripted(answer), resources) as (backend, _):
        page = await backend.orders(asking(limit=1000))

    assert len(page.records) == 400
    assert not page.gaps


async def test_dates_are_sent_both_or_neither_and_wider_than_what_is_left(resources: Resources) -> None:
    system = Scripted(Shop(count=100).answer)
    async with reaching(system, resources) as (backend, _):
        page = await backend.orders(asking(limit=10))
        await backend.orders(asking(limit=10, after=page.position))

    first, second = system.asked
    assert not {"startDate", "endDate"} & first.keys()
    assert page.position
    after = page.position.list_time.date()
    assert (date.fromisoformat(second["endDate"]) - after).days >= 1
    assert date.fromisoformat(second["startDate"]) < START.date()


async def test_a_channel_that_is_not_listed_is_found_by_its_orders(resources: Resources) -> None:
    shop = Shop(count=420, apart=timedelta(minutes=2))
    answers: Callable[[str, Mapping[str, str]], Any] = shop.answer

    def answer(path: str, asked: Mapping[str, str]) -> Any:
        return {"data": [{"channelId": "C0"}]} if path == "channels" else answers(path, asked)

    async with reaching(Scripted(answer), resources) as (backend, _):
        page = await backend.orders(asking(limit=1000))

    assert len(page.records) == 420
    assert not page.gaps
