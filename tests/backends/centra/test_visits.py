"""How the queue is emptied, or only looked at: nothing is acknowledged before it is stored, and nothing holds it up."""

import asyncio
import re
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from gateway.errors import ErrorCode
from gateway.models import Backend, OrderFilter, Sort
from gateway.ports import ListQuery, Resources
from gateway.readmodel.store import Kind, MessageState
from gateway.readmodel.tables import inbox
from tests.backends.centra.conftest import BackendAt
from tests.backends.centra.scripted import ScriptedCentra, calls, centra, enveloped, event, order
from tests.databases import accept_inserts, refuse_inserts

GET, BY_MARKETS, DONE = "centra-01", "centra-02", "centra-03"


async def order_ids(resources: Resources) -> list[str]:
    return [record.record_id for record in await resources.read_model.every(Backend.CENTRA, Kind.ORDER)]


async def messages(resources: Resources) -> int:
    return await resources.database.read(lambda connection: connection.scalar(select(func.count()).select_from(inbox)) or 0)


async def error_code(resources: Resources) -> ErrorCode | None:
    return (await resources.read_model.synchronisation(Backend.CENTRA)).error_code


@pytest.fixture
def resources(resources_of_each_kind: Resources) -> Resources:
    return resources_of_each_kind


async def test_peek_takes_over_and_acknowledges_nothing(resources: Resources, backend_at: BackendAt) -> None:
    system = ScriptedCentra([event(i, data=order(i)) for i in range(1, 4)])
    with centra(system) as address:
        backend = backend_at(address)
        await backend.synchronise()
        system.events.append(event(4, data=order(4)))
        await backend.synchronise()

        assert calls(address) == [GET, GET]
    assert await order_ids(resources) == ["1", "2", "3", "4"]
    assert len(system.events) == 4
    state = await resources.read_model.synchronisation(Backend.CENTRA)
    assert (state.synced_at, state.error_code) == (state.attempted_at, None)


async def test_peek_says_that_there_may_be_more_than_it_is_shown(resources: Resources, backend_at: BackendAt) -> None:
    with centra(ScriptedCentra([event(i, data=order(i)) for i in range(1, 131)])) as address:
        backend = backend_at(address)
        await backend.synchronise()
        page = await backend.orders(ListQuery(filter=OrderFilter(), sort=Sort.ASC, after=None, limit=250))
        freshness = await backend.freshness()

    assert len(page.records) == 100
    assert [gap.code for gap in page.gaps] == [ErrorCode.BACKEND_INCOMPLETE]
    assert freshness.as_of is not None
    assert freshness.error is None


async def test_consume_empties_a_queue_of_any_length_and_acknowledges_every_event_once(
    resources: Resources, backend_at: BackendAt
) -> None:
    system = ScriptedCentra([event(i, data=order(i)) for i in range(1, 254)])
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        await backend.synchronise()

        assert calls(address) == [GET, DONE] * 3 + [GET]
    assert system.events == []
    assert len(await order_ids(resources)) == 253
    assert await messages(resources) == 253
    assert await error_code(resources) is None


async def test_events_are_committed_before_they_are_acknowledged(resources: Resources, backend_at: BackendAt) -> None:
    stored: list[int] = []

    def look(operation: str) -> None:
        if operation == DONE:  # from the queue's thread, over a connection of its own: sees what is committed alone
            stored.append(resources.database.run(lambda c: c.scalar(select(func.count()).select_from(inbox)) or 0))

    system = ScriptedCentra([event(i, data=order(i)) for i in range(1, 151)])
    system.before_reply = look
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        await backend.synchronise()

    assert stored == [100, 150]


