"""Leases: work that one process of all that share the database does at a time, and how far it has come with it.

A process that says nothing more loses its lease after a while, so that another takes over. One that was only slow may then
find itself at work beside the other: what is done under a lease must bear that.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy import BigInteger, Column, Connection, String, Table, Text, insert, or_, select, update

from gateway.database import Database, metadata, moment
from gateway.errors import DatabaseUnavailable

leases = Table(
    "leases",
    metadata,
    Column("work", String(60), primary_key=True),
    Column("holder", String(40), nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("place", Text),
)
"""`until` is when the lease of `holder` ends, `place` how far the work has come."""

_A_SECOND = 1_000_000


class Leases:
    """The leases of one process. Every method but `leave` raises DatabaseUnavailable."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._seconds = seconds
        self._name = uuid.uuid4().hex

    @asynccontextmanager
    async def held(self, work: str, rest: float = 0.0) -> AsyncIterator[bool]:
        """Whether this process may do the work until the block ends.

        Then it has it for `rest` seconds more, and a lease's time, so that it may come back to it; if the block was
        cancelled, it is free at once.
        """
        if not await self._take(work, self._seconds):
            yield False
            return
        renewing = asyncio.create_task(self._renew(work))
        try:
            yield True
        except asyncio.CancelledError:
            await self.leave(work)
            raise
        finally:
            renewing.cancel()
        await self._keep(work, rest + self._seconds if rest else 0.0)

    async def leave(self, work: str) -> None:
        """Let another have it at once, if this process has it; where that cannot be said, once the lease has ended."""
        with suppress(DatabaseUnavailable):
            await self._keep(work, 0.0)

    async def place(self, work: str) -> str | None:
        """How far the work has come; None before it has said so."""
        statement = select(leases.c.place).where(leases.c.work == work)
        return await self._database.read(lambda connection: connection.scalar(statement))

    async def come_to(self, work: str, place: str) -> None:
        """Write down how far the work has come, if it still is this process's."""
        mine = (leases.c.work == work, leases.c.holder == self._name)
        await self._database.write(lambda connection: connection.execute(update(leases).where(*mine).values(place=place)))

    async def _renew(self, work: str) -> None:
        while True:
            await asyncio.sleep(self._seconds / 3)
            with suppress(DatabaseUnavailable):
                await self._keep(work, self._seconds)

    async def _take(self, work: str, seconds: float) -> bool:
        def take(connection: Connection) -> bool:
            at = moment(connection)
            values = {"holder": self._name, "until": at + int(seconds * _A_SECOND)}
            known = connection.execute(select(leases.c.work).where(leases.c.work == work)).first()
            if known is None:
                connection.execute(insert(leases).values(work=work, **values))
                return True
            free = or_(leases.c.holder == self._name, leases.c.until <= at)
            return bool(connection.execute(update(leases).where(leases.c.work == work, free).values(values)).rowcount)

        return await self._database.write(take)

    async def _keep(self, work: str, seconds: float) -> None:
        def keep(connection: Connection) -> None:
            until = moment(connection) + int(seconds * _A_SECOND)
            mine = (leases.c.work == work, leases.c.holder == self._name)
            connection.execute(update(leases).where(*mine).values(until=until))

        await self._database.write(keep)
