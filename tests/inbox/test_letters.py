"""Letters: kept once however often they come, dealt with until it succeeds or is given up, and forgotten in time."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from gateway.clock import now
from gateway.database import Database
from gateway.inbox.letters import Inbox, Letter, Trouble
from gateway.models import Backend
from gateway.readmodel.store import Message, MessageState, ReadModel
from tests import databases

PATIENCE = timedelta(days=1)
NOTICE = Message(message_id="on_order_save/7", type="on_order_save", body='{"topic": "on_order_save", "order_id": "7"}')
REFUSED = Trouble("Centry is down.")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    with databases.opened(database_url) as made:
        yield made


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database)


async def due(inbox: Inbox) -> list[Letter]:
    return await inbox.due(Backend.CENTRY, 10)


async def every(inbox: Inbox) -> list[Letter]:
    return await inbox.listed(list(MessageState), list(Backend), 100)


async def test_a_letter_waits_until_it_was_dealt_with(inbox: Inbox) -> None:
    await inbox.put(Backend.CENTRY, NOTICE)
    assert inbox.woken.is_set()
    letters = await due(inbox)
    assert [(each.type, each.body, each.state) for each in letters] == [("on_order_save", NOTICE.body, "WAITING")]
    assert await inbox.due(Backend.CENTRA, 10) == []

    await inbox.settle(letters, {}, PATIENCE)

    assert await due(inbox) == []
    (letter,) = await every(inbox)
    assert (letter.state, letter.attempts, letter.problem, letter.due_at) == ("DONE", 1, None, None)
    assert letter.handled_at is not None


async def test_one_that_comes_again_while_it_waits_is_no_news(inbox: Inbox) -> None:
    for _ in range(3):
        await inbox.put(Backend.CENTRY, NOTICE)
    (letter,) = await due(inbox)
    assert letter.times == 3


async def test_one_that_comes_again_while_it_is_dealt_with_is_dealt_with_once_more(inbox: Inbox) -> None:
    """What was read of the record may be older than the second one."""
    await inbox.put(Backend.CENTRY, NOTICE)
    letters = await due(inbox)
    await inbox.put(Backend.CENTRY, NOTICE)
    await inbox.settle(letters, {}, PATIENCE)

    again = await due(inbox)

    assert [letter.times for letter in again] == [2]
    await inbox.settle(again, {}, PATIENCE)
    await inbox.put(Backend.CENTRY, NOTICE)
    assert [letter.times for letter in await due(inbox)] == [3]


async def test_what_fails_is_tried_again_with_growing_pauses(inbox: Inbox) -> None:
    await inbox.put(Backend.CENTRY, NOTICE)
    (letter,) = await due(inbox)
    pauses = []
    for _ in range(14):
        begun = now()
        await inbox.settle([letter], {letter.id: REFUSED}, PATIENCE)
        (letter,) = await every(inbox)
        assert letter.state == MessageState.WAITING
        assert letter.due_at is not None
        pauses.append(round((letter.due_at - begun).total_seconds()))
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900]
    assert await due(inbox) == []


async def test_a_backend_that_says_when_is_not_asked_before(inbox: Inbox) -> None:
    await inbox.put(Backend.CENTRY, NOTICE)
    letters = await due(inbox)
    await inbox.settle(letters, {letters[0].id: Trouble("Too many calls.", retry_after=60)}, PATIENCE)
    (letter,) = await every(inbox)
    assert letter.due_at is not None
    assert letter.due_at > now() + timedelta(seconds=50)


@pytest.mark.parametrize(("trouble", "patience"), [(Trouble("No topic.", again=False), PATIENCE), (REFUSED, timedelta())])
async def test_what_will_not_succeed_is_a_dead_letter_until_it_is_replayed(
    inbox: Inbox, trouble: Trouble, patience: timedelta
) -> None:
    await inbox.put(Backend.CENTRY, NOTICE)
    letters = await due(inbox)
    await inbox.settle(letters, {letters[0].id: trouble}, patience)

    (dead,) = await inbox.listed([MessageState.DEAD], [Backend.CENTRY], 10)
    assert (dead.problem, await due(inbox)) == (trouble.problem, [])

    inbox.woken.clear()
    assert await inbox.replay([dead.id]) == 1
    assert inbox.woken.is_set()
    (letter,) = await due(inbox)
    assert (letter.attempts, letter.received_at > dead.received_at) == (0, True)
    await inbox.settle([letter], {}, PATIENCE)
    assert [(each.state, each.problem) for each in await every(inbox)] == [("DONE", None)]


async def test_what_was_dealt_with_is_forgotten_in_time_and_what_waits_is_not(inbox: Inbox) -> None:
    for number in range(5):
        await inbox.put(Backend.CENTRY, Message(message_id=str(number), type="", body="{}"))
    letters = await due(inbox)
    await inbox.settle(letters[:4], {letters[0].id: Trouble("No topic.", again=False)}, PATIENCE)

    assert await inbox.forget(now() - timedelta(minutes=1), 100) == 0
    assert await inbox.forget(now(), 3) == 3
    assert await inbox.forget(now(), 3) == 1
    assert [letter.state for letter in await every(inbox)] == ["WAITING"]


async def test_what_is_taken_over_at_once_is_kept_as_dealt_with_or_dead(inbox: Inbox, database: Database) -> None:
    read_model = ReadModel(database)
    good = Message(message_id="1", type="order", body="<event/>")
    poison = Message(message_id="2", type="order", body="<event/>", problem="it holds no order")
    await read_model.take(Backend.CENTRA, [good, poison], [])
    assert await inbox.counts() == {(Backend.CENTRA, MessageState.DONE): 1, (Backend.CENTRA, MessageState.DEAD): 1}

    await read_model.take(Backend.CENTRA, [good, poison], [])
    assert [(letter.state, letter.times) for letter in await every(inbox)] == [("DEAD", 2), ("DONE", 2)]

    mended = Message(message_id="2", type="order", body="<event/>")
    await read_model.take(Backend.CENTRA, [mended], [])
    assert [(letter.state, letter.problem) for letter in await every(inbox)] == [("DONE", None), ("DONE", None)]
