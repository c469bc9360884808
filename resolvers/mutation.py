"""The roots that change something: one function per field of `Mutation`."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import strawberry
from strawberry import UNSET

from gateway import ids
from gateway.clock import now
from gateway.entities import LinkOrdersPayload, LinkWord, TransactionPayload, UserError
from gateway.errors import BadUserInput, ErrorCode, GatewayError
from gateway.links.linking import Linking
from gateway.links.words import LONGEST
from gateway.models import Backend, LinkStatus, Order, OrderKind, OrderRelation
from gateway.operations.adjust_stock import ADJUST_STOCK
from gateway.operations.cancel_orders import CANCEL_ORDERS
from gateway.operations.confirm_orders import CONFIRM_ORDERS
from gateway.operations.create_orders import CREATE_ORDERS
from gateway.operations.create_shipments import CREATE_SHIPMENTS
from gateway.operations.items import Operation
from gateway.operations.order_tasks import ACKNOWLEDGE_ORDERS, LOCK_ORDERS
from gateway.operations.shipment_tasks import ACKNOWLEDGE_SHIPMENTS, MARK_SHIPMENTS_SHIPPED
from gateway.operations.submission import submit
from gateway.ports import OrderSource
from gateway.transactions.facts import Transaction
from resolvers.arguments import Input
from resolvers.change_inputs import (
    AcknowledgeShipmentsInput,
    AdjustStockInput,
    CancelOrdersInput,
    ConfirmOrdersInput,
    CreateOrdersInput,
    CreateShipmentsInput,
    MarkShipmentsShippedInput,
    OrderIdsInput,
    written,
)
from resolvers.context import Context, Info
from resolvers.inputs import LinkOrdersInput

_PATIENCE = 3.0  # seconds: a backend that takes longer is taken to give no answer

_SENSIBLE: dict[OrderRelation, tuple[OrderKind, OrderKind]] = {
    OrderRelation.FULFILLED_BY: (OrderKind.SALE, OrderKind.OUTBOUND),
    OrderRelation.FULFILS: (OrderKind.OUTBOUND, OrderKind.SALE),
    OrderRelation.PACK_SIBLING: (OrderKind.SALE, OrderKind.SALE),
}
"""The kinds of the two orders. SAME_ORDER is for any kind, as long as it is the same."""

_Id = tuple[Backend, str]


@dataclass(frozen=True, slots=True)
class _Named:
    """An order that the input names. `kinds` are those that it may be of; all where nothing is known of its backend."""

    id: _Id
    order: Order | None
    kinds: frozenset[OrderKind]


async def link_orders(
    info: Info,
    input: Annotated[LinkOrdersInput, strawberry.argument(description="What is said of which orders.")],  # noqa: A002
) -> LinkOrdersPayload:
    """Nobody but the gateway's database is needed. Whether the orders exist is looked up as far as backends answer."""
    wrong: list[UserError] = []
    named = [("orderId", input.order_id), ("otherOrderId", input.other_order_id)]
    refs = [ref for field, written in named if (ref := _ref(field, str(written), wrong))]
    if len(refs) == len(named) and refs[0] == refs[1]:
        wrong.append(_error("otherOrderId", "This is the same order: name two different ones."))
    if input.status is LinkStatus.AUTO:
        wrong.append(_error("status", "AUTO is for what rules find: say CONFIRMED or REJECTED."))
    if wrong:
        return LinkOrdersPayload(user_errors=wrong)
    context = info.context
    one, other = await _looked_up([field for field, _ in named], refs, context, wrong)
    if not wrong and not _makes_sense(input.relation, one, other):
        wrong.append(_error("relation", f"Two such orders cannot be to each other what {input.relation} says."))
    if wrong:
        return LinkOrdersPayload(user_errors=wrong)
    word = LinkWord(
        order=one.id,
        other=other.id,
        relation=input.relation,
        status=input.status,
        said_by=context.principal.name,
        said_at=now(),
    )
    stored = await context.link_words.say(word)
    return LinkOrdersPayload(link=Linking(context.link_channels).spoken(stored, one.order, other.order))


