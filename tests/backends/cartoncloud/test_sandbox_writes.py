"""What callers of the simulated CartonCloud create and change: kept, counted in versions, told by webhooks, or refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import httpx
import pytest

from gateway.backends.cartoncloud.sandbox import CartonCloudSandbox
from gateway.backends.cartoncloud.sandbox_records import Record
from gateway.sandbox.server import running
from tests.backends.cartoncloud.calling import (
    COLLECTIONS,
    TENANT,
    Receiver,
    assert_refused,
    everything,
    logged_in,
    make_sandbox,
    wait_until_sent,
)

INITIAL = {"inbound": "AWAITING_STOCK", "outbound": "AWAITING_PICK_AND_PACK", "consignment": "DRAFT"}
ADDRESS = {"companyName": "Company A", "address1": "1 Main Street", "city": "Metropolis", "country": {"iso2Code": "AU"}}


@dataclass
class Visit:
    """A caller of a simulated CartonCloud, which has a product of which nothing is in stock."""

    system: CartonCloudSandbox
    http: httpx.Client
    product: Record

    @property
    def warehouse(self) -> Record:
        return self.system.every("warehouse")[0]

    def stock(self, quantity: int) -> None:
        self.system.stock(self.product["id"], self.warehouse["id"], Decimal(quantity))

    def order(self, quantity: float = 2, **changes: Any) -> dict[str, Any]:
        """An order as small as may be, of any kind: an inbound one does not mind the address."""
        product = {"references": {"code": self.product["references"]["code"]}}
        item = {"details": {"product": product}, "measures": {"quantity": quantity}}
        details = {"deliver": {"address": ADDRESS}}
        customer = {"name": "Example Trading"}
        return {"references": {"customer": "N-1"}, "customer": customer, "details": details, "items": [item], **changes}

    def create(self, kind: str, message: object) -> httpx.Response:
        return self.http.post(f"{TENANT}/{COLLECTIONS[kind]}", json=message)

    def created(self, kind: str, **changes: Any) -> Record:
        return self.read(kind, self.create(kind, self.order(**changes)).raise_for_status().json()["id"])

    def read(self, kind: str, record_id: str) -> Record:
        record: Record = self.http.get(f"{TENANT}/{COLLECTIONS[kind]}/{record_id}").raise_for_status().json()
        return record

    def replace(self, kind: str, record: Record, version: object = None, **changes: Any) -> httpx.Response:
        """PUT a record as it is, but for the changes; without `version`, onto its own."""
        headers = {"If-Match": str(record["version"] if version is None else version)}
        return self.http.put(f"{TENANT}/{COLLECTIONS[kind]}/{record['id']}", json=record | changes, headers=headers)


def new_product(**changes: Any) -> dict[str, Any]:
    given = {
        "scope": "WAREHOUSE",
        "references": {"code": "NEW-1", "barcode": "00123246586"},
        "customer": {"references": {"code": "C100001"}},
        "type": "FROZEN",
        "name": "Ice cream",
        "description": "Chocolate ice cream",
        "defaultUnitOfMeasure": "units",
        "unitOfMeasures": {"units": {"qtyPerBase": 1}, "cases": {"qtyPerBase": 10}},
    }
    return given | changes


def visiting(system: CartonCloudSandbox, http: httpx.Client) -> Visit:
    """With a product of its own, for all visits to a system may see what others left."""
    number = len(system.every("product"))
    names = {"references": {"code": f"NEW-{number}", "barcode": f"{number:011}"}, "name": f"Ice cream {number}"}
    product = http.post(f"{TENANT}/products", json=new_product(**names)).raise_for_status().json()
    return Visit(system, http, product)


@pytest.fixture(scope="module")
def place() -> Iterator[tuple[CartonCloudSandbox, httpx.Client]]:
    system = make_sandbox()
    with logged_in(system) as http:
        yield system, http


@pytest.fixture
def visit(place: tuple[CartonCloudSandbox, httpx.Client]) -> Visit:
    return visiting(*place)


def pointers(reply: httpx.Response) -> list[str]:
    assert reply.status_code == 422, reply.text
    assert all(error["message"] for error in reply.json())
    return [error["field"] for error in reply.json()]


@pytest.mark.parametrize("kind", COLLECTIONS)
def test_what_is_created_can_be_read_again(visit: Visit, kind: str) -> None:
    visit.stock(5)

    reply = visit.create(kind, visit.order())

    assert reply.status_code == 201
    record = visit.read(kind, reply.json()["id"])
    assert (record["status"], record["version"], record["type"]) == (INITIAL[kind], 1, kind.upper())
    assert record["details"]["deliver"]["address"]["country"] == {"name": "Australia", "iso2Code": "AU", "iso3Code": "AUS"}
    assert visit.system.every(kind)[-1] == record
    assert visit.http.get(f"/__records/{kind}").json()[-1] == record


@pytest.mark.parametrize("kind", COLLECTIONS)
def test_a_draft_stays_one(visit: Visit, kind: str) -> None:
    reply = visit.create(kind, visit.order(status="DRAFT"))
    assert (reply.status_code, reply.json()["status"]) == (201, "DRAFT")
    assert visit.read(kind, reply.json()["id"])["status"] == "DRAFT"


def test_the_reply_to_a_new_outbound_order_tells_no_status_that_was_not_sent(visit: Visit) -> None:
    visit.stock(5)
    assert "status" not in visit.create("outbound", visit.order()).json()


def test_customer_warehouse_and_product_are_told_in_full_by_whatever_they_were_named(visit: Visit) -> None:
    customer = next(c for c in visit.system.every("customer") if c["name"] == "Example Trading")
    second = visit.system.every("warehouse")[1]
    product = {name: visit.product[name] for name in ("id", "name", "references")}
    ways = [{"id": product["id"]}, {"references": {"barcode": product["references"]["barcode"]}}, {"name": product["name"]}]
    for way in ways:
        for named in ({"id": customer["id"]}, {"references": customer["references"]}, {"name": customer["name"]}):
            order = visit.order(customer=named, warehouse={"name": second["name"]})
            order["items"][0]["details"]["product"] = way

            record = visit.create("inbound", order).json()

            assert (record["customer"], record["warehouse"]) == (customer, second)
            assert record["items"][0]["details"]["product"] == product


def test_of_several_names_the_first_in_the_pages_list_counts(visit: Visit) -> None:
    order = visit.order(customer={"id": "unknown", "name": "Example Trading"})
    assert pointers(visit.create("inbound", order)) == ["/customer"]

    order = visit.order(warehouse={"id": "unknown", "name": visit.warehouse["name"]})
    order["items"][0]["details"]["product"] |= {"id": "unknown"}
    assert pointers(visit.create("inbound", order)) == ["/warehouse", "/items/0/details/product"]


def test_another_customers_product_is_none(visit: Visit) -> None:
    assert pointers(visit.create("inbound", visit.order(customer={"name": "Quiet Goods"}))) == ["/items/0/details/product"]


def test_warehouse_and_unit_have_defaults(visit: Visit) -> None:
    record = visit.created("inbound")
    assert record["warehouse"] == visit.warehouse
    assert record["items"][0]["details"]["unitOfMeasure"] == {"type": "UNITS"}


@pytest.mark.parametrize(
    ("kind", "needed"),
    [
        ("inbound", ["/references", "/customer", "/items/0/details/product", "/items/0/measures/quantity"]),
        (
            "outbound",
            [
                "/references",
                "/customer",
                "/items/0/details/product",
                "/items/0/measures/quantity",
                "/details/deliver/address",
            ],
        ),
        ("consignment", ["/references", "/customer"]),
    ],
)
def test_what_must_be_there_is_told_by_its_pointer(visit: Visit, kind: str, needed: list[str]) -> None:
    held = len(visit.system.every(kind))

    reply = visit.create(kind, {"items": [{}], "references": {}, "customer": None})

    assert sorted(pointers(reply)) == sorted(needed)
    assert reply.json()[0] == {"field": "/references", "message": "References cannot be empty."}
    assert len(visit.system.every(kind)) == held


@pytest.mark.parametrize(
    ("member", "value", "pointer"),
    [
        ("details", {"deliver": {"address": ADDRESS, "requiredDate": "2018-02-30"}}, "/details/deliver/requiredDate"),
        ("details", {"deliver": {"address": ADDRESS}, "collect": {"requiredDate": "soon"}}, "/details/collect/requiredDate"),
        ("status", "LOST", "/status"),
        ("type", "INBOUND", "/type"),
    ],
)
def test_what_cannot_be_is_told_by_its_pointer(visit: Visit, member: str, value: object, pointer: str) -> None:
    assert pointers(visit.create("outbound", visit.order() | {member: value})) == [pointer]


def test_a_quantity_is_above_zero_and_a_unit_the_products(visit: Visit) -> None:
    assert pointers(visit.create("inbound", visit.order(quantity=0))) == ["/items/0/measures/quantity"]

    order = visit.order()
    order["items"][0]["details"]["unitOfMeasure"] = {"type": "BARRELS"}
    assert pointers(visit.create("inbound", order)) == ["/items/0/details/unitOfMeasure/type"]


@pytest.mark.parametrize(
    "changes",
    [{"items": {}}, {"items": [None]}, {"customer": "C100001"}, {"details": []}, {"references": {"customer": 5}},
     {"details": {"urgent": 1}},
     {"items": [{"details": {"product": {"name": "x"}}, "measures": {"quantity": "2"}}]},
     {"items": [{"details": {"product": {"name": "x"}}, "measures": {"quantity": True}}]}],
)  # fmt: skip
def test_a_member_of_the_wrong_type_makes_the_request_invalid(visit: Visit, changes: dict[str, Any]) -> None:
    assert_refused(visit.create("inbound", visit.order(**changes)), 400)


def test_what_no_table_of_the_page_has_may_be_anything_and_is_kept(visit: Visit) -> None:
    details = {"deliver": ["anything"], "collect": {"address": {"country": 5}}, "more": None}
    assert visit.created("inbound", details=details, other=[1])["details"] == details
    assert visit.system.every("inbound")[-1]["other"] == [1]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff"])
def test_what_is_no_json_object_is_refused(visit: Visit, body: bytes) -> None:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    assert_refused(visit.http.post(f"{TENANT}/inbound-orders", content=body, headers=kind), 400)


def test_a_body_that_does_not_say_that_it_is_json_is_refused(visit: Visit) -> None:
    assert_refused(visit.http.post(f"{TENANT}/inbound-orders", content=b"{}"), 400)


def test_without_enough_stock_an_outbound_order_is_rejected_with_its_issues(visit: Visit) -> None:
    visit.stock(5)
    first = visit.create("outbound", visit.order(quantity=3))

    second = visit.create("outbound", visit.order(quantity=3))

    assert (first.status_code, second.status_code) == (201, 228)
    assert second.json()["status"] == "REJECTED"
    [issue] = second.json()["details"]["errors"]
    assert visit.product["name"] in issue["message"]
    assert issue["isResolved"] is False
    assert visit.read("outbound", second.json()["id"]) == second.json()


def test_stock_moves_with_orders(visit: Visit) -> None:
    cases = visit.order(quantity=1)
    cases["items"][0]["details"]["unitOfMeasure"] = {"type": "CASES"}
    arrival = visit.create("inbound", cases).json()
    assert visit.create("outbound", visit.order(quantity=10)).status_code == 228

    visit.system.advance("inbound", arrival["id"], "RECEIVED")
    held = visit.created("outbound", quantity=10)
    assert visit.create("outbound", visit.order(quantity=1)).status_code == 228

    visit.replace("outbound", held, status="CANCELLED").raise_for_status()
    assert visit.create("outbound", visit.order(quantity=10)).status_code == 201


def test_a_rejected_order_that_is_sent_again_is_worked_on_once_there_is_stock(visit: Visit) -> None:
    rejected = visit.created("outbound")

    still = visit.replace("outbound", rejected).json()
    assert (still["status"], len(still["details"]["errors"])) == ("REJECTED", 1)

    visit.stock(2)
    accepted = visit.replace("outbound", still).json()
    assert (accepted["status"], accepted["version"]) == ("AWAITING_PICK_AND_PACK", 3)
    assert "errors" not in accepted["details"]


@pytest.mark.parametrize("kind", COLLECTIONS)
def test_an_update_takes_the_place_of_the_whole(visit: Visit, kind: str) -> None:
    before = visit.created(kind, status="DRAFT", properties={"a": "1"})
    message = visit.order(references={"customer": "N-2"}, status="DRAFT")

    reply = visit.http.put(f"{TENANT}/{COLLECTIONS[kind]}/{before['id']}", json=message, headers={"If-Match": "1"})

    assert reply.status_code == 200
    assert (reply.json()["version"], reply.json()["references"]) == (2, {"customer": "N-2"})
    assert "properties" not in reply.json()
    assert visit.read(kind, before["id"]) == reply.json()


def test_what_was_read_may_be_sent_as_it_is(visit: Visit) -> None:
    """Whatever the world's records leave out, or give as null. Products are told in full from then on."""
    changing = ("version", "timestamps", "items")
    for kind in COLLECTIONS:
        for known in visit.system.every(kind):
            before = visit.read(kind, known["id"])

            after = visit.replace(kind, before).raise_for_status().json()

            assert after["version"] == before["version"] + 1
            assert bool(after.get("timestamps")) == bool(before.get("timestamps"))
            assert [item["measures"] for item in after["items"]] == [item["measures"] for item in before["items"]]
            assert {**after, **dict.fromkeys(changing)} == {**before, **dict.fromkeys(changing)}


