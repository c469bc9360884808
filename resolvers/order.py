"""Fields of orders that other records answer."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import strawberry
from strawberry import UNSET

from gateway import ids
from gateway.entities import OrderLink, Page
from gateway.errors import BadUserInput, GatewayError
from gateway.links import parcels
from gateway.links.facts import identity
from gateway.links.rules import THRESHOLD
from gateway.models import Backend, LinkStatus, Order, OrderDocument, OrderKind, OrderNote, OrderRelation, Shipment
from gateway.ports import (
    AcknowledgementSource,
    DocumentSource,
    LabelSource,
    NoteSource,
    OrderSource,
    PackSource,
    ShipmentSource,
)
from resolvers import older
from resolvers.arguments import After, First, given
from resolvers.context import Context, Info
from resolvers.kin import Kin, kin_of
from resolvers.merge import page_of_parts
from resolvers.pages import page_of
from resolvers.sources import report


async def acknowledged(root: Order, info: Info) -> bool | None:
    if root.acknowledged is not None or not info.context.sources.registry.find(root.backend, AcknowledgementSource):
        return root.acknowledged
    known: bool | None = await info.context.loaders.acknowledged_by_order.load(root)
    older.tell(info, root.backend, AcknowledgementSource)
    return known


async def notes(root: Order, info: Info) -> Sequence[OrderNote] | None:
    if not info.context.sources.registry.find(root.backend, NoteSource):
        return None
    known: Sequence[OrderNote] | None = await info.context.loaders.notes_by_order.load(root)
    older.tell(info, root.backend, NoteSource)
    return known


async def documents(root: Order, info: Info) -> Sequence[OrderDocument] | None:
    if not info.context.sources.registry.find(root.backend, DocumentSource):
        return None
    known: Sequence[OrderDocument] | None = await info.context.loaders.documents_by_order.load(root)
    older.tell(info, root.backend, DocumentSource)
    return known


async def shipping_labels(root: Order, info: Info) -> Sequence[OrderDocument] | None:
    if not info.context.sources.registry.find(root.backend, LabelSource):
        return None
    known: Sequence[OrderDocument] | None = await info.context.loaders.labels_by_order.load(root)
    older.tell(info, root.backend, LabelSource)
    return known


async def related(
    root: Order,
    info: Info,
    min_confidence: Annotated[
        float | None, strawberry.argument(description="Leave out links that are less sure than this: 0 to 1.")
    ] = THRESHOLD,
    first: First = 20,
    after: After = UNSET,
) -> Page[OrderLink]:
    least = 0.0 if min_confidence is None else min_confidence
    if not 0 <= least <= 1:
        raise BadUserInput("minConfidence: give a number from 0 to 1.")
    context = info.context
    kin = await kin_of(root, context, least)
    fresh = await context.sources.freshness(kin.answers, OrderSource, PackSource)
    return page_of(
        kin.links,
        _place,
        first=first,
        after=given(after),
        cursors=context.cursors,
        bound=context.cursors.bind("Order.related", root.backend, root.backend_id, least),
        sources=[report(name, error or _orders(kin, name), fresh.get(name)) for name, error in sorted(kin.answers.items())],
        backends_of=lambda link: [link.backend] if link.order else [],
    )


async def shipments(root: Order, info: Info, first: First = 20, after: After = UNSET) -> Page[Shipment]:
    context = info.context
    kin = await kin_of(root, context, THRESHOLD, packs=False)
    links = [link for link in kin.links if link.order and link.relation is not OrderRelation.PACK_SIBLING]
    family = [root, *(link.order for link in links if link.order)]
    answers = await asyncio.gather(*(_shipments_of(order, family, context) for order in family))
    parts: dict[Backend, Sequence[Shipment] | GatewayError] = {root.backend: answers[0]}
    parts |= {name: error or [] for name, error in kin.answers.items() if name is not root.backend}
    for link, answer in zip(links, answers[1:], strict=True):
        parts[link.backend] = _joined(parts[link.backend], answer, root, link)
    bound = context.cursors.bind("Order.shipments", root.backend, root.backend_id)
    ports = [ShipmentSource, OrderSource]  # some backends' shipments come with their orders
    return await page_of_parts(context, parts, bound=bound, first=first, after=given(after), ports=ports)


def _place(link: OrderLink) -> tuple[str, str, str]:
    """The surest first."""
    return f"{1 - link.confidence:.4f}", link.backend, link.backend_id


def _orders(kin: Kin, name: Backend) -> list[Order]:
    return [link.order for link in kin.links if link.order and link.backend is name]


def _joined(
    known: Sequence[Shipment] | GatewayError, answer: Sequence[Shipment] | GatewayError, root: Order, link: OrderLink
) -> Sequence[Shipment] | GatewayError:
    """What a backend knows of several orders: an error about one of them is an error of the whole.

    A related order may have goods of others too: where no person said that it is this order, they are left out.
    """
    if isinstance(known, GatewayError):
        return known
    if isinstance(answer, GatewayError):
        return answer
    said = link.status is LinkStatus.CONFIRMED
    ours = [each for each in answer if said or parcels.carries(each, root)]
    return list({each.backend_id: each for each in (*known, *ours)}.values())


async def _shipments_of(order: Order, family: Sequence[Order], context: Context) -> Sequence[Shipment] | GatewayError:
    """The order's own, as its backend tells: those that may as well be of an order outside of the family are left out."""
    if order.kind is OrderKind.INBOUND or not context.sources.registry.find(order.backend, ShipmentSource):
        return []
    try:
        found: Sequence[Shipment] = await context.loaders.shipments_by_order.load(order)
        are_ours = await asyncio.gather(*(_is_of(shipment, family, context) for shipment in found))
    except GatewayError as error:
        return error
    return [shipment for shipment, is_ours in zip(found, are_ours, strict=True) if is_ours]


async def _is_of(shipment: Shipment, family: Sequence[Order], context: Context) -> bool:
    """Whether it can only be of one of these orders. Where its backend names the order itself, there is nothing to find out."""
    if shipment.order_backend_id is not None or shipment.order_number is None:
        return True
    namesakes: list[Order] = await context.loaders.orders_by_number.load((shipment.backend, shipment.order_number))
    of = {identity(order) for order in parcels.carried(shipment, namesakes)}
    return bool(of) and of <= {identity(order) for order in family}


def link_order_id(root: OrderLink) -> str:
    return ids.encode("Order", root.backend, root.backend_id)
