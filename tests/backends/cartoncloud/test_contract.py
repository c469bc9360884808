"""The vendor's page as law: the simulated CartonCloud answers its examples, and the client sends and reads them."""

import re
from asyncio import to_thread
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.backends.cartoncloud.backend import CartonCloudBackend
from gateway.backends.cartoncloud.client import CartonCloudClient
from gateway.backends.cartoncloud.sandbox import CartonCloudSandbox
from gateway.errors import Rejected
from gateway.models import Backend, OrderFilter, ShipmentFilter, Sort
from gateway.ports import ListQuery, Resources
from gateway.sandbox.server import running
from gateway.sandbox.world import make_world
from gateway.transport import connect
from tests.backends.cartoncloud import page
from tests.backends.cartoncloud.examples import ERRORS, EXAMPLES, NOT_COVERED, WEBHOOKS, PageExample, Simulated, message
from tests.backends.cartoncloud.page import STANDARD_ELEMENTS, Shortened
from tests.backends.cartoncloud.recordings import FOLDER, HEADERS, TENANT, settings
from tests.contract.examples import Request, send
from tests.contract.page import Lines, curl_commands, json_blocks, read_page, squeezed, uncovered
from tests.contract.recorder import Reply, recording, told
from tests.contract.same import differences, value_of
from tests.stack import until

RECORDED = {
    recorded.path: recorded
    for recorded in (*chain.from_iterable((e.request, e.reply) for e in EXAMPLES), *WEBHOOKS.values())
    if isinstance(recorded, Shortened)
}
ASIDE = {
    "/uaa/oauth/token": Reply((FOLDER / "cartoncloud-01-token.reply.json").read_text()),
    "/uaa/userinfo": Reply((FOLDER / "cartoncloud-02-user-info.reply.json").read_text()),
}
"""What calls are answered that come before, or because of, the example's own."""


@contextmanager
def simulated(webhook_url: str = "http://127.0.0.1:9") -> Iterator[Simulated]:
    system = CartonCloudSandbox(make_world(orders=0), tenant_id=TENANT, webhook_url=webhook_url)
    with running({"CARTONCLOUD": system}) as addresses:
        yield Simulated(system, addresses["CARTONCLOUD"])


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_simulated_cartoncloud_answers_as_documented(example: PageExample) -> None:
    with simulated() as it:
        assert example.given is not None
        known = example.given(it)

        answer = send(it.address, example.asked(known))

    assert answer.status_code == example.status, answer.text
    assert example.reply is not None
    assert differences(value_of(example.reply.text()), value_of(answer.text), example.differs, known) == []


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.call], ids=lambda example: example.name)
async def test_the_client_sends_and_reads_what_is_documented(example: PageExample) -> None:
    assert example.call is not None
    assert example.reply is not None
    path = urlsplit(example.asked({}).target).path
    aside = {other: reply for other, reply in ASIDE.items() if other != path}
    async with recording(Reply(example.reply.text(), example.status), aside=aside) as recorder:
        given = {"client_id": "{clientId}", "client_secret": "{clientSecret}", "cache_ttl": 0}
        client = CartonCloudClient(settings(recorder.address, **given), connect)
        read = await example.call(client)
        await client.close()

    record = message(example.reply.path.name)
    known = {"{id}": record.get("id", ""), "{orderId}": record.get("id", ""), "{version}": str(record.get("version", 1) - 1)}
    documented = example.asked({"{tenantId}": TENANT, **known})
    [sent] = recorder.requests
    assert differences(told(documented, documented.headers), told(sent, documented.headers), example.sends) == []
    assert read


@pytest.mark.parametrize("example", ERRORS, ids=lambda example: example.name)
async def test_the_client_passes_on_what_an_error_says(example: PageExample) -> None:
    assert example.reply is not None
    reply = Reply(example.reply.text(), example.status)
    async with recording(reply, aside={"/uaa/oauth/token": ASIDE["/uaa/oauth/token"]}) as recorder:
        client = CartonCloudClient(settings(recorder.address), connect)
        with pytest.raises(Rejected) as refused:
            await client.user_info()
        await client.close()

    for error in value_of(example.reply.text()):
        assert error["message"] in str(refused.value)
        assert error.get("field", "") in str(refused.value)


