"""Cenports' answers in every form that its page shows or leaves open, over a real connection."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.responses import Response

from gateway.backends.cenports import wire
from gateway.backends.cenports.sandbox import CenportsSandbox
from gateway.errors import BackendError, MalformedReply, Rejected, TimedOut, Unauthenticated, Unavailable
from gateway.models import OrderFilter
from gateway.ports import Resources
from gateway.sandbox.world import make_world
from tests.backends.cenports.backing import Scripted, asking, reaching, recorded, simulated
from tests.secrets import WRONG


def order(number: int) -> dict[str, Any]:
    return {"orderNo": f"N{number}", "channelId": "C", "orderDate": f"2026-01-{number:02}"}


@pytest.mark.parametrize(
    ("reply", "numbers"),
    [
        (recorded("cenports-02-orders.reply.json"), ["A12345"]),
        ([order(1), order(2)], ["N2", "N1"]),
        ({"data": [order(1), order(2)], "code": 200, "status": "success", "message": "OK"}, ["N2", "N1"]),
        ({"data": order(1)}, ["N1"]),
        ({"data": {"current_page": 1, "data": [order(1)], "next_page_url": None}, "code": 200}, ["N1"]),
        ({"data": []}, []),
        ({"data": {}}, []),
        ({"data": None}, []),
        ([], []),
        (b"\xef\xbb\xbf[]", []),
    ],
)
async def test_forms_of_a_list(reply: Any, numbers: list[str], resources: Resources) -> None:
    async with reaching(Scripted(lambda _path, _asked: reply), resources) as (backend, _):
        page = await backend.orders(asking())

    assert [record.number for record in page.records] == numbers
    assert all(record.raw and json.loads(record.raw)["orderNo"] == record.number for record in page.records)


@pytest.mark.parametrize(
    "linked",
    [
        lambda link, data: {"data": data, "links": {"first": "x", "next": link}},
        lambda link, data: {"data": data, "next_page_url": link},
        lambda link, data: {"data": {"data": data, "next_page_url": link, "links": [{"url": link, "label": "2"}]}},
    ],
)
async def test_links_to_further_pages_are_followed(linked: Any, resources: Resources) -> None:
    def answer(_path: str, asked: Mapping[str, str]) -> Any:
        page = int(asked.get("page", "1"))
        link = f"http://elsewhere.example.com/v2/orders?page={page + 1}&limit=3" if page < 3 else None
        return linked(link, [order(page)])

    system = Scripted(answer)
    async with reaching(system, resources) as (backend, _):
        page = await backend.orders(asking(OrderFilter(acknowledged=True)))

    assert [record.number for record in page.records] == ["N3", "N2", "N1"]
    assert [asked.get("page") for asked in system.asked] == [None, "2", "3"]
    assert {asked["isAcknowledged"] for asked in system.asked} == {"true"}, "the question goes along"
    assert {asked["limit"] for asked in system.asked} == {"300"}


@pytest.mark.parametrize("onward", [{None: "2", "2": "2"}, {None: "2", "2": "3", "3": "2"}, {None: "2", "2": "1", "1": "2"}])
async def test_a_link_that_leads_back_is_an_error(onward: Mapping[str | None, str], resources: Resources) -> None:
    def answer(_path: str, asked: Mapping[str, str]) -> Any:
        return {"data": [order(1)], "next_page_url": f"/orders?page={onward[asked.get('page')]}"}

    system = Scripted(answer)
    async with reaching(system, resources) as (backend, _):
        with pytest.raises(MalformedReply):
            await backend.orders(asking())

    assert len(system.asked) <= 3


async def test_parameters_stand_in_the_query_and_in_the_body(resources: Resources) -> None:
    system = Scripted(lambda _path, _asked: {"data": []})
    async with reaching(system, resources, channel_id="C") as (backend, _):
        await backend.orders(asking(OrderFilter(numbers=frozenset({"A1", "B,2", " "}), acknowledged=False)))
        await backend.stock_by_variant([])
        await backend.shipments_by_id(["C/A1/1", "C/B%2C2/1"])
        await backend.check()

    orders, *stock, shipments, channels = system.bodies
    assert orders == {"partnerId": "111AAA", "orders": "A1", "limit": 300, "isAcknowledged": False, "isPaginated": True}
    assert system.asked[0] == {
        "partnerId": "111AAA", "orders": "A1", "limit": "300", "isAcknowledged": "false", "isPaginated": "true",
    }  # fmt: skip
    assert sorted(stock, key=str) == [
        {"partnerId": "111AAA", "actualStock": True},
        {"partnerId": "111AAA", "channelId": "C"},
    ]
    assert shipments == {
        "partnerId": "111AAA", "channelId": "C", "limit": 99, "orders": [{"orderNo": "A1"}, {"orderNo": "B,2"}],
    }  # fmt: skip
    assert system.asked[-2] == {
        "partnerId": "111AAA", "channelId": "C", "limit": "99", "orders[0][orderNo]": "A1", "orders[1][orderNo]": "B,2",
    }  # fmt: skip
    assert channels == {"partnerId": "111AAA"}


async def test_no_digit_of_a_number_is_lost(resources: Resources) -> None:
    reply = json.dumps(order(1))[:-1] + ', "pricing": {"grandTotal": 345.30000000000000001}}'
    async with reaching(Scripted(lambda _path, _asked: reply.encode()), resources, currency="USD") as (backend, _):
        [record] = (await backend.orders(asking())).records

    assert record.totals.total
    assert str(record.totals.total.amount) == "345.30000000000000001"


@pytest.mark.parametrize(
    "reply",
    [
        "text",
        7,
        None,
        {},
        {"data": "text"},
        {"data": ["text"]},
        {"data": [order(1), {"orderNo": "N2"}]},
        {"data": [order(1), {"orderDate": "2026-01-01"}]},
        b'{"data": [{"orderNo": "N1", "orderDate"',
        b"<html><body>Sign in</body></html>",
        b"",
        {"data": [{**order(1), "orderNo": "N1"}, 3]},
    ],
)
async def test_what_cannot_be_read_is_an_error(reply: Any, resources: Resources) -> None:
    async with reaching(Scripted(lambda _path, _asked: reply), resources) as (backend, _):
        with pytest.raises(MalformedReply):
            await backend.orders(asking())


@pytest.mark.parametrize(
    "reply",
    [
        {"code": "50001", "message": "Sorry, we're unable to process your request at this moment.", "errors": ["A1234"]},
        {"data": [], "code": 500, "status": "error", "message": "Sorry"},
        {"message": "Sorry"},
    ],
)
async def test_a_refusal_that_comes_as_200_is_an_error(reply: Any, resources: Resources) -> None:
    async with reaching(Scripted(lambda _path, _asked: reply), resources) as (backend, _):
        with pytest.raises(Rejected):
            await backend.orders(asking())


async def test_a_validation_message_is_passed_on(resources: Resources) -> None:
    reply = Response(recorded("validation-error.reply.json"), status_code=422)
    async with reaching(Scripted(lambda _path, _asked: reply), resources) as (backend, _):
        with pytest.raises(Rejected) as caught:
            await backend.check()

    assert caught.value.message == (
        "The given data was invalid. The partner id is not valid, please try again. "
        "The partner id does not exist, please try again."
    )


async def test_check_reads_the_channels(resources: Resources) -> None:
    async with simulated(make_world(orders=1), resources) as (backend, calls):
        await backend.check()
        assert await calls.counted() == {"cenports-05": 1}
        assert sorted(channel.channel_id for channel in await backend.sales_channels()) == ["AMAZON", "WDSDL-1"]


async def test_wrong_credentials(resources: Resources) -> None:
    async with simulated(make_world(orders=1), resources, client_secret=WRONG) as (backend, _):
        with pytest.raises(Unauthenticated):
            await backend.check()


@pytest.mark.parametrize("status", [400, 401, 403, 422])
async def test_a_refused_token_call_is_about_credentials(status: int, resources: Resources) -> None:
    async with simulated(make_world(orders=1), resources) as (backend, calls):
        await calls.fault(match="POST /authorize", times=9, status=status)
        with pytest.raises(Unauthenticated):
            await backend.check()


def test_a_token_keeps_itself_back() -> None:
    assert "secret" not in repr(wire.Token("secret-of-a-test", 86400))


async def test_a_token_that_has_expired_is_replaced(resources: Resources) -> None:
    system = CenportsSandbox(make_world(orders=1))
    async with reaching(system, resources) as (backend, calls):
        await backend.check()
        system.revoke_tokens()
        await backend.check()
        assert await calls.counted() == {"cenports-05": 3}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"mode": "html"}, MalformedReply),
        ({"mode": "truncated"}, MalformedReply),
        ({"mode": "malformed"}, MalformedReply),
        ({"mode": "down"}, Unavailable),
        ({"mode": "reset"}, Unavailable),
        ({"status": 500}, Unavailable),
        ({"latency": 5}, TimedOut),
    ],
)
async def test_a_broken_cenports_is_an_error_of_its_kind(
    fault: Mapping[str, Any], error: type[BackendError], resources: Resources
) -> None:
    async with simulated(make_world(orders=3), resources, timeout=1) as (backend, calls):
        await calls.fault(match="GET /*", times=20, **fault)
        for ask in (backend.check, backend.warehouses, lambda: backend.orders(asking())):
            with pytest.raises(error):
                await ask()
