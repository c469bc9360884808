"""Ids: opaque, stable, and read back as what they say."""

import pytest

from gateway import ids
from gateway.errors import BadUserInput
from gateway.ids import Ref
from gateway.models import Backend


@pytest.mark.parametrize("key", ["AMAZON/A1", "a:b:c", "ñandú/%2F", ""])
def test_an_id_says_what_it_was_made_of(key: str) -> None:
    assert ids.decode(ids.encode("Order", Backend.CENPORTS, key)) == Ref("Order", Backend.CENPORTS, key)
    assert ids.decode(ids.encode("Variant", None, key)) == Ref("Variant", None, key)


def test_an_id_stays_the_same() -> None:
    """Clients keep ids: this one must never change."""
    assert (
        ids.encode("Order", Backend.CENTRY, "57bf36a08b5bc7a24920c8b4") == "T3JkZXI6Q0VOVFJZOjU3YmYzNmEwOGI1YmM3YTI0OTIwYzhiNA"
    )


@pytest.mark.parametrize("written", ["", "x", "42", "äöü", "T3JkZXI", "T3JkZXI6Tk9XSEVSRTox", "!!!"])
def test_what_never_was_an_id_is_refused(written: str) -> None:
    with pytest.raises(BadUserInput, match="not an id"):
        ids.decode(written)


def test_an_id_of_another_type_is_refused_by_name() -> None:
    with pytest.raises(BadUserInput, match="orderId: this is the id of a Shipment; give the id of a Order"):
        ids.decode_as("Order", ids.encode("Shipment", Backend.CENTRY, "1"), "orderId")
