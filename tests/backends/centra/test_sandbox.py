"""The simulated Centra keeps the rules of the vendor's page: the login, the queue of events, what they hold."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import httpx
import pytest
from lxml import etree

from gateway.backends.centra.sandbox import OPERATIONS, CentraSandbox
from gateway.models import Backend
from gateway.sandbox.server import environment, load_sandboxes, running
from gateway.sandbox.world import ShopOrder, Stage, System, World, make_world
from tests.backends.centra.asking import (
    LOGIN,
    PATH,
    TYPES,
    all_events,
    connected,
    done,
    envelope,
    events,
    faultstring,
    ids,
    message,
    post,
    told,
    value,
    values,
)


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(seed=3, orders=150)


@pytest.fixture(scope="module")
def client(world: World) -> Iterator[httpx.Client]:
    """For tests that leave the queue as it is."""
    with connected(CentraSandbox(world)) as client:
        yield client


@pytest.fixture
def system(world: World) -> CentraSandbox:
    return CentraSandbox(world)


@pytest.fixture
def own_client(system: CentraSandbox) -> Iterator[httpx.Client]:
    """For tests that change the queue."""
    with connected(system) as client:
        yield client


def orders_of_market(world: World, market: str) -> set[str]:
    return {order.number for order in world.orders_of(System.CENTRA) if order.channel == market}


# The message


@pytest.mark.parametrize("operation", ["events_GetRequest", "events_GetByMarkets", "events_Done"])
@pytest.mark.parametrize(
    "login",
    [
        "",
        "<login/>",
        LOGIN.replace("sandbox-password", "wrong"),
        LOGIN.replace(">sandbox<", ">other<"),
        LOGIN.replace("sandbox-password", "pässword"),
    ],
)
def test_a_wrong_login_is_a_fault(client: httpx.Client, operation: str, login: str) -> None:
    before = ids(events(client))

    answer = post(client, message(operation, f"<event>{before[0]}</event>", login))

    assert faultstring(answer) == "Authentication failed: wrong username or password."
    assert ids(events(client)) == before


def test_the_login_can_be_set(world: World) -> None:
    system = CentraSandbox(world, username="erp", password="p&<>ss")
    login = "<login><username>erp</username><password>p&amp;&lt;&gt;ss</password></login>"

    with connected(system) as client:
        assert told(post(client, message("events_GetRequest", login=login))).tag.endswith("events_Get")
        assert "Authentication" in faultstring(post(client, message("events_GetRequest")))


@pytest.mark.parametrize("name", ["Events_Get", "events_Get"])
@pytest.mark.parametrize("quote", ['"', ""])
def test_the_soap_action_is_taken_with_quotes_and_without(client: httpx.Client, name: str, quote: str) -> None:
    action = f"{quote}http://www.centra.com/webservices/{name}{quote}"

    assert told(post(client, message("events_GetRequest"), SOAPAction=action)).tag.endswith("events_Get")


@pytest.mark.parametrize("action", ["", '""'])
def test_the_soap_action_may_be_blank(client: httpx.Client, action: str) -> None:
    assert told(post(client, message("events_GetRequest"), SOAPAction=action)).tag.endswith("events_Get")


def test_the_soap_action_of_another_operation_is_a_fault(client: httpx.Client) -> None:
    action = '"http://www.centra.com/webservices/Events_Done"'

    assert "no operation" in faultstring(post(client, message("events_GetRequest"), SOAPAction=action))


@pytest.mark.parametrize("name", ["events_Get", "events_Everything", "invoices_Update"])
def test_an_operation_that_is_not_there_is_a_fault(client: httpx.Client, name: str) -> None:
    assert "no operation" in faultstring(post(client, message(name)))


def test_a_request_needs_no_namespace(client: httpx.Client) -> None:
    answer = post(client, envelope(f"<events_GetRequest>{LOGIN}<type>order</type></events_GetRequest>"))

    assert len(told(answer)[0]) == 100


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "not well-formed"),
        ("<Envelope><Body>", "not well-formed"),
        (message("events_GetRequest")[:-9], "not well-formed"),
        ("<Envelope/>", "not a SOAP 1.1 envelope"),
        (message("events_GetRequest").replace("http://schemas.xmlsoap.org/soap/envelope/", "urn:x"), "not a SOAP 1.1"),
        (envelope(""), "has no body"),
    ],
)
def test_what_is_no_message_is_a_fault(client: httpx.Client, body: str, reason: str) -> None:
    assert reason in faultstring(post(client, body))


def test_no_file_is_read_for_an_entity(client: httpx.Client) -> None:
    type_and_entity = '<!DOCTYPE x [<!ENTITY type SYSTEM "file:///etc/hostname">]><soap:'
    body = message("events_GetRequest", "<type>&type;</type>").replace("<soap:", type_and_entity, 1)

    assert "document type" in faultstring(post(client, body))


def test_only_xml_by_post_at_its_address_is_answered(client: httpx.Client) -> None:
    body = message("events_GetRequest")

    assert client.get(PATH).status_code == 405
    assert client.put(PATH, content=body, headers=TYPES).status_code == 405
    assert client.post(PATH, content=body, headers={"Content-Type": "application/json"}).status_code == 415
    assert client.post(f"{PATH}/more", content=body, headers=TYPES).status_code == 404


def test_every_answer_has_an_id(client: httpx.Client) -> None:
    first, second = (post(client, message("events_GetRequest", login=login)) for login in (LOGIN, ""))

    assert first.headers["X-Centra-Request-ID"] != second.headers["X-Centra-Request-ID"]
    assert first.headers["X-Correlation-ID"] != second.headers["X-Correlation-ID"]


# The queue


def test_the_oldest_hundred_are_given_again_and_again(client: httpx.Client, world: World) -> None:
    first = events(client)

    assert ids(first) == [str(115 + index) for index in range(100)]
    assert ids(events(client)) == ids(first)
    assert {"order", "stock", "warehouse", "market", "customer", "giftcard"} <= {value(event, "type") for event in first}


def test_what_is_done_is_forgotten_and_nothing_else(own_client: httpx.Client) -> None:
    before = ids(events(own_client))

    answer = done(own_client, *before[5:15])

    after = ids(events(own_client))
    assert after[:90] == before[:5] + before[15:]
    assert [int(key) for key in after[90:]] == list(range(int(before[-1]) + 1, int(before[-1]) + 11))
    assert etree.tostring(answer).count(b"<ns1:") == 4
    assert (value(answer, "success"), values(answer, "errors"), values(answer, "notices")) == ("true", [""], [""])


def test_what_is_not_in_the_queue_can_be_done(client: httpx.Client) -> None:
    before = ids(events(client))

    assert value(done(client, "1", "99999", "x"), "success") == "true"
    assert value(done(client), "success") == "true"
    assert ids(events(client)) == before


def test_the_queue_comes_to_an_end(own_client: httpx.Client, world: World) -> None:
    found = all_events(own_client)

    assert events(own_client) == []
    assert ids(found) == [str(115 + index) for index in range(len(found))]
    told_orders = [value(event, "entry") for event in found if value(event, "type") == "order"]
    assert sorted(told_orders) == sorted(order.number for order in world.orders_of(System.CENTRA))
    dates = [value(event, "date") for event in found]
    assert dates == sorted(dates)


def test_one_type_is_told_alone(client: httpx.Client, world: World) -> None:
    assert [value(event, "entry") for event in events(client, "warehouse")] == ["MainWarehouse", "OtherWarehouse"]
    assert {value(event, "type") for event in events(client, "order")} == {"order"}
    assert len(events(client, "order")) == 100
    assert len(events(client, "stock")) == len({item.product for item in world.items_of(System.CENTRA)})
    assert events(client, "invoice") == []


def test_no_type_means_all(client: httpx.Client) -> None:
    assert etree.tostring(told(post(client, message("events_GetRequest")))) == etree.tostring(
        told(post(client, message("events_GetRequest", "<type>all</type>")))
    )


def test_a_market_is_told_alone(client: httpx.Client, world: World) -> None:
    found = events(client, markets=["Retail-Sweden"])

    assert {value(event, "entry") for event in found} == orders_of_market(world, "Retail-Sweden")
    assert {value(event, "data/order/market/id") for event in found} == {"Retail-Sweden"}


def test_several_markets_and_a_type(client: httpx.Client, world: World) -> None:
    found = events(client, "order", ["Retail-Sweden", "Wholesale-Market"])

    expected = orders_of_market(world, "Retail-Sweden") | orders_of_market(world, "Wholesale-Market")
    assert {value(event, "entry") for event in found} <= expected
    assert len(found) == min(100, len(expected))
    assert {value(event, "type") for event in events(client, markets=["Wholesale-Market"])} == {"order", "account"}


@pytest.mark.parametrize("markets", [[], ["Elsewhere"]])
def test_no_market_no_events(client: httpx.Client, markets: list[str]) -> None:
    assert events(client, markets=markets) == []


def test_the_words_of_the_reference(world: World) -> None:
    with connected(CentraSandbox(world, reference_replies=True)) as client:
        first = events(client)[0]
        answer = done(client, value(first, "id"))

        assert (answer.tag, answer.text) == ("eventsDoneResponse", "OK")
        assert value(first, "date") == "2026-03-02T19:00:00+01:00"
        assert value(events(client)[0], "id") != value(first, "id")


# The course of things


def test_an_order_that_moves_on_is_a_new_event(own_client: httpx.Client, system: CentraSandbox, world: World) -> None:
    order = one_order(world, lambda order: order.stage is Stage.PLACED and order.channel == "Retail-Global")
    before = all_events(own_client)

    system.advance(order.number, Stage.CONFIRMED)
    system.advance(order.number, Stage.SHIPPED)

    confirmed, shipped = events(own_client)
    assert [int(key) for key in ids([confirmed, shipped])] == [int(ids(before)[-1]) + 1, int(ids(before)[-1]) + 2]
    assert value(confirmed, "entry") == value(shipped, "entry") == order.number
    assert value(confirmed, "date") < value(shipped, "date")
    assert value(confirmed, "data/order/status") == "confirmed"
    assert values(confirmed, "data/order/shipments/shipment/shipped") == []
    assert value(shipped, "data/order/status") == "completed"
    assert value(shipped, "data/order/shipments/shipment/shipped") == "yes"
    assert value(shipped, "data/order/shipments/shipment/carrierinformation/tracking") == f"1Z{order.number}"


def test_an_order_can_be_moved_back_and_delivered(system: CentraSandbox, world: World) -> None:
    order = one_order(world, lambda order: order.stage is Stage.SHIPPED)

    delivered = system.advance(order.number, Stage.DELIVERED)
    placed = system.advance(order.number, Stage.PLACED)
    sent_again = system.advance(order.number, Stage.SHIPPED)
    delivered_again = system.advance(order.number, Stage.DELIVERED)

    assert delivered.dispatch is not None
    assert order.dispatch is not None
    assert (delivered.dispatch.tracking, delivered.dispatch.shipped_at) == (order.dispatch.tracking, order.dispatch.shipped_at)
    assert delivered.dispatch.delivered_at == delivered.changed_at
    assert (placed.dispatch, placed.acknowledged) == (None, False)
    assert placed.changed_at > delivered.changed_at
    assert sent_again.dispatch is not None
    assert sent_again.dispatch.tracking == f"1Z{order.number}" != order.dispatch.tracking
    assert delivered_again.dispatch == replace(sent_again.dispatch, delivered_at=delivered_again.changed_at)


def test_only_its_own_orders_move(system: CentraSandbox) -> None:
    with pytest.raises(KeyError):
        system.advance("A10001", Stage.SHIPPED)


def test_events_can_be_made(own_client: httpx.Client, system: CentraSandbox) -> None:
    key = system.add_event("pricelist", "<pricelist><id>Old</id><note>a &amp; b</note></pricelist>", mission="delete")

    (made,) = (event for event in all_events(own_client) if value(event, "id") == key)
    assert (value(made, "type"), value(made, "entry"), value(made, "mission")) == ("pricelist", "Old", "delete")
    assert value(made, "data/pricelist/note") == "a & b"
    assert made.find("{http://www.centra.com/webservices/}data/{http://www.centra.com/webservices/}pricelist") is not None


def test_the_same_seed_tells_the_same(world: World) -> None:
    def whole(system: CentraSandbox) -> list[bytes]:
        with connected(system) as client:
            system.advance(world.orders_of(System.CENTRA)[0].number, Stage.CANCELLED)
            return [etree.tostring(event) for event in all_events(client)]

    first = whole(CentraSandbox(world))
    assert first == whole(CentraSandbox(make_world(seed=3, orders=150)))
    assert first != whole(CentraSandbox(make_world(seed=4, orders=150)))


def one_order(world: World, holds: Callable[[ShopOrder], bool]) -> ShopOrder:
    return next(order for order in world.orders_of(System.CENTRA) if not order.warehoused and holds(order))


# The simulated system


def test_operations_are_known_by_the_body(system: CentraSandbox) -> None:
    def operation(body: str, method: str = "POST", path: str = system.path) -> str | None:
        return system.operation(method, path, body.encode())

    assert operation(message("events_GetRequest")) == "centra-01"
    assert operation(message("events_GetByMarkets")) == "centra-02"
    assert operation(message("events_Done", login="")) == "centra-03"
    assert {operation(message(name)) for name in OPERATIONS} == {f"centra-{number:02}" for number in range(1, 15)}
    assert operation(message("events_Everything")) is None
    assert operation("<Envelope") is None
    assert operation(message("events_Done"), method="GET") is None
    assert operation(message("events_Done"), path="/") is None


def test_calls_are_counted_by_operation(own_client: httpx.Client) -> None:
    done(own_client, ids(events(own_client))[0])

    calls = own_client.get("/__calls").json()

    assert [call["operation"] for call in calls] == ["centra-01", "centra-03"]


def test_its_settings_reach_it(world: World) -> None:
    systems = load_sandboxes(world, [Backend.CENTRA])

    with running(systems) as addresses:
        variables = environment(systems, addresses)
        user, password = (variables[f"GATEWAY_CENTRA__{name}"] for name in ("USERNAME", "PASSWORD"))
        login = f"<login><username>{user}</username><password>{password}</password></login>"
        url = variables["GATEWAY_CENTRA__SOAP_URL"]
        answer = httpx.post(url, content=message("events_GetRequest", login=login), headers=TYPES)

    assert len(told(answer)[0]) == 100
    assert url == addresses["CENTRA"] + PATH
