"""Words: what people say of orders is kept for both of them, and the last word counts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.database import Database
from gateway.entities import LinkWord
from gateway.links.words import Words
from gateway.models import Backend, LinkStatus, OrderRelation
from tests.databases import opened
from tests.links.orders import AT

SALE, SERVED = (Backend.CENTRY, "5840001"), (Backend.CARTONCLOUD, "b1f\x00\u00c5")
YES = LinkWord(
    order=SALE,
    other=SERVED,
    relation=OrderRelation.FULFILLED_BY,
    status=LinkStatus.CONFIRMED,
    said_by="clerk",
    said_at=AT,
)
NO = replace(YES, status=LinkStatus.REJECTED, said_by="chief", said_at=AT + timedelta(days=1))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with opened(database_url) as made:
        yield made


async def test_a_word_is_read_from_either_order(database: Database) -> None:
    words = Words(database)
    assert await words.about([SALE]) == {}

    assert await words.say(YES) == YES

    found = await words.about([SALE, SERVED, (Backend.CENTRA, "5840001")])
    assert found == {SALE: [YES], SERVED: [YES.turned]}
    assert found[SERVED][0].relation is OrderRelation.FULFILS


@pytest.mark.parametrize("turned", [False, True])
async def test_the_last_word_counts_from_whichever_order_it_is_said(database: Database, turned: bool) -> None:
    words = Words(database)
    await words.say(YES)

    await words.say(NO.turned if turned else NO)

    assert await words.about([SALE, SERVED]) == {SALE: [NO], SERVED: [NO.turned]}


async def test_the_same_word_again_changes_nothing(database: Database) -> None:
    words = Words(database)
    await words.say(YES)

    again = replace(YES, said_at=AT + timedelta(days=3))
    assert await words.say(again) == YES
    assert await words.say(again.turned) == YES.turned
    assert await words.about([SALE]) == {SALE: [YES]}

    other = replace(again, said_by="chief")
    assert await words.say(other) == other, "it is another's word"


async def test_words_of_many_orders_are_read_at_once(database: Database) -> None:
    words = Words(database)
    said = [replace(YES, order=(Backend.CENTRA, f"{number}")) for number in range(3)]
    for word in said:
        await words.say(word)

    found = await words.about([(Backend.CENTRA, f"{number}") for number in range(1200)] + [SERVED])

    assert {key: found[key] for key in found if key != SERVED} == {word.order: [word] for word in said}
    assert sorted(word.other[1] for word in found[SERVED]) == ["0", "1", "2"]
