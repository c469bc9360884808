"""Authentication: one token for all, renewed in time and after a 401."""

import asyncio
from dataclasses import dataclass, field

import httpx
import pytest

from gateway.clock import set_deadline
from gateway.errors import TimedOut, Unauthenticated, Unavailable
from gateway.models import Backend
from gateway.transport import Token, check
from tests.transport.conftest import Connect
from tests.transport.server import Request, Server, Writer, reset, send, serving


@dataclass
class System:
    """Gives out numbered tokens; calls need the newest that is not revoked. `gate` holds back its token answers."""

    life: float = 3600
    gate: asyncio.Event | None = None
    refuses_all: bool = False
    newest: int = 0
    revoked: set[int] = field(default_factory=set)

    async def __call__(self, request: Request, writer: Writer) -> None:
        if request.target == "/token":
            if self.gate:
                await self.gate.wait()
            self.newest += 1
            send(writer, {"access_token": f"token-{self.newest}", "expires_in": self.life})
        elif self.refuses_all or request.headers.get("authorization") not in self._good():
            send(writer, status=401)
        else:
            send(writer, request.headers["authorization"])

    def _good(self) -> set[str]:
        return {f"Bearer token-{number}" for number in range(1, self.newest + 1) if number not in self.revoked}


async def fetch_token(http: httpx.AsyncClient) -> Token:
    response = check(Backend.CENTRY, await http.post("/token", extensions={"read": True}))
    said = response.json()
    return Token(said["access_token"], said["expires_in"])


async def asked(server: Server, target: str, times: int = 1) -> None:
    await server.until(lambda server: server.asked(target) >= times)


async def test_one_token_serves_all_first_callers(client: Connect) -> None:
    system = System(gate=asyncio.Event())
    async with serving(system) as server:
        http = client(server.address, fetch_token=fetch_token)
        calls = [asyncio.create_task(http.get(f"/{number}")) for number in range(20)]
        await asked(server, "/token")
        assert system.gate
        system.gate.set()
        responses = await asyncio.gather(*calls)

    assert {response.json() for response in responses} == {"Bearer token-1"}
    assert server.asked("/token") == 1


async def test_a_caller_that_gives_up_leaves_the_fetch_to_the_others(client: Connect) -> None:
    system = System(gate=asyncio.Event())
    async with serving(system) as server:
        http = client(server.address, fetch_token=fetch_token)
        first, second = asyncio.create_task(http.get("/1")), asyncio.create_task(http.get("/2"))
        await asked(server, "/token")
        first.cancel()
        await asyncio.wait([first])
        assert system.gate
        system.gate.set()

        assert (await second).status_code == 200
    assert server.asked("/token") == 1


async def test_the_fetch_belongs_to_no_operation(client: Connect) -> None:
    """Given a first caller with little time left, when the token takes longer, then the second still gets it."""
    system = System(gate=asyncio.Event())
    async with serving(system) as server:
        http = client(server.address, fetch_token=fetch_token)

        async def hurried() -> None:
            set_deadline(0.1)
            with pytest.raises(TimedOut):
                await http.get("/1")

        first = asyncio.create_task(hurried())
        await asked(server, "/token")
        second = asyncio.create_task(http.get("/2"))
        await first
        assert system.gate
        system.gate.set()

        assert (await second).json() == "Bearer token-1"
    assert server.asked("/token") == 1


async def test_a_fetch_that_nobody_waits_for_is_finished_before_closing(client: Connect) -> None:
    """A backend that rotates refresh tokens has used up the old one by then; the new one must be taken over."""
    taken: list[str] = []

    async def taking(http: httpx.AsyncClient) -> Token:
        token = await fetch_token(http)
        taken.append(token.value)
        return token

    system = System(gate=asyncio.Event())
    async with serving(system) as server:
        http = client(server.address, fetch_token=taking)
        call = asyncio.create_task(http.get("/1"))
        await asked(server, "/token")
        call.cancel()
        await asyncio.wait([call])
        closing = asyncio.create_task(http.aclose())
        assert system.gate
        system.gate.set()
        await closing

    assert taken == ["token-1"]


async def test_a_token_is_renewed_before_its_end(client: Connect) -> None:
    """Given a token past half of its short life, when calls go on, then they use it until the new one is there."""
    async with serving(System(life=2)) as server:
        http = client(server.address, fetch_token=fetch_token)
        await http.get("/1")
        for number in range(5):
            await http.get(f"/1/{number}")
        assert server.asked("/token") == 1

        await asyncio.sleep(1.1)
        assert (await http.get("/2")).json() == "Bearer token-1"
        await asked(server, "/token", 2)
        await http.get("/token")  # behind the answer with the new token
        assert (await http.get("/3")).json() == "Bearer token-2"


