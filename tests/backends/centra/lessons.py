"""What tests of events share: from a reply to what the gateway shows, without queue and database."""

from collections.abc import Mapping
from datetime import UTC, datetime

import httpx

from gateway.backends.centra import soap
from gateway.backends.centra.copies import Reader, order_copy, shipment_copy
from gateway.backends.centra.projection import Lesson, lesson
from gateway.backends.centra.settings import CentraSettings
from gateway.models import Order, Shipment
from gateway.readmodel.store import Change, Kind, StoredRecord
from tests.backends.centra.scripted import enveloped

READ_AT = datetime(2026, 6, 1, tzinfo=UTC)


def reply_of(*events: str) -> bytes:
    return enveloped(f"<ns1:events_Get><ns1:events>{''.join(events)}</ns1:events></ns1:events_Get>")


def learn(reply: bytes) -> Lesson:
    """What the reply's only event teaches."""
    (event,) = soap.read_events(httpx.Response(200, content=reply))
    return lesson(event, UTC)


def of_kind(learnt: Lesson, kind: Kind) -> list[Change]:
    return [change for change in learnt.changes if change.kind is kind]


def kept(change: Change) -> StoredRecord:
    """The change as the read model would keep it."""
    assert change.payload is not None
    return StoredRecord(
        record_id=change.record_id,
        parent_id=None,
        payload=change.payload,
        list_time=change.list_time or READ_AT,
        fetched_at=READ_AT,
        version=change.version,
    )


def reader(**settings: object) -> Reader:
    return Reader(CentraSettings.model_validate(settings))


def order_of(reply: bytes, catalogue: Mapping[str, str] | None = None, **settings: object) -> Order:
    learnt = learn(reply)
    assert learnt.message.problem is None
    (change,) = of_kind(learnt, Kind.ORDER)
    return reader(**settings).order(order_copy(kept(change)), catalogue or {})


def shipments_of(reply: bytes, catalogue: Mapping[str, str] | None = None) -> list[Shipment]:
    (change,) = of_kind(learn(reply), Kind.ORDER)
    return [reader().shipment(shipment_copy(kept(child)), catalogue or {}) for child in change.children]
