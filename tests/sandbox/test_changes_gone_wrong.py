"""What can go wrong with a change: each simulated system makes it or does not, and its caller is not told which."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx
import pytest

from gateway.backends.cenports.sandbox import CenportsSandbox
from gateway.backends.centra.sandbox import CentraSandbox
from gateway.backends.centry.sandbox import CentrySandbox
from tests.backends.cartoncloud import calling as cartoncloud
from tests.backends.cartoncloud.test_sandbox_writes import visiting
from tests.backends.cenports import asking as cenports
from tests.backends.centra import asking as centra
from tests.backends.centra.cookbook import EMPTY
from tests.backends.centry import asking as centry
from tests.stack import until

MARKET = "<markets><market><id>M{}</id><store>2</store><type>wholesale</type><description>One</description></market></markets>"
SHORT = 0.3
"""Seconds: how long a caller waits."""


@dataclass(frozen=True)
class Place:
    """A simulated system: how it is asked for a change, by which operation, and how often that was made."""

    http: httpx.Client
    operation: str
    change: Callable[[], httpx.Response]
    made: Callable[[], int]

    def fault(self, **fault: Any) -> None:
        root = self.http.base_url.copy_with(path="/__faults")
        httpx.put(root, json={"match": self.operation, "times": 1, **fault}).raise_for_status()


@contextmanager
def at_cenports() -> Iterator[Place]:
    address = {"address": "1 Street", "city": "Hayward", "state": "CA", "country": "US", "postalCode": "94545"}
    contact = {"contactEmail": "shop@example.com", "contactInfo": address}
    with cenports.connected(CenportsSandbox(EMPTY, calls_per_minute=1000)) as http:
        yield Place(
            http,
            "cenports-06",
            lambda: http.post("/channels", json={"partnerId": cenports.PARTNER, "channelName": "New", **contact}),
            lambda: len(cenports.ask(http, "/channels").json()["data"]),
        )


@contextmanager
def at_centra() -> Iterator[Place]:
    """Its queue tells of each change."""
    with centra.connected(CentraSandbox(EMPTY)) as http:
        names = count()

        def change() -> httpx.Response:
            return centra.post(http, centra.message("markets_Update", MARKET.format(next(names))))

        yield Place(http, "centra-08", change, lambda: len(centra.events(http)))


@contextmanager
def at_centry() -> Iterator[Place]:
    with centry.calling(CentrySandbox(EMPTY)) as caller:
        caller.http.headers["Authorization"] = f"Bearer {caller.token}"
        yield Place(
            caller.http,
            "POST /conexion/v1/warehouses",
            lambda: caller.http.post("/conexion/v1/warehouses.json", json={"name": "Demo"}),
            lambda: len(caller.get("warehouses.json", limit=1000)),
        )


@contextmanager
def at_cartoncloud() -> Iterator[Place]:
    system = cartoncloud.make_sandbox()
    with cartoncloud.logged_in(system) as http:
        visit = visiting(system, http)
        yield Place(
            http,
            "cartoncloud-07",
            lambda: visit.create("outbound", visit.order()),
            lambda: len(system.every("outbound")),
        )


PLACES = {"CENPORTS": at_cenports, "CENTRA": at_centra, "CENTRY": at_centry, "CARTONCLOUD": at_cartoncloud}


@pytest.fixture(scope="module", params=PLACES)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with PLACES[request.param]() as place:
        place.http.timeout = SHORT
        yield place


def test_a_change_that_fails_before_it_is_made_is_not_made(place: Place) -> None:
    before = place.made()
    for fault in ({"status": 500}, {"status": 429, "headers": {"Retry-After": "1"}}):
        place.fault(**fault)
        assert place.change().status_code == fault["status"]
    place.fault(mode="reset")
    with pytest.raises(httpx.ReadError):
        place.change()
    place.fault(latency=60)
    with pytest.raises(httpx.ReadTimeout):
        place.change()

    assert place.made() == before
    assert place.change().status_code < 300
    assert place.made() == before + 1


@pytest.mark.parametrize("told", [{"status": 500}, {"latency": 60}, {"mode": "reset"}], ids=["error", "silence", "reset"])
def test_a_change_that_fails_after_it_was_made_is_made(place: Place, told: dict[str, Any]) -> None:
    before = place.made()
    place.fault(lands=0, **told)

    if "status" in told:
        assert place.change().status_code == 500
    else:
        with pytest.raises((httpx.ReadTimeout, httpx.ReadError)):
            place.change()
    assert place.made() == before + 1


@pytest.mark.parametrize("told", [{"status": 500}, {"latency": 60}], ids=["error", "silence"])
def test_a_change_may_be_made_after_its_caller_has_gone(place: Place, told: dict[str, Any]) -> None:
    before = place.made()
    place.fault(lands=0.5, **told)
    began = time.monotonic()

    if "status" in told:
        assert place.change().status_code == 500
    else:
        with pytest.raises((httpx.ReadTimeout, httpx.ReadError)):
            place.change()
    assert place.made() == before or time.monotonic() - began > 0.5
    until(lambda: place.made() == before + 1)
    assert time.monotonic() - began > 0.5


def test_a_share_of_the_calls_fails_and_the_same_ones_for_the_same_seed(place: Place) -> None:
    answers = []
    for seed in (1, 1, 2):
        place.fault(status=429, share=0.5, seed=seed, times=1000)
        answers.append([place.change().status_code for _ in range(12)])
        httpx.delete(place.http.base_url.copy_with(path="/__faults")).raise_for_status()

    assert answers[0] == answers[1] != answers[2]
    assert 0 < answers[0].count(429) < 12
