"""Whose number stands where: the references in which an order names the order of a sales system that it belongs to.

Pure. `Channels` is the setting GATEWAY_LINK_CHANNELS; without it only warehouse orders name a sale, in `customer`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.models import Account, Backend, Order, OrderKind

SALE_REFERENCE = "customer"
"""The reference of a warehouse order in which the seller's order number stands (CartonCloud: `references.customer`)."""

OWN_NUMBER = "number"
"""What the setting calls an order's own number, which is none of its references."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A sales system's channel by its id; without one, all of the system's orders."""

    backend: Backend
    channel: str | None = None

    def holds(self, order: Order) -> bool:
        """Whether the order was taken there."""
        return (
            order.kind is OrderKind.SALE
            and order.backend is self.backend
            and (self.channel is None or order.channel_id == self.channel)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChannel(Channel):
    """The numbers of a channel's orders stand in `reference` of the orders that `holder` has for `account`.

    `account` is the id, code or name of `Order.account`; without one, any. `reference` is named as in `Order.references`, or
    `number`, the order's own.
    """

    holder: Backend
    reference: str
    account: str | None = None

    def is_for(self, order: Order) -> bool:
        """Whether the order is one of those that name the channel's."""
        return order.backend is self.holder and (self.account is None or self.account in _names(order.account))


@dataclass(frozen=True, slots=True)
class Named:
    """A number that an order gives of the sale that it belongs to. `sellers` may have taken that; None: any may."""

    reference: str
    number: str
    sellers: tuple[Channel, ...] | None = None

    @property
    def backends(self) -> frozenset[Backend] | None:
        """Where to look for the sale; None: wherever there are sales."""
        return None if self.sellers is None else frozenset(seller.backend for seller in self.sellers)

    def means(self, sale: Order) -> bool:
        """Whether the sale is the one."""
        return sale.number == self.number and (self.sellers is None or any(one.holds(sale) for one in self.sellers))


@dataclass(frozen=True, slots=True)
class Channels:
    """All that is configured."""

    configured: Sequence[LinkChannel] = ()

    def named(self, order: Order) -> list[Named]:
        """The sales that an order names, by the numbers in the references that are meant for it.

        A reference that the settings give to channels is meant for these alone.
        """
        if order.kind is OrderKind.INBOUND:
            return []
        ours = [entry for entry in self.configured if entry.is_for(order)]
        meant: dict[str, tuple[Channel, ...] | None] = {SALE_REFERENCE: None} if order.kind is OrderKind.OUTBOUND else {}
        for entry in ours:
            meant[entry.reference] = (*(meant.get(entry.reference) or ()), entry)
        return [Named(name, value, meant[name]) for name, value in _numbers(order) if name in meant]

    def holders(self, sale: Order) -> frozenset[Backend]:
        """The backends whose orders may name the sale, as the settings say."""
        return frozenset(entry.holder for entry in self.configured if entry.holds(sale))


def sale_number(order: Order) -> str | None:
    """The number that the seller gave to a warehouse order, if it has one."""
    return next((reference.value for reference in order.references if reference.name == SALE_REFERENCE), None)


def _numbers(order: Order) -> list[tuple[str, str]]:
    return [(OWN_NUMBER, order.number), *((reference.name, reference.value) for reference in order.references)]


def _names(account: Account | None) -> tuple[str | None, ...]:
    return () if account is None else (account.backend_id, account.code, account.name)
