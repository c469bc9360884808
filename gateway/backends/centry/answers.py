"""What Centry answers to changes: done, refused by itself, or refused by the marketplace that it hands them to."""

from decimal import Decimal
from typing import Any

import httpx
import msgspec

from gateway.backends.centry import wire
from gateway.errors import MalformedReply, Rejected
from gateway.models import Backend
from gateway.transport import check, decode, passed_on

_changes = msgspec.json.Decoder(wire.StateChange, strict=False, float_hook=Decimal)


class AlreadyConfirmed(Rejected):
    """The order was confirmed before: with `confirmation`."""

    def __init__(self, message: str, confirmation: wire.StateChange) -> None:
        super().__init__(Backend.CENTRY, message)
        self.confirmation = confirmation


def answered(response: httpx.Response) -> Any:
    """The answer to a write, None where there is none. Raises Rejected also where an answer 200 tells of an error."""
    check(Backend.CENTRY, response, says)
    answer = decode(Backend.CENTRY, response, Any) if response.content else None
    if isinstance(answer, dict) and isinstance(answer.get("error"), str):
        raise Rejected(Backend.CENTRY, passed_on(answer["error"]))
    return answer


def id_of(answer: Any) -> str | None:
    """The id of the record that was answered, if one was."""
    told = answer.get("_id") or answer.get("id") if isinstance(answer, dict) else None
    return str(told) if told else None


def not_yet_confirmed(response: httpx.Response) -> httpx.Response:
    """The answer to a confirmation. Raises AlreadyConfirmed where it tells of an earlier one."""
    if response.is_client_error and b'"confirmation"' in response.content:
        told = decode(Backend.CENTRY, response, dict[str, msgspec.Raw])
        if "confirmation" in told:
            raise AlreadyConfirmed(passed_on(says(response) or "It is confirmed."), _change(bytes(told["confirmation"])))
    return response


def taken(response: httpx.Response) -> None:
    """Raises Rejected unless the marketplace took a change of state: only the presence of `success_response` says so."""
    answered(response)
    change = _change(response.content)
    if change.success_response is None:
        attempts = change.failed_attempts if isinstance(change.failed_attempts, list) else []
        said = _refusal(attempts[-1]) if attempts else None
        raise Rejected(Backend.CENTRY, f"The marketplace refuses it: {said}" if said else "The marketplace has not taken it.")


def says(response: httpx.Response) -> str | None:
    """The message of an error: the page shows `{"error": "…"}`, and of what cannot be taken `{"boxes": ["…"]}`."""
    told = msgspec.json.decode(response.content, type=dict[str, Any])
    said = told.get("error")
    if isinstance(said, str):
        return said
    lists = {name: texts for name, texts in told.items() if isinstance(texts, list)}
    return "; ".join(f"{name}: {text}" for name, texts in lists.items() for text in texts if isinstance(text, str)) or None


def _refusal(attempt: Any) -> str | None:
    """What a marketplace said; each has a form of its own, the page shows `{"response": {"error": "…"}}`."""
    response = attempt.get("response") if isinstance(attempt, dict) else None
    said = response.get("error") if isinstance(response, dict) else response
    return passed_on(said) if isinstance(said, str) else None


def _change(raw: bytes) -> wire.StateChange:
    try:
        change: wire.StateChange = _changes.decode(raw)
    except msgspec.DecodeError:
        raise MalformedReply(Backend.CENTRY, "Centry's answer to a change does not have the documented form.") from None
    return change
