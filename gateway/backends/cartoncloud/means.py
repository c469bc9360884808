"""What changes of CartonCloud's have to work with."""

import logging
from dataclasses import dataclass
from typing import Any, TypeVar

from gateway.backends.cartoncloud.client import CartonCloudClient
from gateway.backends.cartoncloud.intake import Intake
from gateway.backends.cartoncloud.mentions import product_mention
from gateway.backends.cartoncloud.records import Sent
from gateway.backends.cartoncloud.search import Search
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.errors import GatewayError
from gateway.models import Backend
from gateway.readmodel.store import Change, Kind, ReadModel
from gateway.transactions import work

F = TypeVar("F")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Means:
    """Its client, its settings, its searches, and how records get into the read model and are found there."""

    client: CartonCloudClient
    settings: CartonCloudSettings
    search: Search
    intake: Intake
    read_model: ReadModel

    async def seen(self, record: Sent) -> Sent:
        """The record as the read model has it from now on. It has been made or changed, whatever goes wrong here.

        Replies to the creation of outbound orders leave out the status. Kept like that, the webhook that tells the same version
        would not be news.
        """
        try:
            if record.record.status is None:
                record = await self.client.record(record.kind, record.record_id) or record
            if record.record.status is not None:
                await self.intake.take([self.intake.learn(record)])
        except GatewayError as error:
            log.warning("The read model does not have a %s of CartonCloud's yet: %s", record.kind.label, error.code)
        return record

    async def forgotten(self, kind: Kind, record_id: str) -> None:
        """The read model does not have a record any more that was deleted, whatever goes wrong here."""
        try:
            await self.read_model.take(Backend.CARTONCLOUD, [], [Change(kind=kind, record_id=record_id, payload=None)])
        except GatewayError as error:
            log.warning("The read model still has a record that CartonCloud has deleted: %s", error.code)

    async def mentioned(self, product: dict[str, Any]) -> str:
        """The id of a product, as the read model knows it from now on. It has been made, whatever goes wrong here."""
        record_id, change = product_mention(product)
        try:
            await self.read_model.take(Backend.CARTONCLOUD, [], [change])
        except GatewayError as error:
            log.warning("The read model does not have a product of CartonCloud's yet: %s", error.code)
        return record_id


class CartonCloudChange(work.Change[F]):
    """A change that works with these means. What was called for longer than a call may take, and as long again, has landed."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self.settle_after = 2 * means.settings.timeout
