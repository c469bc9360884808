"""Uploads: files come by the GraphQL multipart request convention, whole or not at all."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from gateway import ids
from gateway.models import Backend
from tests.stack import running_gateway

ATTACH = """mutation ($input: AttachOrderDocumentInput!) {
    attachOrderDocument(input: $input) { transaction { handle } userErrors { code path message } }
}"""
MAP = {"0": ["variables.input.file"]}
PREFLIGHT = {"GraphQL-Require-Preflight": "1"}
LIMITS = {"GATEWAY_MAX_BODY_BYTES": "5000", "GATEWAY_MAX_UPLOAD_BYTES": "200000"}


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with running_gateway(tmp_path_factory.mktemp("uploads"), LIMITS) as client, httpx.Client(base_url=client.address) as http:
        yield http


def operations(**more: Any) -> dict[str, Any]:
    given = {"orderId": ids.encode("Order", Backend.CENTRY, "1"), "kind": "INVOICE", "file": None}
    return {"query": ATTACH, "variables": {"input": given}} | more


def send(
    http: httpx.Client,
    content: bytes = b"%PDF",
    asked: object = None,
    places: object = MAP,
    headers: Mapping[str, str] = PREFLIGHT,
) -> httpx.Response:
    data = {"operations": json.dumps(asked or operations()), "map": json.dumps(places)}
    files = {"0": ("bill.pdf", content, "application/pdf")}
    return http.post("/graphql", data=data, files=files, headers=headers)


def says(reply: httpx.Response) -> str:
    message: str = reply.json()["errors"][0]["message"]
    return message


def test_a_file_comes_with_its_mutation(http: httpx.Client) -> None:
    """Centry is not configured here, which is all that is wrong."""
    reply = send(http, b"x" * 150_000)
    assert reply.status_code == 200
    (error,) = reply.json()["data"]["attachOrderDocument"]["userErrors"]
    assert (error["code"], error["path"]) == ("BACKEND_NOT_CONFIGURED", ["orderId"])


def test_an_empty_file_is_wrong(http: httpx.Client) -> None:
    errors = send(http, b"").json()["data"]["attachOrderDocument"]["userErrors"]
    assert ["file"] in [error["path"] for error in errors]


def test_a_form_that_any_page_could_send_is_refused(http: httpx.Client) -> None:
    reply = send(http, headers={"X-Other": "1"})
    assert reply.status_code == 400
    assert "GraphQL-Require-Preflight" in says(reply)


def test_files_have_a_largest_size(http: httpx.Client) -> None:
    for size in (200_001, 2_000_000):
        reply = send(http, b"x" * size)
        assert (reply.status_code, "GATEWAY_MAX_UPLOAD_BYTES" in says(reply)) == (413, True)
    reply = send(http, asked=operations(query="#" * 6_000))
    assert reply.status_code == 400


@pytest.mark.parametrize(
    "places",
    [
        {"1": ["variables.input.file"]},
        {"0": ["variables.input.nothing"]},
        {"0": ["variables.input.kind"]},
        {"0": ["query"]},
        {"0": ["variables.input.file.deeper"]},
        {"0": "variables.input.file"},
        ["variables.input.file"],
        None,
    ],
)
def test_a_map_that_leads_nowhere_is_refused_in_words(http: httpx.Client, places: object) -> None:
    reply = send(http, places=places)
    assert (reply.status_code, "map" in says(reply)) == (400, True)


@pytest.mark.parametrize("asked", [[operations()], "text", {"query": 5}])
def test_what_is_no_request_is_refused_in_words(http: httpx.Client, asked: object) -> None:
    assert send(http, asked=asked).status_code == 400


def test_a_broken_form_is_refused(http: httpx.Client) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x"):
        reply = http.post("/graphql", content=b"nonsense", headers={"Content-Type": kind, **PREFLIGHT})
        assert reply.status_code == 400


def test_a_text_is_no_file(http: httpx.Client) -> None:
    asked = operations()
    asked["variables"]["input"]["file"] = "text"
    reply = http.post("/graphql", json=asked)
    assert "multipart" in says(reply)
    literal = 'mutation { attachOrderDocument(input: {orderId: "x", kind: BILL, file: "text"}) { userErrors { code } } }'
    assert "multipart" in says(http.post("/graphql", json={"query": literal}))
