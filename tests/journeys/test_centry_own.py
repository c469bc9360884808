"""What Centry alone has, from the query to Centry and back: lists, filters, single records, who may see what, and failures."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.journeys.centry_user import Written, another_user, write_what_centry_alone_has
from tests.secrets import API_KEYS, READER
from tests.stack import Stack, whole_stack

SETTINGS = {"GATEWAY_CENTRY__CACHE_TTL": "0"}
LISTS = (
    "categories", "brands", "colors", "sizes", "countries", "regions", "cities", "communes", "confirmationReasons",
    "cancellationReasons", "buyerRates", "integrationConfigs", "webhooks",
)  # fmt: skip
SINGLE = {
    "categories": "category", "brands": "brand", "colors": "color", "sizes": "size", "countries": "country",
    "regions": "region", "cities": "city", "communes": "commune", "confirmationReasons": "confirmationReason",
    "cancellationReasons": "cancellationReason", "buyerRates": "buyerRate", "integrationConfigs": "integrationConfig",
    "webhooks": "webhook",
}  # fmt: skip


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("own"), orders=20, settings=SETTINGS) as made:
        yield made


@pytest.fixture(scope="module")
def written(stack: Stack) -> Written:
    with another_user(stack) as user:
        return write_what_centry_alone_has(user)


@pytest.fixture(autouse=True)
def nothing_wrong(stack: Stack, written: Written) -> Iterator[None]:
    stack.forget_calls()
    yield
    stack.mend()


def centry(stack: Stack, fields: str, **variables: Any) -> Any:
    return stack.client.data(f"{{ centry {{ {fields} }} }}", **variables)["centry"]


def calls(stack: Stack) -> Counter[str]:
    return Counter(stack.calls("CENTRY"))


def held(stack: Stack, kind: str) -> list[dict[str, Any]]:
    """What the simulated Centry holds of a kind."""
    with another_user(stack) as caller:
        found: list[dict[str, Any]] = caller.get(f"{kind}.json", limit=250)
    stack.forget_calls()
    return sorted(found, key=lambda one: str(one["_id"]))


def test_every_list_can_be_read_and_each_of_its_records_by_itself(stack: Stack) -> None:
    lists = centry(stack, " ".join(f"{name} {{ nodes {{ id raw }} pageInfo {{ hasNextPage }} }}" for name in LISTS))
    for name in LISTS:
        nodes = lists[name]["nodes"]
        assert nodes, name
        assert not lists[name]["pageInfo"]["hasNextPage"]
        aliases = " ".join(f'x{i}: {SINGLE[name]}(id: "{node["id"]}") {{ id raw }}' for i, node in enumerate(nodes[:20]))
        assert list(centry(stack, aliases).values()) == nodes[:20], name
        assert centry(stack, f'{SINGLE[name]}(id: "nobody\'s") {{ id }}') == {SINGLE[name]: None}


def test_a_list_is_walked_by_its_cursors(stack: Stack) -> None:
    expected = [one["_id"] for one in held(stack, "colors")]
    walk = "query W($after: String) { centry { colors(first: 2, after: $after) { %s } } }"
    walk %= "nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor }"
    found, after, pages = [], None, 0
    while True:
        page = stack.client.data(walk, after=after)["centry"]["colors"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert [edge["node"] for edge in page["edges"]] == page["nodes"]
        found += [node["id"] for node in page["nodes"]]
        pages += 1
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
        assert after == page["edges"][-1]["cursor"]
    assert (found, pages) == (expected, -(-len(expected) // 2))
    assert calls(stack)["centry-43"] <= pages + 1


def test_a_cursor_belongs_to_its_list_and_filter(stack: Stack) -> None:
    after = centry(stack, "colors(first: 1) { pageInfo { endCursor } }")["colors"]["pageInfo"]["endCursor"]
    for other in (
        f'sizes(after: "{after}")',
        f'colors(after: "{after}", filter: {{ createdAt: {{ from: "2016-01-01T00:00:00Z" }} }})',
    ):
        answer = stack.client.ask(f"{{ centry {{ {other} {{ nodes {{ id }} }} }} }}")
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_filters_are_centrys(stack: Stack) -> None:
    countries = centry(stack, "countries { nodes { id name isoCode language } }")["countries"]["nodes"]
    chile = next(country for country in countries if country["isoCode"] == "CL")
    for condition in ('isoCode: "CL"', 'name: "Chile"', 'language: "es"'):
        assert centry(stack, f"countries(filter: {{ {condition} }}) {{ nodes {{ id }} }}")["countries"]["nodes"] == [
            {"id": chile["id"]}
        ]
    region = centry(stack, f'regions(filter: {{ countryId: "{chile["id"]}" }}) {{ nodes {{ id name position }} }}')["regions"][
        "nodes"
    ]
    assert [one["name"] for one in region] == ["Región Metropolitana"]
    query = f'cities(filter: {{ regionId: "{region[0]["id"]}" }}) {{ nodes {{ id name }} }}'
    city = centry(stack, query)["cities"]["nodes"]
    assert [one["name"] for one in city] == ["Santiago"]
    query = f'communes(filter: {{ cityId: "{city[0]["id"]}" }}) {{ nodes {{ cityId regionId }} }}'
    assert centry(stack, query)["communes"]["nodes"] == [{"cityId": city[0]["id"], "regionId": region[0]["id"]}]
    used = {product["brand_id"] for product in held(stack, "products")}
    brands = centry(stack, "brands(filter: { usedByCompany: true }) { nodes { id } }")["brands"]["nodes"]
    assert {brand["id"] for brand in brands} == used


def test_times_can_be_asked_for_in_five_ways(stack: Stack) -> None:
    made = centry(stack, "webhooks { nodes { createdAt } }")["webhooks"]["nodes"][0]["createdAt"]
    for comparison, found in (("equals", 1), ("from", 1), ("until", 1), ("after", 0), ("before", 0)):
        query = f'webhooks(filter: {{ createdAt: {{ {comparison}: "{made}" }} }}) {{ nodes {{ id }} }}'
        assert len(centry(stack, query)["webhooks"]["nodes"]) == found, comparison


def test_an_integrations_warehouses_are_read_by_it(stack: Stack) -> None:
    integration = centry(stack, "integrationConfigs { nodes { id target sendsPrice } }")["integrationConfigs"]["nodes"][0]
    query = f'warehousePriorities(integrationConfigId: "{integration["id"]}") {{ nodes {{ id priority warehouseId }} }}'
    listed = centry(stack, query)["warehousePriorities"]["nodes"]
    assert sorted(one["priority"] for one in listed) == list(range(len(listed)))
    fields = "id priority warehouseId integrationConfigId"
    query = f'warehousePriority(integrationConfigId: "{integration["id"]}", id: "{listed[0]["id"]}") {{ {fields} }}'
    assert centry(stack, query)["warehousePriority"] == {**listed[0], "integrationConfigId": integration["id"]}
    assert centry(stack, 'warehousePriorities(integrationConfigId: "x") { nodes { id } }') == {"warehousePriorities": None}
    warehouse = centry(stack, f'warehouse(id: "{listed[0]["warehouseId"]}") {{ id name address regionId }}')["warehouse"]
    assert warehouse["name"]
    assert warehouse["regionId"]


def test_what_belongs_to_goods_and_orders_is_read_by_their_ids(stack: Stack, written: Written) -> None:
    (row, *_) = held(stack, "variant_warehouses")
    found = centry(stack, f'variantWarehouse(id: "{row["_id"]}") {{ variantId warehouseId quantity version }}')
    assert found["variantWarehouse"] == {
        "variantId": row["variant_id"], "warehouseId": row["warehouse_id"], "quantity": row["quantity"], "version": 11,
    }  # fmt: skip
    product, asset, variant, link = written.product, written.asset, written.variant, written.link
    query = f'asset(productId: "{product}", id: "{asset}") {{ url file {{ fileName size }} }}'
    assert centry(stack, query)["asset"]["file"]["size"] == 28465
    query = f'variantAsset(variantId: "{variant}", id: "{link}") {{ assetId productId }}'
    assert centry(stack, query)["variantAsset"] == {"assetId": asset, "productId": product}
    order, document = documented(stack)
    query = f'orderDocument(orderId: "{order}", id: "{document["id"]}") {{ orderId kind number file {{ fileName }} }}'
    told = centry(stack, query)["orderDocument"]
    assert told == {
        "orderId": order, "kind": document["kind"], "number": document["number"],
        "file": {"fileName": document["filename"]},
    }  # fmt: skip


def documented(stack: Stack) -> tuple[str, dict[str, Any]]:
    """An order's id, and one of its documents as the unified graph shows it."""
    query = (
        "{ orders(first: 50, filter: { backends: [CENTRY] }) { nodes { backendId documents { id kind number filename } } } }"
    )
    orders = stack.client.data(query)["orders"]["nodes"]
    return next((order["backendId"], order["documents"][0]) for order in orders if order["documents"])


