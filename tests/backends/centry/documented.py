"""How the tables of Centry's documented examples are written, and the simulated account in which an example begins."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import httpx

import gateway.backends.centry as package
from gateway.backends.centry.client import CentryClient
from gateway.backends.centry.sandbox import CentrySandbox
from gateway.backends.centry.tokens import Tokens
from tests.backends.centry.reading_own import reading_of
from tests.contract.examples import Example, Recorded, Request, Slip, filled, send
from tests.contract.same import Differs

CONTRACT = Path(package.__path__[0]) / "contract"
FILTERS = CONTRACT / "filters.http"
"""Every address with a filter that the page gives as an example, a line each."""

Lines: TypeAlias = tuple[int, int]
Known: TypeAlias = Mapping[str, str]
"""What stands in the place of the page's words, such as `<variant_id>`."""

NOT_YET = "the gateway does not send this yet"


@dataclass(frozen=True)
class Account:
    """A simulated account that holds nothing but what an example begins with."""

    system: CentrySandbox
    base_url: str
    token: str

    def ask(self, name: str) -> httpx.Response:
        """Send a recorded request, by its file without ending."""
        text = (CONTRACT / f"{name}.request.http").read_text()
        return send(self.base_url, Request.parse(filled(text, {"<access_token>": self.token})))

    def hold(self, kind: str, *records: Mapping[str, Any], owner: str = "") -> None:
        """Have these records, and no others of their kind."""
        self.system.drop(kind)
        self.system.put(kind, *(dict(record) for record in records), owner=owner)


@dataclass(frozen=True)
class Held:
    """Records that must be there: those that a recorded reply shows (`reply`: its file without ending), or these ids."""

    kind: str
    reply: str = ""
    owner: str = ""
    records: tuple[Mapping[str, Any], ...] = ()

    def put(self, account: Account, known: Known) -> None:
        account.hold(self.kind, *self.records, *self._shown(known), owner=self.owner)

    def _shown(self, known: Known) -> list[Any]:
        if not self.reply:
            return []
        shown = json.loads(filled((CONTRACT / f"{self.reply}.reply.json").read_text(), known))
        return shown if isinstance(shown, list) else [shown]


def there(kind: str, identifier: str, owner: str = "", **fields: Any) -> Held:
    """A record of which nothing matters but that it is there."""
    return Held(kind, owner=owner, records=({"_id": identifier, **fields},))


Example_: TypeAlias = Example[Account, CentryClient]


def example(
    operation: int,
    name: str,
    request: Lines | None,
    *reply: Lines,
    holds: tuple[Held, ...] = (),
    known: Known | None = None,
    slips: tuple[Slip, ...] = (),
    differs: tuple[Differs, ...] = (),
    sends: tuple[Differs, ...] = (),
    status: int = 200,
    call: Callable[[CentryClient], Awaitable[object]] | None = None,
    given: Callable[[Account], None] | None = None,
) -> Example_:
    """An example of the page. Its messages are `centry-NN-name.request.http` and `….reply.json`.

    Without lines of its own the request is ours, for the page shows its answer alone. A slip belongs to the message in whose
    lines it is. A `Held` without reply and records holds what this example's own reply shows. Of what Centry alone has, the
    call goes without saying.
    """
    stem = f"centry-{operation:02}-{name}"
    words = known or {}
    reading = None if call else reading_of(f"centry-{operation:02}", CONTRACT / f"{stem}.request.http")
    call, sends = (reading.call, reading.sends) if reading else (call, sends)

    def begin(account: Account) -> Known:
        for held in holds:
            own = not held.reply and not held.records
            (Held(held.kind, stem, held.owner) if own else held).put(account, words)
        if given:
            given(account)
        return {**words, "<access_token>": account.token}

    return Example(
        name,
        f"centry-{operation:02}",
        request=_recorded(f"{stem}.request.http", (request,) if request else (), slips, "the page shows the answer alone"),
        reply=_recorded(f"{stem}.reply.json", reply, slips, "") if reply else None,
        status=status,
        given=begin,
        differs=differs,
        sends=sends,
        call=call,
        why="" if call else NOT_YET,
    )


def _recorded(name: str, lines: tuple[Lines, ...], slips: tuple[Slip, ...], why: str) -> Recorded:
    own = tuple(slip for slip in slips if any(first <= slip.line <= last for first, last in lines))
    return Recorded(CONTRACT / name, lines, own, "" if lines else why)


class Authorizing(CentryClient):
    """With the exchange of a code, which needs no token: `plain` sends none."""

    def __init__(self, http: httpx.AsyncClient, page_size: int, tokens: Tokens, plain: httpx.AsyncClient) -> None:
        super().__init__(http, page_size)
        self._tokens = tokens
        self._plain = plain

    async def exchange(self, code: str) -> None:
        await self._tokens.authorize(self._plain, code)

    async def close(self) -> None:
        await super().close()
        await self._plain.aclose()


async def exchanged(client: CentryClient) -> object:
    """The page's own code, for tokens; it gives nothing."""
    assert isinstance(client, Authorizing)
    await client.exchange("770e0c559a2aacee72dd98d573fdeeda3615ef529011c6731fe4592ad327427f")
    return "tokens"


async def asked_who(client: CentryClient) -> object:
    """The cheapest call that needs a token; it gives nothing."""
    await client.user()
    return "an answer"


def slash(line: int) -> Slip:
    return Slip(line, '"/', '" \\', "a slash for the backslash that ends the line")


def comma(line: int, printed: str) -> Slip:
    return Slip(line, f"{printed},", printed, "a comma behind the last value")


ID = Differs("/_id", "given by Centry")
COMPANY = Differs("/company_id", "the account's company")
CREATED, UPDATED = Differs("/created_at", "the time of the call"), Differs("/updated_at", "the time of the call")
NEW = (ID, COMPANY, CREATED, UPDATED)
