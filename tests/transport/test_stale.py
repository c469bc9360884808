"""Stale: an older copy answers for a backend that cannot be asked, and the question is told so."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from gateway.clock import calls_end_in, micros, now
from gateway.database import Database
from gateway.errors import BackendError, MalformedReply, RateLimited, TimedOut, Unavailable
from gateway.models import Backend
from gateway.staleness import Fallback, falling_back
from gateway.transport import Circuits, Copies, begin_operation, decode, fetched_at, skip_cache
from gateway.transport.copies import LARGEST, copies
from tests.transport.conftest import Connect
from tests.transport.server import Request, Writer, reset, send, serving

FAILURES: dict[str, type[BackendError]] = {
    "down": Unavailable,
    "slow": TimedOut,
    "cut": MalformedReply,
    "500": Unavailable,
    "503": Unavailable,
    "429": RateLimited,
}


class Shop:
    """Answers with what it holds until it fails in the way that it is told to."""

    def __init__(self) -> None:
        self.holds: Any = {"stock": 5}
        self.fails = ""

    async def __call__(self, _: Request, writer: Writer) -> None:
        match self.fails:
            case "":
                send(writer, self.holds, x_total="7")
            case "down":
                reset(writer)
            case "slow":
                await asyncio.sleep(30)
            case "cut":
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
                writer.close()
            case status:
                send(writer, {}, int(status), retry_after="60")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path / 'gateway.db'}")
    made.migrate()
    yield made
    made.close()


class Gateway:
    """A process of its own: what it holds in memory dies with it, the database stays."""

    def __init__(self, client: Connect, address: str, database: Database, **parts: Any) -> None:
        self._made = client, address, database
        self._parts = {"timeout": 0.5} | parts
        self.http = client(address, copies=Copies(database), **self._parts)

    async def restarted(self, **changes: Any) -> "Gateway":
        await self.http.aclose()
        return Gateway(*self._made, **(self._parts | changes))

    async def ask(
        self, *targets: str, use: Fallback | None = None, method: str = "GET", **parts: Any
    ) -> list[httpx.Response | BackendError]:
        """The answers or errors of one question in an operation of its own."""
        return await asyncio.create_task(self._asked(targets, use or Fallback(), method, parts))

    async def _asked(
        self, targets: tuple[str, ...], use: Fallback, method: str, parts: dict[str, Any]
    ) -> list[httpx.Response | BackendError]:
        begin_operation()
        answers: list[httpx.Response | BackendError] = []
        with falling_back(use):
            for target in targets:
                try:
                    answers.append(await self.http.request(method, target, **parts))
                except BackendError as error:
                    answers.append(error)
        return answers

    async def one(self, target: str = "/a", use: Fallback | None = None, **parts: Any) -> httpx.Response:
        (answer,) = await self.ask(target, use=use, **parts)
        assert isinstance(answer, httpx.Response), answer
        return answer


@pytest.mark.parametrize("fails", FAILURES)
async def test_where_the_backend_cannot_be_asked_a_copy_answers(database: Database, client: Connect, fails: str) -> None:
    shop, use = Shop(), Fallback()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)
        fresh = await gateway.one()
        shop.fails = fails
        copy = await (await gateway.restarted()).one(use=use)

    assert (copy.status_code, copy.json(), copy.headers["x-total"]) == (200, {"stock": 5}, "7")
    assert fetched_at(copy) == fetched_at(fresh) == use.oldest
    assert isinstance(use.because, FAILURES[fails])


async def test_of_what_holds_secrets_no_copy_is_kept(database: Database, client: Connect) -> None:
    shop = Shop()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)
        await gateway.ask("/keys", extensions={"keep": False})
        await gateway.http.aclose()
        assert await database.read(lambda connection: connection.scalar(select(func.count()).select_from(copies))) == 0


@pytest.mark.parametrize("fails", FAILURES)
async def test_what_was_never_read_fails_as_without_copies(database: Database, client: Connect, fails: str) -> None:
    shop, use = Shop(), Fallback()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)
        await gateway.one("/a")
        shop.fails = fails
        (answer,) = await gateway.ask("/b", use=use)

    if fails.isdigit():
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == int(fails)
    else:
        assert isinstance(answer, FAILURES[fails])
    assert use.oldest is None


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
async def test_a_backend_that_refuses_has_been_asked(database: Database, client: Connect, status: int) -> None:
    shop, use = Shop(), Fallback()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)
        await gateway.one()
        shop.fails = str(status)
        assert (await gateway.one(use=use)).status_code == status
    assert use.because is None


async def test_a_429_that_can_be_waited_for_is_waited_for(database: Database, client: Connect) -> None:
    statuses = iter((200, 429, 200))

    async def busy(_: Request, writer: Writer) -> None:
        send(writer, {}, next(statuses), retry_after="0.1")

    async with serving(busy) as server:
        gateway, use = Gateway(client, server.address, database, timeout=5), Fallback()
        first = await gateway.one()
        second = await gateway.one(use=use)
    assert use.because is None
    assert fetched_at(second) > fetched_at(first)


async def test_an_open_circuit_is_answered_for_at_once(database: Database, client: Connect) -> None:
    shop, use = Shop(), Fallback()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database, circuits=Circuits(30))
        await gateway.one()
        shop.fails = "500"
        await gateway.ask(*(f"/{n}" for n in range(5)))
        server.requests.clear()
        assert (await gateway.one(use=use)).json() == {"stock": 5}
    assert server.requests == []
    assert use.because is not None
    assert use.because.retry_after == 30


async def test_writes_and_reads_of_no_question_know_no_copies(database: Database, client: Connect) -> None:
    shop = Shop()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)
        await gateway.one()
        await gateway.one(method="POST")
        shop.fails = "down"
        with pytest.raises(Unavailable):
            await gateway.http.get("/a")
        (answer,) = await gateway.ask("/a", method="POST")
    assert isinstance(answer, Unavailable)


async def test_a_post_that_only_reads_has_copies_by_its_body(database: Database, client: Connect) -> None:
    shop = Shop()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)

        async def search(number: int) -> httpx.Response | BackendError:
            (answer,) = await gateway.ask("/search", method="POST", json={"find": number}, extensions={"read": True})
            return answer

        await search(1)
        shop.fails = "down"
        known, other = await search(1), await search(2)
    assert isinstance(known, httpx.Response)
    assert known.json() == {"stock": 5}
    assert isinstance(other, Unavailable)


async def test_only_what_questions_read_is_kept_and_only_answers_200(database: Database, client: Connect) -> None:
    shop = Shop()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)
        await gateway.http.get("/background")
        await gateway.one("/write", method="POST")
        shop.holds = "x" * LARGEST
        await gateway.one("/large")
        for status in ("201", "404"):
            shop.fails = status
            await gateway.one(f"/{status}")
        await gateway.http.aclose()
    assert database.run(lambda connection: connection.scalar(select(func.count()).select_from(copies))) == 0


async def test_an_operation_that_skips_the_cache_gets_a_copy_all_the_same(database: Database, client: Connect) -> None:
    shop, use = Shop(), Fallback()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database, cache_ttl=60)
        await gateway.one()
        shop.fails = "down"

        async def fresh() -> httpx.Response:
            skip_cache()
            return await gateway.one(use=use)

        assert (await asyncio.create_task(fresh())).json() == {"stock": 5}
    assert isinstance(use.because, Unavailable)


async def test_what_the_cache_holds_is_not_stale(database: Database, client: Connect) -> None:
    shop, use = Shop(), Fallback()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database, cache_ttl=60)
        await gateway.one()
        shop.fails = "down"
        assert (await gateway.one(use=use)).json() == {"stock": 5}
    assert use.because is None


async def test_the_newest_answer_is_kept_and_an_unchanged_one_is_not_written_again(database: Database, client: Connect) -> None:
    shop = Shop()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)
        await gateway.one()
        shop.holds = {"stock": 4}
        changed = await gateway.one()
        unchanged = await gateway.one()
        shop.fails = "down"
        use = Fallback()
        assert (await gateway.one(use=use)).json() == {"stock": 4}
        assert use.oldest == fetched_at(unchanged), "it was seen again, and this process knows"
        await gateway.http.aclose()
    assert database.run(lambda connection: connection.scalar(select(copies.c.read_at))) == micros(fetched_at(changed))


async def test_an_answer_that_cannot_be_read_takes_no_good_ones_place(database: Database, client: Connect) -> None:
    shop = Shop()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)
        await gateway.one()
        for useless in (b"<html>Back soon</html>", b'{"stock":', b"[]"):
            shop.holds = useless
            answer = await gateway.one()
            with pytest.raises(MalformedReply):
                decode(Backend.CENTRY, answer, dict[str, int])
        shop.fails = "down"
        again = await gateway.restarted()
        assert (await again.one()).json() == {"stock": 5}


async def test_copies_are_one_accounts_own(database: Database, client: Connect) -> None:
    shop = Shop()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)
        await gateway.one()
        shop.fails = "down"
        other = await gateway.restarted(timeout=0.4)  # as another client id would be: another setting
        (answer,) = await other.ask("/a")
    assert isinstance(answer, Unavailable)


async def test_credentials_are_no_part_of_what_is_asked(database: Database, client: Connect) -> None:
    shop = Shop()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)
        await gateway.one(headers={"Authorization": "Bearer one"})
        shop.fails = "down"
        copy = await gateway.one(headers={"Authorization": "Bearer another"})
    assert copy.json() == {"stock": 5}


async def test_a_question_waits_for_a_slow_backend_once(database: Database, client: Connect) -> None:
    shop, use = Shop(), Fallback()
    targets = [f"/{n}" for n in range(5)]
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database, timeout=20)
        await gateway.ask(*targets)
        shop.fails = "slow"
        server.requests.clear()
        before = now()

        async def in_time() -> list[httpx.Response | BackendError]:
            with calls_end_in(0.3):
                return await gateway.ask(*targets, "/never-read", use=use)

        *answers, last = await asyncio.create_task(in_time())
        spent = (now() - before).total_seconds()
    assert [answer.json() for answer in answers if isinstance(answer, httpx.Response)] == [{"stock": 5}] * 5
    assert isinstance(last, TimedOut)
    assert 0.25 < spent < 1
    assert len(server.requests) == 1


async def test_a_question_whose_operation_gave_the_backend_up_asks_nothing_but_what_is_at_hand(
    database: Database, client: Connect
) -> None:
    error = Unavailable(Backend.CENTRY, "Centry cannot be reached.")
    async with serving(Shop()) as server:
        gateway = Gateway(client, server.address, database, cache_ttl=60)
        await gateway.one("/copied")
        gateway = await gateway.restarted()
        await gateway.one("/cached")
        server.requests.clear()
        for target, because in (("/cached", None), ("/copied", error)):
            use = Fallback(given_up=error)
            await gateway.one(target, use=use)
            assert use.because is because
        assert await gateway.ask("/never-read", use=Fallback(given_up=error)) == [error]
    assert server.requests == []


async def test_nobody_joins_a_call_that_is_not_to_be_made(database: Database, client: Connect) -> None:
    """Two operations ask for the same at the same time; one of them has given the backend up."""
    shop = Shop()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)
        gone = Fallback(given_up=Unavailable(Backend.CENTRY, "Centry cannot be reached."))
        refused, answered = await asyncio.gather(gateway.ask("/a", use=gone), gateway.ask("/a"))
    assert refused == [gone.given_up]
    assert isinstance(answered[0], httpx.Response)


async def test_what_an_operation_has_read_it_knows_though_its_time_for_calls_is_over(
    database: Database, client: Connect
) -> None:
    shop, use = Shop(), Fallback()
    async with serving(shop) as server:
        gateway = Gateway(client, server.address, database)

        async def operation() -> httpx.Response:
            begin_operation()
            with falling_back(use):
                first = await gateway.http.get("/a")
                with calls_end_in(0):
                    assert await gateway.http.get("/a") is first
            return first

        await asyncio.create_task(operation())
    assert use.because is None
