"""A gateway that is to know some of Centra's markets alone reads their events alone."""

from pathlib import Path

from tests.backends.centra.asking import value
from tests.journeys.centra_changes import centra_stack, orders, system

MARKET = "Retail-Sweden"


def test_orders_of_other_markets_are_not_read(tmp_path: Path) -> None:
    with centra_stack(tmp_path, orders=30, GATEWAY_CENTRA__MARKETS=MARKET) as stack:
        shown = orders(stack)
        called = set(stack.calls("CENTRA"))
        held = [value(record, "market/id") for record in system(stack).every("order")]
    assert {order["channelId"] for order in shown} == {MARKET}
    assert len(shown) == held.count(MARKET) < len(held)
    assert "centra-02" in called
    assert "centra-01" not in called
