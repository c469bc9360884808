"""The vendor's page as law: the simulated Cenports answers its examples, and the client sends and reads them."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest

from gateway.backends.cenports import wire
from gateway.backends.cenports.client import CenportsClient, Span, rows_of
from gateway.backends.cenports.mapping import scope_of
from gateway.backends.cenports.mapping.channel import CHANNEL
from gateway.backends.cenports.mapping.order import ORDER
from gateway.backends.cenports.mapping.stock import VARIANT, WAREHOUSE
from gateway.backends.cenports.new_channels import channel_message
from gateway.backends.cenports.settings import CenportsSettings
from gateway.changes import OrderTask, ShipmentAcknowledgement
from gateway.errors import Rejected
from gateway.mapping import Table
from gateway.transactions.work import Change, Done, Job, TakenOn
from gateway.transport import connect
from tests.backends.cenports import states
from tests.backends.cenports.asking import PARTNER
from tests.backends.cenports.backing import CONTRACT
from tests.backends.cenports.states import BASE, Known, Simulated, simulated
from tests.backends.cenports.written import CHANNEL_SHOWN, DAY, FIRST, SECOND, change, sent
from tests.contract.examples import Example, NotCovered, Recorded, Request, Slip, send
from tests.contract.page import json_blocks, printed, read_page, squeezed, uncovered
from tests.contract.recorder import Reply, recording, told
from tests.contract.same import Differs, differences, value_of

PAGE = "cenports-rest.txt"
# What the client does


@dataclass(frozen=True)
class Gateway:
    client: CenportsClient
    settings: CenportsSettings

    def change(self, name: str) -> Change[Any]:
        return change(name, self.client, self.settings)

    def read(self, table: Table[Any], *sent: wire.Sent[Any]) -> list[object]:
        return [table(one.record, scope_of(self.settings, one)) for one in sent]


Call: TypeAlias = Callable[[Gateway], Awaitable[object]]
DAYS = Span(date(2019, 11, 2), date(2019, 11, 5))


async def read_orders(gateway: Gateway) -> object:
    numbers = ("A12345", "B12345")
    reply = await gateway.client.orders(numbers=numbers, channel_id="ABC123", acknowledged=False, days=DAYS)
    return gateway.read(ORDER, *reply.records)


async def be_refused(gateway: Gateway) -> object:
    with pytest.raises(Rejected) as refusal:
        await gateway.client.orders(channel_id="NOWHERE")
    assert "The partner id is not valid, please try again." in str(refusal.value)
    return refusal


async def read_channels(gateway: Gateway) -> object:
    return gateway.read(CHANNEL, *await gateway.client.channels())


async def read_shipments(gateway: Gateway) -> object:
    return await gateway.client.shipments("ABC123", numbers=["A12345"], acknowledged=False, days=DAYS)


async def read_actual_stock(gateway: Gateway) -> object:
    [warehouse] = await gateway.client.actual_stock()
    return gateway.read(WAREHOUSE, warehouse) + gateway.read(VARIANT, *rows_of(warehouse))


async def read_available_stock(gateway: Gateway) -> object:
    [warehouse] = await gateway.client.available_stock("ABC123")
    return gateway.read(WAREHOUSE, warehouse) + gateway.read(VARIANT, *rows_of(warehouse))


async def create_orders(gateway: Gateway) -> object:
    taken = await sent(gateway.change("createOrders"), FIRST, SECOND)
    assert isinstance(taken, TakenOn)
    return taken.remote == states.HANDLE


async def acknowledge_orders(gateway: Gateway) -> object:
    tasks = [OrderTask(order_id=f"ABC123/{number}") for number in ("08557045", "19548748", "CS1245948")]
    return await sent(gateway.change("acknowledgeOrders"), *tasks)


async def be_told_of_an_order(gateway: Gateway) -> object:
    done = await sent(gateway.change("acknowledgeOrders"), OrderTask(order_id="ABC123/A1234"))
    assert isinstance(done, Done)
    return str(done.results[0]) == "The orderNo A1234 is not able to update."


async def acknowledge_shipments(gateway: Gateway) -> object:
    """Two shipments of one order are one entry."""
    given = [ShipmentAcknowledgement(shipment_id="ABC123/A12345/1"), ShipmentAcknowledgement(order_number="A12345")]
    return await sent(gateway.change("acknowledgeShipments"), *given)


async def create_channel(gateway: Gateway) -> object:
    """But for the page's "...", which is no picture."""
    await gateway.client.create_channel({**channel_message(CHANNEL_SHOWN, "ABC123"), "logo": "..."})
    return True


