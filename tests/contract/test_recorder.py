"""What a client sends is recorded as it came over the socket."""

from asyncio import to_thread

import httpx

from tests.contract.examples import Request, send
from tests.contract.recorder import Reply, recording, told
from tests.contract.same import differences


async def test_a_request_is_recorded_and_answered_and_calls_aside_are_not() -> None:
    aside = {"/authorize": Reply('{"access_token": "t"}')}
    async with recording(Reply("<a/>", 201), base="/v2", aside=aside) as recorder, httpx.AsyncClient() as http:
        token = await http.post(f"{recorder.base_url}/authorize", json={})
        answer = await http.patch(f"{recorder.base_url}/orders?b=2&a=1", json={"x": 1}, headers={"X-Shown": "yes"})

    assert token.json() == {"access_token": "t"}
    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (201, "<a/>", "text/xml; charset=utf-8")
    documented = Request.parse('PATCH /orders?a=1&b=2\nX-Shown: yes\n\n{\n  "x": 1\n}\n')
    [request] = recorder.requests
    assert differences(told(documented, documented.headers), told(request, documented.headers)) == []


async def test_each_part_of_a_request_counts() -> None:
    documented = Request.parse("GET /orders?a=1\nX-Shown: yes\n\n{}")
    others = [
        Request.parse("POST /orders?a=1\nX-Shown: yes\n\n{}"),
        Request.parse("GET /order?a=1\nX-Shown: yes\n\n{}"),
        Request.parse("GET /orders?a=1&b=2\nX-Shown: yes\n\n{}"),
        Request.parse("GET /orders?a=1\nX-Shown: no\n\n{}"),
        Request.parse("GET /orders?a=1\n\n{}"),
        Request.parse('GET /orders?a=1\nX-Shown: yes\n\n{"a": 1}'),
        Request.parse("GET /orders?a=1\nX-Shown: yes\n\n"),
    ]

    for other in others:
        assert differences(told(documented, documented.headers), told(other, documented.headers)), other


async def test_a_documented_request_is_sent_as_it_is() -> None:
    async with recording(Reply("true")) as recorder:
        answer = await to_thread(send, recorder.address, Request.parse('POST /orders\nX-Shown: yes\n\n{"a": 1}'))

    assert answer.json() is True
    [request] = recorder.requests
    assert (request.method, request.target, request.body) == ("POST", "/orders", '{"a": 1}')
    assert set(request.headers) <= {"x-shown", "host", "content-length", "connection", "accept-encoding"}


async def test_a_form_is_sent_with_its_file_and_told_as_curl_takes_it() -> None:
    form = Request.parse("POST /documents\nContent-Type: multipart/form-data\n\nkind=invoice&file=@/home/me/a.pdf")
    async with recording(Reply("true")) as recorder:
        await to_thread(send, recorder.address, form)

    [request] = recorder.requests
    assert request.headers["content-type"] == "multipart/form-data"
    assert request.body == "kind=invoice&file=@a.pdf"