@pytest.mark.parametrize("kind", COLLECTIONS)
def test_an_update_needs_the_present_version(visit: Visit, kind: str) -> None:
    record = visit.created(kind, status="DRAFT")
    address = f"{TENANT}/{COLLECTIONS[kind]}/{record['id']}"

    assert_refused(visit.http.put(address, json=record), 400)
    assert_refused(visit.replace(kind, record, version='"1"'), 412)
    assert_refused(visit.replace(kind, record, version=2), 409)
    assert visit.replace(kind, record).status_code == 200
    assert_refused(visit.replace(kind, record), 409)
    assert visit.read(kind, record["id"])["version"] == 2


def test_an_update_is_of_the_record_of_its_address(visit: Visit) -> None:
    record = visit.created("inbound")
    address = f"{TENANT}/inbound-orders/{record['id']}"

    assert pointers(visit.http.put(address, json=record | {"id": "1"}, headers={"If-Match": "1"})) == ["/id"]
    assert_refused(visit.replace("inbound", record | {"id": "1"}), 404)


def test_a_new_record_and_a_new_status_are_told_and_nothing_else_is() -> None:
    receiver = Receiver()
    with running({"receiver": receiver}) as at:
        system = make_sandbox(webhook_url=at["receiver"])
        with logged_in(system) as http:
            visit = visiting(system, http)
            wait_until_sent(http, seeded := len(everything(system)))

            record = visit.created("consignment", references={"customer": "TOLD"})
            wait_until_sent(http, seeded + 1)
            same = visit.replace("consignment", record, properties={"a": 1}).json()
            moved = visit.replace("consignment", same, status="CANCELLED").json()
            wait_until_sent(http, seeded + 2)

    assert [(told["status"], told["version"]) for told in receiver.taken[seeded:]] == [("DRAFT", 1), ("CANCELLED", 3)]
    assert receiver.taken[-1] == moved


