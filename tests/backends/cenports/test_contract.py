"""The vendor's page as law: the simulated Cenports answers its examples, and the client sends and reads them."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from gateway.backends.cenports.client import CenportsClient
from gateway.backends.cenports.sandbox import CenportsSandbox
from gateway.backends.cenports.settings import CenportsSettings
from gateway.sandbox.server import running
from gateway.sandbox.world import make_world
from gateway.transport import connect
from tests.backends.cenports.asking import CREDENTIALS
from tests.backends.cenports.backing import CONTRACT
from tests.contract.examples import Example, Recorded, Request, Slip, send
from tests.contract.page import printed, read_page, squeezed
from tests.contract.recorder import Reply, recording, told
from tests.contract.same import Differs, differences, value_of

PAGE = "cenports-rest.txt"
BASE = "/v2"


@dataclass(frozen=True)
class Simulated:
    """An account at the simulated Cenports that holds nothing yet; `token` opens it."""

    system: CenportsSandbox
    base_url: str

    def token(self) -> Mapping[str, str]:
        answer = send(self.base_url, Request("POST", "/authorize", {}, json.dumps(CREDENTIALS)))
        return {"{access_token}": answer.json()["access_token"]}

    def credentials(self) -> Mapping[str, str]:
        return {"{{CLIENT_ID}}": CREDENTIALS["client_id"], "{{CLIENT_SECRET}}": CREDENTIALS["client_secret"]}

    def channels(self) -> Mapping[str, str]:
        for channel in value_of((CONTRACT / "cenports-05-channels.reply.json").read_text())["data"]:
            self.system.put("channel", channel)
        return self.token()


def page(name: str, *lines: tuple[int, int], slips: tuple[Slip, ...] = ()) -> Recorded:
    return Recorded(CONTRACT / name, lines, slips)


EXAMPLES: list[Example[Simulated, CenportsClient]] = [
    Example(
        "authorize",
        "cenports-01",
        request=page("cenports-01-authorize.request.http", (20, 20), (33, 34), (24, 28)),
        reply=page("cenports-01-authorize.reply.json", (45, 53)),
        given=Simulated.credentials,
        differs=(Differs("/access_token", "a token of its own"),),
        call=CenportsClient.channels,
    ),
    Example(
        "channels",
        "cenports-05",
        request=page(
            "cenports-05-channels.request.http",
            (362, 362), (369, 369),
            slips=(Slip(362, "/channels", "/channels?partnerId=111AAA", "line 374 names partnerId a query parameter"),),
        ),
        reply=page("cenports-05-channels.reply.json", (378, 397)),
        given=Simulated.channels,
        sends=(Differs("/body", "the parameters of a GET stand in a JSON body too, as elsewhere on the page", free=True),),
        call=CenportsClient.channels,
    ),
]  # fmt: skip
ASIDE = {
    "/authorize": Reply('{"access_token": "t", "expires_in": 86400}'),
    "/channels": Reply('{"data": [{"channelId": "MCCH"}]}'),
}
"""What calls are answered that come before, or because of, the example's own."""
RECORDED = [message for example in EXAMPLES for message in (example.request, example.reply) if message is not None]

every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)


@contextmanager
def simulated() -> Iterator[Simulated]:
    system = CenportsSandbox(make_world(orders=0))
    system.clear()
    with running({"CENPORTS": system}) as addresses:
        yield Simulated(system, addresses["CENPORTS"] + BASE)


@every_example
def test_the_simulated_cenports_answers_as_documented(example: Example[Simulated, CenportsClient]) -> None:
    with simulated() as account:
        known = example.given(account) if example.given else account.token()

        answer = send(account.base_url, example.asked(known))

    assert answer.status_code == example.status, answer.text
    if example.reply is not None:
        assert differences(value_of(example.reply.text()), value_of(answer.text), example.differs, known) == []


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.call], ids=lambda example: example.name)
async def test_the_client_sends_and_reads_what_is_documented(example: Example[Simulated, CenportsClient]) -> None:
    assert example.call is not None
    assert example.reply is not None
    known = {"{access_token}": "t", "{{CLIENT_ID}}": "a-client", "{{CLIENT_SECRET}}": "b-client"}
    path = urlsplit(example.asked({}).target).path
    aside = {other: reply for other, reply in ASIDE.items() if other != path}
    async with recording(Reply(example.reply.text(), example.status), base=BASE, aside=aside) as recorder:
        client = CenportsClient(_settings(recorder.base_url), connect)
        read = await example.call(client)
        await client.close()

    documented = example.asked(known)
    [sent] = recorder.requests
    assert differences(told(documented, documented.headers), told(sent, documented.headers), example.sends) == []
    assert read


def _settings(base_url: str) -> CenportsSettings:
    given: dict[str, Any] = {"client_id": "a-client", "client_secret": "b-client", "partner_id": "111AAA", "cache_ttl": 0}
    return CenportsSettings(base_url=base_url, **given)


# The page itself


@pytest.mark.parametrize(
    "recorded", [message for message in RECORDED if message.lines], ids=lambda recorded: recorded.path.name
)
def test_a_recorded_message_is_the_pages_text(recorded: Recorded) -> None:
    text = printed(read_page(PAGE), recorded)

    if recorded.path.suffix == ".http":
        documented, kept = _request(text), Request.parse(recorded.text())
        assert (documented.method, documented.target, documented.headers) == (kept.method, kept.target, kept.headers)
        assert squeezed(documented.body) == squeezed(kept.body)
    else:
        assert squeezed(text) == squeezed(recorded.text())


def _request(text: str) -> Request:
    """The page's form: method and path, the rows of the table of headers, a body in JSON."""
    first, *rest = text.splitlines()
    method, _, target = first.partition(" ")
    rows = [re.fullmatch(r"(Authorization|Content-Type|Accept)!? (.*)", line) for line in rest]
    headers = {row[1].lower(): row[2].replace("Bearer", "Bearer {access_token}") for row in rows if row}
    return Request(method, target, headers, "\n".join(rest[len(headers) :]))