async def update_inventories(gateway: Gateway) -> object:
    """Which the page shows together, and the gateway sends apart."""
    entries = [("165161", 13, "TRUE_UP"), ("123", -1, "DIFFERENTIAL")]
    told = [{"productSKU": sku, "quantity": quantity, "type": kind} for sku, quantity, kind in entries]
    return await gateway.client.update_inventories("WAREHOUSE123", told)


async def ask_for_a_transaction(gateway: Gateway) -> object:
    items, message = dict.fromkeys(range(4), FIRST), {"entries": {str(index): f"{index}" for index in range(4)}}
    job = Job(key="K", items=items, submitted_at=DAY, message=message, remote=states.HANDLE)
    return await gateway.change("createOrders").poll(job)


# The table


AnExample: TypeAlias = Example[Simulated, Gateway]


def page(name: str, *lines: tuple[int, int], slips: tuple[Slip, ...] = (), why: str = "") -> Recorded:
    return Recorded(CONTRACT / name, lines, slips, why)


def transaction(state: str, *lines: tuple[int, int], given: Callable[[Simulated], Known], **more: Any) -> AnExample:
    """The same question, answered at another time."""
    return Example(
        f"transaction-{state}",
        "cenports-11",
        request=page("cenports-11-transaction.request.http", (733, 733), (740, 742), (728, 731)),
        reply=page(f"cenports-11-transaction-{state}.reply.json", *lines, slips=more.get("slips", ())),
        given=given,
        differs=SUBMITTED + more.get("differs", ()),
        sends=(IN_QUERY,),
        call=ask_for_a_transaction,
    )