async def create_orders(info: Info, input: Input[CreateOrdersInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CREATE_ORDERS, input)


async def acknowledge_orders(info: Info, input: Input[OrderIdsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, ACKNOWLEDGE_ORDERS, input)


async def confirm_orders(info: Info, input: Input[ConfirmOrdersInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CONFIRM_ORDERS, input)


async def cancel_orders(info: Info, input: Input[CancelOrdersInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CANCEL_ORDERS, input)


async def lock_orders(info: Info, input: Input[OrderIdsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, LOCK_ORDERS, input)


async def create_shipments(info: Info, input: Input[CreateShipmentsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, CREATE_SHIPMENTS, input)


async def mark_shipments_shipped(info: Info, input: Input[MarkShipmentsShippedInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, MARK_SHIPMENTS_SHIPPED, input)


async def acknowledge_shipments(info: Info, input: Input[AcknowledgeShipmentsInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, ACKNOWLEDGE_SHIPMENTS, input)


async def adjust_stock(info: Info, input: Input[AdjustStockInput]) -> TransactionPayload:  # noqa: A002
    return await submitted(info, ADJUST_STOCK, input)


_Handle = Annotated[strawberry.ID, strawberry.argument(description="The transaction's handle.")]


async def retry_transaction(
    info: Info,
    handle: _Handle,
    resend_unknown: Annotated[
        bool | None,
        strawberry.argument(description="Also send items again of which nobody knows whether they took effect: look first."),
    ] = False,
) -> TransactionPayload:
    context = info.context
    return _payload(await context.desk.retry(context.principal, str(handle), resend_unknown=bool(resend_unknown)))


async def cancel_transaction(info: Info, handle: _Handle) -> TransactionPayload:
    return _payload(await info.context.desk.cancel(info.context.principal, str(handle)))


async def submitted(info: Info, operation: Operation[Any], given: Any) -> TransactionPayload:
    """What a mutation answers whose change becomes a transaction."""
    context = info.context
    return await submit(
        operation,
        written(given),
        key=None if given.idempotency_key is UNSET else given.idempotency_key,
        principal=context.principal,
        registry=context.sources.registry,
        desk=context.desk,
    )


def _payload(found: Transaction | None) -> TransactionPayload:
    if found is None:
        missing = _error("handle", "You have no transaction with this handle.", ErrorCode.NOT_FOUND)
        return TransactionPayload(user_errors=[missing])
    return TransactionPayload(transaction=found)


def _ref(field: str, written: str, wrong: list[UserError]) -> _Id | None:
    """The order that an id names; where it names none, that is added to what is wrong."""
    try:
        ref = ids.decode_as("Order", written, field)
    except BadUserInput as error:
        wrong.append(_error(field, error.message))
        return None
    if ref.backend is None or len(ref.key) > LONGEST:
        wrong.append(_error(field, "This is the id of no order. Take ids from `id` fields."))
        return None
    return ref.backend, ref.key


async def _looked_up(fields: Sequence[str], refs: Sequence[_Id], context: Context, wrong: list[UserError]) -> list[_Named]:
    """An order that its backend does not know is wrong; where a backend does not answer, its order is taken to exist."""
    asked: list[asyncio.Future[Order | None]] = [context.loaders.order_by_id.load(ref) for ref in refs]
    for each in asked:
        each.add_done_callback(_heard)
    await asyncio.wait(asked, timeout=_PATIENCE)
    named = []
    for field, ref, answer in zip(fields, refs, asked, strict=True):
        failure = answer.exception() if answer.done() else None
        if failure is not None and not isinstance(failure, GatewayError):
            raise failure
        order = answer.result() if answer.done() and failure is None else None
        if answer.done() and failure is None and order is None:
            wrong.append(_error(field, f"{ref[0].label} knows no such order.", ErrorCode.NOT_FOUND))
        named.append(_Named(ref, order, _kinds(ref[0], order, context)))
    return named


def _heard(answer: "asyncio.Future[Order | None]") -> None:
    """An error that comes too late is nobody's."""
    if not answer.cancelled():
        answer.exception()


def _kinds(name: Backend, order: Order | None, context: Context) -> frozenset[OrderKind]:
    if order is not None:
        return frozenset((order.kind,))
    source = context.sources.registry.find(name, OrderSource)
    return frozenset(OrderKind) if source is None else source.order_kinds


def _makes_sense(relation: OrderRelation, one: _Named, other: _Named) -> bool:
    """Whether the kinds fit; the same order is in another backend, and a pack is in one."""
    at_home = one.id[0] is other.id[0]
    if relation is OrderRelation.SAME_ORDER:
        return not at_home and not one.kinds.isdisjoint(other.kinds)
    ours, theirs = _SENSIBLE[relation]
    fits = ours in one.kinds and theirs in other.kinds
    return fits and (at_home or relation is not OrderRelation.PACK_SIBLING)


def _error(field: str, message: str, code: ErrorCode = ErrorCode.BAD_USER_INPUT) -> UserError:
    return UserError(code=code, message=message, path=[field])
