"""Replies: statuses and bodies in the words that clients are told."""

import httpx
import msgspec
import pytest

from gateway.errors import (
    BackendError,
    Conflict,
    MalformedReply,
    RateLimited,
    Rejected,
    Unauthenticated,
    Unavailable,
)
from gateway.models import Backend
from gateway.transport import check, decode, unreadable


class Row(msgspec.Struct):
    quantity: int
    name: str | None = None


def said(response: httpx.Response) -> str | None:
    message: str = response.json()["message"]
    return message


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (301, MalformedReply, "CartonCloud answered with a redirect instead of data."),
        (400, Rejected, "The SKU is unknown."),
        (401, Unauthenticated, "CartonCloud refuses the gateway's credentials."),
        (403, Unauthenticated, "CartonCloud refuses the gateway's credentials."),
        (404, Rejected, "The SKU is unknown."),
        (409, Conflict, "The SKU is unknown."),
        (412, Conflict, "The SKU is unknown."),
        (422, Rejected, "The SKU is unknown."),
        (429, RateLimited, "CartonCloud accepts no more calls for now."),
        (500, Unavailable, "CartonCloud is not available (status 500)."),
        (503, Unavailable, "CartonCloud is not available (status 503)."),
    ],
)
def test_a_status_is_an_error(status: int, kind: type[BackendError], message: str) -> None:
    with pytest.raises(kind) as caught:
        check(Backend.CARTONCLOUD, httpx.Response(status, json={"message": "The  SKU\nis unknown."}), said)

    assert type(caught.value) is kind
    assert str(caught.value) == message
    assert caught.value.backend is Backend.CARTONCLOUD


@pytest.mark.parametrize("status", [200, 201, 204, 228])
def test_a_good_status_is_none(status: int) -> None:
    response = httpx.Response(status)
    assert check(Backend.CENTRA, response) is response


def test_how_long_to_wait_is_told_in_whole_seconds() -> None:
    with pytest.raises(RateLimited) as caught:
        check(Backend.CENPORTS, httpx.Response(429, headers={"Retry-After": "1.2"}))

    assert caught.value.retry_after == 2


@pytest.mark.parametrize("body", [b"<html>", b'{"message": null}', b"[]", b'{"message": ""}'])
def test_an_error_without_a_message_still_has_one(body: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        check(Backend.CENTRY, httpx.Response(400, content=body), said)

    assert str(caught.value) == "Centry refuses the request (status 400)."


def test_a_message_is_short_and_holds_no_address() -> None:
    response = httpx.Response(400, json={"message": "See https://api.example.com/v1?token=secret now. " + "x" * 500})
    with pytest.raises(Rejected) as caught:
        check(Backend.CENTRY, response, said)

    assert str(caught.value).startswith("See … now. xxx")
    assert len(str(caught.value)) == 300


def test_a_body_becomes_what_it_is_read_as() -> None:
    response = httpx.Response(200, content=b'\xef\xbb\xbf[{"quantity": "58", "new": 1}]')
    assert decode(Backend.CENTRY, response, list[Row]) == [Row(58)]


PAGE = "Centry answered with a web page instead of data."
CUT = "Centry's answer cannot be read (it is cut short or is not JSON)."


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", PAGE),
        (b"\n <html lang='en'>", PAGE),
        (b'[{"quantity": 1}, {"quan', CUT),
        (b"", CUT),
        (b"OK", CUT),
        (b'[{"quantity": 1, "name": "\xff"}]', CUT),
        (b'[{"quantity": "many"}]', "Centry's answer does not have the documented form."),
    ],
)
def test_a_body_that_cannot_be_read(body: bytes, message: str) -> None:
    with pytest.raises(MalformedReply) as caught:
        decode(Backend.CENTRY, httpx.Response(200, content=body), list[Row])

    assert str(caught.value) == message


def test_a_web_page_is_known_by_its_type_too() -> None:
    response = httpx.Response(200, content=b"Sign in", headers={"Content-Type": "Text/HTML; charset=utf-8"})
    assert str(unreadable(Backend.CENTRY, response, "XML")) == PAGE
