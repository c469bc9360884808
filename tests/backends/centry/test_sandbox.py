"""The simulated Centry: its tokens, its refusals, what it is for the gateway's tests."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from gateway.backends.centry.sandbox import CLIENT_ID, CLIENT_SECRET, CODE, REDIRECT_URI, REFRESH_TOKEN, CentrySandbox
from gateway.sandbox.world import Stage, make_world
from tests.backends.centry.asking import LISTS, ORDERS, WORLD, Caller, calling, every_order, ids


@pytest.fixture(scope="module")
def centry() -> Iterator[Caller]:
    """Read only, so that all tests may share it."""
    with calling(CentrySandbox(WORLD)) as caller:
        yield caller


@pytest.fixture
def own() -> Iterator[Caller]:
    """A Centry whose tokens a test may use up."""
    with calling(CentrySandbox(WORLD)) as caller:
        yield caller


def test_a_refresh_token_gives_a_new_pair_and_serves_once(own: Caller) -> None:
    first = own.refresh(REFRESH_TOKEN).json()

    second = own.refresh(first["refresh_token"])
    again = own.refresh(REFRESH_TOKEN)

    assert (first["token_type"], first["expires_in"]) == ("bearer", 7200)
    assert second.json()["refresh_token"] not in (REFRESH_TOKEN, first["refresh_token"])
    assert (again.status_code, again.json()) == (401, {"error": "invalid_grant"})
    own.token = second.json()["access_token"]
    assert own.ask("user_info.json").status_code == 200


def test_an_authorization_code_gives_the_first_pair_once(own: Caller) -> None:
    parameters = {"grant_type": "authorization_code", "code": CODE, "redirect_uri": REDIRECT_URI}

    first, second = own.grant(**parameters), own.grant(**parameters)

    assert own.refresh(first.json()["refresh_token"]).status_code == 200
    assert (second.status_code, second.json()) == (401, {"error": "invalid_grant"})


def test_client_credentials_give_no_refresh_token(own: Caller) -> None:
    granted = own.grant(grant_type="client_credentials").json()

    assert set(granted) == {"access_token", "token_type", "expires_in", "created_at"}


@pytest.mark.parametrize("wrong", [{"client_id": "other"}, {"client_secret": "other"}])
@pytest.mark.parametrize("grant_type", ["client_credentials", "refresh_token"])
def test_a_wrong_client_gets_nothing_and_uses_nothing_up(own: Caller, wrong: dict[str, str], grant_type: str) -> None:
    refused = own.refresh(REFRESH_TOKEN, **wrong, grant_type=grant_type)

    assert (refused.status_code, refused.json()) == (401, {"error": "invalid_client"})
    assert own.refresh(REFRESH_TOKEN).status_code == 200


@pytest.mark.parametrize(("redirect_uri", "status"), [("", 400), ("https://other.example.com", 401)])
def test_the_redirect_address_is_demanded(own: Caller, redirect_uri: str, status: int) -> None:
    assert own.refresh(REFRESH_TOKEN, redirect_uri=redirect_uri).status_code == status
    assert own.refresh(REFRESH_TOKEN).status_code == 200


def test_tokens_are_asked_for_in_json_with_a_known_grant(own: Caller) -> None:
    form = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "grant_type": "client_credentials"}

    assert own.http.post("/oauth/token", data=form).status_code == 400
    assert own.http.post("/oauth/token", json=[form]).status_code == 400
    assert own.grant(grant_type="password").json() == {"error": "unsupported_grant_type"}


def test_every_call_needs_a_token_even_to_nowhere(own: Caller) -> None:
    own.token = "unknown"

    answers = [own.ask(path) for path in ("orders.json", "company_info.json", "nowhere.json")]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert "invalid_token" in answers[0].headers["www-authenticate"]
    assert own.http.get("/conexion/v1/orders.json").status_code == 401


def test_a_token_that_has_lived_its_seconds_is_refused() -> None:
    with calling(CentrySandbox(WORLD, token_seconds=0)) as centry:
        assert centry.ask("orders.json").status_code == 401
        assert centry.grant(grant_type="client_credentials").json()["expires_in"] == 0


def test_revoked_access_tokens_are_refused_and_refresh_tokens_still_serve() -> None:
    sandbox = CentrySandbox(WORLD)
    with calling(sandbox) as centry:
        before = centry.ask("user_info.json").status_code
        sandbox.revoke_tokens()

        assert (before, centry.ask("user_info.json").status_code) == (200, 401)
        assert centry.refresh(REFRESH_TOKEN).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nowhere.json", 404),
        ("GET", "orders/unknown.json", 404),
        ("GET", "webhooks/unknown.json", 404),
        ("GET", "orders/unknown/documents.json", 404),
        ("DELETE", "orders.json", 405),
        ("POST", "company_info.json", 405),
        ("POST", "orders.json", 400),
        ("PUT", "orders/unknown.json", 405),
        ("GET", "orders.xml", 406),
        ("GET", "orders", 406),
    ],
)
def test_other_calls_are_refused_with_the_pages_codes(centry: Caller, method: str, path: str, status: int) -> None:
    assert centry.ask(path, method=method).status_code == status


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/oauth/token", b'{"grant_type": "authorization_code"}', "centry-01"),
        ("POST", "/oauth/token", b'{"grant_type": "refresh_token"}', "centry-02"),
        ("POST", "/oauth/token", b'{"grant_type": "client_credentials"}', None),
        ("POST", "/oauth/token", b"[]", None),
        ("POST", "/conexion/v1/oauth/token", b"", None),
        ("GET", "/conexion/v1/products.json", b"", "centry-03"),
        ("GET", "/conexion/v1/products/5a.json", b"", "centry-04"),
        ("GET", "/conexion/v1/products/count.json", b"", "centry-08"),
        ("PUT", "/conexion/v1/variants/5a.json", b"", "centry-18"),
        ("PUT", "/conexion/v1/variants/sku.json", b"", "centry-19"),
        ("GET", "/conexion/v1/variant_warehouses.json", b"", "centry-28"),
        ("GET", "/conexion/v1/locations/communes/5a.json", b"", "centry-54"),
        ("GET", "/conexion/v1/orders.json", b"", "centry-55"),
        ("GET", "/conexion/v1/orders/5a.json", b"", "centry-56"),
        ("GET", "/conexion/v1/orders/shipping_labels.json", b"", "centry-59"),
        ("POST", "/conexion/v1/orders/5a/order_status/cancellations.json", b"", "centry-62"),
        ("DELETE", "/conexion/v1/orders/5a/documents/6b.json", b"", "centry-69"),
        ("DELETE", "/conexion/v1/webhooks/5a.json", b"", "centry-87"),
        ("GET", "/conexion/v1/nowhere.json", b"", None),
        ("GET", "/orders.json", b"", None),
    ],
)
def test_calls_are_named_as_operations(method: str, path: str, body: bytes, expected: str | None) -> None:
    assert CentrySandbox(WORLD).operation(method, path, body) == expected


def test_the_settings_reach_it() -> None:
    settings = CentrySandbox(WORLD).settings("http://127.0.0.1:8103")

    assert settings["GATEWAY_CENTRY__BASE_URL"] == "http://127.0.0.1:8103"
    assert settings["GATEWAY_CENTRY__REFRESH_TOKEN"] == REFRESH_TOKEN
    assert settings["GATEWAY_CENTRY__TIMEZONE"] == "America/Santiago"


def test_an_advanced_order_has_a_new_state_and_a_later_update() -> None:
    sandbox = CentrySandbox(WORLD)
    waiting = next(order for order in ORDERS if order.stage is Stage.PLACED)
    with calling(sandbox) as centry:
        before = every_order(centry)
        newest = max((order["updated_at"] for order in before), key=datetime.fromisoformat)

        sandbox.advance(waiting.number, Stage.SHIPPED)

        (after,) = every_order(centry, updated_at_gt=newest)
    assert waiting.number in (after["number_origin"], after["id_origin"])
    assert after["_id"] in ids(before)
    assert after["_status"] == "shipped"
    assert all(item["tracking_code"] for item in after["items"])
    assert datetime.fromisoformat(after["created_at"]) == waiting.placed_at


def test_the_same_seed_gives_the_same_answers_in_the_same_order(centry: Caller) -> None:
    with calling(CentrySandbox(make_world(seed=3, orders=120))) as same:
        for name in LISTS:
            assert same.ask(f"{name}.json", {"limit": 20}).content == centry.ask(f"{name}.json", {"limit": 20}).content
            assert same.ask(f"{name}.json").content == centry.ask(f"{name}.json").content


def test_another_seed_gives_another_order(centry: Caller) -> None:
    with calling(CentrySandbox(make_world(seed=4, orders=120))) as other:
        assert ids(other.get("orders.json", limit=40)) != ids(centry.get("orders.json", limit=40))
