"""LetterReader: what waits in the inbox is dealt with, again too, and what nobody can read is in nobody's way."""

import pytest

from gateway.clock import now
from gateway.inbox.letters import Letter
from gateway.ports import LetterReader
from gateway.readmodel.store import MessageState
from tests.conformance.distorted import distorted
from tests.conformance.known import by_id, everything
from tests.conformance.subject import Subject

PORT = LetterReader


async def kept(subject: Subject) -> list[Letter]:
    letters = await subject.resources.inbox.listed(list(MessageState), [subject.name], 500)
    assert letters
    return letters


async def test_what_was_dealt_with_may_be_dealt_with_again(subject: Subject) -> None:
    letters = [letter for letter in await kept(subject) if letter.problem is None]
    assert await subject.backend.read_letters(letters) == {}
    assert await subject.backend.read_letters([*reversed(letters), *letters]) == {}
    assert by_id(await everything(subject.backend)) == by_id(subject.known)


@pytest.mark.parametrize("seed", range(3))
async def test_what_cannot_be_read_is_told_and_keeps_nothing_else_from_being_read(subject: Subject, seed: int) -> None:
    bodies = [distorted(letter.body.encode(), seed).decode() for letter in await kept(subject)]
    bodies.append("<event><id>7</id><type>order</type></event>" if bodies[0].startswith("<") else '{"topic": 7, "id": []}')
    odd = [_letter(subject, number, body) for number, body in enumerate(bodies)]

    async with subject.another(fresh=True) as new:
        troubles = await new.read_letters(odd)

    assert set(troubles) <= set(range(len(odd)))
    assert all(trouble.problem for trouble in troubles.values())
    assert not troubles[len(odd) - 1].again, "it will say the same each time"


def _letter(subject: Subject, number: int, body: str) -> Letter:
    return Letter(
        id=number,
        backend=subject.name,
        type="",
        body=body,
        received_at=now(),
        state=MessageState.WAITING,
        times=1,
        attempts=0,
        due_at=now(),
        handled_at=None,
        problem=None,
    )
