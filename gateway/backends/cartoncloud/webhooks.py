"""Webhooks: what CartonCloud tells by itself when a record's status changes. Stored first, then answered."""

import hashlib
import hmac
import logging
from collections.abc import Mapping, Sequence

from gateway.backends.cartoncloud import wire
from gateway.backends.cartoncloud.intake import Intake, Learnt
from gateway.backends.cartoncloud.kinds import RecordKind, kind_of
from gateway.backends.cartoncloud.records import sent
from gateway.backends.cartoncloud.settings import CartonCloudSettings
from gateway.clock import now
from gateway.errors import MalformedReply
from gateway.inbox.letters import Letter, Trouble
from gateway.models import Backend
from gateway.ports import WebhookOutcome
from gateway.readmodel.store import Message

log = logging.getLogger(__name__)


_ASK_FOR = """\
CartonCloud's webhooks are set up by its staff. Ask them for these, on every change of status and with every status:

{addresses}

each by POST, with the header {header} and the value that GATEWAY_CARTONCLOUD__WEBHOOK_TOKEN has{lacking}.
Send them the value by a way that only they can read."""


def instructions(settings: CartonCloudSettings, gateway: str) -> str:
    """What to ask CartonCloud's staff for. The address tells the kind, for the page's webhooks do not."""
    told = {
        RecordKind.INBOUND: "inbound orders",
        RecordKind.OUTBOUND: "outbound orders",
        RecordKind.CONSIGNMENT: "consignments",
    }
    addresses = "\n".join(f"  {name:16} {gateway}/webhooks/cartoncloud?type={kind.lower()}" for kind, name in told.items())
    lacking = "" if settings.webhook_token.get_secret_value() else ", a long random word (it is not set yet)"
    return _ASK_FOR.format(addresses=addresses, header=settings.webhook_header, lacking=lacking)


class Webhooks:
    """The vendor lets one set headers of a webhook; the page documents no signature and no other proof of who is calling."""

    def __init__(self, settings: CartonCloudSettings, intake: Intake) -> None:
        self._header = settings.webhook_header.lower()
        self._token = settings.webhook_token.get_secret_value().encode()
        self._intake = intake

    async def receive(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> WebhookOutcome:
        """404 without a token in the settings, 401 without it in the header, 400 for what is no JSON object; 200 once stored.

        What cannot be read as a record is stored all the same: if it were refused, it would come again and stay the same.
        """
        if not self._token:
            return WebhookOutcome(404)
        if not self._is_known(headers):
            return WebhookOutcome(401)
        try:
            members = wire.parse(body)
        except wire.NotAnObject:
            return WebhookOutcome(400)
        written = query.get("type", "")
        kind = kind_of(members, written)
        try:
            learnt = self._learnt(kind, body, members)
        except MalformedReply as error:
            log.warning("A webhook of CartonCloud's cannot be read: %s", error.message)
            await self._intake.take([], [_message(body, kind, "-", error.message, written)])
        else:
            named = f"{learnt.record.record_id}/{learnt.record.version}"
            await self._intake.take([learnt], [_message(body, kind, named)])
        return WebhookOutcome(200)

    async def read(self, letters: Sequence[Letter]) -> Mapping[int, Trouble]:
        """Take over those that can be read, if they still are news."""
        troubles: dict[int, Trouble] = {}
        learnt: list[Learnt] = []
        for letter in letters:
            body = letter.body.encode()
            try:
                members = wire.parse(body)
                learnt.append(self._learnt(kind_of(members, letter.type), body, members))
            except MalformedReply as error:
                troubles[letter.id] = Trouble(error.message, again=False)
            except wire.NotAnObject:
                troubles[letter.id] = Trouble("It is no JSON object.", again=False)
        await self._intake.take(learnt)
        return troubles

    def _is_known(self, headers: Mapping[str, str]) -> bool:
        given = headers.get(self._header, "")
        return hmac.compare_digest(given.encode("latin-1", "replace"), self._token)  # the bytes that came: headers are Latin-1

    def _learnt(self, kind: RecordKind | None, body: bytes, members: dict[str, object]) -> Learnt:
        if kind is None:
            raise MalformedReply(Backend.CARTONCLOUD, "It cannot be told what kind of record it is.")
        return self._intake.learn(sent(kind, body, members, now()))


def _message(body: bytes, kind: RecordKind | None, named: str, problem: str | None = None, written: str = "") -> Message:
    """Told apart by what they say: a webhook that is sent again says the same. `written` is the kind as its address has it."""
    digest = hashlib.sha256(body).hexdigest()[:32]
    text = wire.plain(body).decode()
    return Message(message_id=f"{kind or '-'}/{named}/{digest}", type=kind or written[:50], body=text, problem=problem)