async def test_nothing_is_acknowledged_that_the_database_refuses(resources: Resources, backend_at: BackendAt) -> None:
    await resources.database.write(lambda connection: refuse_inserts(connection, "records"))
    system = ScriptedCentra([event(1, data=order(1)), event(2, "novelty")])
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        with pytest.raises(IntegrityError):
            await backend.synchronise()
        assert calls(address) == [GET]
        assert await messages(resources) == 0, "neither is a message kept whose data is not"

        await resources.database.write(lambda connection: accept_inserts(connection, "records"))
        await backend.synchronise()
    assert system.events == []
    assert await order_ids(resources) == ["1"]


async def test_events_that_come_again_after_a_crash_change_nothing(resources: Resources, backend_at: BackendAt) -> None:
    system = ScriptedCentra([event(1, data=order(1)), event(2, data=order(1, more="<status>confirmed</status>"))])

    def crash(operation: str) -> None:
        system.answer = Response(status_code=503) if operation == DONE else None

    system.before_reply = crash
    with centra(system) as address:
        first = backend_at(address, queue="consume")
        await first.synchronise()
        assert await error_code(resources) == ErrorCode.BACKEND_UNAVAILABLE
        assert len(system.events) == 2
        before = await resources.read_model.every(Backend.CENTRA, Kind.ORDER)

        system.before_reply, system.answer = lambda _: None, None
        again = backend_at(address, queue="consume")
        await again.synchronise()

    assert system.events == []
    assert await resources.read_model.every(Backend.CENTRA, Kind.ORDER) == before
    assert (await messages(resources), await error_code(resources)) == (2, None)


async def test_an_event_with_ids_too_long_to_be_kept_does_not_block_the_queue(
    resources: Resources, backend_at: BackendAt
) -> None:
    long = "7" * 300
    wordy = event(2, data=f"<warehouse><id>{'w' * 3_000}</id></warehouse>")
    system = ScriptedCentra([event(1, data=order(long)), wordy, event(long, data=order(8)), event(4, data=order(9))])
    with centra(system) as address:
        await backend_at(address, queue="consume").synchronise()

    assert system.events == []
    assert await order_ids(resources) == ["9"]
    rows = await resources.database.read(lambda connection: connection.execute(select(inbox)).all())
    assert [row.problem is None for row in rows] == [False, False, False, True]


async def test_unknown_and_unreadable_events_are_kept_and_do_not_block_the_queue(
    resources: Resources, backend_at: BackendAt
) -> None:
    strange = [event(i, "novelty", "<x>1</x>") for i in range(1, 101)]
    broken = [event(101, data="<order><id/></order>"), event("abc", data=order(7)), event(103, "invoice", mission="delete")]
    system = ScriptedCentra([*strange, *broken, event(104, data=order(8))])
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        await backend.synchronise()

    assert system.events == []
    assert await order_ids(resources) == ["8"]
    rows = await resources.database.read(lambda connection: connection.execute(select(inbox)).all())
    problems = {row.message_id: row.problem for row in rows}
    assert len(problems) == 104
    assert {message_id for message_id, problem in problems.items() if problem} == {"101", "abc", "103"}


@pytest.mark.parametrize("confirmation", ["<eventsDoneResponse>OK</eventsDoneResponse>", None])
async def test_either_documented_confirmation_will_do(
    resources: Resources, backend_at: BackendAt, confirmation: str | None
) -> None:
    system = ScriptedCentra([event(1, data=order(1))])
    system.done = confirmation or system.done
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        await backend.synchronise()

    assert await error_code(resources) is None


async def test_an_acknowledgement_that_is_not_confirmed_ends_the_visit_with_an_error(
    resources: Resources, backend_at: BackendAt
) -> None:
    system = ScriptedCentra([event(1, data=order(1))])
    system.done = "<ns1:result><ns1:success>false</ns1:success></ns1:result>"
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        await backend.synchronise()
        assert calls(address) == [GET, DONE]

    assert await error_code(resources) == ErrorCode.BACKEND_REJECTED


