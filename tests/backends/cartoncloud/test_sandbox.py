"""The simulated CartonCloud as its callers and the receiver of its webhooks meet it, over real sockets."""

import socket
from collections import Counter

import pytest

from gateway.backends.cartoncloud.sandbox import CLIENT_ID, CLIENT_SECRET, TENANT_ID, CartonCloudSandbox
from gateway.backends.cartoncloud.sandbox_records import Record
from gateway.sandbox.server import running
from gateway.sandbox.world import Stage, make_world
from tests.backends.cartoncloud.calling import (
    COLLECTIONS,
    FORM,
    NOWHERE,
    PATIENCE,
    TENANT,
    WORLD,
    Receiver,
    assert_refused,
    backstage,
    everything,
    logged_in,
    make_sandbox,
    visiting,
    wait_until_sent,
)
from tests.ports import free_port

SMALL_WORLD = make_world(seed=3, orders=1)


def reading_of(record: Record, name: str) -> object:
    """How a field comes: "absent", None or its type."""
    return type(record[name]) if record.get(name) is not None else record.get(name, "absent")


def test_a_token_is_given_for_basic_credentials_and_a_form() -> None:
    with visiting(make_sandbox()) as client:
        reply = client.post("/uaa/oauth/token", data=FORM, auth=(CLIENT_ID, CLIENT_SECRET))
        assert reply.status_code == 200
        assert reply.json().keys() == {"access_token", "token_type", "expires_in"}
        assert (reply.json()["token_type"], reply.json()["expires_in"]) == ("bearer", 3600)

        headers = {"Authorization": f"Bearer {reply.json()['access_token']}"}
        assert client.get("/uaa/userinfo", headers=headers).json()["tenants"][0]["id"] == TENANT_ID


