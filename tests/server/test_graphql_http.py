"""GraphQL over HTTP: what a client may send, and how it is answered."""

from collections.abc import Iterator

import httpx
import pytest
from graphql import build_client_schema, get_introspection_query

from gateway.models import Backend
from tests.stack import GatewayClient, running_gateway

MODERN = "application/graphql-response+json"
QUERY = {"query": "{ backends { backend configured } }"}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayClient]:
    with running_gateway(tmp_path_factory.mktemp("http"), {"GATEWAY_MAX_BODY_BYTES": "5000"}) as client:
        yield client


@pytest.fixture
def http(gateway: GatewayClient) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=gateway.address) as client:
        yield client


def code(reply: httpx.Response) -> str:
    found: str = reply.json()["errors"][0]["extensions"]["code"]
    return found


@pytest.mark.parametrize("accept", ["*/*", "application/json", MODERN, f"{MODERN}, application/json;q=0.9"])
def test_a_query_is_answered_in_the_media_type_that_is_asked_for(http: httpx.Client, accept: str) -> None:
    reply = http.post("/graphql", json=QUERY, headers={"Accept": accept})
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith(MODERN if MODERN in accept else "application/json")
    assert len(reply.json()["data"]["backends"]) == len(Backend)
    assert "errors" not in reply.json()


def test_a_query_may_stand_in_the_address(http: httpx.Client) -> None:
    query = 'query Q($id: ID) { warehouse(id: $id, code: "x") { code } } query B { backends { backend } }'
    reply = http.get("/graphql", params={"query": query, "operationName": "B", "variables": "{}"})
    assert len(reply.json()["data"]["backends"]) == len(Backend)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "no GraphQL request"),
        (b"null", "no GraphQL request"),
        (b"[]", "no GraphQL request"),
        (b"{}", "query"),
        (b'{"query": 5}', "query"),
        (b'{"query": null}', "query"),
        (b'{"query": ""}', "query"),
        (b'{"query": "{ a }", "variables": []}', "variables"),
        (b'{"query": "{ a }", "operationName": 3}', "operationName"),
        (b"{" * 1000, "no GraphQL request"),
        (b'{"query": "' + b"[" * 200 + b'"', "no GraphQL request"),
        (b"\xff\xfe", "no GraphQL request"),
    ],
)
def test_what_is_no_request_is_refused_in_words(http: httpx.Client, body: bytes, says: str) -> None:
    reply = http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert reply.status_code == 400
    assert code(reply) == "BAD_USER_INPUT"
    assert says in reply.json()["errors"][0]["message"]
    assert "data" not in reply.json()


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({"query": "query A { __typename } query B { __typename }"}, "operationName"),
        ({"query": "query A { __typename } query B { __typename }", "operationName": "Nope"}, "operationName"),
        ({"query": "fragment F on Order { id }"}, "no operation"),
        ({"query": "# nothing"}, "Syntax"),
    ],
)
def test_it_must_be_clear_what_to_run(http: httpx.Client, request_: dict[str, str], says: str) -> None:
    reply = http.post("/graphql", json=request_)
    assert code(reply) == "BAD_USER_INPUT"
    assert says in reply.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    "body", [b'{"query": "\xff{__typename}"}', b'{"query": "{a}", "variables": {"a": ' + b"[" * 2000 + b"]" * 2000 + b"}}"]
)
def test_a_body_that_breaks_its_reader_is_the_callers_error(http: httpx.Client, body: bytes) -> None:
    reply = http.post("/graphql", content=body, headers={"Content-Type": "application/json"})
    assert (reply.status_code, code(reply)) == (400, "BAD_USER_INPUT")
    assert http.get("/health/live").status_code == 200


def test_get_changes_nothing(http: httpx.Client) -> None:
    reply = http.get("/graphql", params={"query": "mutation M { anything }"})
    assert (reply.status_code, reply.headers["allow"]) == (405, "POST")


def test_another_content_type_is_refused(http: httpx.Client) -> None:
    for headers in ({"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}, {}):
        assert http.post("/graphql", content=b"{}", headers=headers).status_code == 415


def test_a_body_has_bounds(http: httpx.Client) -> None:
    reply = http.post("/graphql", json={"query": "#" * 6000})
    assert reply.status_code == 413
    assert "5000 bytes" in reply.json()["errors"][0]["message"]


@pytest.mark.parametrize("query", ["{", "{ nothing }", "query($x: Int) { node(id: $x) { id } }"])
def test_a_wrong_query_is_the_callers_error(http: httpx.Client, query: str) -> None:
    modern = http.post("/graphql", json={"query": query}, headers={"Accept": MODERN})
    assert (modern.status_code, code(modern)) == (400, "BAD_USER_INPUT")
    assert "data" not in modern.json()
    older = http.post("/graphql", json={"query": query})
    assert (older.status_code, code(older)) == (200, "BAD_USER_INPUT")


def test_an_error_of_a_field_leaves_the_rest(http: httpx.Client) -> None:
    reply = http.post("/graphql", json={"query": '{ variant { sku } backends { backend } node(id: "x") { id } }'})
    body = reply.json()
    assert len(body["data"]["backends"]) == len(Backend)
    assert body["data"]["variant"] is None
    assert {tuple(error["path"]) for error in body["errors"]} == {("variant",), ("node",)}
    ids = {error["extensions"]["requestId"] for error in body["errors"]}
    assert ids == {reply.headers["x-request-id"]}


def test_values_are_read_strictly(http: httpx.Client) -> None:
    query = "query Q($f: OrderFilter) { orders(filter: $f) { nodes { id } } }"
    for span in ({"from": "yesterday"}, {"from": "2026-01-01T00:00:00"}, {"from": 5}):
        reply = http.post("/graphql", json={"query": query, "variables": {"f": {"placedAt": span}}})
        assert code(reply) == "BAD_USER_INPUT"
        assert "offset" in reply.json()["errors"][0]["message"]
    backwards = {"from": "2026-02-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}
    reply = http.post("/graphql", json={"query": query, "variables": {"f": {"placedAt": backwards}}})
    assert "filter.placedAt" in reply.json()["errors"][0]["message"]


def test_older_clients_can_read_the_schema(http: httpx.Client) -> None:
    """They know no directive on directives (graphql-core 3.2, graphql-js before 16.15)."""
    found = http.post("/graphql", json={"query": get_introspection_query()}).json()["data"]
    build_client_schema(found)
    places = {place for directive in found["__schema"]["directives"] for place in directive["locations"]}
    assert "DIRECTIVE_DEFINITION" not in places


def test_health(http: httpx.Client) -> None:
    assert http.get("/health/live").status_code == 200
    assert http.get("/health/ready").json() == {"status": "ok"}


def test_only_backends_that_take_webhooks_have_an_address(http: httpx.Client) -> None:
    for name in ("cartoncloud", "cenports", "nobody"):
        assert http.post(f"/webhooks/{name}", json={}).status_code == 404


def test_the_browser_gets_the_explorer_and_programs_do_not(http: httpx.Client) -> None:
    page = http.get("/graphql", headers={"Accept": "text/html,*/*"})
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert http.get("/graphql", headers={"Accept": "application/json"}).status_code == 400
    for file in ("graphiql.min.js", "examples.json", "LICENSES.txt"):
        assert http.get(f"/graphiql/{file}").status_code == 200
