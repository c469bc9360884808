"""Tokens: the refresh token that rotates is never lost, and never used twice."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing

import pytest
from sqlalchemy.exc import IntegrityError

from gateway.backends.centry.backend import CentryBackend
from gateway.backends.centry.sandbox import REFRESH_TOKEN, CentrySandbox
from gateway.backends.centry.tokens import CHAIN, digest
from gateway.database import Database
from gateway.errors import DatabaseUnavailable, Unauthenticated
from gateway.ports import Resources
from gateway.sandbox.world import World, make_world
from tests import databases
from tests.backends.centry.backing import Backing, backing, orders, settings
from tests.databases import accept_inserts, delay_inserts, locked, refuse_inserts

WORLD = make_world(seed=5, orders=5)


@pytest.fixture
def world() -> World:
    return WORLD


@pytest.fixture
def resources(resources_of_each_kind: Resources) -> Resources:
    return resources_of_each_kind


@pytest.fixture(autouse=True)
def _nothing_secret_in_the_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert REFRESH_TOKEN not in caplog.text


async def test_the_newest_refresh_token_is_stored_and_the_configured_one_is_not(world: World, resources: Resources) -> None:
    async with backing(CentrySandbox(world), resources) as centry:
        await centry.backend.check()

    stored = await resources.vault.get(CHAIN)
    assert stored is not None
    assert digest(REFRESH_TOKEN) in stored
    assert REFRESH_TOKEN not in stored


async def test_an_access_token_is_not_used_unless_its_refresh_token_is_stored(world: World, resources: Resources) -> None:
    await resources.database.write(lambda connection: refuse_inserts(connection, "vault"))

    async with backing(CentrySandbox(world), resources) as centry:
        with pytest.raises(IntegrityError):
            await centry.backend.check()

        assert await centry.calls() == {}


async def test_a_restart_goes_on_with_the_newest_refresh_token(world: World, resources: Resources) -> None:
    sandbox = CentrySandbox(world)
    async with backing(sandbox, resources) as centry:
        await centry.backend.check()

    sandbox.revoke_tokens()
    async with backing(sandbox, resources) as centry:
        await centry.backend.check()
        assert await token_calls(centry) == 1


async def test_a_restart_uses_up_no_refresh_token(world: World, resources: Resources) -> None:
    sandbox = CentrySandbox(world)
    async with backing(sandbox, resources) as centry:
        await centry.backend.check()
    stored = await resources.vault.get(CHAIN)

    async with backing(sandbox, resources) as centry:
        await centry.backend.check()
        assert await token_calls(centry) == 0

    assert await resources.vault.get(CHAIN) == stored


async def test_an_access_token_that_is_about_to_end_is_not_shared(world: World, resources: Resources) -> None:
    sandbox = CentrySandbox(world, token_seconds=50)
    for _ in range(2):
        async with backing(sandbox, resources) as centry:
            await centry.backend.check()
            assert await token_calls(centry) == 1


async def test_two_processes_renew_once_for_both(world: World, resources: Resources, database_url: str) -> None:
    sandbox = CentrySandbox(world)
    async with backing(sandbox, resources) as one, another(one, sandbox, database_url) as other:
        await asyncio.gather(one.backend.check(), other.check())
        for _ in range(3):
            sandbox.revoke_tokens()
            await one.backend.check()
            await token_calls(one)
            await other.check()
            await one.backend.check()

            assert await token_calls(one) == 0


async def test_two_processes_may_renew_at_the_same_time(world: World, resources: Resources, database_url: str) -> None:
    sandbox = CentrySandbox(world)
    async with backing(sandbox, resources) as one, another(one, sandbox, database_url) as other:
        for _ in range(5):
            sandbox.revoke_tokens()
            await asyncio.gather(one.backend.check(), other.check())


async def test_a_refusal_waits_for_what_another_process_is_about_to_store(
    world: World, resources: Resources, database_url: str
) -> None:
    """The other has used up the refresh token, and its answer is still on the way into the database."""
    sandbox = CentrySandbox(world)
    async with backing(sandbox, resources) as one, another(one, sandbox, database_url) as other:
        with locked(database_url):
            renewing = asyncio.create_task(one.backend.check())
            await token_calls(one, expected=1)
            refused = asyncio.create_task(other.check())
            await token_calls(one, expected=1)

        await asyncio.gather(renewing, refused)
        assert await token_calls(one) == 0


async def test_a_refresh_token_that_cannot_be_stored_is_stored_as_soon_as_it_can(world: World, resources: Resources) -> None:
    await resources.database.write(lambda connection: refuse_inserts(connection, "vault"))
    async with backing(CentrySandbox(world), resources) as centry:
        with pytest.raises(IntegrityError):
            await centry.backend.check()
        await resources.database.write(lambda connection: accept_inserts(connection, "vault"))
        await centry.backend.check()

        assert await token_calls(centry) == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_was_stored_after_all_does_not_come_back_over_what_is_newer(
    world: World, resources: Resources, database_url: str
) -> None:
    """The database was so slow that the first process gave up waiting, but the token was stored, and the other went on."""
    sandbox = CentrySandbox(world)
    with closing(Database(f"{database_url}?options=-c%20statement_timeout%3D0", timeout=0.5)) as hasty:
        async with backing(sandbox, databases.resources(hasty)) as one, another(one, sandbox, database_url) as other:
            await resources.database.write(lambda connection: delay_inserts(connection, "vault", seconds=1))
            with pytest.raises(DatabaseUnavailable):
                await one.backend.check()
            await resources.database.write(lambda _: None)  # it has its turn once the first process's write is done
            assert await resources.vault.get(CHAIN) is not None

            sandbox.revoke_tokens()
            await other.check()
            await one.backend.check()
            sandbox.revoke_tokens()
            await other.check()


async def test_an_expired_access_token_is_renewed_once_for_all(world: World, resources: Resources) -> None:
    sandbox = CentrySandbox(world)
    async with backing(sandbox, resources) as centry:
        await centry.backend.check()
        await token_calls(centry)

        sandbox.revoke_tokens()
        await asyncio.gather(*(centry.backend.orders_by_id([f"{index:024x}"]) for index in range(5)))

        assert await token_calls(centry) == 1


async def test_a_newly_configured_refresh_token_begins_a_new_chain(world: World, resources: Resources) -> None:
    async with backing(CentrySandbox(world), resources) as centry:
        await centry.backend.check()

    async with backing(CentrySandbox(world, refresh_token="another first token"), resources) as centry:
        await centry.backend.check()
        assert await token_calls(centry) == 1

    assert digest("another first token") in str(await resources.vault.get(CHAIN))


async def test_a_stored_token_that_is_refused_gives_way_to_the_configured_one(world: World, resources: Resources) -> None:
    """As where the system behind was set up anew with the same first token."""
    async with backing(CentrySandbox(world), resources) as centry:
        await centry.backend.check()

    async with backing(CentrySandbox(world), resources) as centry:
        await centry.backend.check()
        assert await token_calls(centry) == 2


async def test_a_refused_refresh_token_says_what_to_do(world: World, resources: Resources) -> None:
    async with backing(CentrySandbox(world), resources, refresh_token="spent") as centry:
        with pytest.raises(Unauthenticated, match="Authorize the application again") as refused:
            await centry.backend.check()

    assert "spent" not in refused.value.message


async def test_without_a_refresh_token_the_client_credentials_do(world: World, resources: Resources) -> None:
    async with backing(CentrySandbox(world), resources, refresh_token="") as centry:
        found = await centry.backend.orders(orders(10))

    assert len(found.records) == 5
    assert await resources.vault.get(CHAIN) is None


async def test_client_credentials_need_no_database_and_a_refresh_token_does(world: World) -> None:
    with closing(Database("postgresql://127.0.0.1:9/nobody")) as away:
        async with backing(CentrySandbox(world), databases.resources(away), refresh_token="") as centry:
            await centry.backend.check()
        async with backing(CentrySandbox(world), databases.resources(away)) as centry:
            with pytest.raises(DatabaseUnavailable):
                await centry.backend.check()


@pytest.mark.parametrize("refresh_token", ["", REFRESH_TOKEN])
async def test_a_wrong_client_secret_is_no_matter_of_authorizing_again(
    world: World, resources: Resources, refresh_token: str
) -> None:
    async with backing(CentrySandbox(world), resources, refresh_token=refresh_token, client_secret="wrong") as centry:
        with pytest.raises(Unauthenticated, match="client id or secret"):
            await centry.backend.check()

        assert await token_calls(centry) == 1


async def token_calls(centry: Backing, expected: int = 0) -> int:
    """Since the last time this was asked; waits for the `expected` ones."""
    calls = await recorded(centry)
    while calls < expected:
        await asyncio.sleep(0.01)
        calls = await recorded(centry)
    await centry.control.delete("/__calls")
    return calls


async def recorded(centry: Backing) -> int:
    calls = (await centry.control.get("/__calls")).json()
    return sum(call["path"] == "/oauth/token" for call in calls)


@asynccontextmanager
async def another(centry: Backing, sandbox: CentrySandbox, database_url: str) -> AsyncIterator[CentryBackend]:
    """The backend of another process: it shares nothing with the first but the database and Centry."""
    database = Database(database_url)
    resources = databases.resources(database)
    address = str(centry.control.base_url).rstrip("/")
    backend = CentryBackend(settings(sandbox.settings(address), cache_ttl=0), resources)
    try:
        yield backend
    finally:
        await backend.close()
        database.close()
