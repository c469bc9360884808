"""AddressSource: where warehouses are, with the names of their places."""

from gateway.ports import AddressSource
from tests.conformance.keys import assert_matched_by_record
from tests.conformance.known import sure
from tests.conformance.subject import Subject

PORT = AddressSource


async def test_addresses_are_matched_by_warehouse_and_name_their_places(subject: Subject) -> None:
    found = await assert_matched_by_record(subject.backend.addresses_by_warehouse, subject.known.warehouses)
    addresses = [sure(answer) for answer in found.values()]
    assert addresses
    for place in ("country", "state", "city", "suburb"):
        told = {getattr(address, place) for address in addresses} - {None}
        assert told, place
        assert not any(len(name) == 24 and name.isalnum() for name in told), "an id is no name"
