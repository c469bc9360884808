"""Changes of orders, as they become known: by what backends tell, and by what the gateway has done."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.clock import of_micros
from gateway.errors import Missed, TooSlow
from gateway.models import Backend
from gateway.notices import Notice, Notices, Topic


class ChangeKind(StrEnum):
    SAVED = "SAVED"
    DELETED = "DELETED"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChange:
    """`backend_id` is the order's id in its backend."""

    kind: ChangeKind
    backend: Backend
    backend_id: str
    at: datetime


@dataclass(frozen=True)
class OrderChanges:
    """Those that this process hears of. `queue` is how many may wait for one who watches."""

    notices: Notices
    queue: int

    async def watch(self, is_wanted: Callable[[OrderChange], bool]) -> AsyncGenerator[OrderChange, None]:
        """From now on. Raises TooSlow where too many wait, and Missed where some may not have been heard of."""
        waiting, moved = deque[OrderChange](), asyncio.Event()
        ended: list[Missed | TooSlow] = []

        def hear(notice: Notice) -> None:
            if notice.topic is Topic.MISSED:
                ended.append(Missed())
            elif (change := _change(notice)) is not None and is_wanted(change):
                waiting.append(change)
                if len(waiting) > self.queue:
                    ended.append(TooSlow())
            moved.set()

        with self.notices.listening(hear, Topic.ORDER, Topic.MISSED):
            while True:
                await moved.wait()
                moved.clear()
                while waiting and not ended:
                    yield waiting.popleft()
                if ended:
                    raise ended[0]


def _change(notice: Notice) -> OrderChange | None:
    if notice.backend is None:
        return None
    kind = ChangeKind.DELETED if notice.deleted else ChangeKind.SAVED
    return OrderChange(kind=kind, backend=notice.backend, backend_id=notice.key, at=of_micros(notice.at))
