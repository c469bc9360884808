"""The wire: what goes over it as it was said, and what breaks on it told in our words."""

import asyncio
import json
import logging

import pytest

from gateway.errors import MalformedReply, Unavailable
from tests.transport.conftest import Connect
from tests.transport.server import Request, Writer, refusing, reset, send, serving


async def echo(request: Request, writer: Writer) -> None:
    send(writer, {"target": request.target, "body": request.body.decode()})


async def test_a_get_carries_its_json_body(client: Connect) -> None:
    async with serving(echo) as server:
        response = await client(server.address).request("GET", "/orders", params={"limit": 1}, json={"limit": 1})

    assert json.loads(response.json()["body"]) == {"limit": 1}
    assert server.requests[0].headers["content-type"] == "application/json"
    assert server.requests[0].target == "/orders?limit=1"


async def test_an_address_goes_out_as_it_was_written(client: Connect) -> None:
    async with serving(echo) as server:
        response = await client(server.address).get("/o/a%2Fb%20c%7E?x%5B0%5D%5BorderNo%5D=A%2C1&y=%2B+é")

    assert response.json()["target"] == "/o/a%2Fb%20c%7E?x%5B0%5D%5BorderNo%5D=A%2C1&y=%2B+%C3%A9"


async def test_the_empty_path_is_the_base_address_itself(client: Connect) -> None:
    async with serving(echo) as server:
        http = client(f"{server.address}/soap/api")
        await http.post("", content=b"<a/>")
        await http.get("/x")

    assert [request.target for request in server.requests] == ["/soap/api", "/soap/api/x"]


async def test_one_connection_serves_one_call_after_the_other(client: Connect) -> None:
    async with serving(echo) as server:
        http = client(server.address)
        for number in range(5):
            await http.get(f"/{number}")

    assert server.connections == 1


async def test_closing_the_client_closes_its_connections(client: Connect) -> None:
    async with serving(echo) as server:
        http = client(server.address)
        await asyncio.gather(*(http.get(f"/{number}") for number in range(5)))
        assert len(server.open) == 5

        await http.aclose()

        await server.emptied()
        with pytest.raises(RuntimeError, match="client has been closed"):
            await http.get("/")


async def test_cookies_and_redirects_are_left_alone(client: Connect) -> None:
    async def answer(_: Request, writer: Writer) -> None:
        send(writer, status=302, location="/elsewhere", set_cookie="session=1; path=/")

    async with serving(answer) as server:
        http = client(server.address)
        first = await http.get("/")
        await http.get("/", auth=("name", "password"))
        await http.get("/")

    assert first.status_code == 302
    assert [request.target for request in server.requests] == ["/", "/", "/"]
    assert not any("cookie" in request.headers for request in server.requests)
    assert server.requests[1].headers["authorization"].startswith("Basic ")


async def test_nobody_listens(client: Connect) -> None:
    with pytest.raises(Unavailable) as caught:
        await client(refusing()).post("/", json={})

    assert str(caught.value) == "Centry cannot be reached."


async def test_the_connection_breaks_before_the_answer(client: Connect) -> None:
    async def answer(_: Request, writer: Writer) -> None:
        reset(writer)

    async with serving(answer) as server:
        with pytest.raises(Unavailable) as caught:
            await client(server.address).post("/", json={})

    assert str(caught.value) == "Centry closed the connection."


async def test_the_connection_breaks_within_the_answer(client: Connect) -> None:
    async def answer(_: Request, writer: Writer) -> None:
        send(writer, b'{"id": 1', content_length="500")
        await writer.drain()
        writer.close()

    async with serving(answer) as server:
        with pytest.raises(MalformedReply) as caught:
            await client(server.address).get("/")

    assert str(caught.value) == "Centry's answer is cut short."
    assert len(server.requests) == 1


async def test_what_answers_is_no_web_server(client: Connect) -> None:
    async def answer(_: Request, writer: Writer) -> None:
        writer.write(b"220 mail.example.com ESMTP\r\n\r\n")

    async with serving(answer) as server:
        with pytest.raises(MalformedReply) as caught:
            await client(server.address).get("/")

    assert str(caught.value) == "Centry answered something that cannot be read."


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_a_write_is_never_sent_twice_by_itself(client: Connect, method: str) -> None:
    """Given a connection that served a call and is kept, when it breaks under a write, then the write is not repeated."""

    async def answer(request: Request, writer: Writer) -> None:
        send(writer) if request.method == "GET" else reset(writer)

    async with serving(answer) as server:
        http = client(server.address)
        await http.get("/")
        with pytest.raises(Unavailable):
            await http.request(method, "/")

    assert [request.method for request in server.requests] == ["GET", method]
    assert server.connections == 1


async def test_the_log_tells_kind_and_host_only(client: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    address = refusing()

    with pytest.raises(Unavailable):
        await client(address).post("/orders?email=secret", content=b"secret", extensions={"operation": "centry-01"})

    assert "CENTRY: ClientConnectorError at 127.0.0.1" in caplog.messages
    assert any(line.startswith("CENTRY centry-01: BACKEND_UNAVAILABLE in ") for line in caplog.messages)
    assert "secret" not in caplog.text
