"""Fields of transactions: what they changed, and where to find it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from gateway import ids
from gateway.errors import GatewayError
from gateway.transactions.facts import Item, RecordRef, Step, Transaction
from resolvers.context import Context, Info
from resolvers.node import read_node


def id(root: Transaction) -> str:  # noqa: A001  # the field's name
    return ids.encode("Transaction", None, root.handle)


async def affected(root: Transaction, info: Info) -> list[Any]:
    """Each once, in the order of the items. Null where a backend cannot be read now, with an error beside it."""
    if not root.status.ended:
        return []
    records = dict.fromkeys(item.record for item in root.items if item.record)
    return await _read(list(records), info)


def record_id(root: Item) -> str | None:
    return None if root.record is None else _id(root.record)


async def node(root: Item, info: Info) -> Any:
    return (await _read([root.record], info))[0] if root.record else None


def step_id(root: Step) -> str:
    return str(root.id)


async def _read(records: Sequence[RecordRef], info: Info) -> list[Any]:
    context: Context = info.context
    refs = [ids.decode(_id(record)) for record in records]
    found = await asyncio.gather(*(read_node(ref, context) for ref in refs), return_exceptions=True)
    for answer in found:
        if isinstance(answer, GatewayError):
            context.warnings.append((info.path.as_list(), answer))
        elif isinstance(answer, BaseException):
            raise answer
    return [None if isinstance(answer, GatewayError) else answer for answer in found]


def _id(record: RecordRef) -> str:
    return ids.encode(record.type, record.backend, record.backend_id)
