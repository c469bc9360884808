"""Parts of messages to CartonCloud: the standard elements of its page, out of the inputs of mutations."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias
from urllib.parse import unquote

from gateway.backends.cartoncloud.mapping.fields import SELLER_NUMBER
from gateway.errors import ErrorCode
from gateway.merging import clashes
from gateway.models import Address, Customer, Money, Reference
from gateway.person import parted
from gateway.transactions.work import Wrong

Members: TypeAlias = dict[str, Any]

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LONGEST_CODE = 3


def told(**members: Any) -> Members:
    """Those members of which something is told: the others are left out, for an empty text is a value at CartonCloud."""
    return {name: value for name, value in members.items() if value is not None and value != {}}


def customers(named: str) -> Sequence[Members]:
    """What may be meant by one word for a customer: its id, else its code or its name, the likelier one first."""
    word = named.strip()
    if _UUID.fullmatch(word):
        return [{"id": word}]
    ways: list[Members] = [{"references": {"code": word}}, {"name": word}]
    return ways[::-1] if " " in word else ways


def warehouse(code: str | None) -> Members | None:
    """By its id or its name; without it CartonCloud takes the default one."""
    word = (code or "").strip()
    if not word:
        return None
    return {"id": word} if _UUID.fullmatch(word) else {"name": word}


def product(sku: str | None, record_id: str | None, name: str | None = None) -> Members | None:
    """By its code, or as a record of the gateway names it: by its id, else its code."""
    word = unquote(record_id) if record_id else (sku or "").strip()
    if not word:
        return None
    by_id = record_id is not None and _UUID.fullmatch(word)
    return told(**({"id": word} if by_id else {"references": {"code": word}}), name=name)


def references(number: str, others: Iterable[Reference]) -> Members:
    return {SELLER_NUMBER: number, **{other.name.strip(): other.value for other in others}}


def address(given: Address | None, contact: Customer | None = None) -> Members:
    """An address; what it does not tell of who is there is the contact's."""
    at, who = given or Address(), contact or Customer()
    return told(
        companyName=at.company or who.company,
        contactName=_name(at) or _name(who),
        address1=at.line1,
        address2=at.line2,
        suburb=at.suburb,
        city=at.city,
        state=_state(at.state),
        postcode=at.postal_code,
        country=_country(at.country),
        phone=at.phone or who.phone,
        email=at.email or who.email,
    )


def _name(person: Address | Customer) -> str | None:
    return person.name or " ".join(part for part in parted(person) if part) or None


def _state(word: str | None) -> Members | None:
    """A word such as QLD is a code, a longer one a name."""
    if not word:
        return None
    return {"code": word} if len(word) <= _LONGEST_CODE and word.isupper() else {"name": word}


def _country(word: str | None) -> Members | None:
    """By its ISO code of two or three letters; any other word is its name."""
    if not word:
        return None
    name = {2: "iso2Code", 3: "iso3Code"}.get(len(word)) if word.isalpha() else None
    return {name: word.upper()} if name else {"name": word}


def money(given: Money | None, currency: str | None) -> Members | None:
    """An amount; without a currency of its own in that of the settings, without that in the tenant's."""
    return None if given is None else told(amount=given.amount, currency=(given.currency or currency or "").upper() or None)


def day(given: date | None) -> str | None:
    return None if given is None else given.isoformat()


def wrong_money(given: Money | None, *path: str) -> Iterator[Wrong]:
    if given is not None and given.amount < 0:
        yield Wrong(path=(*path, "amount"), message="Give an amount of zero or more.")


def wrong_references(given: Sequence[Reference], filled: Mapping[str, str], *path: str) -> Iterator[Wrong]:
    """`filled` has, by the reference, which other field fills it."""
    seen: set[str] = set()
    for at, each in enumerate(given):
        name = each.name.strip()
        if not name:
            yield Wrong(path=(*path, "references", str(at), "name"), message="Give the name of the reference.")
        elif name in filled:
            message = f"The reference `{name}` is what `{filled[name]}` says: leave it out here."
            yield Wrong(path=(*path, "references", str(at), "name"), message=message)
        elif name in seen:
            yield Wrong(path=(*path, "references", str(at), "name"), message="This reference is given twice.")
        seen.add(name)


def wrong_quantity(given: Decimal | None, *path: str) -> Iterator[Wrong]:
    if given is not None and given < 0:
        yield Wrong(path=path, message="Give zero or more.")


def wrong_extra(message: Members, extra: Members | None, *path: str) -> Iterator[Wrong]:
    """What the gateway fills itself; a customer or a warehouse as a whole, for one more property would name another one."""
    whole = {**message, "customer": True, **({"warehouse": True} if "warehouse" in message else {})}
    for place in clashes(whole, extra or {}):
        yield Wrong(path=(*path, "extra", *place), message="The gateway fills this itself, from another field of the input.")


def no_place(item: str, where: str, *path: str) -> Wrong:
    """What CartonCloud's page has no field for is not dropped silently."""
    message = f"CartonCloud has no place for `{item}` in {where}. Leave it out, or put it into `properties` or `extra`."
    return Wrong(path=path, message=message, code=ErrorCode.NOT_SUPPORTED)