def test_references_need_not_be_unique(visit: Visit) -> None:
    ids = {visit.created("inbound")["id"] for _ in range(2)}
    assert len(ids) == 2
    assert visit.system.advance("inbound", "N-1", "RECEIVED")["id"] == visit.system.every("inbound")[-1]["id"]


def test_a_tenant_may_want_them_unique() -> None:
    system = make_sandbox(unique_references=True)
    with logged_in(system) as http:
        visit = visiting(system, http)
        first = visit.created("inbound")

        again = visit.create("inbound", visit.order())

        assert pointers(again) == ["/references/customer"]
        assert (again.json()[0]["type"], again.json()[0]["details"]) == ("DUPLICATE", {"duplicateId": first["id"]})
        assert visit.create("consignment", visit.order()).status_code == 201


def test_inbound_orders_alone_can_be_deleted(visit: Visit) -> None:
    record = visit.created("inbound")
    address = f"{TENANT}/inbound-orders/{record['id']}"
    assert_refused(visit.http.delete(address, headers={"If-Match": "7"}), 409)

    assert visit.http.delete(address).status_code == 204

    assert_refused(visit.http.get(address), 404)
    assert_refused(visit.http.delete(address), 404)
    for kind in ("outbound", "consignment"):
        assert_refused(visit.http.delete(f"{TENANT}/{COLLECTIONS[kind]}/{record['id']}"), 405)


