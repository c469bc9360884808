"""Centra's queue in a storm: processes are killed at any moment, acknowledgements get lost, events come again and out of order.

With GATEWAY_TEST_CHAOS=long it is 3,000 events of 500 orders and ten processes killed; else a short one of the same kind.
"""

import json
import os
import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.responses import Response

from gateway.database import Database
from gateway.inbox.letters import Inbox
from gateway.models import Backend
from gateway.readmodel.store import Kind, MessageState, ReadModel
from gateway.readmodel.tables import inbox
from tests import databases
from tests.backends.centra.scripted import PASSWORD, ScriptedCentra, centra, event, order
from tests.commands import started
from tests.stack import PATIENCE, until

LONG = os.environ.get("GATEWAY_TEST_CHAOS") == "long"
EVENTS, ORDERS, KILLS = (3_000, 500, 10) if LONG else (400, 80, 2)
SEED = int(os.environ.get("GATEWAY_TEST_CHAOS_SEED", "1"))
POISON = "<order><ponumber>of nobody</ponumber></order>"
DONE = "centra-03"


@dataclass
class History:
    """What happened at Centra: the events, and what is true after the last of them (None: the order was deleted)."""

    events: list[str] = field(default_factory=list)
    truth: dict[str, str | None] = field(default_factory=dict)
    poisoned: int = 0


def history(rng: random.Random) -> History:
    made = History()
    for number in range(1, EVENTS + 1):
        order_id, version = str(1000 + rng.randrange(ORDERS)), f"version {number}"
        if rng.random() < 0.02:
            made.poisoned += 1
            made.events.append(event(number, data=POISON))
        elif rng.random() < 0.05:
            made.truth[order_id] = None
            made.events.append(event(number, data=f"<order><id>{order_id}</id></order>", mission="delete"))
        else:
            made.truth[order_id] = version
            made.events.append(event(number, data=order(order_id, more=f"<ponumber>{version}</ponumber>")))
    return made


class StormyCentra(ScriptedCentra):
    """Hands out the oldest events in any order, some of them again; forgets without saying so, and says so without forgetting.

    `victim` is the process that is killed at some of its calls. `unsafe` are events that were acknowledged before their
    data was committed.
    """

    def __init__(self, told: History, database: Database, rng: random.Random) -> None:
        super().__init__()
        self._coming = list(told.events)
        self._all = list(told.events)
        self._database = database
        self._rng = rng
        self._lock = threading.Lock()
        self.victim: BaseProcess | None = None
        self.kills = 0
        self.unsafe: set[str] = set()
        self.storm = True

    @property
    def empty(self) -> bool:
        return not (self._coming or self.events)

    def _reply(self, body: bytes) -> Response:
        with self._lock:
            acknowledging = self.operation("POST", self.path, body) == DONE
            if not acknowledging:
                self._arrive()
                return self._struck(super()._reply(body), 0.03)
            named = {word.split("<")[0] for word in body.decode().split("event>")[1::2]}
            self.unsafe |= named - self._committed(named)
            fate = self._rng.random() if self.storm else 1.0
            if fate < 0.15:
                return self._struck(Response("down", status_code=503), 0.3)
            reply = super()._reply(body)
            return self._struck(Response("down", status_code=503) if fate < 0.3 else reply, 0.3)

    def _arrive(self) -> None:
        """New events, and now and then old ones once more: all stand in the queue, and are handed out, in any order."""
        count = self._rng.randrange(40, 80)
        self.events += self._coming[:count]
        del self._coming[:count]
        if self.storm and self._rng.random() < 0.3:
            happened = self._all[: len(self._all) - len(self._coming)]
            self.events += [each for each in self._rng.sample(happened, 20) if each not in self.events]
        self._rng.shuffle(self.events)

    def _committed(self, ids: set[str]) -> set[str]:
        """By a connection of its own: it sees what is committed alone."""
        statement = select(inbox.c.message_id).where(inbox.c.backend == Backend.CENTRA, inbox.c.message_id.in_(ids))
        return self._database.run(lambda connection: set(connection.scalars(statement)))

    def _struck(self, reply: Response, chance: float) -> Response:
        """The reply; by chance nobody is there to hear it any more, or only for a moment."""
        process = self.victim
        late = 1 - len(self._coming) / EVENTS > (self.kills + 1) / (KILLS + 1)
        if process is not None and self.kills < KILLS and (late or self._rng.random() < chance):
            self.victim = None
            self.kills += 1
            threading.Timer(self._rng.choice((0, 0, 0.005, 0.02, 0.05)), process.kill).start()
        return reply


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with databases.opened(database_url) as made:
        yield made


@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True)
async def test_after_all_of_it_the_read_model_is_the_truth(database: Database, database_url: str, tmp_path: Path) -> None:
    rng = random.Random(SEED)
    told = history(rng)
    system = StormyCentra(told, database, rng)
    with centra(system) as address:
        settings = {
            "GATEWAY_DATABASE_URL": database_url,
            "GATEWAY_CENTRA__SOAP_URL": f"{address}{system.path}",
            "GATEWAY_CENTRA__USERNAME": "erp-user",
            "GATEWAY_CENTRA__PASSWORD": PASSWORD,
            "GATEWAY_CENTRA__QUEUE": "consume",
            "GATEWAY_CENTRA__POLL_INTERVAL": "0.1",
            "GATEWAY_TRANSACTION_LEASE": "0.5",
            "GATEWAY_BREAKER_COOLDOWN": "0.1",
        }
        for number in range(KILLS):
            with started("worker", home=folder(tmp_path, number), **settings) as process:
                system.victim = process
                until(lambda: process.exitcode is not None or system.empty)
                system.victim = None
            assert system.kills == number + 1, "all was over before the last process was killed"
        system.storm = False
        with started("worker", home=folder(tmp_path, KILLS), **settings):
            until(lambda: system.empty, PATIENCE * 2)

    assert system.unsafe == set(), "acknowledged before the data was committed"
    stored = await ReadModel(database).every(Backend.CENTRA, Kind.ORDER)
    shown = {record.record_id: json.loads(record.payload)["order"]["ponumber"] for record in stored}
    assert shown == {order_id: version for order_id, version in told.truth.items() if version is not None}
    counts = await Inbox(database).counts()
    assert counts == {
        (Backend.CENTRA, MessageState.DONE): EVENTS - told.poisoned,
        (Backend.CENTRA, MessageState.DEAD): told.poisoned,
    }


def folder(home: Path, number: int) -> Path:
    made = home / str(number)
    made.mkdir()
    return made
