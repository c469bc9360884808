"""Order numbers in portions that one call takes, and whole answers to them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from gateway.backends.cenports.client import Reply
from gateway.errors import BackendError, Incomplete
from gateway.models import Backend

T = TypeVar("T")
Ask = Callable[[Sequence[str]], Awaitable[Reply[T]]]

LONGEST = 255
"""`orders` of GET /orders is string(255), commas included."""


def portions(numbers: Iterable[str]) -> list[list[str]]:
    """The different numbers, as many in each portion as `orders` holds.

    Left out is what no call can ask for: a blank, a number with a comma (which divides numbers), one that is too long.
    """
    return listed((number for number in numbers if "," not in number), longest=LONGEST, most=LONGEST)


def listed(numbers: Iterable[str], *, longest: int, most: int) -> list[list[str]]:
    """The different numbers in lists of at most `most`, which make up `longest` characters with one between two."""
    found: list[list[str]] = []
    room = 0
    for number in dict.fromkeys(number.strip() for number in numbers):
        if not 0 < len(number) <= LONGEST:
            continue
        if not found or len(number) + 1 > room or len(found[-1]) == most:
            found.append([])
            room = longest + 1
        found[-1].append(number)
        room -= len(number) + 1
    return found


async def whole(
    ask: Ask[T], portion: Sequence[str], number_of: Callable[[T], str | None]
) -> list[tuple[Sequence[str], list[T] | BackendError]]:
    """All records of a portion's numbers, or the error in their place.

    An answer that may have been cut is asked for in halves, down to the number that has too many records for any answer: it
    has an error of its own. None is missing where each number brought one record: a cut would have cost a number its record.
    """
    try:
        reply = await ask(portion)
    except BackendError as error:
        return [(portion, error)]
    if not reply.cut or sorted(number_of(record) or "" for record in reply.records) == sorted(portion):
        return [(portion, list(reply.records))]
    if len(portion) == 1:
        message = f"Cenports may hold more records of order number {portion[0]} than it lets anyone read."
        return [(portion, Incomplete(Backend.CENPORTS, message))]
    middle = len(portion) // 2
    halves = await asyncio.gather(*(whole(ask, half, number_of) for half in (portion[:middle], portion[middle:])))
    return [each for half in halves for each in half]
