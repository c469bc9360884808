"""The desk: where callers hand in changes, and ask, stop and repeat what they handed in."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from dataclasses import replace

import msgspec

from gateway.database import Database
from gateway.errors import DatabaseUnavailable
from gateway.notices import Topic
from gateway.principal import Principal, Scope
from gateway.transactions import ledger
from gateway.transactions.facts import Transaction
from gateway.transactions.ledger import Backlog, Behind, Listed, Order, Wanted
from gateway.transactions.turn import Changes
from gateway.transactions.work import NewItem, NewStep, steps_for

_LOOK_AGAIN, _LOOK_SELDOM = 0.5, 5.0
"""Seconds between two looks at a transaction that somebody watches, where no notice comes: more, the longer nothing changes."""


class Desk:
    """Accepts on behalf of all processes that share the database. Raises DatabaseUnavailable.

    A transaction is its caller's: whoever else asks is told of none, but for those with the scope `admin`. `woken` is set when
    something was accepted, for the worker of this process.
    """

    def __init__(self, database: Database, changes: Changes, woken: asyncio.Event) -> None:
        self._database = database
        self._changes = changes
        self._woken = woken

    async def known(self, principal: Principal, key: str, digest: str) -> Transaction | None:
        """The transaction that the caller's key stands for. Raises KeyReused where it stands for another input."""
        handle = await self._database.read(lambda connection: ledger.by_key(connection, principal.name, key, digest))
        return None if handle is None else await self.find(principal, handle)

    async def submit(
        self, principal: Principal, operation: str, items: Sequence[NewItem], *, key: str | None, digest: str
    ) -> Transaction:
        """Stored when it returns; no backend has been asked. Raises KeyReused."""
        steps = self._plan(operation, items)
        order = Order(operation=operation, caller=principal.name, key=key, digest=digest, items=items, steps=steps)
        stored = await self._database.write(lambda connection: ledger.store(connection, order))
        self._woken.set()
        return stored

    async def find(self, principal: Principal, handle: str) -> Transaction | None:
        """None where there is none, and where it is another caller's."""
        found = await self._database.read(lambda connection: ledger.find(connection, handle))
        return found if found and _may_see(principal, found) else None

    async def listed(self, principal: Principal, wanted: Wanted, behind: Behind | None, limit: int) -> Listed:
        """The caller's own, or everybody's for the scope `admin`; the newest first."""
        theirs = wanted if Scope.ADMIN in principal.scopes else replace(wanted, caller=principal.name)
        return await self._database.read(lambda connection: ledger.listed(connection, theirs, behind, limit))

    async def backlog(self) -> list[Backlog]:
        """What is left to do, of all callers."""
        return await self._database.read(ledger.backlog)

    async def retry(self, principal: Principal, handle: str, *, resend_unknown: bool) -> Transaction | None:
        """Begin what failed again, and what is unknown if a person says so. None where there is no such transaction."""
        if await self.find(principal, handle) is None:
            return None

        def plan(operation: str, items: Sequence[NewItem]) -> list[NewStep]:
            return self._plan(operation, [self._read(operation, item) for item in items])

        await self._database.write(lambda connection: ledger.retry(connection, handle, plan, resend_unknown=resend_unknown))
        self._woken.set()
        return await self.find(principal, handle)

    async def cancel(self, principal: Principal, handle: str) -> Transaction | None:
        """Stop what has not been sent. None where there is no such transaction."""
        if await self.find(principal, handle) is None:
            return None
        await self._database.write(lambda connection: ledger.cancel(connection, handle))
        return await self.find(principal, handle)

    async def watch(self, principal: Principal, handle: str) -> AsyncGenerator[Transaction, None]:
        """The transaction now and at every change, until it has ended. Nothing where there is none.

        Raises DatabaseUnavailable at the beginning alone; later on the next look may succeed.
        """
        seen: Transaction | None = None
        changed, pause = asyncio.Event(), _LOOK_AGAIN
        with self._database.notices.listening(lambda _: changed.set(), Topic.TRANSACTION, Topic.MISSED, key=handle):
            while True:
                changed.clear()
                try:
                    found = await self.find(principal, handle)
                except DatabaseUnavailable:
                    if seen is None:
                        raise
                else:
                    if found is None:
                        return
                    if found != seen:
                        pause = _LOOK_AGAIN
                        yield found
                    if found.status.ended:
                        return
                    seen = found
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await changed.wait()
                pause = min(1.5 * pause, _LOOK_SELDOM)

    def _plan(self, operation: str, items: Sequence[NewItem]) -> list[NewStep]:
        """The steps, in the order in which their backends are first named."""
        steps: list[NewStep] = []
        for backend in dict.fromkeys(item.backend for item in items):
            change = self._changes(backend, operation)
            if change is not None:
                steps += steps_for(change, backend, [(item.index, item.facts) for item in items if item.backend is backend])
        return steps

    def _read(self, operation: str, item: NewItem) -> NewItem:
        """An item as it was when it was handed in."""
        change = self._changes(item.backend, operation)
        facts = item.facts if change is None else msgspec.json.decode(item.facts, type=change.facts)
        return NewItem(index=item.index, backend=item.backend, facts=facts, optional=item.optional)


def digest_of(operation: str, given: object) -> str:
    """The same for the same input of the same mutation."""
    written = msgspec.json.encode(given, order="deterministic")
    return hashlib.sha256(operation.encode() + b"\0" + written).hexdigest()


def _may_see(principal: Principal, transaction: Transaction) -> bool:
    return transaction.caller == principal.name or Scope.ADMIN in principal.scopes