@pytest.mark.parametrize("kind", WEBHOOKS)
async def test_the_simulated_cartoncloud_sends_the_documented_webhook(kind: str) -> None:
    documented = Request.parse(WEBHOOKS[kind].text())
    async with recording(Reply("{}")) as recorder:
        with simulated(recorder.address + documented.target) as it:
            it.system.put(kind, message(WEBHOOKS[kind].path.name))

            await to_thread(lambda: httpx.put(f"{it.address}/__webhooks", json={}).raise_for_status())
            await to_thread(until, lambda: bool(recorder.requests))

    [sent] = recorder.requests
    assert differences(told(documented, {}), told(sent, {})) == []


@pytest.mark.parametrize("kind", WEBHOOKS)
async def test_the_gateway_reads_the_documented_webhook(kind: str, resources: Resources) -> None:
    backend = CartonCloudBackend(settings(), resources)
    await resources.read_model.synchronised(Backend.CARTONCLOUD)

    outcome = await backend.receive(HEADERS, {}, Request.parse(WEBHOOKS[kind].text()).body.encode())

    assert outcome.status == 200
    orders = await backend.orders(ListQuery(filter=OrderFilter(), sort=Sort.ASC, after=None, limit=5))
    shipments = await backend.shipments(ListQuery(filter=ShipmentFilter(), sort=Sort.ASC, after=None, limit=5))
    read = shipments.records if kind == "consignment" else orders.records
    expected = message(WEBHOOKS[kind].path.name)
    assert [(record.backend_id, record.backend_status) for record in read] == [(expected["id"], expected["status"])]
    assert len(orders.records) + len(shipments.records) == 1
    await backend.close()


# The page itself


@pytest.mark.parametrize("recorded", [r for r in RECORDED.values() if r.lines], ids=lambda recorded: recorded.path.name)
def test_a_recorded_message_is_the_pages_text(recorded: Shortened) -> None:
    text = page.said(read_page(page.NAME), recorded)

    if recorded.path.suffix == ".http":
        documented, kept = Request.parse(text), Request.parse(recorded.text())
        assert (documented.method, documented.target, documented.headers) == (kept.method, kept.target, kept.headers)
        assert squeezed(documented.body) == squeezed(kept.body)
    else:
        assert squeezed(text) == squeezed(recorded.text())


def test_every_example_of_the_page_is_covered_or_said_not_to_be() -> None:
    lines = read_page(page.NAME)
    covered = [*_held(lines), *STANDARD_ELEMENTS.values()]

    assert len(_examples(lines)) > 60
    assert uncovered(_examples(lines), covered) == [example.lines for example in NOT_COVERED]


def _examples(page: Sequence[str]) -> list[Lines]:
    """The page prints its JSON on several lines; a single one that begins with a bracket is a row of a table."""
    blocks = [(first, last) for first, last in json_blocks(page) if last > first]
    return [*curl_commands(page), *blocks, *_calls(page)]


def _calls(page: Sequence[str]) -> dict[Lines, tuple[str, str]]:
    """The lines such as `GET https://…`: method and target."""
    found = {}
    for number, line in enumerate(page, 1):
        call = re.fullmatch(r"\s*([A-Z]+) https://[^/]+(\S+)", line)
        if call:
            found[number, number] = (call[1], call[2])
    return found


def _held(page: Sequence[str]) -> list[Lines]:
    """The lines of recorded messages, and those that print method and address of one again."""
    requests = [Request.parse(recorded.text()) for path, recorded in RECORDED.items() if path.suffix == ".http"]
    calls = {(request.method, request.target) for request in requests}
    again = [lines for lines, call in _calls(page).items() if call in calls]
    return [*(lines for recorded in RECORDED.values() for lines in recorded.lines), *again]


def test_every_recorded_message_is_in_the_table() -> None:
    assert set(FOLDER.iterdir()) == set(RECORDED)
