"""What ten typical queries cost in calls: the table that a test counts after, and the page `docs/calls.md` that is made of it.

`python -m tests.journeys.call_table` prints the page.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from gateway.sandbox.world import System, World, make_world

ORDERS = 110
"""Orders in each of the three shops: more than Centry gives in one call, fewer than Cenports does."""

VISITS = frozenset({"centra-01", "centra-03", "cartoncloud-02"})
"""Calls of the background work, which come whether anyone asks or not."""

Calls = Mapping[str, int]


@dataclass(frozen=True)
class More:
    """So many calls, and more if what the plan names as a reason is so; None: nobody knows how many."""

    calls: int | None = None

    def __str__(self) -> str:
        return "?" if self.calls is None else f"{self.calls}+"


@dataclass(frozen=True)
class Case:
    """A query, and its calls by operation: at most, the first time, and asked again by someone who skips the cache."""

    name: str
    query: str
    most: Mapping[str, int | More]
    first: Calls
    anew: Calls


def cases(world: World) -> list[Case]:
    """The table."""
    cenports, centry = (world.orders_of(shop)[0].number for shop in (System.CENPORTS, System.CENTRY))
    sku = world.orders_of(System.CENTRY)[0].lines[0].item.sku
    return [
        Case(
            "the newest 20 orders of all backends, with their lines",
            "{ orders(first: 20) { nodes { number status lines { sku quantity } } } }",
            {"cenports-02": More(1), "centry-55": More(5)},
            {"cenports-02": 1, "centry-55": 3},
            {"cenports-02": 1, "centry-55": 3},
        ),
        Case(
            "the newest 20 orders of Cenports, with `acknowledged`",
            "{ orders(first: 20, filter: { backends: [CENPORTS] }) { nodes { number acknowledged } } }",
            {"cenports-02": More(4)},
            {"cenports-02": 2},
            {"cenports-02": 2},
        ),
        Case(
            "the newest 20 orders of all backends, with the shipments of each",
            "{ orders(first: 20) { nodes { number shipments { nodes { status trackingNumber } } } } }",
            {"cenports-02": More(6), "cenports-07": More(20), "centry-17": More(0), "centry-55": More(85), "centry-56": 20},
            {"cenports-02": 2, "cenports-07": 2, "centry-55": 39},
            {"cenports-02": 2, "cenports-07": 2, "centry-55": 39},
        ),
        Case(
            "50 orders of Centry with what can be sold of each line's SKU there",
            """{ orders(first: 50, filter: { backends: [CENTRY] }) { nodes { number lines { sku variant {
              sku stock(backends: [CENTRY]) { nodes { available warehouse { code } } }
            } } } } }""",
            {"cenports-09": 1, "centry-23": 2, "centry-28": More(), "centry-55": More(5)},
            {"cenports-09": 1, "centry-23": 1, "centry-28": 3, "centry-55": 3},
            {"cenports-09": 1, "centry-23": 1, "centry-28": 3, "centry-55": 3},
        ),
        Case(
            "one order by its number, wherever it is",
            f'{{ orders(filter: {{ numbers: ["{centry}"] }}) {{ nodes {{ backend number status }} }} }}',
            {"cenports-02": 1, "centry-55": 4},
            {"cenports-02": 1, "centry-55": 3},
            {"cenports-02": 1, "centry-55": 3},
        ),
        Case(
            "one order of Cenports by its number, with the warehouse's order that fulfils it",
            f"""{{ orders(filter: {{ numbers: ["{cenports}"], backends: [CENPORTS] }}) {{ nodes {{
              related {{ nodes {{ relation }} }}
            }} }} }}""",
            {"cenports-02": More(2), "centry-17": More(0), "centry-55": More(4), "centry-56": More(1)},
            {"cenports-02": 1},
            {"cenports-02": 1},
        ),
        Case(
            "the newest 20 shipments of all backends",
            "{ shipments(first: 20) { nodes { backend status trackingNumber } } }",
            {"cenports-02": More(0), "cenports-05": 1, "cenports-07": More(), "centry-55": More(14)},
            {"cenports-05": 1, "cenports-07": 2, "centry-55": 3},
            {"cenports-05": 1, "cenports-07": 2, "centry-55": 3},
        ),
        Case(
            "one variant with its stock in every warehouse",
            f'{{ variant(sku: "{sku}") {{ name available stock {{ nodes {{ backend available }} }} }} }}',
            {"cenports-09": 2, "centry-15": 2, "centry-23": 2, "centry-28": 2},
            {"cenports-09": 2, "centry-15": 2, "centry-23": 2, "centry-28": 2},
            {"cenports-09": 2, "centry-15": 1, "centry-23": 2, "centry-28": 2},
        ),
        Case("50 products of all catalogues", "{ products(first: 50) { nodes { sku name } } }", {}, {}, {}),
        Case(
            "all warehouses, each with 50 rows of its stock",
            "{ warehouses { nodes { code stock(first: 50) { nodes { available } } } } }",
            {"cenports-09": 1, "centry-23": 2},
            {"cenports-09": 1, "centry-23": 2},
            {"cenports-09": 1, "centry-23": 2},
        ),
    ]


_HEAD = f"""\
# What queries cost in calls