def test_a_warehouse_product_is_made_with_status_and_version(visit: Visit) -> None:
    assert (visit.product["status"], visit.product["version"]) == ("ACTIVE", 1)
    assert visit.product["customer"]["name"] == "Example Trading"
    assert visit.system.every("product")[-1] == visit.product


def test_a_transport_product_may_be_everybodys_and_is_for_consignments_alone(visit: Visit) -> None:
    given = {"scope": "TRANSPORT", "references": {"code": "DRUM"}, "type": "GENERAL", "name": "Drum", "description": "A drum"}
    drum = visit.http.post(f"{TENANT}/products", json=given).raise_for_status().json()
    order = visit.order(customer={"name": "Quiet Goods"})
    order["items"][0]["details"]["product"] = {"references": {"code": "DRUM"}}

    carried = visit.create("consignment", order)

    assert carried.json()["items"][0]["details"]["product"]["id"] == drum["id"]
    assert pointers(visit.create("inbound", order)) == ["/items/0/details/product"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"scope": None}, ["/scope"]),
        ({"scope": "OTHER"}, ["/scope"]),
        ({"customer": None}, ["/customer"]),
        ({"customer": {"name": "Nobody"}}, ["/customer"]),
        ({"name": " ", "description": None}, ["/name", "/description"]),
        ({"type": "LIQUID"}, ["/type"]),
        ({"defaultUnitOfMeasure": "barrels"}, ["/defaultUnitOfMeasure"]),
        ({"defaultUnitOfMeasure": None, "unitOfMeasures": None}, ["/defaultUnitOfMeasure", "/unitOfMeasures"]),
        ({"unitOfMeasures": {"units": {"qtyPerBase": 1}, "a/b": {}}}, ["/unitOfMeasures/a~1b/qtyPerBase"]),
        ({"itemPropertyRequirements": {"batch": "SOMETIMES"}}, ["/itemPropertyRequirements/batch"]),
        ({"notifications": [{"type": "STOCK_LOW"}, {}]}, ["/notifications/1/type"]),
        ({}, ["/references/code"]),
    ],
)
def test_a_product_that_cannot_be_is_refused(visit: Visit, changes: dict[str, Any], told: list[str]) -> None:
    references = {"code": "OTHER"} if changes else visit.product["references"]

    assert pointers(visit.http.post(f"{TENANT}/products", json=new_product(references=references, **changes))) == told

    assert visit.system.every("product")[-1] == visit.product


def test_a_code_in_use_is_a_duplicate_within_its_customer_and_scope(visit: Visit) -> None:
    same = new_product(references=visit.product["references"])
    again = visit.http.post(f"{TENANT}/products", json=same)
    assert again.json()[0]["details"] == {"duplicateId": visit.product["id"]}
    for changes in ({"customer": {"name": "Quiet Goods"}}, {"scope": "TRANSPORT"}):
        assert visit.http.post(f"{TENANT}/products", json=same | changes).status_code == 201


def test_tests_may_put_records_and_stock(visit: Visit) -> None:
    record = {"id": "1", "status": "DRAFT", "version": 4, "references": {"customer": "PUT"}, "items": []}
    assert visit.http.put("/__records/outbound", json=record).status_code == 204
    assert visit.read("outbound", "1") == record
    assert_refused(visit.http.get("/__records/other"), 404)

    stock = {"product": visit.product["id"], "warehouse": visit.warehouse["id"], "quantity": "2"}
    assert visit.http.put("/__stock", json=stock).status_code == 204
    assert visit.create("outbound", visit.order(quantity=2)).status_code == 201
    assert_refused(visit.http.put("/__stock", json=stock | {"quantity": "some"}), 400)
