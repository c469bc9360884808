"""adjustStock at Cenports, from the mutation to the simulated Cenports and back through queries."""

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.sandbox.world import System
from tests.journeys.cenports_account import LOST, Account, account_in
from tests.journeys.changes import TRANSACTION, ended, refused, submit
from tests.stack import GatewayClient, until

PLACES = "{ warehouses { nodes { id code records { backend code } } } }"
SHOWN = """query ($id: ID!, $sku: String!) {
    warehouse(id: $id) { stock(first: 250) { nodes { backend variant { sku } onHand } } }
    variant(sku: $sku) { stock { nodes { backend onHand warehouse { id } } } }
}"""


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with account_in(tmp_path_factory.mktemp("stock"), orders=5) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(account: Account) -> Iterator[None]:
    yield
    account.stack.mend()


def places(account: Account) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = account.stack.client.data(PLACES)["warehouses"]["nodes"]
    return nodes


@pytest.fixture(scope="module")
def place(account: Account) -> dict[str, Any]:
    """A warehouse whose code at Cenports is not its own."""
    for node in places(account):
        codes = [record["code"] for record in node["records"] if record["backend"] == "CENPORTS"]
        if codes and codes != [node["code"]]:
            return {"id": node["id"], "code": codes[0]}
    raise AssertionError("there is no such warehouse")


@pytest.fixture(scope="module")
def skus(account: Account, place: dict[str, Any]) -> list[str]:
    known = [item.sku for item in account.stack.world.items_of(System.CENPORTS)]
    return [sku for sku in known if place["code"] in account.stock(sku)][:3]


def adjustment(place: dict[str, Any], sku: str, quantity: int, change: str = "SET", kind: str = "ON_HAND") -> dict[str, Any]:
    return {"sku": sku, "warehouseId": place["id"], "quantity": quantity, "change": change, "kind": kind}


def adjust(client: GatewayClient, *adjustments: dict[str, Any], everywhere: bool = False) -> dict[str, Any]:
    given = {"adjustments": list(adjustments), "backends": None if everywhere else ["CENPORTS"]}
    return ended(client, submit(client, "adjustStock", given)["handle"])


def test_stock_is_set_and_added_to_and_shown(account: Account, place: dict[str, Any], skus: list[str]) -> None:
    one, two, three = skus
    before = account.stock(three)[place["code"]]
    account.stack.forget_calls()

    done = adjust(
        account.stack.client, adjustment(place, one, 41), adjustment(place, two, 7), adjustment(place, three, -1, "ADD")
    )

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert [step["items"] for step in done["steps"]] == [[0, 1], [2]]
    assert account.stack.calls("CENPORTS").count("cenports-10") == 2
    assert [account.stock(sku)[place["code"]] for sku in skus] == [41, 7, before - 1]
    assert [node["__typename"] for node in done["affected"]] == ["VariantRecord"] * 3

    live = account.stack.client.data(SHOWN, id=place["id"], sku=one)["variant"]["stock"]["nodes"]
    here = [node for node in live if node["backend"] == "CENPORTS" and node["warehouse"]["id"] == place["id"]]
    assert [node["onHand"] for node in here] == ["41"]

    def listed() -> dict[str, str]:
        nodes = account.stack.client.data(SHOWN, id=place["id"], sku=one)["warehouse"]["stock"]["nodes"]
        return {node["variant"]["sku"]: node["onHand"] for node in nodes if node["backend"] == "CENPORTS"}

    until(lambda: [listed()[sku] for sku in skus] == ["41", "7", str(before - 1)])


def test_changes_of_one_sku_are_made_in_their_order(account: Account, place: dict[str, Any], skus: list[str]) -> None:
    sku = skus[0]

    changes = [(10, "SET"), (5, "ADD"), (3, "SET"), (-1, "ADD")]

    done = adjust(account.stack.client, *(adjustment(place, sku, quantity, change) for quantity, change in changes))

    assert done["status"] == "COMPLETED"
    assert [step["items"] for step in done["steps"]] == [[0], [1], [2], [3]]
    assert account.stock(sku)[place["code"]] == 2


