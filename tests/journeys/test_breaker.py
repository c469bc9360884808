"""Stories of a backend that fails for so long that it is not asked any more, and is found again by itself."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from tests.stack import Stack, until, whole_stack

LONG, SHORT = 60, 0.2
"""Seconds that a breaker waits: longer than any test looks on, and no longer than need be."""

_numbers = itertools.count()


@pytest.fixture(scope="module", params=[LONG, SHORT])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    visits = {f"GATEWAY_{backend}__POLL_INTERVAL": "0.05" for backend in ("CENTRA", "CARTONCLOUD")}
    no_cache = {f"GATEWAY_{backend}__CACHE_TTL": "0" for backend in ("CENPORTS", "CENTRY")}
    settings = {"GATEWAY_BREAKER_COOLDOWN": str(request.param), **visits, **no_cache}
    with whole_stack(tmp_path_factory.mktemp("breaker"), orders=10, settings=settings) as made:
        yield made


@pytest.fixture(autouse=True)
def mended(stack: Stack) -> Iterator[None]:
    yield
    stack.mend()


def source(stack: Stack, backend: str, number: str | None = None) -> dict[str, Any]:
    """How the backend takes part in a question about an order; without its number, one that nobody has asked before."""
    query = """query O($n: [String!], $of: [Backend!]) {
      orders(filter: { backends: $of, numbers: $n }) { sources { state error { code message retryAfter } } }
    }"""
    asked = number or f"unheard-of-{next(_numbers)}"
    (told,) = stack.client.data(query, n=[asked], of=[backend])["orders"]["sources"]
    found: dict[str, Any] = told
    return found


def status(stack: Stack, backend: str) -> dict[str, Any]:
    query = "{ backends { backend circuit healthy lastError { code } } }"
    return next(one for one in stack.client.data(query)["backends"] if one["backend"] == backend)


ASKED = pytest.mark.parametrize(("backend", "fault"), [("CENPORTS", {"mode": "down"}), ("CENTRY", {"status": 500})])
VISITED = pytest.mark.parametrize("backend", ["CENTRA", "CARTONCLOUD"])


@ASKED
@pytest.mark.parametrize("stack", [LONG], indirect=True)
def test_a_backend_that_fails_is_left_alone(stack: Stack, backend: str, fault: dict[str, Any]) -> None:
    assert source(stack, backend, "known")["state"] in ("OK", "PARTIAL")
    assert status(stack, backend)["circuit"] == "CLOSED"

    stack.fault(backend, **fault)
    until(lambda: source(stack, backend)["state"] == "FAILED" and status(stack, backend)["circuit"] == "OPEN")
    stack.forget_calls()
    told, known = source(stack, backend), source(stack, backend, "known")
    now = status(stack, backend)

    assert stack.calls(backend) == []
    assert (told["state"], told["error"]["code"]) == ("FAILED", "BACKEND_UNAVAILABLE")
    assert LONG / 2 < told["error"]["retryAfter"] <= LONG
    assert (known["state"], known["error"]["code"]) == ("STALE", "BACKEND_UNAVAILABLE"), "an older copy answers"
    assert (now["circuit"], now["healthy"], now["lastError"]["code"]) == ("OPEN", False, "BACKEND_UNAVAILABLE")


@ASKED
@pytest.mark.parametrize("stack", [SHORT], indirect=True)
def test_it_is_found_again_by_itself(stack: Stack, backend: str, fault: dict[str, Any]) -> None:
    stack.fault(backend, **fault)
    until(lambda: source(stack, backend)["state"] == "FAILED" and status(stack, backend)["circuit"] != "CLOSED")

    stack.mend()
    until(lambda: status(stack, backend)["circuit"] == "HALF_OPEN")
    until(lambda: source(stack, backend)["state"] in ("OK", "PARTIAL"))
    assert status(stack, backend)["circuit"] == "CLOSED"
    assert status(stack, backend)["healthy"] is True


@VISITED
@pytest.mark.parametrize("stack", [LONG], indirect=True)
def test_visits_are_not_paid_while_the_breaker_is_open(stack: Stack, backend: str) -> None:
    stack.fault(backend, status=500)
    until(lambda: status(stack, backend)["circuit"] == "OPEN")
    stack.forget_calls()

    assert status(stack, backend)["circuit"] == "OPEN"
    assert stack.calls(backend) == []


@VISITED
@pytest.mark.parametrize("stack", [SHORT], indirect=True)
def test_visits_close_the_breaker(stack: Stack, backend: str) -> None:
    stack.fault(backend, status=500)
    until(lambda: status(stack, backend)["circuit"] != "CLOSED")

    stack.mend()
    until(lambda: status(stack, backend)["circuit"] == "CLOSED")
    until(lambda: status(stack, backend)["healthy"])
