"""What Cenports says of entries is read in every form that its page shows or leaves open."""

import httpx
import pytest

from gateway.backends.cenports.client import read_transaction
from gateway.backends.cenports.entries import Told, told
from gateway.errors import MalformedReply

NAMES = [["A1234"], ["B1234"], ["C1234"], ["D1234"]]
ENTRIES = {0: "The order A1234 exists.", 3: "The carrier is not valid."}

PRINTED = """{
    "id": "12345", "handle": "d93ff46f-3621-47e2-89a0-74d8caeae8a3", "status": "FAILED",
    "errors": {
        [
            "index": 0,
            "message": "The order A1234 exists."
        ],
        [
            "index": 3,
            "message": "The carrier is not valid."
        ]
    }
}"""
"""As the page prints it, which is no JSON."""


@pytest.mark.parametrize(
    "errors",
    [
        [{"index": 0, "message": "The order A1234 exists."}, {"index": "3", "message": "The carrier is not valid."}],
        [{"position": 0, "message": ["The order A1234 exists."]}, {"position": 3, "message": "The carrier is not valid."}],
        {"0": "The order A1234 exists.", "3": {"message": "The carrier is not valid."}},
        {"0": {"index": 0, "message": "The order A1234 exists."}, "1": {"index": 3, "message": "The carrier is not valid."}},
        {"orders.0.orderNo": ["The order A1234 exists."], "orders.3.shippingInfo.carrierCode": ["The carrier is not valid."]},
        {"orders[0].orderNo": "The order A1234 exists.", "orders[3]": "The carrier is not valid."},
        {"orders": {"0": {"orderNo": ["The order A1234 exists."]}, "3": ["The carrier is not valid."]}},
        ["The order A1234 exists.", {"index": 3, "message": "The carrier is not valid."}],
    ],
)
def test_errors_are_of_the_entries_that_they_name(errors: object) -> None:
    assert told(errors, NAMES) == Told(ENTRIES, "")


@pytest.mark.parametrize("errors", [None, "", [], {}, 7, [None], {"0": None}])
def test_nothing_is_said(errors: object) -> None:
    assert told(errors, NAMES) == Told({}, "")


@pytest.mark.parametrize(
    ("errors", "rest"),
    [
        ("Something went wrong.", "Something went wrong."),
        ({"channelId": ["No such channel."]}, "No such channel."),
        (["A1234 and B1234 exclude each other."], "A1234 and B1234 exclude each other."),
        ([{"index": 4, "message": "There is no fifth."}], "There is no fifth."),
        (["The order XA1234 is unknown."], "The order XA1234 is unknown."),
    ],
)
def test_what_names_no_entry_is_said_of_all(errors: object, rest: str) -> None:
    assert told(errors, NAMES) == Told({}, rest)


def test_whatever_is_said_of_one_entry_is_of_it() -> None:
    assert told("Something went wrong.", NAMES[:1]) == Told({0: "Something went wrong."}, "")


def test_several_errors_of_an_entry_are_told_together() -> None:
    assert told({"orders.1.a": ["One.", "Two."], "orders.1.b": ["One."]}, NAMES) == Told({1: "One. Two."}, "")


def test_a_failed_transaction_is_read_as_it_is_printed() -> None:
    found = read_transaction(httpx.Response(200, content=PRINTED))

    assert found.status == "FAILED"
    assert told(found.errors, NAMES) == Told(ENTRIES, "")


def test_a_transaction_may_come_within_data() -> None:
    found = read_transaction(httpx.Response(200, content=b'{"data": {"handle": "H", "status": "QUEUED"}, "code": 200}'))

    assert (found.handle, found.status, found.errors) == ("H", "QUEUED", None)


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"data": []}'])
def test_what_is_no_transaction_cannot_be_read(body: bytes) -> None:
    with pytest.raises(MalformedReply):
        read_transaction(httpx.Response(200, content=body))
