"""A small simulated CartonCloud, a new one for each test."""

from collections.abc import Iterator

import pytest

from gateway.sandbox.world import World, make_world
from tests.backends.cartoncloud.simulated import CartonCloud, simulated


@pytest.fixture(scope="session")
def world() -> World:
    return make_world(seed=7, orders=10)


@pytest.fixture
def cartoncloud(world: World) -> Iterator[CartonCloud]:
    with simulated(world) as running:
        yield running
