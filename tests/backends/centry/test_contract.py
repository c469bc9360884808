"""The vendor's page as law: the simulated Centry answers its examples, and the client sends and reads them."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from gateway.backends.centry.client import CentryClient
from gateway.backends.centry.sandbox import CentrySandbox
from gateway.backends.centry.settings import CentrySettings
from gateway.backends.centry.tokens import Tokens
from gateway.models import Backend
from gateway.ports import Resources
from gateway.sandbox.server import running
from gateway.sandbox.world import World
from tests.backends.centry import documented_account, documented_goods, documented_lists, documented_orders
from tests.backends.centry.documented import CONTRACT, FILTERS, Account, Authorizing, Example_
from tests.contract.examples import NotCovered, Recorded, Request, filled, send
from tests.contract.page import curl_commands, curl_request, json_blocks, outside, printed, read_page, squeezed, uncovered
from tests.contract.recorder import Reply, recording, told
from tests.contract.same import differences, value_of

PAGE = "centry-rest.txt"
EMPTY = World(1, (), (), (), (), ())
EXAMPLES: list[Example_] = [
    *documented_goods.EXAMPLES,
    *documented_lists.EXAMPLES,
    *documented_orders.EXAMPLES,
    *documented_account.EXAMPLES,
]
NOT_COVERED = [
    NotCovered("a footnote that begins with a bracket", (2928, 2928), "it is prose"),
    NotCovered(
        "success_response of a confirmation",
        (3483, 3485),
        'words, "any success response", in the place of the answers that follow',
    ),
]
RECORDED = [documented_account.NOTIFICATION] + [
    message for example in EXAMPLES for message in (example.request, example.reply) if message is not None
]
ASIDE = {
    "/oauth/token": Reply('{"access_token": "t", "expires_in": 7200}'),
    "/conexion/v1/user_info.json": Reply("[]"),
}
"""What calls are answered that come before, or because of, the example's own."""
NO_ANSWER = '{"_id": "5eece46148f039166bf5ffad"}'
"""What is answered to a write of which the page shows no answer: any record."""


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    system = CentrySandbox(EMPTY, mixes_lists=False)
    with running({"CENTRY": system}) as addresses:
        account = Account(system, addresses["CENTRY"], "")
        credentials = json.dumps({"grant_type": "client_credentials", **_client_of(system)})
        granted = send(account.base_url, Request("POST", "/oauth/token", {"content-type": "application/json"}, credentials))
        yield replace(account, token=granted.json()["access_token"])


def _client_of(system: CentrySandbox) -> Mapping[str, str]:
    settings = system.settings("")
    return {name: settings[f"GATEWAY_CENTRY__{name.upper()}"] for name in ("client_id", "client_secret")}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_simulated_centry_answers_as_documented(example: Example_, account: Account) -> None:
    account.system.start_over()
    assert example.given is not None
    known = example.given(account)

    request = example.asked(known)
    answer = send(account.base_url, request)

    assert answer.status_code == example.status, answer.text
    assert (
        account.system.operation(request.method, request.target.partition("?")[0], request.body.encode()) == example.operation
    )
    if example.reply is not None:
        documented = value_of(filled(example.reply.text(), known))
        assert differences(documented, value_of(answer.text), example.differs, known) == []
    else:
        sent = value_of(request.body)
        assert differences(sent, _what_was_sent(sent, value_of(answer.text)), example.differs) == []


def _what_was_sent(sent: Any, answer: Any) -> Any:
    """Of a record that was written, what the request tells of it: the page shows no answer."""
    if isinstance(sent, dict) and isinstance(answer, dict):
        return {name: _what_was_sent(sent[name], value) for name, value in answer.items() if name in sent}
    if isinstance(sent, list) and isinstance(answer, list):
        return [_what_was_sent(*pair) for pair in zip(sent, answer, strict=False)]
    return answer


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.call], ids=lambda example: example.name)
async def test_the_client_sends_and_reads_what_is_documented(example: Example_, resources: Resources) -> None:
    assert example.call is not None
    documented = _as_sent(example.asked({"<access_token>": "t"}))
    aside = {path: reply for path, reply in ASIDE.items() if path != documented.target}
    shown = example.reply.text() if example.reply else NO_ANSWER
    async with recording(Reply(shown, example.status), aside=aside) as recorder:
        client = _client(recorder.base_url, documented, resources)
        read = await example.call(client)
        await client.close()

    [sent] = recorder.requests
    assert differences(told(documented, documented.headers), told(sent, documented.headers), example.sends) == []
    assert read


def _as_sent(request: Request) -> Request:
    """As any client sends it: the page's brackets escaped, and one blank behind "Bearer", which RFC 7235 takes for several."""
    headers = {name: re.sub(" +", " ", value) for name, value in request.headers.items()}
    return replace(request, target=quote(request.target, safe="/?=&"), headers=headers)


def client_for(base_url: str, resources: Resources) -> CentryClient:
    """A client of any application."""
    return _client(base_url, Request("GET", "/", {}, ""), resources)


def _client(base_url: str, documented: Request, resources: Resources) -> CentryClient:
    """A client of the application that the page's token calls are of."""
    given: dict[str, Any] = json.loads(documented.body) if documented.target == "/oauth/token" else {}
    names = {"client_id": "a-client", "client_secret": "b-client", **{k: v for k, v in given.items() if k != "code"}}
    settings = CentrySettings(base_url=base_url, cache_ttl=0, **names)
    tokens = Tokens(settings, resources.vault)
    http = resources.connect(Backend.CENTRY, settings, base_url=base_url, fetch_token=tokens.fetch)
    plain = resources.connect(Backend.CENTRY, settings, base_url=base_url)
    return Authorizing(http, settings.page_size, tokens, plain)


# The page itself


@pytest.mark.parametrize("recorded", [message for message in RECORDED if message.lines], ids=lambda message: message.path.name)
def test_a_recorded_message_is_the_pages_text(recorded: Recorded) -> None:
    text = printed(read_page(PAGE), recorded)

    if recorded.path.suffix == ".http":
        documented, kept = curl_request(text), Request.parse(recorded.text())
        assert (documented.method, documented.target, documented.headers) == (kept.method, kept.target, kept.headers)
        assert squeezed(documented.body) == squeezed(kept.body)
    else:
        assert squeezed(text) == squeezed(recorded.text())


def test_every_example_of_the_page_is_covered() -> None:
    page = read_page(PAGE)
    commands = curl_commands(page)
    bare = [(number, number) for number, line in enumerate(page, 1) if re.fullmatch(r"\s*(true|\d+)\s*", line)]
    covered = [lines for message in RECORDED for lines in message.lines] + [known.lines for known in NOT_COVERED]

    assert uncovered([*commands, *outside(json_blocks(page), commands), *bare], covered) == []


def test_every_operation_has_an_example() -> None:
    assert {example.operation for example in EXAMPLES} == {f"centry-{number:02}" for number in range(1, 88)}


def test_every_recorded_message_is_in_the_table() -> None:
    files = {path.name for path in CONTRACT.iterdir()}

    assert files == {message.path.name for message in RECORDED} | {FILTERS.name}
