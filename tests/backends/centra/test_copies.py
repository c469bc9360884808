"""How a record is put together from what several events told of its parts."""

import msgspec
import pytest

from gateway.backends.centra.copies import order_copy, overlay
from gateway.errors import BackendError, ErrorCode
from gateway.readmodel.store import StoredRecord
from tests.backends.centra.lessons import READ_AT, reader


def stored(payload: object) -> StoredRecord:
    text = payload if isinstance(payload, bytes) else msgspec.json.encode(payload)
    return StoredRecord(record_id="1", parent_id=None, payload=text, list_time=READ_AT, fetched_at=READ_AT, version=1)


def test_blank_is_no_reason_to_forget_what_another_part_told() -> None:
    mentioned = {
        "size": {"id": "S", "sku": "01", "description": "Small"},
        "product": {"brand": {"id": "E"}, "status": "active"},
    }
    own = {"size": {"id": "S", "sku": "", "description": None, "ean": "12"}, "product": {"brand": {}, "status": "inactive"}}

    assert overlay(mentioned, own) == {
        "size": {"id": "S", "sku": "01", "description": "Small", "ean": "12"},
        "product": {"brand": {"id": "E"}, "status": "inactive"},
    }


def test_the_newest_date_of_any_part_is_when_it_was_last_told_of() -> None:
    parts = [{"date": "2019-03-27 12:52:20", "warehouse": {"id": "W"}}, {"date": "", "warehouse": {"description": "West"}}]
    read = reader().warehouse([stored(part) for part in parts])

    assert (read.code, read.name) == ("W", "West")
    assert read.updated_at is not None
    assert read.updated_at.year == 2019


@pytest.mark.parametrize("payload", [b"{", b"[]", b'{"date": "", "order": {"products": 1}}'])
def test_a_copy_that_cannot_be_read_is_an_error_that_says_so(payload: bytes) -> None:
    with pytest.raises(BackendError) as unreadable:
        order_copy(stored(payload))
    assert unreadable.value.code == ErrorCode.BACKEND_MALFORMED_REPLY
