"""Intake: the one way by which records get into the read model, whoever told of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gateway.backends.cartoncloud.mentions import mentions
from gateway.backends.cartoncloud.records import Sent, change, is_news
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.models import Backend
from gateway.readmodel.store import Change, Kind, Message, ReadModel, StoredRecord


@dataclass(frozen=True, slots=True)
class Learnt:
    """A record, and what it changes: itself, and what it mentions."""

    record: Sent
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class Intake:
    """Takes records over that are newer than what is known of them."""

    settings: CartonCloudSettings
    read_model: ReadModel

    def learn(self, record: Sent) -> Learnt:
        """Raises MalformedReply for a record that could not be shown."""
        return Learnt(record, [change(record, self.settings), *mentions(record, self.settings)])

    async def take(self, learnt: Sequence[Learnt], messages: Sequence[Message] = ()) -> None:
        """Keep the messages, and take over what is news, in one transaction.

        The read model holds versions against each other by itself, also of records that come at the same time. Looking
        first keeps an older record from having a say on what it mentions, and saves writing where there is nothing to.
        """
        known = await self.known(each.record for each in learnt)
        news = [each for each in learnt if is_news(each.record, known.get(each.record.record_id))]
        changes = [part for each in news for part in each.changes]
        if messages or changes:
            await self.read_model.take(Backend.CARTONCLOUD, messages, changes)

    async def known(self, records: Iterable[Sent]) -> Mapping[str, StoredRecord]:
        """What is stored of these records, by their ids, which are unique over all kinds (UUIDs)."""
        ids: dict[Kind, list[str]] = {}
        for record in records:
            ids.setdefault(record.kind.stored_as, []).append(record.record_id)
        found: dict[str, StoredRecord] = {}
        for kind, wanted in ids.items():
            found.update(await self.read_model.by_id(Backend.CARTONCLOUD, kind, wanted))
        return found
