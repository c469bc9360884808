"""Records: an order or consignment as CartonCloud sent it, as the read model keeps it, and as the gateway's model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.kinds import RecordKind
from gateway.backends.cartoncloud.mapping.fields import Given, own_id
from gateway.backends.cartoncloud.mapping.order import ORDER
from gateway.backends.cartoncloud.mapping.shipment import SHIPMENT
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.errors import MalformedReply
from gateway.mapping import Scope, integer
from gateway.models import Backend, Order, Shipment
from gateway.readmodel.store import Change, StoredRecord

_EPOCH = datetime.fromtimestamp(0, UTC)
_NO_SCOPE = Scope(zone=UTC, currency=None, fetched_at=_EPOCH)
_LARGEST_VERSION = 2**63


@dataclass(frozen=True, slots=True)
class Sent:
    """A record as it came. `members` are those of `raw`, its JSON text; `record_id` is its id in the gateway."""

    kind: RecordKind
    record_id: str
    record: wire.Record = field(repr=False)
    members: Mapping[str, Any] = field(repr=False)
    raw: bytes = field(repr=False)
    fetched_at: datetime

    @property
    def version(self) -> int | None:
        """Counts the changes of this record; None where it came without."""
        number = integer(self.record.version, _NO_SCOPE)
        return number if number is not None and 0 <= number < _LARGEST_VERSION else None


@dataclass(frozen=True, slots=True)
class SentUser:
    """Who the credentials belong to, as it came."""

    record: wire.UserInfo = field(repr=False)
    raw: bytes = field(repr=False)
    fetched_at: datetime


def sent(kind: RecordKind, text: bytes, members: dict[str, Any], fetched_at: datetime) -> Sent:
    """Raises MalformedReply for a record without an id."""
    record = wire.record(members)
    record_id = own_id(record.id, _NO_SCOPE)
    if record_id is None:
        raise MalformedReply(Backend.CARTONCLOUD, "A record of CartonCloud's has no id.")
    return Sent(kind, record_id, record, members, wire.plain(text), fetched_at)


def kept(stored: StoredRecord) -> Sent:
    """A copy from the read model."""
    copy = msgspec.json.decode(stored.payload, type=wire.Kept)
    text = bytes(copy.record)
    return sent(RecordKind(copy.kind), text, wire.parse(text), stored.fetched_at)


def model(record: Sent, list_time: datetime, settings: CartonCloudSettings) -> Order | Shipment:
    """Raises MalformedReply for a record that cannot be shown."""
    given = Given(kind=record.kind, order_id=record.record_id, list_time=list_time)
    scope = Scope(zone=settings.zone, currency=settings.currency, fetched_at=record.fetched_at, raw=record.raw, given=given)
    return SHIPMENT(record.record, scope) if record.kind is RecordKind.CONSIGNMENT else ORDER(record.record, scope)


def change(record: Sent, settings: CartonCloudSettings) -> Change:
    """How the read model takes it over. Raises MalformedReply for a record that cannot be shown."""
    shown = model(record, _EPOCH, settings)
    return Change(
        kind=record.kind.stored_as,
        record_id=record.record_id,
        payload=msgspec.json.encode(wire.Kept(kind=record.kind, record=msgspec.Raw(record.raw))),
        version=record.version,
        list_time=shown.created_at,
        numbers=shown.numbers if isinstance(shown, Order) else _numbers(shown),
        skus=shown.skus,
    )


def is_news(record: Sent, known: StoredRecord | None) -> bool:
    """Whether it is newer than what is stored. Of records that never had a version the last to come is the newest."""
    if known is None or known.version is None:
        return True
    return record.version is not None and record.version > known.version


def _numbers(shipment: Shipment) -> list[str]:
    references = (reference.value for reference in shipment.references)
    return [number for number in (shipment.order_number, shipment.tracking_number, *references) if number]
