"""The engine on a real database of each kind, over a till."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import pytest

from gateway.database import Database
from gateway.models import Backend
from gateway.principal import Principal, Scope
from gateway.transactions.desk import Desk, digest_of
from gateway.transactions.facts import Transaction
from gateway.transactions.turn import Pace
from gateway.transactions.work import Change, NewItem
from gateway.transactions.worker import Worker
from tests.databases import opened
from tests.transactions.till import OPERATION, PayIn, Payment, Till

SHOP = Principal("shop", frozenset((Scope.READ, Scope.WRITE)))
OTHER = Principal("other", frozenset((Scope.READ, Scope.WRITE)))
ADMIN = Principal("admin", frozenset(Scope))
QUICK = Pace(lease=0.6, turn=5, patience=30, grace=0.3)


class Engine:
    """Desk and workers of one process on a database."""

    def __init__(self, database: Database, till: Till) -> None:
        self.database = database
        self.till = till
        self.woken = asyncio.Event()
        self.change: PayIn | None = PayIn(till)
        self.desk = Desk(database, self.changes, self.woken)

    def changes(self, backend: Backend, operation: str) -> Change[Payment] | None:
        return self.change if (backend, operation) == (Backend.CENTRY, OPERATION) else None

    async def submit(self, *names: str, by: Principal = SHOP, key: str | None = None, amount: int = 1) -> Transaction:
        payments = [Payment(name=name, amount=amount) for name in names]
        items = [NewItem(index=index, backend=Backend.CENTRY, facts=payment) for index, payment in enumerate(payments)]
        return await self.desk.submit(by, OPERATION, items, key=key, digest=digest_of(OPERATION, payments))

    @asynccontextmanager
    async def working(self, pace: Pace = QUICK, database: Database | None = None) -> AsyncIterator[asyncio.Task[None]]:
        """With its worker, which may have a connection to the database of its own."""
        task = asyncio.create_task(Worker(database or self.database, self.changes, self.woken, pace).work())
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def ended(self, transaction: Transaction) -> Transaction:
        async with asyncio.timeout(20):
            async for seen in self.desk.watch(ADMIN, transaction.handle):
                last = seen
        return last

    async def until(self, holds: Callable[[Transaction], bool], transaction: Transaction) -> Transaction:
        async with asyncio.timeout(20):
            while True:
                found = await self.desk.find(ADMIN, transaction.handle)
                assert found
                if holds(found):
                    return found
                await asyncio.sleep(0.01)


Working = AbstractAsyncContextManager[asyncio.Task[None]]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as made:
        yield made


@pytest.fixture
async def engine(database: Database) -> Engine:
    return Engine(database, Till())
