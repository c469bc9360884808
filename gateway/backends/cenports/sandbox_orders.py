"""The orders of the simulated Cenports: GET and POST /orders, PATCH /orders/acknowledge."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.backends.cenports.sandbox_channels import Channels
from gateway.backends.cenports.sandbox_goods import Goods
from gateway.backends.cenports.sandbox_new_orders import NewOrder, new_order, read_new_order
from gateway.backends.cenports.sandbox_parameters import Days, Parameters, unable
from gateway.backends.cenports.sandbox_records import Record, listed
from gateway.backends.cenports.sandbox_transactions import Transactions

_DEFAULT_LIMIT = 50
_MOST = 300
CARRIERS = frozenset({"UPS", "UPSN", "FedEx", "DHL", "USPS", "Blue Express"})
"""The carrier codes that are supported: the page's and the world's."""


@dataclass
class HeldOrder:
    """`record` is what GET tells; whether it is acknowledged is never told."""

    record: Record
    placed_at: datetime
    acknowledged: bool

    @property
    def key(self) -> tuple[str, str]:
        return (self.record["channelId"], self.record["orderNo"])


class Orders:
    """An order is known by its channel and number."""

    def __init__(self, channels: Channels, goods: Goods, transactions: Transactions) -> None:
        self._held: dict[tuple[str, str], HeldOrder] = {}
        self._channels = channels
        self._goods = goods
        self._transactions = transactions

    def put(self, order: HeldOrder) -> None:
        self._held[order.key] = order

    def clear(self) -> None:
        self._held.clear()

    def get(self, asked: Parameters, channel: str | None) -> object:
        """Neither dates nor numbers need be given: the page calls `orders` conditional and names no condition."""
        numbers, acknowledged, days = asked.listed("orders"), asked.flag("isAcknowledged"), both_days(asked)
        limit = min(asked.number("limit") or _DEFAULT_LIMIT, _MOST)
        asked.flag("isPaginated")  # no second page is documented: there is none
        asked.check()
        found = [
            order.record
            for order in self._held.values()
            if channel in (None, order.record["channelId"])
            and (numbers is None or order.record["orderNo"] in numbers)
            and acknowledged in (None, order.acknowledged)
            and days.has(order.placed_at)
        ][:limit]
        # The page's response is one bare order, below a question for two: here it is for the one number asked.
        return found[0] if numbers is not None and len(numbers) == len(found) == 1 else {"data": found}

    def create(self, asked: Parameters, channel: str | None) -> object:
        orders = [read_new_order(entry) for entry in asked.entries("orders")]
        asked.check()
        return self._transactions.submit(lambda: self._create(channel or "", orders))

    def _create(self, channel: str, orders: Sequence[NewOrder]) -> Iterable[tuple[int, str]]:
        """What is wrong with an order is told of it alone; the others are created."""
        for index, order in enumerate(orders):
            problem = self._problem(channel, order)
            if problem is not None:
                yield index, problem
                continue
            self.put(HeldOrder(new_order(order, channel, self._channels.name(channel), self._goods), order.placed_at, False))

    def _problem(self, channel: str, order: NewOrder) -> str | None:
        """The page's three errors, in its words; of several the first."""
        if (channel, order.number) in self._held:
            return f"The order {order.number} is already existed on our system."
        if order.customer_number and order.customer_number in self._customer_numbers(channel):
            return f"The customer order number {order.customer_number} is already existed on our system."
        for line in order.lines:
            if not self._goods.knows(line.sku):
                return (
                    f"The line item {line.number} of order {order.number} has been rejected due to product sku does not exist."
                )
        if order.carrier.lower() not in {carrier.lower() for carrier in CARRIERS}:
            return f"The carrier code is not valid or supported for the order {order.number}."
        return None

    def _customer_numbers(self, channel: str) -> set[str | None]:
        return {order.record["customerOrderNo"] for key, order in self._held.items() if key[0] == channel}

    def acknowledge(self, asked: Parameters, channel: str | None) -> object:
        """All of them or, if one is unknown, none: the page shows a business error for an order that cannot be updated."""
        numbers = asked.listed("orders", required=True) or []
        asked.check()
        unknown = [number for number in numbers if (channel, number) not in self._held]
        if unknown:
            raise unable(f"The orderNo {number} is not able to update." for number in unknown)
        for number in numbers:
            self._held[channel or "", number].acknowledged = True
        return listed([])


def both_days(asked: Parameters) -> Days:
    """Each day needs the other."""
    start, end = asked.day("startDate"), asked.day("endDate")
    if start and not end and "endDate" not in asked.errors:
        asked.refuse("endDate", "The {} field is required when start date is present.")
    if end and not start and "startDate" not in asked.errors:
        asked.refuse("startDate", "The {} field is required when end date is present.")
    return Days(start, end)
