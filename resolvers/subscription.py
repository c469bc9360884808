"""The roots of subscriptions: one function per field of `Subscription`, each of which gives a source of models."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

import strawberry
from strawberry import UNSET

from gateway import ids
from gateway.errors import BadUserInput, NotFound
from gateway.models import Backend
from gateway.order_changes import OrderChange
from gateway.transactions.facts import Transaction
from resolvers.arguments import given
from resolvers.context import Info


async def transaction(
    info: Info, handle: Annotated[strawberry.ID, strawberry.argument(description="As a mutation gave it.")]
) -> AsyncGenerator[Transaction, None]:
    states = info.context.desk.watch(info.context.principal, str(handle))
    now = await anext(states, None)
    if now is None:
        raise NotFound("handle: there is no transaction of this handle among yours.")
    return _from(now, states)


async def order_changed(
    info: Info,
    backends: Annotated[
        list[Backend] | None, strawberry.argument(description="Only orders of these; of all where left out.")
    ] = UNSET,
    order_ids: Annotated[
        list[strawberry.ID] | None, strawberry.argument(description="Only these orders; all where left out.")
    ] = UNSET,
) -> AsyncGenerator[OrderChange, None]:
    named, listed = given(backends), given(order_ids)
    orders = None if listed is None else {_order(str(written)) for written in listed}

    def is_wanted(change: OrderChange) -> bool:
        if named is not None and change.backend not in named:
            return False
        return orders is None or (change.backend, change.backend_id) in orders

    return info.context.order_changes.watch(is_wanted)


def _order(written: str) -> tuple[Backend | None, str]:
    try:
        ref = ids.decode_as("Order", written, "orderIds")
    except BadUserInput as error:
        raise BadUserInput(f"orderIds: {error.message.removeprefix('orderIds: ')}") from None
    return ref.backend, ref.key


async def _from(now: Transaction, later: AsyncGenerator[Transaction, None]) -> AsyncGenerator[Transaction, None]:
    async with aclosing(later):
        yield now
        async for state in later:
            yield state
