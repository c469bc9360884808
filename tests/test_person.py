"""Where first and last name are wanted apart, a whole name is cut at its first space."""

import pytest

from gateway.models import Address, Customer
from gateway.person import parted


@pytest.mark.parametrize(
    ("person", "parts"),
    [
        (Customer(name="Ana María Soto"), ("Ana", "María Soto")),
        (Customer(name=" Ana   Soto "), ("Ana", "Soto")),
        (Customer(name="Ana"), ("Ana", None)),
        (Customer(name=" "), (None, None)),
        (Customer(), (None, None)),
        (Address(name="Ana María Soto", first_name="Ana María", last_name="Soto"), ("Ana María", "Soto")),
        (Address(last_name="Soto"), (None, "Soto")),
    ],
)
def test_first_and_last_name(person: Address | Customer, parts: tuple[str | None, str | None]) -> None:
    assert parted(person) == parts
