"""Fields of orders that other records answer."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import strawberry
from strawberry import UNSET

from gateway import ids, links
from gateway.entities import OrderLink, Page
from gateway.errors import BadUserInput, GatewayError
from gateway.models import Backend, Order, OrderDocument, OrderKind, OrderNote, Shipment
from gateway.ports import AcknowledgementSource, DocumentSource, LabelSource, NoteSource, OrderSource, ShipmentSource
from resolvers.arguments import After, First, given
from resolvers.context import Context, Info
from resolvers.merge import page_of_parts

_PARTNERS = {OrderKind.SALE: OrderKind.OUTBOUND, OrderKind.OUTBOUND: OrderKind.SALE}
"""Which kind of order may be the same as which, in another backend."""


async def acknowledged(root: Order, info: Info) -> bool | None:
    if root.acknowledged is not None or not info.context.sources.registry.find(root.backend, AcknowledgementSource):
        return root.acknowledged
    known: bool | None = await info.context.loaders.acknowledged_by_order.load(root)
    return known


async def notes(root: Order, info: Info) -> Sequence[OrderNote] | None:
    if not info.context.sources.registry.find(root.backend, NoteSource):
        return None
    known: Sequence[OrderNote] | None = await info.context.loaders.notes_by_order.load(root)
    return known


async def documents(root: Order, info: Info) -> Sequence[OrderDocument] | None:
    if not info.context.sources.registry.find(root.backend, DocumentSource):
        return None
    known: Sequence[OrderDocument] | None = await info.context.loaders.documents_by_order.load(root)
    return known


async def shipping_labels(root: Order, info: Info) -> Sequence[OrderDocument] | None:
    if not info.context.sources.registry.find(root.backend, LabelSource):
        return None
    known: Sequence[OrderDocument] | None = await info.context.loaders.labels_by_order.load(root)
    return known


async def related(
    root: Order,
    info: Info,
    min_confidence: Annotated[
        float | None, strawberry.argument(description="Leave out links that are less sure than this: 0 to 1.")
    ] = 0.8,
    first: First = 20,
    after: After = UNSET,
) -> Page[OrderLink]:
    threshold = 0.0 if min_confidence is None else min_confidence
    if not 0 <= threshold <= 1:
        raise BadUserInput("minConfidence: give a number from 0 to 1.")
    kin = await _kin(root, info.context)
    shown = [link for link in kin.links if link.confidence >= threshold]
    parts: dict[Backend, Sequence[OrderLink] | GatewayError] = {
        name: answer if isinstance(answer, GatewayError) else [link for link in shown if link.backend is name]
        for name, answer in kin.answers.items()
    }
    bound = info.context.cursors.bind("Order.related", root.backend, root.backend_id, threshold)
    return await page_of_parts(info.context, parts, bound=bound, first=first, after=given(after))


async def shipments(root: Order, info: Info, first: First = 20, after: After = UNSET) -> Page[Shipment]:
    kin = await _kin(root, info.context)
    orders = [root, *(link.order for link in kin.links)]
    answers = await asyncio.gather(*(_shipments_of(order, info.context) for order in orders))
    parts: dict[Backend, Sequence[Shipment] | GatewayError] = {root.backend: []}
    parts |= {name: answer if isinstance(answer, GatewayError) else [] for name, answer in kin.answers.items()}
    for order, answer in zip(orders, answers, strict=True):
        parts[order.backend] = _joined(parts[order.backend], answer, root)
    bound = info.context.cursors.bind("Order.shipments", root.backend, root.backend_id)
    return await page_of_parts(info.context, parts, bound=bound, first=first, after=given(after))


@dataclass(frozen=True, slots=True)
class _Kin:
    """The order as other backends hold it, and what each backend answered that may hold it."""

    links: Sequence[OrderLink]
    answers: Mapping[Backend, Sequence[Order] | GatewayError]


async def _kin(order: Order, context: Context) -> _Kin:
    number = order.number if order.kind is OrderKind.SALE else links.sale_number(order)
    names = _holders(order, context)
    if number is None or not names:
        return _Kin((), {})
    answers: list[Sequence[Order] | GatewayError] = await asyncio.gather(
        *(context.loaders.orders_by_number.load((name, number)) for name in names), return_exceptions=True
    )
    candidates = (other for part in answers if not isinstance(part, GatewayError) for other in part)
    return _Kin(links.links(order, candidates), dict(zip(names, answers, strict=True)))


def _joined(
    known: Sequence[Shipment] | GatewayError, answer: Sequence[Shipment] | GatewayError, root: Order
) -> Sequence[Shipment] | GatewayError:
    """What a backend knows of several orders: an error about one of them is an error of the whole."""
    if isinstance(known, GatewayError):
        return known
    if isinstance(answer, GatewayError):
        return answer
    carried = [each for each in answer if each.backend is root.backend or links.carries(each, root)]
    return list({each.backend_id: each for each in (*known, *carried)}.values())


def _holders(order: Order, context: Context) -> list[Backend]:
    """The other backends that may hold the order: those with orders of the kind that it could be, and those unknown."""
    partner, registry = _PARTNERS.get(order.kind), context.sources.registry
    if partner is None:
        return []
    others = [name for name in registry.names if name is not order.backend]
    return [name for name in others if _may_hold(registry.find(name, OrderSource), partner)]


def _may_hold(source: OrderSource | None, kind: OrderKind) -> bool:
    return source is None or kind in source.order_kinds


async def _shipments_of(order: Order, context: Context) -> Sequence[Shipment] | GatewayError:
    if order.kind is OrderKind.INBOUND or not context.sources.registry.find(order.backend, ShipmentSource):
        return []
    try:
        found: Sequence[Shipment] = await context.loaders.shipments_by_order.load(order)
    except GatewayError as error:
        return error
    return found


def link_order_id(root: OrderLink) -> str:
    return ids.encode("Order", root.order.backend, root.order.backend_id)
