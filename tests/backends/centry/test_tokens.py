"""Tokens: the refresh token that rotates is never lost, and never used twice."""

import asyncio
import logging
from collections.abc import Iterator

import pytest
from sqlalchemy.exc import IntegrityError

from gateway.backends.centry.sandbox import REFRESH_TOKEN, CentrySandbox
from gateway.backends.centry.tokens import CHAIN, digest
from gateway.errors import Unauthenticated
from gateway.ports import Resources
from gateway.sandbox.world import World, make_world
from tests.backends.centry.backing import Backing, backing, orders

WORLD = make_world(seed=5, orders=5)


@pytest.fixture
def world() -> World:
    return WORLD


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
    full = "CREATE TRIGGER full BEFORE INSERT ON vault BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    await resources.database.write(lambda connection: connection.exec_driver_sql(full))

    async with backing(CentrySandbox(world), resources) as centry:
        with pytest.raises(IntegrityError):
            await centry.backend.check()

        assert await centry.calls() == {}


async def test_a_restart_goes_on_with_the_newest_refresh_token(world: World, resources: Resources) -> None:
    sandbox = CentrySandbox(world)
    async with backing(sandbox, resources) as centry:
        await centry.backend.check()

    async with backing(sandbox, resources) as centry:
        await centry.backend.check()

    assert (await resources.vault.get(CHAIN)) is not None


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


@pytest.mark.parametrize("refresh_token", ["", REFRESH_TOKEN])
async def test_a_wrong_client_secret_is_no_matter_of_authorizing_again(
    world: World, resources: Resources, refresh_token: str
) -> None:
    async with backing(CentrySandbox(world), resources, refresh_token=refresh_token, client_secret="wrong") as centry:
        with pytest.raises(Unauthenticated, match="client id or secret"):
            await centry.backend.check()

        assert await token_calls(centry) == 1


async def token_calls(centry: Backing) -> int:
    recorded = (await centry.control.get("/__calls")).json()
    await centry.control.delete("/__calls")
    return sum(call["path"] == "/oauth/token" for call in recorded)
