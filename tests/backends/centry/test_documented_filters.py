"""The filters of Centry's page: each address that it gives as an example finds what it should at the simulated one."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from operator import eq, ge, gt, le, lt
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.sandbox.world import World
from tests.backends.centry.asking import Caller, calling, ids
from tests.backends.centry.documented import FILTERS
from tests.contract.examples import Slip
from tests.contract.page import read_page

TARGETS = [line.removeprefix("GET ") for line in FILTERS.read_text().splitlines()]
SLIP = Slip(
    1639, "Aurelio20González203838,20oficina2002", "Aurelio%20González%203838,%20oficina%2002", "the signs of % are missing"
)
BEFORE, MIDDLE, AFTER = (f"597644781d41c846ea00000{digit}" for digit in "567")
AT = datetime.fromisoformat("2017-09-13T21:00:00.000-03:00")
COMPARISONS = {"": eq, "_gte": ge, "_lte": le, "_gt": gt, "_lt": lt}


@pytest.fixture(scope="module")
def sandbox() -> CentrySandbox:
    return CentrySandbox(World(1, (), (), (), (), ()))


@pytest.fixture(scope="module")
def centry(sandbox: CentrySandbox) -> Iterator[Caller]:
    with calling(sandbox) as caller:
        yield caller


@pytest.mark.parametrize("target", TARGETS)
def test_a_documented_filter_finds_what_matches(target: str, sandbox: CentrySandbox, centry: Caller) -> None:
    """Of three records, a second apart, the middle one is of what is asked for."""
    address = urlsplit(target)
    query = dict(parse_qsl(address.query, keep_blank_values=True))
    kind = address.path.removeprefix("/conexion/v1/").removesuffix(".json")
    sandbox.start_over()
    sandbox.drop(kind)
    sandbox.put(kind, *records(query))
    sandbox.put("products", {**record(MIDDLE, 0), "brand_id": MIDDLE, "category_id": MIDDLE})

    found = centry.get(target.removeprefix("/conexion/v1/"))

    assert set(ids(found)) == expected(query)


def records(query: Mapping[str, str]) -> list[dict[str, Any]]:
    own = {name: value for name, value in query.items() if name not in ("limit", "after", "offset")}
    middle = {"_status" if name == "status" else name: value for name, value in own.items() if not name.endswith("_by_company")}
    other = dict.fromkeys(middle, "another")
    return [{**other, **record(BEFORE, -1)}, {**middle, **record(MIDDLE, 0)}, {**other, **record(AFTER, 1)}]


def record(identifier: str, seconds: int) -> dict[str, Any]:
    at = (AT + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")
    return {"_id": identifier, "created_at": at, "updated_at": at, "items": []}


def expected(query: Mapping[str, str]) -> set[str]:
    found = {BEFORE, MIDDLE, AFTER}
    for name, value in query.items():
        time = re.fullmatch(r"(?:created|updated)_at(|_[gl]te?)", name)
        if time:
            found &= {i for i, at in zip((BEFORE, MIDDLE, AFTER), (-1, 0, 1), strict=True) if COMPARISONS[time[1]](at, 0)}
        elif name == "offset":
            found &= set() if int(value) > len(found) else found
        elif name == "after":
            found &= {i for i in found if i > value}
        elif name != "limit":
            found &= {MIDDLE}
    return found


def test_the_filters_are_those_of_the_page() -> None:
    page = read_page("centry-rest.txt")
    page[SLIP.line - 1] = page[SLIP.line - 1].replace(SLIP.printed, SLIP.mended)
    printed = [
        target
        for line in page
        if not line.startswith("curl")
        for target in re.findall(r"https://www\.centry\.cl(/conexion/v1/[^\s?]+\.json\?[^\s<\"]+)(?![^\s]*<)", line)
    ]

    assert printed == TARGETS