def test_any_other_request_for_a_token_is_refused() -> None:
    right = (CLIENT_ID, CLIENT_SECRET)
    with visiting(make_sandbox()) as client:
        assert_refused(client.post("/uaa/oauth/token", data=FORM, auth=(CLIENT_ID, "wrong")), 401)
        assert_refused(client.post("/uaa/oauth/token", data=FORM, headers={"Authorization": "Basic %"}), 401)
        in_form = {**FORM, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        assert_refused(client.post("/uaa/oauth/token", data=in_form), 401)
        assert_refused(client.post("/uaa/oauth/token", json=FORM, auth=right), 400)
        text = {"Content-Type": "text/plain"}
        no_form = client.post("/uaa/oauth/token", content=b"grant_type=client_credentials", headers=text, auth=right)
        assert_refused(no_form, 400)
        assert_refused(client.post("/uaa/oauth/token", data={"grant_type": "password"}, auth=right), 400)
        assert_refused(client.post("/uaa/oauth/token", data={}, auth=right), 400)
        assert_refused(client.get("/uaa/oauth/token", auth=right), 405)


@pytest.mark.parametrize("method_and_path", ["POST /uaa/oauth/token", "GET /uaa/userinfo", f"GET {TENANT}/customers"])
def test_every_call_needs_the_version(method_and_path: str) -> None:
    method, path = method_and_path.split()
    with logged_in(make_sandbox()) as client:
        assert_refused(client.request(method, path, headers={"Accept-Version": "2"}), 404)
        del client.headers["Accept-Version"]
        assert_refused(client.request(method, path), 400)


def test_a_call_without_a_living_token_is_refused() -> None:
    with visiting(make_sandbox()) as client:
        assert_refused(client.get("/uaa/userinfo"), 401)
        assert_refused(client.get("/uaa/userinfo", headers={"Authorization": "Bearer made-up"}), 401)
    with logged_in(make_sandbox(token_seconds=0)) as client:
        assert_refused(client.get("/uaa/userinfo"), 401)


def test_revoked_tokens_have_expired() -> None:
    with logged_in(make_sandbox()) as client:
        assert client.get("/uaa/userinfo").status_code == 200
        client.delete("/__tokens")
        assert_refused(client.get("/uaa/userinfo"), 401)


@pytest.mark.parametrize("kind", COLLECTIONS)
def test_a_record_is_read_by_its_id(kind: str) -> None:
    sandbox = make_sandbox()
    collection = COLLECTIONS[kind]
    number, record = next(iter(sandbox.records(kind).items()))
    with logged_in(sandbox) as client:
        reply = client.get(f"{TENANT}/{collection}/{record['id']}")
        assert reply.status_code == 200
        assert reply.json()["id"] == record["id"]
        assert reply.json()["references"]["customer"] == number


def test_what_is_not_there_is_not_found() -> None:
    sandbox = make_sandbox()
    number, consignment = next(iter(sandbox.records("consignment").items()))
    assert number in sandbox.records("outbound")
    with logged_in(sandbox) as client:
        assert_refused(client.get(f"{TENANT}/outbound-orders/{consignment['id']}"), 404)
        assert_refused(client.get(f"{TENANT}/outbound-orders/{number}"), 404)
        assert_refused(client.get(f"{TENANT}/runsheets"), 404)


def test_another_tenant_is_forbidden() -> None:
    sandbox = make_sandbox()
    record = next(iter(sandbox.records("outbound").values()))
    with logged_in(sandbox) as client:
        assert_refused(client.get(f"/tenants/{CLIENT_ID}/outbound-orders/{record['id']}"), 403)


@pytest.mark.parametrize("collection", [*COLLECTIONS.values(), "products"])
def test_the_page_of_2019_lists_no_records(collection: str) -> None:
    with logged_in(make_sandbox()) as client:
        assert_refused(client.get(f"{TENANT}/{collection}"), 405)


def test_customers_come_in_pages_with_both_spellings_of_the_parameters() -> None:
    with logged_in(make_sandbox()) as client:
        whole = client.get(f"{TENANT}/customers")
        newer = client.get(f"{TENANT}/customers", params={"page": 1, "size": 1})
        older = client.get(f"{TENANT}/customers", params={"pageNumber": 2, "pageSize": 1})
        both = client.get(f"{TENANT}/customers", params={"pageNumber": 2, "page": 2, "pageSize": 1, "size": 1})
        beyond = client.get(f"{TENANT}/customers", params={"page": 3, "size": 1})

    assert len(whole.json()) == 2
    assert newer.json() + older.json() == whole.json()
    assert both.json() == older.json()
    assert beyond.json() == []
    names = ("Total-Pages", "Page-Size", "Page-Number", "Total-Elements")
    assert [older.headers[name] for name in names] == ["2", "1", "2", "2"]
    assert [whole.headers[name] for name in names] == ["1", "20", "1", "2"]


def test_links_lead_from_page_to_page() -> None:
    with logged_in(make_sandbox()) as client:
        first = client.get(f"{TENANT}/customers", params={"pageSize": 1})
        second = client.get(first.links["next"]["url"])
        newer = client.get(f"{TENANT}/customers", params={"page": 1, "size": 1})

    assert first.links.keys() == {"first", "next", "last"}
    assert second.links.keys() == {"first", "prev", "last"}
    assert first.json() != second.json()
    assert "?page=2&size=1" in newer.links["next"]["url"]


@pytest.mark.parametrize("wrong", ["pageNumber=0", "page=x", "pageSize=-1", "size=0"])
def test_a_page_that_cannot_be_is_refused(wrong: str) -> None:
    with logged_in(make_sandbox()) as client:
        assert_refused(client.get(f"{TENANT}/customers?{wrong}"), 400)


def test_the_warehouse_has_the_shops_orders_under_the_same_numbers() -> None:
    sandbox = make_sandbox()
    orders = {order.number: order for order in WORLD.orders if order.warehoused}
    outbound, consignments = sandbox.records("outbound"), sandbox.records("consignment")

    assert outbound.keys() == orders.keys()
    assert consignments.keys() == {number for number, order in orders.items() if order.dispatch}
    assert sandbox.records("inbound").keys() == {arrival.number for arrival in WORLD.arrivals}
    for number, order in orders.items():
        items = outbound[number]["items"]
        sold = [(line.item.sku, line.quantity) for line in order.lines]
        assert [(i["details"]["product"]["references"]["code"], i["measures"]["quantity"]) for i in items] == sold
        assert outbound[number]["references"]["alternateReference"] == order.reference
        assert (outbound[number]["status"] == "DISPATCHED") == (order.stage in (Stage.SHIPPED, Stage.DELIVERED))


def test_what_the_page_leaves_open_comes_in_every_reading() -> None:
    found = everything(CartonCloudSandbox(make_world(), webhook_url=NOWHERE))

    for name, readings in {"type": {"absent", str}, "timestamps": {"absent", None, dict}}.items():
        assert {reading_of(record, name) for record in found} == readings
    companies = {r["details"]["deliver"]["address"].get("companyName") for r in found if "deliver" in r["details"]}
    assert companies == {None, ""}
    assert not any("id" in item for record in found for item in record["items"])


def test_the_same_seed_gives_the_same_records() -> None:
    first, again = make_sandbox(), make_sandbox()
    other = CartonCloudSandbox(make_world(seed=4, orders=20), webhook_url=NOWHERE)

    assert everything(first) == everything(again)
    assert {record["id"] for record in everything(first)}.isdisjoint(record["id"] for record in everything(other))


def test_amounts_travel_as_numbers() -> None:
    sandbox = make_sandbox()
    record = next(r for r in sandbox.records("outbound").values() if r["details"].get("invoiceValue"))
    with logged_in(sandbox) as client:
        reply = client.get(f"{TENANT}/outbound-orders/{record['id']}")

    assert reply.json()["details"]["invoiceValue"]["amount"] == float(record["details"]["invoiceValue"]["amount"])


def test_webhooks_of_all_records_reach_a_receiver_that_comes_up_late_and_each_once() -> None:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as closed:
        sandbox = make_sandbox(webhook_url=f"http://127.0.0.1:{port}/hooks", webhook_token="known-token")
        with backstage(sandbox) as client:
            closed.settimeout(PATIENCE)
            closed.accept()[0].close()
            closed.close()
            assert client.get("/__webhooks").json()["delivered"] == 0

            receiver, sent = Receiver(), everything(sandbox)
            with running({"receiver": receiver}, ports={"receiver": port}):
                receiver.wait_for(lambda it: len(it.taken) >= len(sent))
                wait_until_sent(client, len(sent))

    ids = [record["id"] for record in receiver.taken]
    assert sorted(ids) == sorted(record["id"] for record in sent)
    assert {headers["x-webhook-token"] for headers in receiver.headers} == {"known-token"}


def test_a_webhook_holds_the_record_as_a_read_gives_it() -> None:
    receiver = Receiver()
    with running({"receiver": receiver}) as at:
        sandbox = make_sandbox(webhook_url=at["receiver"])
        with logged_in(sandbox) as client:
            receiver.wait_for(lambda it: len(it.taken) >= len(everything(sandbox)))
            for kind, collection in COLLECTIONS.items():
                record = next(iter(sandbox.records(kind).values()))
                told = next(body for body in receiver.taken if body["id"] == record["id"])
                assert client.get(f"{TENANT}/{collection}/{record['id']}").json() == told


@pytest.mark.parametrize("kind", COLLECTIONS)
def test_a_change_of_status_sends_the_next_version(kind: str) -> None:
    receiver = Receiver()
    with running({"receiver": receiver}) as at:
        sandbox = make_sandbox(webhook_url=at["receiver"])
        number, before = next(iter(sandbox.records(kind).items()))
        with backstage(sandbox) as client:
            wait_until_sent(client, seeded := len(everything(sandbox)))
            client.post("/__advance", json={"kind": kind, "number": number, "status": "DELIVERED"}).raise_for_status()
            receiver.wait_for(lambda it: len(it.taken) > seeded)
            wait_until_sent(client, seeded + 1)

    after = receiver.taken[-1]
    assert (after["id"], after["status"]) == (before["id"], "DELIVERED")
    assert after["version"] == before["version"] + 1
    assert sandbox.records(kind)[number]["version"] == after["version"]


def test_a_test_may_change_a_status_from_its_own_thread() -> None:
    receiver = Receiver()
    with running({"receiver": receiver}) as at:
        sandbox = make_sandbox(webhook_url=at["receiver"])
        number = next(number for number, r in sandbox.records("outbound").items() if r.get("timestamps"))
        before = sandbox.records("outbound")[number]
        with backstage(sandbox) as client:
            wait_until_sent(client, len(everything(sandbox)))
            sandbox.advance("outbound", number, "DISPATCHED")
            receiver.wait_for(lambda it: it.taken[-1]["version"] == before["version"] + 1)

    assert receiver.taken[-1]["timestamps"]["modified"]["time"] > before["timestamps"]["modified"]["time"]


def test_a_webhook_is_sent_again_until_it_is_taken() -> None:
    sandbox = CartonCloudSandbox(SMALL_WORLD, webhook_url=NOWHERE)
    refused = {record["id"]: status for record, status in zip(everything(sandbox), (404, 408, 429, 500), strict=True)}
    receiver = Receiver(statuses={key: [status] * 5 for key, status in refused.items()})
    with running({"receiver": receiver}) as at, backstage(sandbox) as client:
        client.put("/__webhooks", json={"url": at["receiver"]})
        wait_until_sent(client, len(refused))

    assert sorted(body["id"] for body in receiver.taken) == sorted(refused)
    assert Counter(body["id"] for body in receiver.tries) == dict.fromkeys(refused, 6)


def test_a_webhook_that_the_receiver_refuses_is_given_up_after_five_tries() -> None:
    sandbox, receiver = CartonCloudSandbox(SMALL_WORLD, webhook_url=NOWHERE), Receiver(then=401)
    with running({"receiver": receiver}) as at, backstage(sandbox) as client:
        client.put("/__webhooks", json={"url": at["receiver"]})
        wait_until_sent(client, 0)

    assert Counter(body["id"] for body in receiver.tries) == {record["id"]: 5 for record in everything(sandbox)}


def test_a_new_target_is_told_everything_again() -> None:
    first, second = Receiver(), Receiver()
    with running({"first": first, "second": second}) as at:
        sandbox = make_sandbox(webhook_url=at["first"])
        with backstage(sandbox) as client:
            wait_until_sent(client, seeded := len(everything(sandbox)))
            target = {"url": f"{at['second']}/hooks", "header": "X-Other", "token": "other"}
            state = client.put("/__webhooks", json=target).json()
            assert state == {"url": target["url"], "pending": seeded, "delivered": 0, "deliveredByKind": {}}
            wait_until_sent(client, seeded)
            assert client.get("/__webhooks").json()["deliveredByKind"].keys() == {"inbound", "outbound", "consignment"}

    assert len(first.taken) == seeded
    assert sorted(b["id"] for b in second.taken) == sorted(b["id"] for b in first.taken)
    assert {headers.get("x-other") for headers in second.headers} == {"other"}


@pytest.mark.parametrize("target", [{"url": "nowhere"}, {"token": "ключ"}, {"url": 1}, []])
def test_a_target_that_cannot_be_used_is_refused(target: object) -> None:
    with backstage(make_sandbox()) as client:
        assert_refused(client.put("/__webhooks", json=target), 400)
        assert client.get("/__webhooks").json()["url"] == NOWHERE


def test_only_records_that_exist_can_be_advanced() -> None:
    with backstage(make_sandbox()) as client:
        assert_refused(client.post("/__advance", json={"kind": "outbound", "number": "no", "status": "PACKED"}), 404)
        assert_refused(client.post("/__advance", json={"kind": "other", "number": "no", "status": "PACKED"}), 404)
        assert_refused(client.post("/__advance", json={"kind": "outbound"}), 400)


def test_the_calls_are_known_by_their_documented_operations() -> None:
    sandbox = make_sandbox()
    named = {
        "cartoncloud-01": ("POST", "/uaa/oauth/token"),
        "cartoncloud-02": ("GET", "/uaa/userinfo"),
        "cartoncloud-04": ("GET", f"{TENANT}/inbound-orders/1"),
        "cartoncloud-08": ("GET", f"{TENANT}/outbound-orders/1"),
        "cartoncloud-09": ("PUT", f"{TENANT}/outbound-orders/1"),
        "cartoncloud-12": ("GET", f"{TENANT}/consignments/1"),
        "cartoncloud-15": ("POST", f"{TENANT}/products"),
    }
    assert {name: sandbox.operation(*call, b"") for name, call in named.items()} == {name: name for name in named}
    assert sandbox.operation("GET", f"{TENANT}/outbound-orders", b"") is None
    assert sandbox.operation("GET", f"{TENANT}/outbound-orders/1/items", b"") is None


def test_the_settings_reach_the_system() -> None:
    sandbox = make_sandbox(webhook_token="hook")

    assert sandbox.settings("http://127.0.0.1:8104") == {
        "GATEWAY_CARTONCLOUD__BASE_URL": "http://127.0.0.1:8104",
        "GATEWAY_CARTONCLOUD__CLIENT_ID": CLIENT_ID,
        "GATEWAY_CARTONCLOUD__CLIENT_SECRET": CLIENT_SECRET,
        "GATEWAY_CARTONCLOUD__TENANT_ID": TENANT_ID,
        "GATEWAY_CARTONCLOUD__CUSTOMER": "C100001",
        "GATEWAY_CARTONCLOUD__WEBHOOK_TOKEN": "hook",
    }