async def test_a_renewal_that_fails_harms_nobody_while_the_token_lives(
    client: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    fetched = 0

    async def failing(http: httpx.AsyncClient) -> Token:
        nonlocal fetched
        fetched += 1
        if fetched > 1:
            raise Unavailable(Backend.CENTRY, "Centry cannot be reached.")
        return await fetch_token(http)

    async with serving(System(life=2)) as server:
        http = client(server.address, fetch_token=failing)
        await http.get("/1")
        await asyncio.sleep(1.1)
        assert (await http.get("/2")).status_code == 200
        assert fetched == 2
        assert "CENTRY: no token: Unavailable" in caplog.messages
        await asyncio.sleep(1)
        with pytest.raises(Unavailable):
            await http.get("/3")


async def test_a_refused_token_is_renewed_once(client: Connect) -> None:
    system = System()
    async with serving(system) as server:
        http = client(server.address, fetch_token=fetch_token)
        await http.get("/1")
        system.revoked.add(1)
        response = await http.post("/2", content=b"written once")

        assert response.json() == "Bearer token-2"
        system.refuses_all = True
        assert (await http.get("/3")).status_code == 401
    assert server.asked("/token") == 3
    assert server.asked("/3") == 2


async def test_many_refused_at_once_renew_once(client: Connect) -> None:
    system = System()
    async with serving(system) as server:
        http = client(server.address, fetch_token=fetch_token)
        await http.get("/0")
        system.revoked.add(1)
        responses = await asyncio.gather(*(http.get(f"/{number}") for number in range(1, 20)))

    assert {response.json() for response in responses} == {"Bearer token-2"}
    assert server.asked("/token") == 2


async def test_who_is_refused_late_takes_the_token_that_another_renewed(client: Connect) -> None:
    system, late = System(), asyncio.Event()

    async def answer(request: Request, writer: Writer) -> None:
        if request.target == "/late" and request.headers["authorization"] == "Bearer token-1":
            await late.wait()
        await system(request, writer)

    async with serving(answer) as server:
        http = client(server.address, fetch_token=fetch_token)
        call = asyncio.create_task(http.get("/late"))
        await asked(server, "/late")
        system.revoked.add(1)
        await http.get("/soon")
        late.set()

        assert (await call).json() == "Bearer token-2"
    assert server.asked("/token") == 2


async def test_a_fetch_that_fails_is_told_to_all_who_wait_and_tried_again_later(client: Connect) -> None:
    password = "wrong"

    async def logging_in(http: httpx.AsyncClient) -> Token:
        if password == "wrong":
            raise Unauthenticated(Backend.CENTRY, "Centry refuses the gateway's credentials.")
        return await fetch_token(http)

    async with serving(System()) as server:
        http = client(server.address, fetch_token=logging_in)
        outcomes = await asyncio.gather(*(http.get(f"/{number}") for number in range(5)), return_exceptions=True)
        assert all(isinstance(outcome, Unauthenticated) for outcome in outcomes)

        password = "right"
        assert (await http.get("/1")).status_code == 200


async def test_a_token_call_is_tried_again_but_not_by_two_layers(client: Connect) -> None:
    async def answer(_: Request, writer: Writer) -> None:
        reset(writer)

    async with serving(answer) as server:
        with pytest.raises(Unavailable):
            await client(server.address, fetch_token=fetch_token).get("/")

    assert [request.target for request in server.requests] == ["/token"] * 3


async def test_a_cached_read_needs_no_token(client: Connect) -> None:
    async with serving(System(life=0.2)) as server:
        http = client(server.address, fetch_token=fetch_token, cache_ttl=60)
        await http.get("/1")
        await asyncio.sleep(0.3)
        await http.get("/1")

    assert server.asked("/token") == 1


async def test_a_token_stays_with_its_backend(client: Connect) -> None:
    async with serving(System()) as server:
        http = client(server.address.replace("127.0.0.1", "localhost"), fetch_token=fetch_token)
        await http.get(f"{server.address}/elsewhere")

    assert [request.target for request in server.requests] == ["/elsewhere"]
    assert "authorization" not in server.requests[0].headers


def test_a_token_is_not_shown() -> None:
    assert "secret" not in repr(Token("secret", 60))
