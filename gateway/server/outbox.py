"""The outbox: what has to be sent to one client. Who puts something in never waits; a subscriber's messages have a bound."""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any, NamedTuple, Protocol

from gateway.errors import TooSlow
from gateway.server.answers import failure
from gateway.server.running import Answer

log = logging.getLogger("gateway.graphql")


class Post(NamedTuple):
    """A message as it goes out. `last` is true of a subscriber's last one."""

    subscriber: str
    message: bytes
    last: bool


class Wording(Protocol):
    """How a transport words what a subscriber is told."""

    def next(self, body: Mapping[str, Any]) -> bytes: ...

    def error(self, body: Mapping[str, Any]) -> bytes:
        """The last word: errors that ended it."""

    def complete(self) -> bytes: ...


class Outbox:
    """At most so many messages of each subscriber wait here."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiting: deque[Post] = deque()
        self._of: Counter[str] = Counter()
        self._moved = asyncio.Event()

    def put(self, subscriber: str, message: bytes, *, last: bool = False) -> bool:
        """False, and nothing is put in, where too many are waiting; a last word is always taken."""
        if not last and self._of[subscriber] >= self._most:
            return False
        self._waiting.append(Post(subscriber, message, last))
        self._of[subscriber] += 1
        self._moved.set()
        return True

    def withdraw(self, subscriber: str) -> None:
        """Forget what waits for this one."""
        self._waiting = deque(post for post in self._waiting if post.subscriber != subscriber)
        del self._of[subscriber]

    async def take(self) -> Post:
        """The next message, once there is one."""
        while not self._waiting:
            await self._next_move()
        post = self._waiting.popleft()
        self._of[post.subscriber] -= 1
        if not self._of[post.subscriber]:
            del self._of[post.subscriber]
        self._moved.set()
        return post

    async def room(self, subscriber: str) -> None:
        """Until this one may put something in: for who has to wait because it asks for more itself."""
        while self._of[subscriber] >= self._most:
            await self._next_move()

    async def _next_move(self) -> None:
        self._moved.clear()
        await self._moved.wait()


async def deliver(
    answers: AsyncGenerator[Answer, None], outbox: Outbox, subscriber: str, wording: Wording, request_id: str
) -> None:
    """Put answers into the outbox until the last one, or until the client has fallen too far behind."""
    try:
        async with aclosing(answers):
            async for answer in answers:
                if not answer.ran:
                    outbox.put(subscriber, wording.error(answer.body), last=True)
                    return
                if not outbox.put(subscriber, wording.next(answer.body)):
                    raise TooSlow
    except TooSlow as error:
        log.info("a subscriber was dropped: it takes its events too slowly")
        outbox.withdraw(subscriber)
        outbox.put(subscriber, wording.error(failure(error, request_id)), last=True)
    except Exception as error:
        outbox.put(subscriber, wording.error(failure(error, request_id)), last=True)
    else:
        outbox.put(subscriber, wording.complete(), last=True)