def test_histories_are_read_of_each_thing_that_has_some(stack: Stack, written: Written) -> None:
    product, asset, variant, row = written.product, written.asset, written.variant, written.row
    of = {
        f'productId: "{product}"': ("price", "centry-09"),
        f'productId: "{product}", assetId: "{asset}"': ("url", "centry-13"),
        f'variantId: "{variant}"': ("sku", "centry-21"),
        f'variantWarehouseId: "{row}"': ("quantity", "centry-33"),
    }
    for subject, (about, operation) in of.items():
        stack.forget_calls()
        query = (
            f"syncHistories({subject}) {{ nodes {{ action success productId messages {{ attribute mistakes warnings }} }} }}"
        )
        (history,) = centry(stack, query)["syncHistories"]["nodes"]
        assert history == {
            "action": "Product save",
            "success": False,
            "productId": product,
            "messages": [{"attribute": about, "mistakes": [f"the {about} is wrong"], "warnings": []}],
        }
        assert calls(stack)[operation] == 1
    other = next(one["_id"] for one in held(stack, "variants") if one["_id"] != variant)
    assert centry(stack, f'syncHistories(variantId: "{other}") {{ nodes {{ id }} }}')["syncHistories"]["nodes"] == []
    assert centry(stack, 'syncHistories(variantId: "x") { nodes { id } }')["syncHistories"] is None
    for wrong in ("", f'(variantId: "{variant}", productId: "{product}")', f'(assetId: "{asset}")'):
        (error,) = stack.client.ask(f"{{ centry {{ syncHistories{wrong} {{ nodes {{ id }} }} }} }}")["errors"]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"


