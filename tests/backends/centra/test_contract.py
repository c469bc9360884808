"""The vendor's cookbook as law: the simulated Centra answers its examples, and the gateway writes and reads them."""

import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import httpx
import pytest
from lxml import etree

from gateway.backends.centra import soap
from gateway.backends.centra.client import CentraClient
from gateway.backends.centra.sandbox import CentraSandbox
from gateway.backends.centra.settings import CentraSettings
from gateway.errors import BackendError, ErrorCode
from gateway.sandbox.server import running
from gateway.transport import connect
from tests.backends.centra.asked import ASKED
from tests.backends.centra.asking import child, shape, value, values
from tests.backends.centra.changing import at_work, prepared
from tests.backends.centra.cookbook import EMPTY, RETAIL, WHOLESALE, documented_order, order_xml
from tests.backends.centra.scripted import CONTRACT, enveloped
from tests.contract.examples import Example, NotCovered, Recorded, Request, Slip, send
from tests.contract.page import curl_commands, envelopes, printed, read_page, squeezed, uncovered
from tests.contract.recorder import Reply, recording, told
from tests.contract.same import Differs, differences, value_of

PAGE = "centra-soap-erp.txt"
INTRODUCTION = "centra-apis-introduction.txt"
LOGIN = {"username": "example", "password": "???"}

Lines: TypeAlias = tuple[int, int]
Given: TypeAlias = Callable[["Simulated"], Mapping[str, str]]
Case: TypeAlias = Example["Simulated", CentraClient]


@dataclass(frozen=True)
class Simulated:
    """A Centra that has its stores and currencies, and nothing else."""

    system: CentraSandbox
    address: str

    def ask(self, name: str) -> httpx.Response:
        """Send the example of this name."""
        example = next(example for example in EXAMPLES if example.name == name)
        return send(self.address, example.asked({}))


def after(*names: str) -> Given:
    """What stands before these examples, then they themselves."""

    def given(centra: Simulated) -> Mapping[str, str]:
        for name in names:
            answer = etree.fromstring(centra.ask(name).content)
            assert value(answer, "{*}Body/result/success") == "true", etree.tostring(answer)
        return {}

    return given


def placed(reply: str, *names: str, times: int = 1) -> Given:
    """The order of a documented event, as a shop placed it, and then these examples."""

    def given(centra: Simulated) -> Mapping[str, str]:
        for _ in range(times):
            centra.system.put(order_xml(reply))
        return after(*names)(centra)

    return given


def wholesale_store(centra: Simulated) -> Mapping[str, str]:
    centra.system.put("<store><id>1</id><type>wholesale</type></store>")
    return {}


def page(name: str, *lines: Lines, slips: tuple[Slip, ...] = ()) -> Recorded:
    return Recorded(CONTRACT / name, lines, slips)


def result(*lines: Lines) -> Recorded:
    """The page prints it with some updates, and says of all that they return it."""
    return Recorded(CONTRACT / "centra-result.reply.xml", lines, why="" if lines else "line 46: all updates return the same")


def update(
    name: str,
    operation: str,
    lines: Lines,
    *reply: Lines,
    given: Given | None = None,
    slip: Slip | None = None,
    sends: tuple[Differs, ...] = (),
) -> Case:
    request = page(f"{operation}-{name}.request.http", lines, slips=(slip,) if slip else ())
    example: Case = Example(name, operation, request, result(*reply), given=given, sends=sends)
    return replace(example, call=changing(*ASKED[name], given))


def changing(mutation: str, facts: Sequence[object], given: Given | None) -> Callable[[CentraClient], Awaitable[object]]:
    """Has a change make its message of what Centra's events tell, and sends it by this client."""

    async def call(client: CentraClient) -> object:
        with simulated("CENTRA") as [centra]:
            if given:
                given(centra)
            async with at_work(settings_for(centra.address), client) as means:
                return await (await prepared(means, mutation, facts)).send()

    return call


GOODS = ("size-tables", "sweater", "chair")
RETURNED = "/body/Envelope/Body/orders_Update/orders/order/shipments/shipment"
ROW = "refunds/refund/products/product/sizes/size"
EVENT = "/Envelope/Body/events_Get/events/event"
EVENT_OF_ITS_OWN = (
    Differs(f"{EVENT}/id", "events are numbered by Centra"),
    Differs(f"{EVENT}/date", "when it happened"),
)
SIZE_TABLES = update("size-tables", "centra-07", (171, 215))