NO_PARENTHESES = "the page's PHP arrays are no JSON: a list of objects is meant"
SUBMITTED = (
    Differs("/id", "a number of its own"),
    Differs("/handle", "a handle of its own"),
    Differs("/submitted_at", "the time of the call"),
)
IN_QUERY = Differs("/query", "the same parameters stand in the query too: a proxy may drop the body of a GET", free=True)
EXAMPLES: list[AnExample] = [
    Example(
        "authorize",
        "cenports-01",
        request=page("cenports-01-authorize.request.http", (20, 20), (33, 34), (24, 28)),
        reply=page("cenports-01-authorize.reply.json", (45, 53)),
        given=states.credentials,
        differs=(Differs("/access_token", "a token of its own"),),
        call=read_channels,
    ),
    Example(
        "orders",
        "cenports-02",
        request=page("cenports-02-orders.request.http", (67, 67), (85, 87), (69, 78)),
        reply=page("cenports-02-orders.reply.json", (105, 179)),
        given=states.the_order_shown,
        sends=(IN_QUERY,),
        call=read_orders,
    ),
    Example(
        "create-orders",
        "cenports-03",
        request=page(
            "cenports-03-create-orders.request.http",
            (185, 185), (271, 273), (187, 264),
            slips=tuple(Slip(line, "00,", "00", "a comma after the last member") for line in (217, 224, 257)),
        ),
        reply=page("cenports-03-create-orders.reply.json", (310, 316)),
        given=states.goods_to_sell,
        differs=SUBMITTED,
        call=create_orders,
    ),
    Example(
        "acknowledge-orders",
        "cenports-04",
        request=page("cenports-04-acknowledge-orders.request.http", (324, 324), (337, 339), (326, 330)),
        reply=page("cenports-04-acknowledge-orders.reply.json", (349, 354)),
        given=states.orders_to_acknowledge,
        sends=(Differs("/body/orders", "commas alone divide the numbers", free=True),),
        call=acknowledge_orders,
    ),
    Example(
        "channels",
        "cenports-05",
        request=page(
            "cenports-05-channels.request.http",
            (362, 362), (369, 369),
            slips=(Slip(362, "/channels", "/channels?partnerId=111AAA", "line 374 names partnerId a query parameter"),),
        ),
        reply=page("cenports-05-channels.reply.json", (378, 397)),
        given=states.the_channels_shown,
        sends=(Differs("/body", "the parameters of a GET stand in a JSON body too, as elsewhere on the page", free=True),),
        call=read_channels,
    ),
    Example(
        "create-channel",
        "cenports-06",
        request=page("cenports-06-create-channel.request.http", (403, 403), (410, 410), (411, 435)),
        reply=page("cenports-06-create-channel.reply.json", (464, 471)),
        given=states.a_logo,
        call=create_channel,
    ),
    Example(
        "shipments",
        "cenports-07",
        request=page(
            "cenports-07-shipments.request.http",
            (496, 496), (499, 499), (480, 492),
            slips=(Slip(485, '"A12345",', '"A12345"', "a comma after the last member"),),
        ),
        reply=None,  # the page shows none
        given=states.a_shipment,
        sends=(IN_QUERY,),
        call=read_shipments,
    ),
    Example(
        "acknowledge-shipments",
        "cenports-08",
        request=page("cenports-08-acknowledge-shipments.request.http", (514, 514), (530, 530), (518, 525)),
        reply=page("cenports-08-acknowledge-shipments.reply.json", (543, 549)),
        given=states.a_shipment,
        differs=SUBMITTED,
        call=acknowledge_shipments,
    ),
    Example(
        "actual-inventories",
        "cenports-09",
        request=page("cenports-09-inventories.request.http", (561, 561), (575, 575), (563, 568)),
        reply=page("cenports-09-inventories.reply.json", (597, 643)),
        given=states.the_stock_shown,
        sends=(
            IN_QUERY,
            Differs("/body/channelId", "case 2, by line 586, names no channel", free=True),
            Differs("/body/warehouseCode", "every warehouse is read", free=True),
        ),
        call=read_actual_stock,
    ),
    Example(
        "available-inventories",
        "cenports-09",
        request=page("cenports-09-inventories.request.http", (561, 561), (575, 575), (563, 568)),
        reply=page("cenports-09-inventories.reply.json", (597, 643)),
        given=states.the_stock_shown_as_available,
        sends=(
            IN_QUERY,
            Differs("/body/actualStock", "case 1, by line 579, is without it", free=True),
            Differs("/body/warehouseCode", "every warehouse is read", free=True),
        ),
        call=read_available_stock,
    ),
    Example(
        "update-inventories",
        "cenports-10",
        request=page("cenports-10-update-inventories.request.http", (649, 649), (673, 673), (651, 666)),
        reply=page("cenports-10-update-inventories.reply.json", (696, 702)),
        given=states.a_warehouse_to_count,
        differs=SUBMITTED,
        call=update_inventories,
    ),
    transaction("queued", (746, 752), given=states.a_queued_transaction),
    transaction("processing", (756, 762), given=states.a_transaction_under_way),
    transaction(
        "completed",
        (766, 772),
        given=states.a_completed_transaction,
        differs=(Differs("/completed_at", "the time of its end"),),
    ),
    transaction(
        "failed",
        (776, 796),
        given=states.a_failed_transaction,
        slips=(
            Slip(782, "{", "[", NO_PARENTHESES),
            *(Slip(line, "[", "{", NO_PARENTHESES) for line in (783, 787, 791)),
            *(Slip(line, "]", "}", NO_PARENTHESES) for line in (786, 790, 794)),
            Slip(795, "}", "]", NO_PARENTHESES),
        ),
    ),
    Example(
        "validation-error",
        "cenports-02",
        request=page("validation-error.request.http", why="the page shows the answer alone"),
        reply=page("validation-error.reply.json", (829, 839)),
        status=422,
        sends=(
            IN_QUERY,
            Differs("/body/limit", "asked with every list", free=True),
            Differs("/body/isPaginated", "asked with every list", free=True),
        ),
        call=be_refused,
    ),
    Example(
        "business-error",
        "cenports-04",
        request=page("business-error.request.http", why="the page shows the answer alone"),
        reply=page(
            "business-error.reply.json",
            (845, 853),
            slips=(
                Slip(849, "{", "", "a string in braces is no JSON"),
                Slip(851, "},", "", "a string in braces is no JSON"),
            ),
        ),
        status=400,
        given=Simulated.channel,
        call=be_told_of_an_order,
    ),
]  # fmt: skip
AGAIN = [page("cenports-03-create-orders.reply.json", lines) for lines in ((716, 722), (881, 887))]
"""The same message, printed a second and a third time."""
NOT_COVERED: list[NotCovered] = []
RECORDED = dict.fromkeys([*(one for example in EXAMPLES for one in (example.request, example.reply) if one), *AGAIN])
ASIDE = {
    "/authorize": Reply('{"access_token": "t", "expires_in": 86400}'),
    "/channels": Reply('{"data": [{"channelId": "MCCH"}]}'),
}
"""What calls are answered that come before, or because of, the example's own."""
FILLED = {'"partnerId": "CENPORTS"': f'"partnerId": "{PARTNER}"', '"partnerId": "A1234"': f'"partnerId": "{PARTNER}"'}
"""The page's examples are of three partners."""