def test_products_are_counted_by_centry(stack: Stack) -> None:
    expected = len(held(stack, "products"))
    assert centry(stack, "productCount")["productCount"] == expected
    assert calls(stack)["centry-08"] == 1


def test_who_is_a_person_and_what_is_a_secret_takes_its_scope(stack: Stack) -> None:
    query = """{ centry {
      user { firstName email } company { name address raw } webhooks { nodes { id callbackUrl raw } }
      integrationConfigs(first: 1) { nodes { target raw } }
    } }"""
    seen = stack.client.data(query)["centry"]
    assert (seen["user"]["email"], seen["company"]["address"]) == ("user@example.com", "Dirección")
    assert seen["webhooks"]["nodes"][0]["callbackUrl"] == "https://shop.example/hook/a-secret"
    stack.forget_calls()

    with stack.newcomer(GATEWAY_API_KEYS=API_KEYS) as client:
        answer = replace(client, key=READER).ask(query)

    hidden = answer["data"]["centry"]
    assert (hidden["user"], hidden["company"]) == (None, {"name": "Empresa de ejemplo", "address": None, "raw": None})
    assert [(node["callbackUrl"], node["raw"]) for node in hidden["webhooks"]["nodes"]] == [(None, None)]
    assert hidden["integrationConfigs"]["nodes"][0]["raw"] is None
    assert Counter(error["extensions"]["code"] for error in answer["errors"]) == {"FORBIDDEN": 6}
    assert "a-secret" not in str(answer)
    assert calls(stack)["centry-82"] == 0