EXAMPLES: list[Case] = [
    Example(
        "all-events",
        "centra-01",
        request=page("centra-01-all.request.http", (77, 88)),
        reply=page("centra-01-all.reply.xml", (89, 96)),
        call=lambda client: client.events_get("all"),
    ),
    update("markets", "centra-08", (112, 142), (143, 152)),
    replace(SIZE_TABLES, reply=page("centra-07-size-tables.reply.xml", (217, 231))),
    replace(SIZE_TABLES, name="size-tables-again", reply=result((233, 242)), given=after("size-tables")),
    update("sweater", "centra-05", (280, 365), (366, 375), given=after("size-tables")),
    update("chair", "centra-05", (385, 429), given=after("size-tables")),
    update("warehouses", "centra-06", (548, 568)),
    update("stock", "centra-05", (588, 624), given=placed(RETAIL, "size-tables", "chair")),
    update("pricelists", "centra-09", (664, 731), given=after(*GOODS)),
    update(
        "price-alteration-dates",
        "centra-10",
        (736, 755),
        given=wholesale_store,  # the page's store 1 is a retail one elsewhere, and the dates are for wholesale alone
        slip=Slip(742, "????", "???", "elsewhere the password is printed as ???"),
    ),
    update("payment-terms", "centra-11", (763, 781)),
    update("shipping-terms", "centra-12", (789, 806)),
    update(
        "account",
        "centra-13",
        (823, 901),
        given=after("markets", *GOODS, "pricelists", "payment-terms", "shipping-terms"),
    ),
    Example(
        "orders",
        "centra-01",
        request=page("centra-01-orders.request.http", (910, 921)),
        reply=page(
            RETAIL,
            (934, 1225),
            slips=(Slip(948, "</ns1:id>", "</ns1:ordernumber>", "ordernumber is closed with the tag of id"),),
        ),
        given=placed(RETAIL),
        differs=EVENT_OF_ITS_OWN,
        call=lambda client: client.events_get("order"),
    ),
    Example(
        "three-done",
        "centra-03",
        request=page("centra-03-three-done.request.http", (1259, 1272)),
        reply=result(),
        given=placed(RETAIL, times=3),
        call=lambda client: client.events_done(["115", "116", "117"]),
    ),
    update("lock", "centra-04", (1278, 1296), given=placed(RETAIL)),
    update(
        "shipped",
        "centra-04",
        (1307, 1337),
        given=placed(RETAIL),
    ),
    update(
        "return",
        "centra-04",
        (1345, 1388),
        given=placed(RETAIL, "shipped"),
        slip=Slip(
            1348, "<orders_Update>", '<orders_Update xmlns="http://www.centra.com/webservices/">', "the namespace is left out"
        ),
        sends=(
            Differs(f"{RETURNED}/id", "the shipment's own id: 30-1 is how the page calls it elsewhere"),
            *(
                Differs(f"{RETURNED}/{ROW}/{each}", "the page says always to name it", free=True)
                for each in ("names()", "orderitem")
            ),
        ),
    ),
    Example(
        "orders-of-a-market",
        "centra-02",
        request=page("centra-02-orders-of-a-market.request.http", (1394, 1410)),
        reply=page(WHOLESALE, (1411, 1676)),
        given=placed(WHOLESALE),
        differs=EVENT_OF_ITS_OWN,
        call=lambda client: client.events_get_by_markets("order", ["Wholesale-Market"]),
    ),
    Example(
        "one-done",
        "centra-03",
        request=page("centra-03-one-done.request.http", (1680, 1691)),
        reply=result(),
        given=placed(WHOLESALE, times=7),
        call=lambda client: client.events_done(["121"]),
    ),
    update(
        "confirm",
        "centra-04",
        (1696, 1715),
        given=placed(WHOLESALE),
    ),
    update(
        "cancel-item",
        "centra-04",
        (1726, 1761),
        given=placed(WHOLESALE),
    ),
    update(
        "first-shipment",
        "centra-04",
        (1767, 1834),
        given=placed(WHOLESALE),
    ),
    update(
        "second-shipment",
        "centra-04",
        (1840, 1907),
        given=placed(WHOLESALE, "cancel-item", "first-shipment"),
    ),
    update(
        "both-shipped",
        "centra-04",
        (1912, 1949),
        given=placed(WHOLESALE, "first-shipment", "second-shipment"),
    ),
]
LEFT_OUT = "..."
PARTS = [
    page("centra-done.part.xml", (50, 55), slips=(Slip(51, "<errors>", "<errors/>", "blank, and not closed"),)),
    page("centra-refused.part.xml", (56, 60)),
    page(
        "centra-bundle.part.xml",
        (434, 527),
        slips=tuple(Slip(line, LEFT_OUT, "", "the page leaves elements out") for line in (438, 454, 470, 486, 502, 519)),
    ),
    page("centra-additionals.part.xml", (1230, 1255)),
]
"""Parts of messages: how updates are answered, and of an order event its bundle and what was added in the checkout."""

