"""Persons: the parts of a name, for backends that want first and last name apart."""

from gateway.models import Address, Customer


def parted(person: Address | Customer) -> tuple[str | None, str | None]:
    """First and last name: as they were given, else the name cut at its first space."""
    if person.first_name or person.last_name:
        return person.first_name, person.last_name
    first, _, last = (person.name or "").strip().partition(" ")
    return first or None, last.strip() or None