every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)


@every_example
def test_the_simulated_cenports_answers_as_documented(example: AnExample) -> None:
    with simulated() as account:
        known = {**FILLED, **(example.given or Simulated.token)(account)}

        answer = send(account.base_url, example.asked(known))

    assert answer.status_code == example.status, answer.text
    if example.reply is not None:
        assert differences(value_of(example.reply.text()), value_of(answer.text), example.differs, known) == []


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.call], ids=lambda example: example.name)
async def test_the_client_sends_and_reads_what_is_documented(example: AnExample) -> None:
    assert example.call is not None
    documented = example.asked({**FILLED, "{access_token}": "t", "{{CLIENT_ID}}": "a-client", "{{CLIENT_SECRET}}": "b-client"})
    aside = {path: reply for path, reply in ASIDE.items() if path != urlsplit(documented.target).path}
    shown = example.reply.text() if example.reply else '{"data": []}'
    async with recording(Reply(shown, example.status), base=BASE, aside=aside) as recorder:
        settings = _settings(recorder.base_url, documented)
        gateway = Gateway(CenportsClient(settings, connect), settings)
        read = await example.call(gateway)
        await gateway.client.close()

    [sent] = recorder.requests
    assert differences(told(documented, documented.headers), told(sent, documented.headers), example.sends) == []
    assert read


def test_an_example_without_a_call_says_why() -> None:
    assert [example.name for example in EXAMPLES if not example.call and not example.why] == []


def _settings(base_url: str, documented: Request) -> CenportsSettings:
    """Those with which the client asks what is documented."""
    body = json.loads(documented.body or "{}")
    partner = {"partner_id": body.get("partnerId", PARTNER), "page_size": body.get("limit", 300), "cache_ttl": 0}
    given: dict[str, Any] = {"client_id": "a-client", "client_secret": "b-client", **partner}
    return CenportsSettings(base_url=base_url, **given)


# The page itself


@pytest.mark.parametrize(
    "recorded", [message for message in RECORDED if message.lines], ids=lambda recorded: recorded.path.name
)
def test_a_recorded_message_is_the_pages_text(recorded: Recorded) -> None:
    text = printed(read_page(PAGE), recorded)

    if recorded.path.suffix == ".http":
        documented, kept = _request(text), Request.parse(recorded.text())
        assert (documented.method, documented.target, documented.headers) == (kept.method, kept.target, kept.headers)
        assert squeezed(documented.body) == squeezed(kept.body)
    else:
        assert squeezed(text) == squeezed(recorded.text())


def _request(text: str) -> Request:
    """The page's form: method and path, the rows of the table of headers, a body in JSON."""
    first, *rest = text.splitlines()
    method, _, target = first.partition(" ")
    rows = [re.fullmatch(r"(Authorization|Content-Type|Accept)!? (.*)", line) for line in rest]
    headers = {row[1].lower(): row[2].replace("Bearer", "Bearer {access_token}") for row in rows if row}
    return Request(method, target, headers, "\n".join(rest[len(headers) :]))


def test_every_example_of_the_page_is_covered_or_said_not_to_be() -> None:
    covered = [lines for message in RECORDED for lines in message.lines]
    left_out = [entry.lines for entry in NOT_COVERED]

    missing = uncovered(json_blocks(read_page(PAGE)), covered + left_out)

    assert missing == []