NOT_COVERED = {
    PAGE: [NotCovered("customers_Update", (37, 44), "told in prose: no message is printed. What it says is held below")],
    INTRODUCTION: [
        NotCovered("orders of the Order API", (27, 27), "another API, in REST: the gateway speaks Centra's SOAP API alone"),
    ],
}
RECORDED = [message for example in EXAMPLES for message in (example.request, example.reply) if message] + PARTS


def named(example: Case) -> str:
    return example.name


@contextmanager
def simulated(*names: str) -> Iterator[list[Simulated]]:
    """A Centra for each of these."""
    systems = {name: CentraSandbox(EMPTY, username=LOGIN["username"], password=LOGIN["password"]) for name in names}
    with running(systems) as addresses:
        yield [Simulated(system, addresses[name]) for name, system in systems.items()]


@pytest.fixture(scope="module")
def centras() -> Iterator[Mapping[str, Simulated]]:
    """One for each example: they are started together."""
    names = [example.name for example in EXAMPLES]
    with simulated(*names) as started:
        yield dict(zip(names, started, strict=True))


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
def test_the_simulated_centra_answers_as_documented(centras: Mapping[str, Simulated], example: Case) -> None:
    centra = centras[example.name]
    if example.given:
        example.given(centra)

    answer = send(centra.address, example.asked({}))

    assert answer.status_code == 200, answer.text
    assert example.reply is not None
    assert differences(value_of(example.reply.text()), value_of(answer.text), example.differs) == []


def test_the_cookbook_can_be_followed_from_its_first_page_to_its_last() -> None:
    with simulated("CENTRA") as [centra]:
        after("markets", *GOODS, "warehouses", "stock", "pricelists", "payment-terms", "shipping-terms", "account")(centra)
        placed(RETAIL, "lock", "shipped", "return")(centra)
        placed(WHOLESALE, "confirm", "cancel-item", "first-shipment", "second-shipment", "both-shipped")(centra)
        retail, wholesale = centra.system.record("order", "30"), centra.system.record("order", "25")

    assert retail is not None
    assert (value(retail, "status"), value(retail, "locked")) == ("completed", "yes")
    assert (value(retail, "shipments/shipment/paid"), value(retail, "shipments/shipment/shipped")) == ("yes", "yes")
    assert value(retail, "shipments/shipment/refunds/refund/id") == "12"
    assert wholesale is not None
    assert (value(wholesale, "status"), value(wholesale, "locked")) == ("confirmed", "yes"), "it is not paid for yet"
    assert values(wholesale, "shipments/shipment/shipped") == ["yes", "yes"]
    assert values(wholesale, "cancelled/product/sizes/size/orderitem/id") == ["71"]


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.call], ids=named)
async def test_the_client_sends_and_reads_what_is_documented(example: Case) -> None:
    assert example.call is not None
    assert example.reply is not None
    asked = example.asked({})
    async with recording(Reply(example.reply.text())) as recorder:
        client = CentraClient(settings_for(recorder.address), connect)
        await example.call(client)
        await client.aclose()

    [sent] = recorder.requests
    assert differences(told(asked, asked.headers), told(sent, asked.headers), example.sends) == []


@pytest.mark.parametrize("example", EXAMPLES, ids=named)
async def test_the_wsdl_can_say_what_is_documented(example: Case) -> None:
    asked = example.asked({})
    message = child(etree.fromstring(asked.body.encode()), "Body/*")
    operation = etree.QName(message).localname.removesuffix("Request")
    said = {name: each for name, each in values_of(message).items() if name != "login"}

    written = await soap.Requests(LOGIN).write(operation, **said)

    assert differences(value_of(asked.body), value_of(written.decode())) == []
    assert {name.lower(): text for name, text in soap.headers(operation).items()} == asked.headers


async def test_a_customer_can_be_written_as_the_prose_says() -> None:
    """It is known by its id and made where there is none; a name that is not sent is not changed."""
    requests = soap.Requests(LOGIN)
    both = {"id": "7", "firstname": "Example", "lastname": "Person"}
    with simulated("CENTRA") as [centra]:
        for customer in (both, {"id": "7", "firstname": "Another"}):
            body = await requests.write("customers_Update", customers={"customer": [customer]})
            request = Request("POST", CentraSandbox.path, soap.headers("customers_Update"), body.decode())
            soap.read_done(send(centra.address, request))
        known = centra.system.record("customer", "7")

    assert known is not None
    assert values_of(known) == both | {"firstname": "Another"}


