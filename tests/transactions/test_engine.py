"""The engine: what was accepted is done once, whatever becomes of processes, calls and answers."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from gateway.clock import micros, now
from gateway.database import Database
from gateway.errors import ErrorCode, RateLimited, Rejected, TimedOut, Unavailable
from gateway.models import Backend
from gateway.transactions import claims, ledger
from gateway.transactions.claims import Claim, Lost
from gateway.transactions.facts import TransactionStatus as Status
from gateway.transactions.ledger import Behind, KeyReused, Wanted
from gateway.transactions.turn import Pace
from gateway.transactions.work import steps_for
from tests.transactions.conftest import ADMIN, OTHER, QUICK, SHOP, Engine
from tests.transactions.till import PayIn, Payment, Till, lost_answer, not_sent, overtaken

TIMED_OUT = TimedOut(Backend.CENTRY, "Centry did not answer in time.")


async def test_what_is_handed_in_is_stored_before_any_backend_is_asked_and_then_done(engine: Engine) -> None:
    handed_in = await engine.submit("a", "b", "c", "d")

    assert (handed_in.status, handed_in.progress.done, handed_in.progress.total) == (Status.QUEUED, 0, 2)
    assert len(handed_in.handle) >= 32
    async with engine.working():
        ended = await engine.ended(handed_in)
    assert ended.status is Status.COMPLETED
    assert [item.record.backend_id for item in ended.items if item.record] == ["a", "b", "c", "d"]
    assert [step.items for step in ended.steps] == [(0, 1, 2), (3,)]
    assert all(step.attempts == 1 and step.started_at and step.completed_at for step in ended.steps)
    assert sorted(engine.till.paid, key=len) == [{"d": 1}, {"a": 1, "b": 1, "c": 1}]


async def test_an_answer_that_was_lost_is_found_out_and_nothing_is_sent_again(engine: Engine) -> None:
    engine.till.answers = [lost_answer(engine.till, a=1)]
    async with engine.working():
        ended = await engine.ended(await engine.submit("a"))

    assert ended.status is Status.COMPLETED
    assert engine.till.booked("a") == [1]
    assert ended.steps[0].attempts == 1


async def test_a_message_that_did_not_arrive_is_sent_again_under_the_same_key(engine: Engine) -> None:
    engine.till.answers = [TIMED_OUT, not_sent()]
    async with engine.working():
        ended = await engine.ended(await engine.submit("a"))

    assert ended.status is Status.COMPLETED
    assert engine.till.booked("a") == [1]
    assert len(engine.till.keys) == 3
    assert len(set(engine.till.keys)) == 1


async def test_what_was_found_out_can_change_what_is_sent_again(engine: Engine) -> None:
    engine.till.answers, engine.till.correction = [TIMED_OUT, TIMED_OUT], {"a": 7}
    async with engine.working():
        ended = await engine.ended(await engine.submit("a"))

    assert ended.status is Status.COMPLETED
    assert engine.till.booked("a") == [7]


async def test_what_cannot_be_found_out_ends_unknown_and_is_not_sent_again_without_a_word(engine: Engine) -> None:
    engine.till.knows, engine.till.answers = False, [TIMED_OUT]
    async with engine.working():
        ended = await engine.ended(await engine.submit("a"))
        assert ended.status is Status.UNKNOWN
        assert [(error.code, error.index) for error in ended.errors] == [(ErrorCode.OUTCOME_UNKNOWN, 0)]
        assert "Look into the till." in ended.errors[0].message

        left = await engine.desk.retry(SHOP, ended.handle, resend_unknown=False)
        assert left == ended
        again = await engine.desk.retry(SHOP, ended.handle, resend_unknown=True)
        assert again
        assert again.status is not Status.UNKNOWN
        assert (await engine.ended(again)).status is Status.COMPLETED
    assert engine.till.booked("a") == [1]


async def test_a_refusal_fails_and_a_retry_sends_only_what_failed(engine: Engine) -> None:
    engine.till.answers = [Rejected(Backend.CENTRY, "The till refuses.")]
    async with engine.working():
        failed = await engine.ended(await engine.submit("a", "b", "c"))
        assert failed.status is Status.FAILED
        assert {(error.code, error.message) for error in failed.errors} == {(ErrorCode.BACKEND_REJECTED, "The till refuses.")}

        again = await engine.desk.retry(SHOP, failed.handle, resend_unknown=False)
        assert again
        ended = await engine.ended(again)
    assert (ended.handle, ended.status, ended.errors) == (failed.handle, Status.COMPLETED, [])
    assert [step.status for step in ended.steps] == [Status.FAILED, Status.COMPLETED]
    assert engine.till.paid == [{"a": 1, "b": 1, "c": 1}]


async def test_items_that_are_refused_before_sending_fail_alone(engine: Engine) -> None:
    async with engine.working():
        ended = await engine.ended(await engine.submit("a", "no b"))

    assert ended.status is Status.PARTIALLY_COMPLETED
    assert [item.status for item in ended.items] == [Status.COMPLETED, Status.FAILED]
    assert ended.steps[0].status is Status.PARTIALLY_COMPLETED
    assert engine.till.paid == [{"a": 1}]


async def test_what_a_backend_takes_on_is_asked_for_later(engine: Engine) -> None:
    engine.till.slow = True
    async with engine.working():
        handed_in = await engine.submit("a")
        waiting = await engine.until(lambda found: found.steps[0].backend_handle is not None, handed_in)
        assert (waiting.status, waiting.steps[0].backend_handle) == (Status.PROCESSING, "R-1")
        engine.till.slow = False
        assert (await engine.ended(handed_in)).status is Status.COMPLETED
    assert engine.till.booked("a") == [1]


async def test_items_may_end_before_the_rest_that_a_backend_took_on(engine: Engine) -> None:
    engine.till.slow = True
    async with engine.working():
        waiting = await engine.until(
            lambda found: found.steps[0].backend_handle is not None, await engine.submit("a", "late no", "c")
        )
        assert [item.status for item in waiting.items] == [Status.PROCESSING, Status.FAILED, Status.PROCESSING]
        engine.till.slow = False
        ended = await engine.ended(waiting)

    assert [item.status for item in ended.items] == [Status.COMPLETED, Status.FAILED, Status.COMPLETED]
    assert ended.status is Status.PARTIALLY_COMPLETED
    assert [error.message for error in ended.steps[0].errors] == ["Not me."]


def test_no_item_overtakes_an_earlier_one_that_changes_the_same_thing() -> None:
    class ByAmount(PayIn):
        def group(self, item: Payment) -> int:
            return item.amount

    given = [("a", 1), ("b", 1), ("a", 2), ("c", 1), ("a", 1), ("b", 1)]
    items = [(index, Payment(name=name, amount=amount)) for index, (name, amount) in enumerate(given)]

    steps = steps_for(ByAmount(Till()), Backend.CENTRY, items)

    assert [step.items for step in steps] == [(0, 1, 3), (2,), (4, 5)]


@pytest.mark.parametrize("error", [not_sent(), RateLimited(Backend.CENTRY, "Wait.", retry_after=0), "overtaken"])
async def test_what_was_certainly_not_done_is_done_later(engine: Engine, error: object) -> None:
    engine.till.answers = [overtaken if error == "overtaken" else error]  # type: ignore[list-item]
    async with engine.working():
        assert (await engine.ended(await engine.submit("a"))).status is Status.COMPLETED
    assert engine.till.booked("a") == [1]


async def test_what_cannot_be_looked_up_is_tried_until_patience_ends(engine: Engine) -> None:
    engine.till.before = Unavailable(Backend.CENTRY, "Centry is down.")
    async with engine.working(Pace(lease=1, patience=0.8)):
        handed_in = await engine.submit("a")
        trying = await engine.until(lambda found: bool(found.errors), handed_in)
        assert (trying.status, trying.errors[0].message) == (Status.PROCESSING, "Centry is down.")
        ended = await engine.ended(handed_in)
    assert (ended.status, ended.errors[0].code) == (Status.FAILED, ErrorCode.BACKEND_UNAVAILABLE)
    assert engine.till.keys == []


async def test_changes_to_the_same_thing_run_in_the_order_in_which_they_came(engine: Engine) -> None:
    engine.till.answers = [not_sent()]  # the first is put off: the others have to wait for it
    handed_in = [await engine.submit("same", amount=amount) for amount in range(1, 7)]
    other = await engine.submit("other", amount=9)
    async with engine.working():
        for transaction in [*handed_in, other]:
            await engine.ended(transaction)
    assert engine.till.booked("same") == [1, 2, 3, 4, 5, 6]


async def test_what_is_changed_may_have_a_name_of_any_length(engine: Engine) -> None:
    """PostgreSQL has no NUL: it takes twice the place there."""
    names = ["x" * 300 + "1", "x" * 300 + "2", "\0" * 200]
    transaction = await engine.submit(*names, names[0])
    async with engine.working():
        assert (await engine.ended(transaction)).status == "COMPLETED"


@pytest.mark.parametrize("arrived", [True, False])
async def test_what_a_dead_process_had_in_hand_is_found_out_by_another(engine: Engine, arrived: bool) -> None:
    """It was killed in the middle of its call: all that is left of it is its claim."""
    handed_in = await engine.submit("a")

    def die(connection: Connection) -> Claim:
        (held,) = claims.claim(connection, "dead", 0.5, {Backend.CENTRY: 1})
        claims.about_to_send(connection, held, {"a": 1}, {}, 0.2)
        return held

    held = await engine.database.write(die)
    engine.till.paid += [{"a": 1}] if arrived else []
    async with engine.working():
        ended = await engine.ended(handed_in)
    assert (ended.status, ended.steps[0].attempts) == (Status.COMPLETED, 1 if arrived else 2)
    assert engine.till.booked("a") == [1]
    with pytest.raises(Lost):  # it was not dead, only slow: its word counts no more
        await engine.database.write(lambda connection: claims.end(connection, held, {}))


async def test_a_process_that_died_before_it_sent_anything_leaves_a_step_that_is_simply_done(engine: Engine) -> None:
    handed_in = await engine.submit("a")
    await engine.database.write(lambda connection: claims.claim(connection, "dead", 0.3, {Backend.CENTRY: 1}))
    engine.till.knows = False
    async with engine.working():
        assert (await engine.ended(handed_in)).status is Status.COMPLETED


async def test_two_processes_share_the_work_and_do_nothing_twice(database: Database, engine: Engine) -> None:
    engine.till.lasts = 0.02
    second = Engine(database, engine.till)
    handed_in = [await engine.submit(f"name {number}") for number in range(40)]
    async with engine.working(), second.working():
        for transaction in handed_in:
            assert (await engine.ended(transaction)).status is Status.COMPLETED
    assert sorted(name for message in engine.till.paid for name in message) == sorted(f"name {n}" for n in range(40))


async def test_a_claim_that_outlasts_its_lease_is_kept_by_renewing_it(database: Database, engine: Engine) -> None:
    engine.till.lasts = 1.5
    second = Engine(database, engine.till)
    async with engine.working(), second.working():
        ended = await engine.ended(await engine.submit("a"))
    assert (ended.status, ended.steps[0].attempts) == (Status.COMPLETED, 1)
    assert engine.till.booked("a") == [1]


async def test_one_backend_has_so_many_turns_at_a_time(engine: Engine) -> None:
    engine.till.lasts = 0.1
    handed_in = [await engine.submit(f"name {number}") for number in range(20)]
    async with engine.working():
        for transaction in handed_in:
            await engine.ended(transaction)
    assert engine.till.most == 8


async def test_cancelling_stops_what_was_not_sent(engine: Engine) -> None:
    engine.till.answers = [not_sent()]
    handed_in = await engine.submit("a", "b", "c", "d")
    cancelled = await engine.desk.cancel(SHOP, handed_in.handle)

    assert cancelled
    assert (cancelled.status, {item.status for item in cancelled.items}) == (Status.CANCELLED, {Status.CANCELLED})
    assert cancelled.completed_at
    async with engine.working():
        later = await engine.ended(await engine.submit("a"))
    assert later.status is Status.COMPLETED
    assert engine.till.paid == [{"a": 1}]


async def test_what_is_under_way_is_not_cancelled(engine: Engine) -> None:
    engine.till.slow = True
    async with engine.working():
        handed_in = await engine.submit("a")
        await engine.until(lambda found: found.steps[0].backend_handle is not None, handed_in)
        left = await engine.desk.cancel(SHOP, handed_in.handle)
        assert left
        assert left.status is Status.PROCESSING
        engine.till.slow = False
        assert (await engine.ended(handed_in)).status is Status.COMPLETED


async def test_the_same_key_is_the_same_transaction_however_many_come_at_once(database: Database, engine: Engine) -> None:
    second = Engine(database, Till())
    handed_in = await asyncio.gather(
        *((engine if number % 2 else second).submit("a", key="K-1") for number in range(20)),
    )
    assert len({each.handle for each in handed_in}) == 1
    with pytest.raises(KeyReused):
        await engine.submit("b", key="K-1")
    theirs = await engine.submit("b", by=OTHER, key="K-1")
    assert theirs.handle != handed_in[0].handle


async def test_a_transaction_is_its_callers_and_the_administrators(engine: Engine) -> None:
    handed_in = await engine.submit("a")

    assert await engine.desk.find(OTHER, handed_in.handle) is None
    assert await engine.desk.cancel(OTHER, handed_in.handle) is None
    assert await engine.desk.retry(OTHER, handed_in.handle, resend_unknown=True) is None
    assert await engine.desk.find(SHOP, handed_in.handle) == await engine.desk.find(ADMIN, handed_in.handle) == handed_in
    assert (await engine.desk.listed(OTHER, Wanted(), None, 10)).transactions == []
    assert (await engine.desk.listed(ADMIN, Wanted(), None, 10)).transactions == [handed_in]


async def test_the_list_is_walked_from_the_newest_on(engine: Engine) -> None:
    handles = [(await engine.submit(name)).handle for name in "abcde"]
    first = await engine.desk.listed(SHOP, Wanted(), None, 2)
    last = first.transactions[-1]
    rest = await engine.desk.listed(SHOP, Wanted(), Behind(micros(last.submitted_at), last.handle), 10)

    assert [each.handle for each in [*first.transactions, *rest.transactions]] == handles[::-1]
    assert (first.total, first.more, rest.more) == (5, True, False)
    assert (await engine.desk.listed(SHOP, Wanted(statuses=frozenset({Status.FAILED})), None, 9)).total == 0
    assert (await engine.desk.listed(SHOP, Wanted(operations=frozenset({"payIn"})), None, 9)).total == 5
    assert (await engine.desk.listed(SHOP, Wanted(submitted_from=now()), None, 9)).total == 0


async def test_ended_transactions_are_removed_after_their_time(engine: Engine) -> None:
    async with engine.working():
        ended = await engine.ended(await engine.submit("a"))
    waiting = await engine.submit("b")
    gone = await engine.database.write(lambda connection: ledger.forget(connection, now() + timedelta(days=1), 100))

    assert gone == 1
    assert await engine.desk.find(SHOP, ended.handle) is None
    assert await engine.desk.find(SHOP, waiting.handle) == waiting


async def test_a_backend_that_is_gone_from_the_settings_is_waited_for(engine: Engine) -> None:
    handed_in = await engine.submit("a")
    change, engine.change = engine.change, None
    async with engine.working():
        trying = await engine.until(lambda found: bool(found.errors), handed_in)
        assert trying.errors[0].code is ErrorCode.BACKEND_NOT_CONFIGURED
        engine.change = change
        assert (await engine.ended(handed_in)).status is Status.COMPLETED


async def test_a_process_that_stops_finishes_or_hands_back_what_it_holds(engine: Engine) -> None:
    engine.till.lasts = 0.15
    async with engine.working(Pace(grace=5)) as worker:
        quick = await engine.submit("quick")
        await engine.until(lambda found: found.steps[0].attempts == 1, quick)
        worker.cancel()
    finished = await engine.desk.find(SHOP, quick.handle)
    assert finished
    assert finished.status is Status.COMPLETED

    engine.till.lasts = 60
    async with engine.working(Pace(grace=0.05)):
        slow = await engine.submit("slow")
        await engine.until(lambda found: found.steps[0].attempts == 1, slow)
    engine.till.lasts = 0
    async with engine.working(QUICK):  # no lease has to end first
        assert (await engine.ended(slow)).status is Status.COMPLETED
    assert engine.till.booked("slow") == [1]