def test_what_cenports_does_not_keep_is_refused_or_left_to_others(
    account: Account, place: dict[str, Any], skus: list[str]
) -> None:
    asked = adjustment(place, skus[0], 9, kind="AVAILABLE")

    errors = refused(account.stack.client, "adjustStock", {"adjustments": [asked], "backends": ["CENPORTS"]})
    done = adjust(account.stack.client, asked, everywhere=True)

    assert [(error["code"], error["path"]) for error in errors] == [("NOT_SUPPORTED", ["adjustments", "0", "kind"])]
    mine = next(item for item in done["items"] if item["backend"] == "CENPORTS")
    assert (mine["status"], [error["code"] for error in mine["errors"]]) == ("FAILED", ["NOT_SUPPORTED"])


def test_what_cenports_does_not_know_is_left_to_those_who_do(account: Account, place: dict[str, Any]) -> None:
    world = account.stack.world
    mine = {item.sku for item in world.items_of(System.CENPORTS)}
    sku = next(item.sku for item in world.items_of(System.CENTRY) if item.sku not in mine)

    done = adjust(account.stack.client, adjustment(place, sku, 9, kind="AVAILABLE"), everywhere=True)

    assert done["status"] == "COMPLETED"
    assert {item["backend"]: item["status"] for item in done["items"]}["CENTRY"] == "COMPLETED"
    assert "CENPORTS" not in {error["backend"] for error in done["errors"]}


def test_what_cannot_be_found_fails_alone_and_a_retry_sends_only_that(
    account: Account, place: dict[str, Any], skus: list[str]
) -> None:
    elsewhere = {"id": nowhere(account)}
    done = adjust(
        account.stack.client,
        adjustment(place, skus[0], 21),
        adjustment(place, "NOT-YET", 1),
        adjustment(place, skus[1], -10_000, "ADD"),
        adjustment(elsewhere, skus[0], 1),
    )

    assert done["status"] == "PARTIALLY_COMPLETED"
    assert [[error["code"] for error in item["errors"]] for item in done["items"]] == [
        [], ["NOT_FOUND"], ["BACKEND_REJECTED"], ["NOT_FOUND"],
    ]  # fmt: skip
    system = account.stack.systems["CENPORTS"]
    row = {"productSku": "NOT-YET", "retailerSku": None, "productUpc": None, "productName": "New", "quantity": "5"}
    site = next(
        held for held in account.ask("/inventories", actualStock="true")["data"] if held["warehouseCode"] == place["code"]
    )
    system.put("warehouse", {**site, "warehouseInventory": [*site["warehouseInventory"], row]})
    document = f"mutation ($h: ID!) {{ retryTransaction(handle: $h) {{ transaction {{ {TRANSACTION} }} }} }}"
    account.stack.forget_calls()
    account.stack.client.data(document, h=done["handle"])
    again = ended(account.stack.client, done["handle"])
    assert [item["status"] for item in again["items"]] == ["COMPLETED", "COMPLETED", "FAILED", "FAILED"]
    assert account.stock("NOT-YET")[place["code"]] == 1


@pytest.mark.parametrize("fault", ["an error before", "silence after"])
def test_what_is_set_is_set_though_no_answer_came(account: Account, place: dict[str, Any], skus: list[str], fault: str) -> None:
    wanted = account.stock(skus[0])[place["code"]] + 1
    account.stack.fault("CENPORTS", match="cenports-10", times=1, **LOST[fault])

    done = adjust(account.hasty, adjustment(place, skus[0], wanted))

    assert (done["status"], done["errors"]) == ("COMPLETED", [])
    assert account.stock(skus[0])[place["code"]] == wanted


@pytest.mark.parametrize("fault", ["an error before", "a reset after"])
def test_of_what_is_added_without_an_answer_nobody_knows(
    account: Account, place: dict[str, Any], skus: list[str], fault: str
) -> None:
    """It is sent once, and what stands beside it goes its own way."""
    before = account.stock(skus[0])[place["code"]]
    account.stack.fault("CENPORTS", match="cenports-10", times=1, **LOST[fault])

    done = adjust(account.hasty, adjustment(place, skus[0], 3, "ADD"), adjustment(place, skus[1], 12))

    assert done["status"] == "UNKNOWN"
    assert [item["status"] for item in done["items"]] == ["UNKNOWN", "COMPLETED"]
    (error,) = done["items"][0]["errors"]
    assert error["code"] == "OUTCOME_UNKNOWN"
    assert skus[0] in error["message"]
    until(lambda: account.stock(skus[0])[place["code"]] == before + (3 if "after" in fault else 0))


def nowhere(account: Account) -> str:
    """The id of a warehouse that Cenports does not have."""
    found = (node["id"] for node in places(account) if "CENPORTS" not in {record["backend"] for record in node["records"]})
    return str(next(found))
