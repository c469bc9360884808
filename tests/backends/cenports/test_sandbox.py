"""The simulated Cenports keeps the rules of the vendor's page: tokens, the limit of calls, parameters."""

from collections.abc import Iterator

import httpx
import pytest

from gateway.backends.cenports.sandbox import CenportsSandbox
from gateway.models import Backend
from gateway.sandbox.server import environment, load_sandboxes, running
from gateway.sandbox.world import World, make_world
from tests.backends.cenports.asking import CHANNEL, CREDENTIALS, PARTNER, Clock, ask, connected, numbers, refused, token


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(seed=3, orders=400)


@pytest.fixture(scope="module")
def client(world: World) -> Iterator[httpx.Client]:
    with connected(CenportsSandbox(world, calls_per_minute=100_000)) as client:
        yield client


# Tokens


def test_credentials_buy_a_token(client: httpx.Client) -> None:
    answer = client.post("/authorize", json=CREDENTIALS)

    assert answer.status_code == 200
    assert {**answer.json(), "access_token": ""} == {
        "scopes": ["basic", "view-account"],
        "token_type": "Bearer",
        "expires_in": 86400,
        "access_token": "",
    }


@pytest.mark.parametrize("wrong", [{"client_secret": "x"}, {"client_id": "x"}])
def test_wrong_credentials_are_refused(client: httpx.Client, wrong: dict[str, str]) -> None:
    assert client.post("/authorize", json={**CREDENTIALS, **wrong}).status_code == 401


def test_incomplete_credentials_are_invalid(client: httpx.Client) -> None:
    refused(client.post("/authorize", json={"grant_type": "client_credentials"}), "client_id", "client_secret")
    refused(client.post("/authorize", json={**CREDENTIALS, "grant_type": "password"}), "grant_type")
    refused(client.post("/authorize", data=CREDENTIALS), "body", "grant_type", "client_id", "client_secret")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer unknown", "Basic abc"])
def test_nothing_is_told_without_a_token(client: httpx.Client, authorization: str) -> None:
    for path in ("/orders", "/channels", "/shipments", "/inventories"):
        answer = client.get(path, params={"partnerId": PARTNER}, headers={"Authorization": authorization})
        assert answer.status_code == 401


def test_a_token_is_a_bearers(client: httpx.Client) -> None:
    good = token(client)

    for scheme, status in (("Bearer", 200), ("bearer", 200), ("Basic", 401)):
        answer = client.get("/channels", params={"partnerId": PARTNER}, headers={"Authorization": f"{scheme} {good}"})
        assert answer.status_code == status


def test_a_token_expires(world: World) -> None:
    clock = Clock()
    with connected(CenportsSandbox(world, token_seconds=100, clock=clock)) as client:
        clock.seconds += 99
        assert ask(client, "/channels").status_code == 200
        clock.seconds += 1
        assert ask(client, "/channels").status_code == 401
        client.headers["Authorization"] = f"Bearer {token(client)}"
        assert ask(client, "/channels").status_code == 200


def test_tokens_can_be_revoked(world: World) -> None:
    with connected(CenportsSandbox(world)) as client:
        httpx.delete(client.base_url.join("/__tokens"))

        assert ask(client, "/channels").status_code == 401


# The limit of calls


def test_more_calls_than_the_limit_in_any_minute_are_refused(world: World) -> None:
    clock = Clock()
    with connected(CenportsSandbox(world, calls_per_minute=3, clock=clock)) as client:
        first = ask(client, "/channels").status_code
        clock.seconds += 40
        later = [ask(client, "/channels") for _ in range(3)]
        clock.seconds += 20
        again = [ask(client, "/channels").status_code for _ in range(2)]

    assert [first, *(answer.status_code for answer in later)] == [200, 200, 200, 429]
    assert "retry-after" not in later[-1].headers
    assert again == [200, 429]


def test_sixty_calls_a_minute_are_the_default_and_token_calls_do_not_count(world: World) -> None:
    with connected(CenportsSandbox(world, clock=Clock())) as client:
        for _ in range(10):
            token(client)

        answers = [ask(client, "/channels").status_code for _ in range(61)]

    assert answers == [200] * 60 + [429]


# The partner and the shape of parameters


@pytest.mark.parametrize("path", ["/orders", "/channels", "/shipments", "/inventories"])
def test_the_partner_is_required_and_checked(client: httpx.Client, path: str) -> None:
    extra = {"channelId": CHANNEL}

    missing = refused(client.get(path, params=extra), "partnerId")
    wrong = refused(client.get(path, params={"partnerId": "222BBB", **extra}), "partnerId")

    assert missing == {"partnerId": ["The partner id field is required."]}
    assert wrong == {"partnerId": ["The partner id is not valid, please try again."]}


def test_parameters_are_read_from_the_body_too(client: httpx.Client) -> None:
    body = {"partnerId": PARTNER, "limit": 7, "isAcknowledged": True, "isPaginated": True, "channelId": None}

    from_body = client.request("GET", "/orders", json=body)
    from_both = client.request("GET", "/orders", json=body, params={"partnerId": PARTNER, "limit": "8"})

    assert len(numbers(from_body)) == 7
    assert len(numbers(from_both)) == 7


def test_a_body_that_is_no_json_object_is_invalid(client: httpx.Client) -> None:
    refused(client.request("GET", "/orders", params={"partnerId": PARTNER}, content=b"[1"), "body")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "many"),
        ("isAcknowledged", "perhaps"),
        ("isPaginated", "perhaps"),
        ("channelId", "NOWHERE"),
        ("channelId", "x" * 256),
        ("orders", "A" * 256),
    ],
)
def test_values_of_the_wrong_kind_are_invalid(client: httpx.Client, name: str, value: str) -> None:
    refused(ask(client, "/orders", **{name: value}), name)


def test_what_the_page_does_not_name_is_not_there(client: httpx.Client) -> None:
    assert ask(client, "/order").status_code == 404
    assert client.delete("/orders").status_code == 405
    assert client.post("/transaction", json={"partnerId": PARTNER}).status_code == 405
    assert httpx.get(client.base_url.join("/orders"), headers=client.headers).status_code == 404


# What the other rooms see of it


def test_calls_are_recorded_by_documented_operation(world: World) -> None:
    with connected(CenportsSandbox(world)) as client:
        httpx.delete(client.base_url.join("/__calls"))
        for method, path in (("POST", "/authorize"), ("GET", "/orders"), ("PATCH", "/orders/acknowledge"), ("GET", "/x")):
            client.request(method, path)
        calls = httpx.get(client.base_url.join("/__calls")).json()

    assert [call["operation"] for call in calls] == ["cenports-01", "cenports-02", "cenports-04", None]


def test_it_is_loaded_by_name_and_its_settings_reach_it(world: World) -> None:
    systems = load_sandboxes(world, only=[Backend.CENPORTS])
    with running(systems) as addresses:
        settings = environment(systems, addresses)
        base = settings["GATEWAY_CENPORTS__BASE_URL"]
        client = {name: settings[f"GATEWAY_CENPORTS__{name.upper()}"] for name in ("client_id", "client_secret")}
        bought = httpx.post(f"{base}/authorize", json={"grant_type": "client_credentials", **client}).json()
        answer = httpx.get(
            f"{base}/inventories",
            params={
                "partnerId": settings["GATEWAY_CENPORTS__PARTNER_ID"],
                "channelId": settings["GATEWAY_CENPORTS__CHANNEL_ID"],
            },
            headers={"Authorization": f"Bearer {bought['access_token']}"},
        )

    assert list(systems) == ["CENPORTS"]
    assert answer.status_code == 200