def test_many_records_and_the_same_one_twice_cost_one_call_each(stack: Stack) -> None:
    brands = [one["_id"] for one in held(stack, "brands")]
    wanted = " ".join(
        f'b{i}: brand(id: "{brand}") {{ name }} again{i}: brand(id: "{brand}") {{ id }}' for i, brand in enumerate(brands)
    )
    centry(stack, f"{wanted} company {{ name }} other: company {{ url }}")
    assert calls(stack) == {"centry-42": len(brands), "centry-81": 1}


def test_a_failing_centry_is_an_error_at_each_field(stack: Stack) -> None:
    stack.fault("CENTRY", status=503)
    answer = stack.client.ask('{ centry { sizes(first: 33) { nodes { id } } size(id: "never asked for") { id } } }')
    assert answer["data"] == {"centry": {"sizes": None, "size": None}}
    found = {tuple(error["path"]): error["extensions"] for error in answer["errors"]}
    assert set(found) == {("centry", "sizes"), ("centry", "size")}
    assert {(told["code"], told["backend"]) for told in found.values()} == {("BACKEND_UNAVAILABLE", "CENTRY")}


def test_older_copies_answer_for_a_centry_that_cannot_be_asked_and_say_so(stack: Stack) -> None:
    before = centry(stack, "colors { nodes { id name } } company { name }")
    stack.fault("CENTRY", status=503)
    answer = stack.client.ask("{ centry { colors { nodes { id name } } company { name } } }")
    assert answer["data"]["centry"] == before
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BACKEND_UNAVAILABLE"]


def test_without_settings_it_says_so(stack: Stack) -> None:
    with stack.newcomer(GATEWAY_CENTRY__CLIENT_ID="") as client:
        answer = client.ask('{ centry { brands { nodes { id } } brand(id: "x") { id } } orders(first: 1) { nodes { id } } }')
    assert answer["data"]["centry"] == {"brands": None, "brand": None}
    assert answer["data"]["orders"] is not None
    codes = [(error["extensions"]["code"], error["extensions"]["backend"]) for error in answer["errors"]]
    assert codes == [("BACKEND_NOT_CONFIGURED", "CENTRY")] * 2


WHERE = "{ warehouses { nodes { address { line1 suburb city state country } records { backend address { city } } } } }"


def test_warehouses_tell_the_names_of_their_places(stack: Stack) -> None:
    found = stack.client.data(WHERE)["warehouses"]["nodes"]
    cities = {record["address"]["city"] for node in found for record in node["records"] if record["backend"] == "CENTRY"}
    assert cities == {"Santiago", None}
    (address,) = [node["address"] for node in found if node["address"] and node["address"]["city"] == "Santiago"][:1]
    assert address == {**address, "suburb": "Providencia", "state": "Región Metropolitana", "country": "CL"}
    made = calls(stack)
    assert (made["centry-52"], made["centry-48"]) == (1, 1), "each place once, however many ask for it"


def test_places_whose_names_cannot_be_read_leave_the_rest_of_an_address(stack: Stack) -> None:
    before = {node["address"]["line1"] for node in stack.client.data(WHERE)["warehouses"]["nodes"] if node["address"]}
    with stack.newcomer() as client:
        client.data("{ warehouses { nodes { code } } }")
        stack.fault("CENTRY", match="GET /conexion/v1/locations/cities/*", status=500)
        answer = client.ask(WHERE)
    nodes = answer["data"]["warehouses"]["nodes"]
    assert {node["address"]["line1"] for node in nodes if node["address"]} == before
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BACKEND_UNAVAILABLE"}
