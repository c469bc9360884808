"""The shipments of the simulated Cenports: GET /shipments and PATCH /shipments/acknowledge.

The page shows no shipment. Its records follow the names of orders (see `sandbox_records.shipment_record`).
"""

from collections.abc import Iterable
from itertools import islice

from gateway.backends.cenports.sandbox_parameters import Days, Parameters
from gateway.backends.cenports.sandbox_records import Record, listed, read_time
from gateway.backends.cenports.sandbox_transactions import Transactions

_DEFAULT_LIMIT = 50
_MOST = 99  # int(2)


class Shipments:
    def __init__(self, transactions: Transactions) -> None:
        self._records: list[Record] = []
        self._transactions = transactions

    def put(self, record: Record) -> None:
        self._records.append(record)

    def clear(self) -> None:
        self._records.clear()

    def get(self, asked: Parameters, channel: str | None) -> object:
        """The page says of neither day that it needs the other; both are taken as the day of shipping."""
        numbers, acknowledged = asked.order_numbers(), asked.flag("acknowledged")
        days = Days(asked.day("startDate"), asked.day("endDate"))
        limit = asked.number("limit", most=_MOST) or _DEFAULT_LIMIT
        asked.check()
        found = (
            record
            for record in self._records
            if record["channelId"] == channel
            and (numbers is None or record["orderNo"] in numbers)
            and acknowledged in (None, record["isAcknowledged"])
            and days.has(read_time(record["shipDate"]))
        )
        return listed(islice(found, limit))

    def acknowledge(self, asked: Parameters) -> object:
        """No channel is named: a number stands for its shipments in every channel."""
        numbers = [entry.text("orderNo", required=True) for entry in asked.entries("shipments")]
        asked.check()
        return self._transactions.submit(lambda: self._acknowledge(numbers))

    def _acknowledge(self, numbers: Iterable[str | None]) -> Iterable[tuple[int, str]]:
        for index, number in enumerate(numbers):
            found = [record for record in self._records if record["orderNo"] == number]
            if not found:
                yield index, f"The shipment of order {number} does not exist."
            for record in found:
                record["isAcknowledged"] = True
