"""Breaker: when calls to a backend stop, what counts for that, and how they begin again."""

import asyncio
import logging

import httpx
import pytest

from gateway.clock import set_deadline
from gateway.errors import BackendError, MalformedReply, TimedOut, Unauthenticated, Unavailable
from gateway.models import Backend, CircuitState
from gateway.transport import Circuits, Token
from gateway.transport.breaker import Circuit
from tests.transport.conftest import Connect
from tests.transport.server import Handler, Request, Server, Writer, refusing, reset, send, serving

CLOSED, HALF_OPEN, OPEN = CircuitState.CLOSED, CircuitState.HALF_OPEN, CircuitState.OPEN
WHY = "Centry cannot be reached."


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Calls:
    """A circuit with a cooldown of 30 seconds, and calls that end at once."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.circuit = Circuit(Backend.CENTRY, 30, self.clock)

    def end(self, outcomes: str, every: float = 0) -> CircuitState:
        """One call after the other: `+` is a success, `-` a failure."""
        for outcome in outcomes:
            call = self.circuit.admit()
            if outcome == "+":
                self.circuit.succeeded(call)
            else:
                self.circuit.failed(call, WHY)
            self.clock.now += every
        return self.circuit.state

    def refused(self) -> Unavailable:
        with pytest.raises(Unavailable) as caught:
            self.circuit.admit()
        return caught.value


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.mark.parametrize(
    ("outcomes", "every", "state"),
    [
        ("----", 0, CLOSED),
        ("-----", 0, OPEN),
        ("-----", 20, OPEN),  # in a row, however long that takes
        ("----+----", 0, CLOSED),
        ("+++++----", 0, CLOSED),  # nine calls are too few to tell by their share
        ("++++-+----", 0, OPEN),
        ("-+-+-+-+-+", 0, CLOSED),  # a success opens nothing
        ("-+-+-+-+-+-", 0, OPEN),
        ("++++++-+----", 0, CLOSED),
    ],
)
def test_five_in_a_row_or_half_of_ten_within_thirty_seconds_open_it(
    calls: Calls, outcomes: str, every: float, state: CircuitState
) -> None:
    assert calls.end(outcomes, every) is state


def test_old_calls_do_not_count_for_the_share(calls: Calls) -> None:
    calls.end("-+-+-+-+")
    calls.clock.now += 30
    assert calls.end("+-+-") is CLOSED


def test_while_open_calls_are_refused_with_the_time_until_the_next_try(calls: Calls) -> None:
    calls.end("-----")
    assert calls.refused().retry_after == 30
    calls.clock.now += 29.5
    refusal = calls.refused()
    assert refusal.retry_after == 1
    assert refusal.message.startswith(WHY)
    assert calls.circuit.state is OPEN


def test_after_the_cooldown_one_call_tries_and_its_success_closes(calls: Calls) -> None:
    calls.end("-----")
    calls.clock.now += 30
    assert calls.circuit.state is HALF_OPEN

    trial = calls.circuit.admit()
    assert calls.refused().retry_after == 1  # one at a time
    calls.circuit.succeeded(trial)

    assert calls.circuit.state is CLOSED
    assert calls.end("----") is CLOSED  # what was before is forgotten


def test_a_failed_try_opens_it_for_another_cooldown(calls: Calls) -> None:
    calls.end("-----")
    calls.clock.now += 45
    calls.circuit.failed(calls.circuit.admit(), WHY)
    assert calls.circuit.state is OPEN
    assert calls.refused().retry_after == 30


def test_a_try_that_was_broken_off_makes_room_for_another(calls: Calls) -> None:
    calls.end("-----")
    calls.clock.now += 30
    calls.circuit.abandoned(calls.circuit.admit())
    assert calls.circuit.state is HALF_OPEN
    assert calls.end("+") is CLOSED


def test_calls_from_before_a_change_do_not_count_after_it(calls: Calls) -> None:
    early, late = calls.circuit.admit(), calls.circuit.admit()
    calls.end("-----")
    calls.circuit.succeeded(early)
    assert calls.circuit.state is OPEN
    calls.clock.now += 30
    trial = calls.circuit.admit()
    calls.circuit.failed(late, WHY)
    calls.circuit.abandoned(early)
    assert calls.refused()
    calls.circuit.succeeded(trial)
    assert calls.circuit.state is CLOSED


def test_each_change_is_logged_once(calls: Calls, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    calls.end("-----")
    calls.refused()
    calls.clock.now += 30
    calls.end("+++")
    assert [record.message for record in caplog.records] == [
        "CENTRY: circuit OPEN, no calls for 30 seconds",
        "CENTRY: circuit HALF_OPEN, one call tries",
        "CENTRY: circuit CLOSED, it answers again",
    ]


class Wired:
    """Clients of one backend that share a circuit, and what a server makes of their calls."""

    def __init__(self, client: Connect, server: Server, cooldown: float = 30, **parts: object) -> None:
        self.circuits = Circuits(cooldown)
        self.server = server
        self._client, self._parts = client, parts
        self.http = self.another()

    def another(self) -> httpx.AsyncClient:
        return self._client(self.server.address, circuits=self.circuits, **self._parts)

    @property
    def state(self) -> CircuitState:
        return self.circuits.state(Backend.CENTRY)

    async def call(self, times: int = 1, method: str = "POST") -> None:
        for _ in range(times):
            try:
                await self.http.request(method, "/a")
            except BackendError:
                continue


async def broken(_: Request, writer: Writer) -> None:
    reset(writer)


async def silent(_: Request, _writer: Writer) -> None:
    await asyncio.sleep(30)


async def cut_short(_: Request, writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")
    writer.close()


async def no_http(_: Request, writer: Writer) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")


def saying(status: int) -> Handler:
    async def answer(_: Request, writer: Writer) -> None:
        send(writer, {}, status)

    return answer


@pytest.mark.parametrize("handler", [broken, silent, cut_short, no_http, saying(500), saying(503)])
async def test_these_are_failures(client: Connect, handler: Handler) -> None:
    async with serving(handler) as server:
        wired = Wired(client, server, timeout=0.1)
        await wired.call(4)
        assert wired.state is CLOSED
        await wired.call()
        assert wired.state is OPEN


@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 429])
async def test_any_other_answer_shows_that_the_backend_is_there(client: Connect, status: int) -> None:
    numbers = iter(range(100))

    async def answer(_: Request, writer: Writer) -> None:
        send(writer, {}, status if next(numbers) % 3 == 2 else 500)

    async with serving(answer) as server:
        wired = Wired(client, server)
        await wired.call(9)
        assert wired.state is CLOSED
        await wired.call(2)
    assert wired.state is OPEN, "8 of 11"


async def test_a_refused_connection_is_a_failure(client: Connect) -> None:
    circuits = Circuits(30)
    http = client(refusing(), circuits=circuits)
    for _ in range(5):
        with pytest.raises(Unavailable):
            await http.post("/")
    assert circuits.state(Backend.CENTRY) is OPEN


async def test_an_answer_in_a_status_of_failures_is_one_for_who_knows_it(client: Connect) -> None:
    async with serving(saying(500)) as server:
        wired = Wired(client, server, is_answer=lambda response: response.content == b"{}")
        await wired.call(12)
    assert wired.state is CLOSED


async def test_a_caller_that_breaks_off_shows_nothing(client: Connect) -> None:
    async with serving(silent) as server:
        wired = Wired(client, server, timeout=20)
        for method in ("GET", "POST") * 5:
            server.requests.clear()
            call = asyncio.create_task(wired.http.request(method, "/a"))
            await server.until(lambda server: bool(server.requests))
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
    assert wired.state is CLOSED


async def test_an_operation_that_has_hardly_any_time_left_shows_nothing(client: Connect) -> None:
    async with serving(silent) as server:
        wired = Wired(client, server, timeout=20)

        async def hasty(place: int) -> None:
            set_deadline(0.5)
            with pytest.raises(TimedOut):
                await wired.http.get(f"/{place}")

        await asyncio.gather(*(asyncio.create_task(hasty(place)) for place in range(10)))
        assert len(server.requests) == 10
    assert wired.state is CLOSED


async def test_a_read_counts_once_with_all_its_tries(client: Connect) -> None:
    async with serving(broken) as server:
        wired = Wired(client, server, timeout=20)
        await wired.call(2, method="GET")
        assert len(server.requests) == 6
        assert wired.state is CLOSED
        await wired.call(3)
        assert wired.state is OPEN


async def test_while_open_nothing_is_sent_whichever_client_asks(client: Connect) -> None:
    async with serving(saying(500)) as server:
        wired = Wired(client, server)
        await wired.call(5)
        server.requests.clear()
        for http in (wired.http, wired.another()):
            with pytest.raises(Unavailable) as caught:
                await http.get("/a")
            assert 20 < (caught.value.retry_after or 0) <= 30
    assert server.requests == []


async def test_what_is_at_hand_is_served_while_open(client: Connect) -> None:
    async def answer(request: Request, writer: Writer) -> None:
        send(writer, {}, 200 if request.target == "/known" else 500)

    async with serving(answer) as server:
        wired = Wired(client, server, cache_ttl=60)
        await wired.http.get("/known")
        for number in range(5):
            await wired.http.get(f"/unknown/{number}")
        assert wired.state is OPEN
        assert (await wired.http.get("/known")).status_code == 200
    assert server.asked("/known") == 1


async def test_it_recovers_by_one_call_after_the_cooldown(client: Connect) -> None:
    well = asyncio.Event()

    async def answer(_: Request, writer: Writer) -> None:
        send(writer, {}, 200 if well.is_set() else 500)

    async with serving(answer) as server:
        wired = Wired(client, server, cooldown=0.3)
        await wired.call(5)
        well.set()
        await asyncio.sleep(0.35)
        assert wired.state is HALF_OPEN
        answers = await asyncio.gather(*(wired.http.get(f"/{n}") for n in range(5)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [httpx.Response, *[Unavailable] * 4]
        assert len(server.requests) == 6
        await wired.call()
    assert wired.state is CLOSED


async def test_where_no_token_is_to_be_had_the_backend_is_down(client: Connect) -> None:
    async def fetch_token(http: httpx.AsyncClient) -> Token:
        raise MalformedReply(Backend.CENTRY, f"status {(await http.post('/token')).status_code}")

    async with serving(saying(500)) as server:
        wired = Wired(client, server, fetch_token=fetch_token)
        await wired.call(10)
    assert wired.state is OPEN
    assert [request.target for request in server.requests] == ["/token"] * 5


async def test_a_token_that_does_not_come_in_time_is_a_failure_too(client: Connect) -> None:
    async def fetch_token(http: httpx.AsyncClient) -> Token:
        await http.post("/token")
        return Token("never", 60)

    async with serving(silent) as server:
        wired = Wired(client, server, fetch_token=fetch_token, timeout=0.1)
        for _ in range(5):
            with pytest.raises(TimedOut):
                await wired.http.get("/a")
    assert wired.state is OPEN


async def test_refused_credentials_show_that_the_backend_is_there(client: Connect) -> None:
    async def fetch_token(http: httpx.AsyncClient) -> Token:
        raise Unauthenticated(Backend.CENTRY, f"status {(await http.post('/token')).status_code}")

    async with serving(saying(401)) as server:
        wired = Wired(client, server, fetch_token=fetch_token)
        await wired.call(10)
    assert wired.state is CLOSED