async def test_a_queue_that_forgets_nothing_is_not_asked_for_ever(resources: Resources, backend_at: BackendAt) -> None:
    system = ScriptedCentra([event(1, data=order(1))])
    system.forgets = False
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        await backend.synchronise()
        assert calls(address) == [GET, DONE, GET]

    assert await error_code(resources) == ErrorCode.BACKEND_MALFORMED_REPLY


async def test_events_without_an_id_end_the_visit_once_they_are_all_that_is_left(
    resources: Resources, backend_at: BackendAt
) -> None:
    system = ScriptedCentra([event("", data=order(1)), event(2, data=order(2))])
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        await backend.synchronise()
        assert calls(address) == [GET, DONE, GET]

    assert await order_ids(resources) == ["2"]
    assert await error_code(resources) == ErrorCode.BACKEND_MALFORMED_REPLY


async def test_a_queue_that_is_off_is_left_alone(resources: Resources, backend_at: BackendAt) -> None:
    with centra(ScriptedCentra([event(1, data=order(1))])) as address:
        backend = backend_at(address, queue="off")
        await backend.synchronise()
        assert calls(address) == []

    assert (await resources.read_model.synchronisation(Backend.CENTRA)).attempted_at is None


async def test_markets_are_asked_for_by_their_ids(resources: Resources, backend_at: BackendAt) -> None:
    system = ScriptedCentra([event(1, data=order(1))])
    with centra(system) as address:
        backend = backend_at(address, queue="consume", markets=" Retail-Sweden, Wholesale-Market ,")
        await backend.synchronise()
        assert calls(address) == [BY_MARKETS, DONE, BY_MARKETS]

    assert b":market><" in system.bodies[0]
    assert system.bodies[0].count(b"market>") == 4
    assert b"id>Retail-Sweden<" in system.bodies[0]


async def test_visits_of_one_process_follow_each_other_and_who_waits_shares_the_next(
    resources: Resources, backend_at: BackendAt
) -> None:
    system = ScriptedCentra([event(i, data=order(i)) for i in range(1, 151)])
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        await asyncio.gather(*(backend.synchronise() for _ in range(3)))

        assert calls(address) == [GET, DONE, GET, DONE, GET, GET]


async def test_the_oldest_news_of_an_order_never_replaces_newer(resources: Resources, backend_at: BackendAt) -> None:
    system = ScriptedCentra([event(9, data=order(1, more="<status>completed</status>"))])
    with centra(system) as address:
        backend = backend_at(address)
        await backend.synchronise()
        system.events = [event(8, data=order(1, more="<status>pending</status>")), event(7, mission="delete", entry=1)]
        await backend.synchronise()
        found = await backend.orders_by_id(["1"])

    read = found["1"]
    assert not isinstance(read, Exception)
    assert read.backend_status == "completed"


@pytest.mark.parametrize("turned", [False, True])
async def test_of_several_events_of_a_record_in_one_reply_the_newest_counts(
    resources: Resources, backend_at: BackendAt, turned: bool
) -> None:
    events = [event(i, data=order(1, more=f"<status>at {i}</status>")) for i in (7, 8, 9)]
    with centra(ScriptedCentra(events[::-1] if turned else events)) as address:
        backend = backend_at(address)
        await backend.synchronise()
        found = await backend.orders_by_id(["1"])

    read = found["1"]
    assert not isinstance(read, Exception)
    assert read.backend_status == "at 9"
    assert await messages(resources) == 3


