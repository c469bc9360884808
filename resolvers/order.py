"""Fields of orders that other records answer."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Annotated

import strawberry
from strawberry import UNSET

from gateway import ids, links
from gateway.entities import OrderLink, Page, SourceReport
from gateway.errors import BadUserInput, GatewayError
from gateway.models import Backend, Order, OrderKind, Shipment
from gateway.ports import AcknowledgementSource, OrderSource, ShipmentSource
from resolvers.arguments import After, First
from resolvers.context import Context, Info
from resolvers.pages import page_of
from resolvers.sources import report

_PARTNERS = {OrderKind.SALE: OrderKind.OUTBOUND, OrderKind.OUTBOUND: OrderKind.SALE}
"""Which kind of order may be the same as which, in another backend."""


async def acknowledged(root: Order, info: Info) -> bool | None:
    if root.acknowledged is not None or not info.context.sources.registry.find(root.backend, AcknowledgementSource):
        return root.acknowledged
    known: bool | None = await info.context.loaders.acknowledged_by_order.load(root)
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
    found, reports = await _links(root, info.context)
    return page_of(
        [link for link in found if link.confidence >= threshold],
        _link_key,
        first=first,
        after=after or None,
        cursors=info.context.cursors,
        bound=info.context.cursors.bind("Order.related", root.backend, root.backend_id, threshold),
        sources=list(reports.values()),
    )


async def shipments(root: Order, info: Info, first: First = 20, after: After = UNSET) -> Page[Shipment]:
    found, reports = await _links(root, info.context)
    sure = [link.order for link in found]
    orders = [root, *sure]
    answers = await asyncio.gather(*(_shipments_of(order, info.context) for order in orders))
    shipped = _distinct(
        shipment
        for order, answer in zip(orders, answers, strict=True)
        if not isinstance(answer, GatewayError)
        for shipment in answer
        if order is root or links.carries(shipment, root)
    )
    fresh = await info.context.sources.freshness(order.backend for order in orders)
    for order, answer in zip(orders, answers, strict=True):
        mine = [shipment for shipment in shipped if shipment.backend is order.backend]
        reports[order.backend] = report(
            order.backend, answer if isinstance(answer, GatewayError) else mine, fresh.get(order.backend)
        )
    return page_of(
        shipped,
        _record_key,
        first=first,
        after=after or None,
        cursors=info.context.cursors,
        bound=info.context.cursors.bind("Order.shipments", root.backend, root.backend_id),
        sources=[reports[name] for name in Backend if name in reports],
    )


async def _links(order: Order, context: Context) -> tuple[list[OrderLink], dict[Backend, SourceReport]]:
    """The order as other backends hold it, and how those took part that may hold it."""
    number = order.number if order.kind is OrderKind.SALE else links.sale_number(order)
    names = _holders(order, context)
    if number is None or not names:
        return [], {}
    answers: list[Sequence[Order] | GatewayError] = await asyncio.gather(
        *(context.loaders.orders_by_number.load((name, number)) for name in names), return_exceptions=True
    )
    fresh = await context.sources.freshness(names)
    by_backend = dict(zip(names, answers, strict=True))
    found = links.links(order, (other for part in by_backend.values() if not isinstance(part, GatewayError) for other in part))
    reports = {name: report(name, _linked(part, found), fresh.get(name)) for name, part in by_backend.items()}
    return found, reports


def _linked(answer: Sequence[Order] | GatewayError, found: Sequence[OrderLink]) -> Sequence[Order] | GatewayError:
    if isinstance(answer, GatewayError):
        return answer
    linked = {(link.order.backend, link.order.backend_id) for link in found}
    return [order for order in answer if (order.backend, order.backend_id) in linked]


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


def _distinct(shipments: Iterable[Shipment]) -> list[Shipment]:
    return list({(shipment.backend, shipment.backend_id): shipment for shipment in shipments}.values())


def _link_key(link: OrderLink) -> tuple[str, ...]:
    return f"{1 - link.confidence:.6f}", link.order.backend, link.order.backend_id


def _record_key(shipment: Shipment) -> tuple[str, ...]:
    return shipment.list_time.isoformat(timespec="microseconds"), shipment.backend, shipment.backend_id


def link_order_id(root: OrderLink) -> str:
    return ids.encode("Order", root.order.backend, root.order.backend_id)
