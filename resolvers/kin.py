"""Kin: the orders that belong to an order, found by all who may hold them, and what each of them answered."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.entities import LinkWord, OrderLink
from gateway.errors import DatabaseUnavailable, GatewayError
from gateway.links.facts import identity, pack_of
from gateway.links.linking import Linking
from gateway.links.search import Search, rivals, searches
from gateway.models import Backend, LinkStatus, Order
from gateway.ports import OrderSource, PackSource
from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Kin:
    """The surest first. `answers` has every backend that was asked, with what kept it from answering."""

    links: Sequence[OrderLink]
    answers: Mapping[Backend, GatewayError | None]


@dataclass(frozen=True, slots=True)
class _Lookup:
    """What was found so far."""

    orders: dict[tuple[Backend, str], Order] = field(default_factory=dict)
    answers: dict[Backend, GatewayError | None] = field(default_factory=dict)

    def take(self, name: Backend, answer: Iterable[Order] | BaseException) -> None:
        """An error about one question is an error of the backend."""
        if isinstance(answer, BaseException) and not isinstance(answer, GatewayError):
            raise answer
        if isinstance(answer, GatewayError):
            self.answers[name] = answer
            return
        self.answers.setdefault(name, None)
        self.orders.update((identity(order), order) for order in answer)


async def kin_of(order: Order, context: Context, least: float, *, packs: bool = True) -> Kin:
    """Links that are at least so sure; with `packs` those to the other orders of its pack too.

    Where it cannot be told what people said, nothing is linked: no rule may overrule them.
    """
    found = _Lookup()
    await _look(found, searches(order, context.link_channels, least), order, context)
    if packs:
        await _look_into_pack(found, order, context)
    try:
        said = await _said(found, order, context)
    except DatabaseUnavailable:
        return Kin((), {name: DatabaseUnavailable(name) for name in found.answers})
    linking = Linking(context.link_channels, said)
    if linking.is_contested(order, found.orders.values()):
        await _look(found, [rivals(order)], order, context, at_home=True)
    links = [link for link in linking.links(order, found.orders.values()) if link.confidence >= least]
    return Kin(links, found.answers)


async def _look(found: _Lookup, wanted: Sequence[Search], order: Order, context: Context, *, at_home: bool = False) -> None:
    """In other backends; `at_home`: in the order's own too."""
    asked = [
        (name, search.number) for search in wanted for name in _holders(search, context) if at_home or name is not order.backend
    ]
    load = context.loaders.orders_by_number.load
    answers: list[list[Order] | BaseException] = await asyncio.gather(*(load(key) for key in asked), return_exceptions=True)
    for (name, _), answer in zip(asked, answers, strict=True):
        found.take(name, answer)


def _holders(search: Search, context: Context) -> list[Backend]:
    """The backends with orders of that kind, and those of which nothing is known."""
    registry = context.sources.registry
    sources = {name: registry.find(name, OrderSource) for name in registry.names}
    fitting = (name for name, source in sources.items() if source is None or search.kind in source.order_kinds)
    return [name for name in fitting if search.backends is None or name in search.backends]


async def _look_into_pack(found: _Lookup, order: Order, context: Context) -> None:
    if pack_of(order) is None or not context.sources.registry.find(order.backend, PackSource):
        return
    try:
        found.take(order.backend, await context.loaders.orders_by_pack.load(order))
    except GatewayError as error:
        found.take(order.backend, error)


async def _said(found: _Lookup, order: Order, context: Context) -> list[LinkWord]:
    """What people said of the order and of those that were found. What they say belongs to it is read, if it was not found."""
    load = context.loaders.link_words_by_order.load_many
    said: list[list[LinkWord]] = await load([identity(order), *found.orders])
    named = [word.other for word in said[0] if word.status is LinkStatus.CONFIRMED and word.other not in found.orders]
    load_order = context.loaders.order_by_id.load
    answers: list[Order | BaseException | None] = await asyncio.gather(
        *(load_order(key) for key in named), return_exceptions=True
    )
    for (name, _), read in zip(named, answers, strict=True):
        found.take(name, read if isinstance(read, BaseException) else [read] if read else [])
    return [word for words in said for word in words]
