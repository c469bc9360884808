"""The roots of subscriptions: one function per field of `Subscription`, each of which gives a source of models."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry

from gateway.errors import NotFound
from gateway.transactions.facts import Transaction
from resolvers.context import Info


async def transaction(
    info: Info, handle: Annotated[strawberry.ID, strawberry.argument(description="As a mutation gave it.")]
) -> AsyncGenerator[Transaction, None]:
    states = info.context.desk.watch(info.context.principal, str(handle))
    now = await anext(states, None)
    if now is None:
        raise NotFound("handle: there is no transaction of this handle among yours.")
    return _from(now, states)


async def _from(now: Transaction, later: AsyncGenerator[Transaction, None]) -> AsyncGenerator[Transaction, None]:
    async with aclosing(later):
        yield now
        async for state in later:
            yield state