@pytest.mark.parametrize("event", [RETAIL, WHOLESALE])
async def test_what_an_order_event_tells_can_be_sent(event: str) -> None:
    """It has the structure of orders_Update, the page says."""
    order = documented_order(event)

    written = await soap.Requests(LOGIN).write("orders_Update", orders={"order": [values_of(order)]})

    sent = child(etree.fromstring(written), "Body/orders_Update/orders/order")
    assert differences(value_of(text_of(order)), value_of(text_of(sent))) == []


def text_of(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode")


def values_of(element: etree._Element) -> dict[str, Any]:
    """An element's children as zeep takes them: texts, objects, and lists of what is there more than once."""
    found: dict[str, Any] = {}
    for name in shape(element):
        inner = element.findall(f"{{*}}{name}")
        each = [values_of(one) if len(one) or name in HOLD_OTHERS else (one.text or "") for one in inner]
        found[name] = each if len(each) > 1 else each[0]
    return found


HOLD_OTHERS = {"supplierorderitems", "cancelled", "shipments", "refunds", "salesrep"}
"""What holds elements, also where the page shows it blank."""


@pytest.mark.parametrize("name", ["additionals", "bundle"])
async def test_parts_of_an_order_event_are_told_and_read(name: str) -> None:
    part = (CONTRACT / f"centra-{name}.part.xml").read_text().replace("ns1:", "")
    with simulated("CENTRA") as [centra]:
        centra.system.put(f"<order><id>30</id>{part}</order>")
        client = CentraClient(settings_for(centra.address), connect)
        (event,) = await client.events_get("order")
        await client.aclose()

    _id, told_part = child(etree.fromstring(event.body), "data/order")
    assert values_of(told_part) == values_of(etree.fromstring(part))
    assert set(event.data["order"]) == {"id", etree.QName(told_part).localname}


def settings_for(address: str) -> CentraSettings:
    return CentraSettings.model_validate({"soap_url": address + CentraSandbox.path, **LOGIN})


def test_the_answers_of_updates_are_read() -> None:
    done, refused = ((CONTRACT / f"centra-{name}.part.xml").read_text() for name in ("done", "refused"))

    soap.read_done(httpx.Response(200, content=enveloped(f"<ns1:result>{done}</ns1:result>")))
    with pytest.raises(BackendError) as error:
        soap.read_done(httpx.Response(200, content=enveloped(f"<ns1:result>{refused}</ns1:result>")))

    assert (error.value.code, error.value.message) == (ErrorCode.BACKEND_REJECTED, "Example 1")


@pytest.mark.parametrize("reference_replies", [False, True])
def test_either_documented_answer_to_an_update_is_read(*, reference_replies: bool) -> None:
    """The cookbook prints `result`; the API reference prints `marketsUpdateResponse` and the like."""
    system = CentraSandbox(EMPTY, username="example", password="???", reference_replies=reference_replies)
    with running({"CENTRA": system}) as addresses:
        answer = Simulated(system, addresses["CENTRA"]).ask("markets")

    soap.read_done(answer)
    assert ("marketsUpdateResponse" in answer.text) is reference_replies


# The page itself


@pytest.mark.parametrize(
    "recorded",
    [message for message in RECORDED if message.lines],
    ids=lambda recorded: f"{recorded.path.name}-{recorded.lines}",
)
def test_a_recorded_message_is_the_pages_text(recorded: Recorded) -> None:
    kept = recorded.text()
    if recorded.path.suffix == ".http":
        head, _, kept = kept.partition("\n\n")
        endpoint = read_page(PAGE)[75 - 1].rpartition("centra.com")[2]
        assert head.splitlines()[0] == f"POST {endpoint}"

    assert squeezed(printed(read_page(PAGE), recorded)) == squeezed(kept)


def test_every_example_of_the_pages_is_covered() -> None:
    lines = read_page(PAGE)
    covered = [each for message in RECORDED for each in message.lines]

    assert len(envelopes(lines)) == 31
    assert uncovered(envelopes(lines), covered) == []
    assert uncovered(xml_lines(lines), covered) == []
    assert uncovered(curl_commands(read_page(INTRODUCTION)), [each.lines for each in NOT_COVERED[INTRODUCTION]]) == []
    assert all("<firstname>" in " ".join(lines[each.lines[0] - 1 : each.lines[1]]) for each in NOT_COVERED[PAGE])


def xml_lines(lines: Sequence[str]) -> list[Lines]:
    """Each line of three lines of XML and more, one below the other: a tag that the prose names stands alone."""
    marks = "".join("x" if re.match(r"<[^?]|\.\.\.$", line) else " " for line in lines)
    return [(line, line) for run in re.finditer("x{3,}", marks) for line in range(run.start() + 1, run.end() + 1)]


def test_what_is_recorded_is_used() -> None:
    assert {path.name for path in CONTRACT.iterdir()} == {"centra.wsdl", *(message.path.name for message in RECORDED)}
