"""The webhooks of the simulated CartonCloud: status change notifications, sent until the receiver takes them.

The page promises neither order nor repetition. Here each is sent until it is taken, a few at a time, in no fixed order.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import httpx

PARALLEL = 4
SECONDS_PER_TRY = 10
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
TRIES_WHEN_REFUSED = 5

logger = logging.getLogger(__name__)

_TLS = httpx.create_ssl_context(trust_env=False)  # made once: the certificates take longer to read than all else to start


@dataclass(frozen=True)
class Target:
    """Where webhooks go, and the header that shows where they come from."""

    url: str
    header: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Message:
    """A webhook, and the kind of record that it tells of."""

    kind: str
    body: bytes = field(repr=False)


@dataclass
class _Round:
    """What is to be sent to one target; `sending` counts what is on its way."""

    target: Target
    waiting: deque[Message] = field(default_factory=deque)
    sending: int = 0
    delivered: Counter[str] = field(default_factory=Counter)


class Webhooks:
    """What waits to be sent to one target, and the sender. Messages may be added from any thread."""

    def __init__(self, target: Target) -> None:
        self._round = _Round(target)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    @property
    def target(self) -> Target:
        return self._round.target

    @property
    def pending(self) -> int:
        """Messages that are neither taken nor given up."""
        return len(self._round.waiting) + self._round.sending

    @property
    def delivered(self) -> Counter[str]:
        """Messages that the present target has taken, by kind."""
        return self._round.delivered

    def add(self, message: Message) -> None:
        """Let a message be sent to the present target."""
        self._round.waiting.append(message)
        self._wake()

    def restart(self, target: Target, messages: Iterable[Message]) -> None:
        """Forget what is under way and send these messages to this target."""
        self._round = _Round(target, deque(messages))
        self._wake()

    async def run(self) -> None:
        """Send whatever is or will be waiting, until cancelled."""
        self._loop, self._changed = asyncio.get_running_loop(), asyncio.Event()
        try:
            async with httpx.AsyncClient(trust_env=False, verify=_TLS, timeout=SECONDS_PER_TRY) as client:
                while True:
                    await self._perform(client, self._round)
        finally:
            self._loop = None

    def _wake(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._changed.set)

    async def _perform(self, client: httpx.AsyncClient, current: _Round) -> None:
        """Work on one round until another takes its place."""
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(self._work(client, current)) for _ in range(PARALLEL)]
            while self._round is current:
                await self._change()
            for worker in workers:
                worker.cancel()

    async def _work(self, client: httpx.AsyncClient, current: _Round) -> None:
        while True:
            if current.waiting:
                await _deliver(client, current)
            else:
                await self._change()

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


async def _deliver(client: httpx.AsyncClient, current: _Round) -> None:
    """Send the next message until it is taken or given up; put it back when interrupted."""
    message = current.waiting.popleft()
    current.sending += 1
    try:
        if await _send(client, current.target, message.body):
            current.delivered[message.kind] += 1
    except asyncio.CancelledError:
        current.waiting.appendleft(message)
        raise
    finally:
        current.sending -= 1


async def _send(client: httpx.AsyncClient, target: Target, message: bytes) -> bool:
    """Whether the receiver took the message. It is tried again for ever, unless the receiver refuses it itself."""
    pause, refusals = FIRST_PAUSE, 0
    while True:
        status = await _try(client, target, message)
        if 200 <= status < 300:
            return True
        refusals += _is_refusal(status)
        if refusals == TRIES_WHEN_REFUSED:
            logger.warning("A webhook was given up: the receiver answered %d", status)
            return False
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _try(client: httpx.AsyncClient, target: Target, message: bytes) -> int:
    """The status of the receiver's answer; 0 where there is none."""
    headers = {"Content-Type": "application/json", target.header: target.token}
    try:
        return (await client.post(target.url, content=message, headers=headers)).status_code
    except httpx.HTTPError:
        return 0


def _is_refusal(status: int) -> bool:
    """A receiver that is not yet there (404), slow or busy may still take the same message later."""
    return 400 <= status < 500 and status not in (404, 408, 429)
