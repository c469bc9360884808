"""Who may ask: callers with a key, or, where there are no keys, callers on this machine that ask for themselves."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from starlette.requests import Request

from gateway.models import Backend
from gateway.server.authentication import Authentication, Refused, is_loopback
from tests.secrets import API_KEYS, READER, STRANGER, WRITER, WRONG
from tests.stack import running_gateway

QUERY = {"query": "{ backends { backend } }"}
CHANGE = {"query": "mutation { anything }"}


def served(tmp_path_factory: pytest.TempPathFactory, **settings: str) -> Iterator[httpx.Client]:
    with running_gateway(tmp_path_factory.mktemp("keys"), settings) as client, httpx.Client(base_url=client.address) as http:
        yield http


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    yield from served(tmp_path_factory, GATEWAY_API_KEYS=API_KEYS)


@pytest.fixture(scope="module")
def open_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    yield from served(tmp_path_factory)


def code(reply: httpx.Response) -> str:
    found: str = reply.json()["errors"][0]["extensions"]["code"]
    return found


@pytest.mark.parametrize(
    ("method", "parts"),
    [
        ("POST", {"json": QUERY}),
        ("POST", {"json": {"query": "{ __schema { types { name } } }"}}),
        ("POST", {"json": {"query": "{ nothing"}}),
        ("POST", {"content": b"no json", "headers": {"Content-Type": "text/plain"}}),
        ("POST", {"content": b"x" * 2_000_000, "headers": {"Content-Type": "application/json"}}),
        ("GET", {"params": QUERY}),
        ("GET", {"params": CHANGE}),
        ("GET", {}),
    ],
)
def test_without_a_key_nothing_is_answered_whatever_is_asked(guarded: httpx.Client, method: str, parts: dict[str, Any]) -> None:
    reply = guarded.request(method, "/graphql", **parts)
    assert (reply.status_code, code(reply)) == (401, "UNAUTHENTICATED")
    assert reply.headers["www-authenticate"] == 'Bearer realm="gateway"'
    assert "data" not in reply.json()


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {WRONG}"},
        {"X-API-Key": WRONG},
        {"Authorization": f"Bearer {READER}x"},
        {"Authorization": "Bearer ü".encode()},
        {"Authorization": f"Bearer {WRONG}", "X-API-Key": READER},
    ],
)
def test_an_unknown_key_is_no_key(guarded: httpx.Client, headers: dict[str, str]) -> None:
    reply = guarded.post("/graphql", json=QUERY, headers=headers)
    assert (reply.status_code, code(reply)) == (401, "UNAUTHENTICATED")
    assert reply.headers["www-authenticate"] == 'Bearer realm="gateway", error="invalid_token"'
    assert WRONG not in reply.text


@pytest.mark.parametrize("headers", [{"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}, {"X-API-Key": ""}])
def test_what_is_no_key_is_asked_for_one(guarded: httpx.Client, headers: dict[str, str]) -> None:
    reply = guarded.post("/graphql", json=QUERY, headers=headers)
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, 'Bearer realm="gateway"')


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": f"Bearer {READER}"},
        {"authorization": f"bearer  {READER}"},
        {"X-API-Key": READER},
        {"Authorization": "Basic eDp5", "X-API-Key": READER},
        {
            "X-API-Key": READER,
            "Host": "graph.example.com",
            "Origin": "https://shop.example.com",
            "X-Forwarded-For": "192.0.2.7",
        },
    ],
)
def test_a_known_key_is_enough_wherever_its_caller_is(guarded: httpx.Client, headers: dict[str, str]) -> None:
    assert len(guarded.post("/graphql", json=QUERY, headers=headers).json()["data"]["backends"]) == len(Backend)


def test_a_key_may_do_what_its_scopes_say(guarded: httpx.Client) -> None:
    lacking = [(STRANGER, QUERY), (STRANGER, CHANGE), (READER, CHANGE)]
    for key, body in lacking:
        reply = guarded.post("/graphql", json=body, headers={"X-API-Key": key})
        assert (reply.status_code, code(reply)) == (403, "FORBIDDEN"), key
        assert "data" not in reply.json()
    allowed = guarded.post("/graphql", json=CHANGE, headers={"X-API-Key": WRITER})
    assert code(allowed) == "BAD_USER_INPUT", "there is no such mutation"


def test_the_page_and_the_health_of_the_gateway_need_no_key(guarded: httpx.Client) -> None:
    page = guarded.get("/graphql", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for path in ("/graphiql/graphiql.min.js", "/health/live", "/health/ready"):
        assert guarded.get(path).status_code == 200


def own(http: httpx.Client) -> str:
    return f"{http.base_url.host}:{http.base_url.port}"


def test_without_keys_callers_on_this_machine_are_served(open_: httpx.Client) -> None:
    port = open_.base_url.port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}", "127.0.0.1"):
        assert open_.post("/graphql", json=QUERY, headers={"Host": host}).status_code == 200, host
    page = {"Origin": f"http://{own(open_)}", "Sec-Fetch-Site": "same-origin"}
    assert open_.post("/graphql", json=QUERY, headers=page).status_code == 200
    assert open_.get("/graphql", params=QUERY, headers={"Sec-Fetch-Site": "none"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "attacker.example.com"},
        {"Host": "127.0.0.1.attacker.example.com"},
        {"Host": "localhost.attacker.example.com:8000"},
        {"Host": "[::1"},
        {"Host": ""},
        {"Origin": "http://attacker.example.com"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=192.0.2.7"},
        {"X-Real-IP": "192.0.2.7"},
        {"Via": "1.1 proxy"},
    ],
    ids=str,
)
def test_without_keys_foreign_pages_and_proxies_are_not(open_: httpx.Client, headers: dict[str, str]) -> None:
    for reply in (
        open_.post("/graphql", json=QUERY, headers=headers),
        open_.get("/graphql", params=QUERY, headers=headers),
    ):
        assert (reply.status_code, code(reply)) == (403, "FORBIDDEN")
        assert "GATEWAY_API_KEYS" in reply.json()["errors"][0]["message"]
        assert "data" not in reply.json()


@pytest.mark.parametrize("client", [("192.0.2.7", 5000), ("::ffff:192.0.2.7", 5000), None], ids=str)
def test_without_keys_callers_elsewhere_are_not(client: tuple[str, int] | None) -> None:
    scope = {"type": "http", "method": "POST", "headers": [(b"host", b"127.0.0.1:8000")], "client": client}
    with pytest.raises(Refused) as caught:
        Authentication(())(Request(scope))
    assert caught.value.status == 403


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.7", False),
        ("localhost.example.com", False),
        ("", False),
    ],
)
def test_loopback(host: str, here: bool) -> None:
    assert is_loopback(host) is here
