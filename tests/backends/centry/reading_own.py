"""How the client reads what Centry alone has, for the page's examples: which call an example is of, by its operation."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gateway.backends.centry import wire
from gateway.backends.centry.client import CentryClient, Sent
from gateway.backends.centry.own import KINDS, Own
from gateway.mapping import Scope
from gateway.own import centry as own
from gateway.own.lists import OwnQuery
from tests.contract.examples import Request
from tests.contract.same import Differs

PAGED = (Differs("/query/limit", "a page is asked for, with a limit", free=True),)
_PAGE_SIZE = 100


@dataclass(frozen=True)
class Reading:
    """The call that sends an example's request and reads its reply, and in what it does otherwise than the page."""

    call: Callable[[CentryClient], Awaitable[object]]
    sends: tuple[Differs, ...] = ()


def reading_of(operation: str, request: Path) -> Reading | None:
    """None for an operation that is none of these."""
    if operation == "centry-08":
        return Reading(lambda client: client.product_count())
    for kind, found in KINDS.items():
        if operation == found.one:
            return Reading(_one(kind, _ids(f"{found.path}/{{}}", request)))
        if operation == found.many and not found.once:
            return Reading(_some(kind, _ids(found.path, request)), PAGED if found.paged else ())
        if operation == found.many:
            return Reading(_one(kind, ()))
    return None


def scope_of(sent: Sent[wire.Record]) -> Scope:
    zone = ZoneInfo("America/Santiago")
    return Scope(zone=zone, currency=None, fetched_at=datetime.now(UTC), raw=sent.raw, origin="https://www.centry.cl")


def _one(kind: type[own.Record], path: tuple[str, ...]) -> Callable[[CentryClient], Awaitable[object]]:
    async def call(client: CentryClient) -> object:
        return await Own(client, scope_of, _PAGE_SIZE).records(kind, [path])

    return call


def _some(kind: type[own.Record], owner: tuple[str, ...]) -> Callable[[CentryClient], Awaitable[object]]:
    """After a larger page, so that a short one is known to be the last."""

    async def call(client: CentryClient) -> object:
        client.largest_page = _PAGE_SIZE
        found = await Own(client, scope_of, _PAGE_SIZE).listed(kind, OwnQuery(owner=owner, limit=_PAGE_SIZE - 1))
        return found and found.records

    return call


def _ids(path: str, request: Path) -> tuple[str, ...]:
    """What stands in the places of a path, in the address of a recorded request."""
    pattern = re.escape(path).replace(r"\{\}", "([^/]+)")
    found = re.fullmatch(rf".*/conexion/v1{pattern}\.json", Request.parse(request.read_text()).target)
    assert found, f"{request.name} is no request for {path}"
    return found.groups()