async def test_a_deleted_order_takes_its_shipments_with_it(resources: Resources, backend_at: BackendAt) -> None:
    sent = "<shipments><shipment><id>8</id></shipment></shipments>"
    system = ScriptedCentra([event(1, data=order(30, more=sent))])
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        await backend.synchronise()
        assert list(await backend.shipments_by_id(["30/8"])) == ["30/8"]
        system.events = [event(2, mission="delete", entry=30)]
        await backend.synchronise()
        assert await backend.shipments_by_id(["30/8"]) == {}
        assert await backend.orders_by_id(["30"]) == {}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Response("<html>Maintenance</html>", media_type="text/html"), ErrorCode.BACKEND_MALFORMED_REPLY),
        (Response(enveloped("<ns1:events_Get><ns1:events>")[:250], media_type="text/xml"), ErrorCode.BACKEND_MALFORMED_REPLY),
        (Response(status_code=500), ErrorCode.BACKEND_UNAVAILABLE),
        (Response(status_code=401), ErrorCode.BACKEND_UNAUTHENTICATED),
    ],
)
async def test_what_is_no_reply_is_recorded_and_a_later_visit_mends_it(
    resources: Resources, backend_at: BackendAt, answer: Response, code: ErrorCode
) -> None:
    system = ScriptedCentra([event(1, data=order(1))])
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        system.answer = answer
        await backend.synchronise()
        assert await error_code(resources) == code
        system.answer = None
        await backend.synchronise()

    assert await error_code(resources) is None
    assert await order_ids(resources) == ["1"]


async def test_a_queue_that_nobody_answers_for_is_recorded(resources: Resources, backend_at: BackendAt) -> None:
    with centra(ScriptedCentra()) as address:
        pass
    backend = backend_at(address)
    await backend.synchronise()

    assert await error_code(resources) == ErrorCode.BACKEND_UNAVAILABLE


async def test_a_large_reply_is_read_like_a_small_one(resources: Resources, backend_at: BackendAt) -> None:
    padding = f"<other>{'x' * 20_000}</other>"
    with centra(ScriptedCentra([event(i, data=order(i, more=padding)) for i in range(1, 11)])) as address:
        backend = backend_at(address, queue="consume")
        await backend.synchronise()

    assert len(await order_ids(resources)) == 10


async def test_a_check_looks_at_the_queue_and_takes_nothing_over(resources: Resources, backend_at: BackendAt) -> None:
    system = ScriptedCentra([event(1, data=order(1))])
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        await backend.check()
        assert calls(address) == [GET]

        request = httpx.Headers(system.requests[0].headers.raw)
        assert request["soapaction"] == '"http://www.centra.com/webservices/Events_Get"'
        assert request["content-type"] == "text/xml; charset=utf-8"
    assert await order_ids(resources) == []


async def test_after_news_the_next_visit_comes_sooner_and_then_later_and_later(
    resources: Resources, backend_at: BackendAt
) -> None:
    system = ScriptedCentra([event(1, data=order(1))])
    with centra(system) as address:
        backend = backend_at(address, queue="consume", poll_interval=8)
        pauses = [backend.poll_interval]
        for _ in range(5):
            await backend.synchronise()
            pauses.append(backend.poll_interval)
    assert pauses == [8, 1, 2, 4, 8, 8]


async def test_what_is_only_looked_at_is_news_once(resources: Resources, backend_at: BackendAt) -> None:
    with centra(ScriptedCentra([event(1, data=order(1))])) as address:
        backend = backend_at(address, poll_interval=8)
        await backend.synchronise()
        await backend.synchronise()
        assert backend.poll_interval == 2


async def test_an_event_that_could_not_be_read_is_kept_with_its_xml_and_can_be_read_later(
    resources: Resources, backend_at: BackendAt
) -> None:
    poison = "<order><ponumber>of nobody</ponumber></order>"
    system = ScriptedCentra([event(1, data=poison), event(2, data=order(2))])
    with centra(system) as address:
        backend = backend_at(address, queue="consume")
        await backend.synchronise()
        assert system.events == []
        (dead,) = await resources.inbox.listed([MessageState.DEAD], [Backend.CENTRA], 10)
        assert "of nobody" in dead.body
        assert (await backend.read_letters([dead]))[dead.id].again is False

        mended = replace(dead, body=re.sub(r"(\w+:)ponumber>of nobody<", r"\1id>1<", dead.body).replace("ponumber>", "id>"))
        assert await backend.read_letters([mended]) == {}
    assert await order_ids(resources) == ["1", "2"]
