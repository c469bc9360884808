"""Centry's orders: read by list, id and number, with every line's SKU."""

import re
from asyncio import gather
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from gateway.backends.centry import goods, mapping
from gateway.backends.centry.batch import each, every, sure
from gateway.backends.centry.client import CentryClient, ScopeOf
from gateway.backends.centry.order_list import OrderList, SentOrder, behind, left_to_us, nothing_fits
from gateway.backends.centry.slices import cut, key, walked
from gateway.backends.centry.walk import Seen
from gateway.errors import BackendError, Incomplete, NotSupported
from gateway.models import Backend, Order, OrderFilter, OrderKind, OrderLine, VariantRecord
from gateway.ports import ListQuery, Position, Slice

KINDS = frozenset((OrderKind.SALE,))

_NO_PACKS = "Centry can be searched by number_origin and id_origin, not by id_pack."
AN_ID = re.compile("[0-9a-f]{24}")


class Orders:
    """`scope_of` gives what the mapping of a record needs to know, `page_size` is how many are asked for in one call."""

    def __init__(self, client: CentryClient, scope_of: ScopeOf, order_list: OrderList, page_size: int) -> None:
        self._client = client
        self._scope_of = scope_of
        self._list = order_list
        self._page_size = page_size

    async def listed(self, query: ListQuery[OrderFilter]) -> Slice[Order]:
        """The next orders that match. Raises NotSupported for a filter on acknowledgement, which Centry does not know."""
        wanted = query.filter
        if wanted.acknowledged is not None:
            raise NotSupported("Centry does not tell whether an order was acknowledged.", backend=Backend.CENTRY)
        if nothing_fits(wanted, KINDS):
            return Slice(records=(), position=None, more=False)
        if wanted.numbers is not None:
            found = cut(await self.with_numbers(wanted.numbers), wanted.matches, query.sort, query.after, query.limit)
            return replace(found, gaps=(Incomplete(Backend.CENTRY, _NO_PACKS),)) if wanted.numbers else found
        return await self._walked(query)

    async def by_id(self, ids: Iterable[str]) -> Mapping[str, Order | BackendError]:
        """One call for each; one that does not exist is missing."""
        found = await each(ids, self._with_id)
        read = {order_id: one for order_id, one in found.items() if not isinstance(one, BackendError)}
        return {**found, **dict(zip(read, await self._completed(read.values()), strict=True))}

    async def by_number(self, numbers: Iterable[str]) -> Mapping[str, Sequence[Order] | BackendError]:
        """By number_origin and id_origin, and by id where that can be the number. id_pack cannot be searched."""
        asked = {number: number.strip() for number in numbers if number.strip()}
        found = await each(asked.values(), self._by_number)
        return {number: found[trimmed] for number, trimmed in asked.items() if trimmed in found}

    async def with_numbers(self, numbers: Iterable[str]) -> list[Order]:
        """Every order that goes by one of these numbers. Raises the first error."""
        found = await every((number.strip() for number in sorted(numbers) if number.strip()), self._by_number)
        return list({order.backend_id: order for orders in found.values() for order in orders}.values())

    async def complete(self, orders: Iterable[Order]) -> list[Order]:
        """The orders with the SKUs of lines that came without, read from their variants. Raises the first error."""
        return [sure(order) for order in await self._completed(orders)]

    def mapped(self, sent: SentOrder) -> Order:
        """The order as far as it came. Raises MalformedReply if it does not say when it was created."""
        return mapping.ORDER(sent.record, self._scope_of(sent))

    async def _walked(self, query: ListQuery[OrderFilter]) -> Slice[Order]:
        wanted = query.filter
        step = 2 * self._page_size if left_to_us(wanted) else query.limit
        walk = self._list.walk(wanted, query.sort, behind(query.after), step)
        found = await walked(walk, self._with_skus if wanted.skus else self._lazily, wanted.matches, query.limit)
        return replace(found, records=await self.complete(found.records))

    async def _lazily(self, part: Sequence[Seen[SentOrder]]) -> Iterable[tuple[Position, Order]]:
        """A part may hold many more orders than are wanted: those are not mapped."""
        orders = (self.mapped(seen.record) for seen in part)
        return ((Position(*key(order)), order) for order in orders)

    async def _with_skus(self, part: Sequence[Seen[SentOrder]]) -> Iterable[tuple[Position, Order]]:
        orders = await self.complete(self.mapped(seen.record) for seen in part)
        return ((Position(*key(order)), order) for order in orders)

    async def _with_id(self, order_id: str) -> Order | None:
        sent = await self._client.order(order_id)
        return self.mapped(sent) if sent else None

    async def _by_number(self, number: str) -> Sequence[Order] | None:
        answers = await gather(self._named("number_origin", number), self._named("id_origin", number), self._itself(number))
        sent = {one.id: one for answer in answers for one in answer}
        orders = [order for one in sent.values() if number in (order := self.mapped(one)).numbers]
        return await self.complete(sorted(orders, key=key)) or None

    async def _named(self, name: str, number: str) -> list[SentOrder]:
        return await self._client.found(lambda after: self._client.orders({name: number}, after))

    async def _itself(self, number: str) -> list[SentOrder]:
        """An order that came without any number goes by its id."""
        sent = await self._client.order(number) if AN_ID.fullmatch(number) else None
        return [sent] if sent else []

    async def _completed(self, orders: Iterable[Order]) -> list[Order | BackendError]:
        """Each order, or why the SKU of one of its lines could not be read."""
        given = list(orders)
        lacking = (line.variant_backend_id for order in given for line in order.lines if _lacks_sku(line))
        variants = await each((variant_id for variant_id in lacking if variant_id), self._variant)
        return [_with_variants(order, variants) for order in given] if variants else [*given]

    async def _variant(self, variant_id: str) -> VariantRecord | None:
        sent = await self._client.variant(variant_id)
        return goods.VARIANT(sent.record, self._scope_of(sent)) if sent else None


def _lacks_sku(line: OrderLine) -> bool:
    return line.sku is None and line.variant_record is None


def _with_variants(order: Order, variants: Mapping[str, VariantRecord | BackendError]) -> Order | BackendError:
    try:
        return replace(order, lines=tuple(_with_variant(line, variants) for line in order.lines))
    except BackendError as error:
        return error


def _with_variant(line: OrderLine, variants: Mapping[str, VariantRecord | BackendError]) -> OrderLine:
    variant = variants.get(line.variant_backend_id or "") if _lacks_sku(line) else None
    if variant is None:
        return line
    read = sure(variant)
    return replace(line, sku=read.sku, variant_record=read)