Made by `make docs` from the table in `tests/journeys/call_table.py`; a test counts after, at the simulated systems, and keeps
this page true. The world has {ORDERS} orders in each of the three shops; calls for tokens and visits in the background, which
come whether anyone asks or not, are left out. Operations go by the names of the vendors' pages (`cenports-02` is GET /orders).

*First* is what a gateway asks that has asked nothing yet, *anew* what it asks for the same with `Cache-Control: no-cache`.
Asked again within `CACHE_TTL` none of these costs a call. Centra is never asked (its events are read in the background), and
CartonCloud only for single orders and consignments by their ids. Centry's lists end with an empty page, which is one call.

*At most* is what `X-Gateway-Explain: plan` tells beforehand (see below): `5+` is five calls, and more if what the plan names as
a reason is so; `?`: nobody knows beforehand.

| query | at most | first | anew |
| --- | --- | --- | --- |
"""

_AHEAD = """
## Before it is asked

`POST /graphql` with the header `X-Gateway-Explain: plan` tells what a query would cost at most, and asks no backend:

```json
{"data": null, "extensions": {"plan": {"backendCalls": [
  {"backend": "CENPORTS", "operation": "cenports-02", "calls": 1, "bounded": true, "reason": null},
  {"backend": "CENTRY", "operation": "centry-28", "calls": null, "bounded": false,
   "reason": "How many `lines` each Order has is not known beforehand."}
], "total": null, "bounded": false}}}
```

- `data` is null, for nothing was read. Errors in the query, bad arguments and missing scopes are told as if it had been run; a
  field that would be refused costs nothing. A mutation or a subscription is refused with `BAD_USER_INPUT`.
- `calls` are never exceeded where `bounded` is true. Else `reason` names what makes them more: how long a list is, or how much
  an object holds, is not known before it is read. `calls` is null where that leaves nothing to go by. `operation` is null where
  a backend does not tell its costs.
- `total` is the sum; null where a part of it is. The whole is `bounded` if every part is.
- It is told for a gateway that has nothing in its cache. Counted on is that every call is answered at the first try and as the
  vendor's page says, that an answer which a key narrows to a few records fits on a page, and that a backend has one record of
  a SKU. Calls for tokens and visits in the background are not counted.
"""

_WALKS = """
## Walks through long lists

4,000 orders in each of Cenports and Centry, newest first, one page right after the other, over the wire (measured by hand):

| | `first: 250` | `first: 50` | `first: 1` |
| --- | --- | --- | --- |
"""

_MEASURED = (("Cenports, at 300 orders a call", 31, 31, 31), ("Centry, at 100 orders a call", 72, 127, 127))
"""Measured with `CACHE_TTL` as it is; `test_small_pages.py` counts the same in a small world at each run."""


def page(world: World) -> str:
    """The whole page, in Markdown."""
    rows = "".join(
        f"| {case.name} | {_written(case.most)} | {_written(case.first)} | {_written(case.anew)} |\n" for case in cases(world)
    )
    walks = "".join(f"| {' | '.join(map(str, row))} |\n" for row in _MEASURED)
    queries = "".join(
        f"\n{case.name[0].upper()}{case.name[1:]}:\n\n```graphql\n{_plain(case.query)}\n```\n" for case in cases(world)
    )
    return f"{_HEAD}{rows}{_AHEAD}{_WALKS}{walks}\n## The queries\n{queries}"


def _written(calls: Mapping[str, int | More]) -> str:
    return ", ".join(f"{times} x {operation}" for operation, times in calls.items()) or "none"


def _plain(query: str) -> str:
    return " ".join(query.split())


if __name__ == "__main__":
    sys.stdout.write(page(make_world(orders=ORDERS)))
