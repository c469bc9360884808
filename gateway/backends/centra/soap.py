"""SOAP: zeep writes the requests, lxml reads the replies.

zeep's own reading of replies loses data where Centra adds an element, so replies are read by the local names of their
elements, whatever stands beside them.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import zeep
from lxml import etree

from gateway.backends.centra.wire import Event
from gateway.errors import BackendError, MalformedReply, Rejected, Unauthenticated, Unavailable
from gateway.models import Backend
from gateway.transport import check, unreadable

WSDL = Path(__file__).parent / "contract" / "centra.wsdl"
_NAMESPACE = "http://www.centra.com/webservices/"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

LISTS = frozenset(
    {
        ("additionals", "additional"), ("buyers", "buyer"), ("cancelled", "product"), ("errors", "message"),
        ("events", "event"), ("items", "product"), ("markets", "market"), ("notices", "message"), ("order", "payments"),
        ("payments", "payment"), ("primary_warehouse", "warehouse"), ("products", "product"), ("refunds", "refund"),
        ("shipments", "shipment"), ("sizes", "size"), ("variations", "variation"), ("warehouseitems", "warehouse"),
    }
)  # fmt: skip
"""Parent and child: the child is a list in JSON, also where there is one alone. Repeated elements become one anyway."""

OBJECTS = frozenset(parent for parent, _child in LISTS) | {
    "billingaddress", "brand", "bundleinfo", "carrierinformation", "collection", "customer", "buyer", "folder", "market",
    "orderitem", "partof", "pricelist", "shipping", "shippingaddress", "variation",
}  # fmt: skip
"""Elements that hold others: an empty one is an empty object in JSON, not blank text."""

_AUTHENTICATION = re.compile(r"authent|authori[sz]|credential|login|password|username|access denied", re.IGNORECASE)
"""A fault for a wrong login is not documented: these words tell it."""

_ADDRESS = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_LONGEST = 300
_FAULT_STATUSES = frozenset((200, 400, 500))


class Requests:
    """Writes the operations' requests. The WSDL is read once, at first use, in a thread."""

    def __init__(self, login: Mapping[str, str]) -> None:
        self._login = login
        self._client: Any = None
        self._loading = asyncio.Lock()

    async def write(self, operation: str, **values: Any) -> bytes:
        """The envelope of a request, with the login as its first element."""
        async with self._loading:
            if self._client is None:
                self._client = await asyncio.to_thread(_load)
        envelope = self._client.create_message(self._client.service, operation, login=self._login, **values)
        return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")


def _load() -> Any:
    settings = zeep.Settings(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    return zeep.Client(str(WSDL), settings=settings)  # type: ignore[no-untyped-call]  # zeep has no types


def headers(operation: str) -> dict[str, str]:
    """The headers of a request. The action is the operation's name with a capital first letter."""
    action = f"{_NAMESPACE}{operation[:1].upper()}{operation[1:]}"
    return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{action}"'}


def read_reply(response: httpx.Response) -> etree._Element:
    """The element that answers the operation. Raises the error that a fault, the status or an unreadable body means."""
    envelope = _envelope(response.content)
    if (fault := _fault(envelope, response)) is not None:
        raise _refusal(_fault_text(fault))
    check(Backend.CENTRA, response)
    reply = None if envelope is None else next(_below(envelope, "Body", None), None)
    if reply is None:
        raise unreadable(Backend.CENTRA, response, "XML")
    return reply


def is_fault(response: httpx.Response) -> bool:
    """Whether Centra refuses the request in SOAP's way: then it is well, whatever the status is."""
    return _fault(_envelope(response.content), response) is not None


def read_events(response: httpx.Response) -> list[Event]:
    """The events of a reply to events_Get or events_GetByMarkets, oldest first as Centra hands them out."""
    reply = read_reply(response)
    if not name(reply).startswith("events_Get"):
        raise _not_done(reply)
    return [_event(element) for element in _below(reply, "events", "event")]


def read_event(text: str) -> Event:
    """An event out of the text that it is kept as (`Event.body`). Of what is no XML nothing is known."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return _event(etree.fromstring(text, parser))
    except (etree.XMLSyntaxError, ValueError):
        return Event(id=None, type=None, entry=None, mission=None, date=None, data={}, body=text)


def read_done(response: httpx.Response) -> list[str]:
    """What Centra remarks, if it confirms in either documented way: `result` with success, or `...Response` saying OK.

    A fault of Centra's own is no refusal: it may have come when part of the work was done.
    """
    if _broke_down(response):
        raise Unavailable(Backend.CENTRA, "Centra failed while it worked on this.")
    reply = read_reply(response)
    said = (_text(reply) or "").upper()
    if not (_succeeded(reply) or (name(reply).endswith("Response") and said == "OK")):
        raise _not_done(reply)
    remarks = (_text(message) for parent in ("errors", "notices") for message in _below(reply, parent, "message"))
    return [_public(remark) for remark in remarks if remark]


def as_json(element: etree._Element) -> Any:
    """An element in JSON: its text, or an object of its children's. Attributes and mixed text are left out."""
    kind, children = name(element), _children(element)
    if not children:
        return _leaf(element, kind)
    members: dict[str, Any] = {}
    for child in children:
        key, value = name(child), as_json(child)
        if (kind, key) in LISTS:
            members.setdefault(key, []).append(value)
        elif key not in members:
            members[key] = value
        elif isinstance(members[key], list):
            members[key].append(value)
        else:
            members[key] = [members[key], value]
    return members


def name(element: etree._Element) -> str:
    """An element's local name: prefixes and namespaces differ between Centra's documents."""
    return str(element.tag).rpartition("}")[2]


def _leaf(element: etree._Element, kind: str) -> Any:
    text = element.text or ""
    if kind in OBJECTS and not text.strip():
        return {}
    return None if element.get(_NIL) in ("true", "1") else text


def _event(element: etree._Element) -> Event:
    members = {name(child): child for child in _children(element)}
    said = {key: _text(members[key]) if key in members else None for key in ("id", "type", "entry", "mission", "date")}
    data = as_json(members["data"]) if "data" in members else {}
    body = etree.tostring(element, encoding="unicode", with_tail=False)
    return Event(**said, data=data if isinstance(data, dict) else {}, body=body)


def _envelope(body: bytes) -> etree._Element | None:
    """The root, if it is a SOAP envelope. Document types are refused: SOAP has none, and entities come with them."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return None if root.getroottree().docinfo.internalDTD is not None or name(root) != "Envelope" else root


def _not_done(reply: etree._Element) -> BackendError:
    """The error for an answer that does not say what was asked for: a refusal, if it gives its reasons."""
    messages = [_text(message) for message in _below(reply, "errors", "message")]
    if name(reply) == "result" and not _succeeded(reply):
        return _refusal("; ".join(message for message in messages if message))
    return MalformedReply(Backend.CENTRA, "Centra's answer does not have the documented form.")


def _succeeded(reply: etree._Element) -> bool:
    success = next((_text(child) for child in _children(reply) if name(child) == "success"), None)
    return name(reply) == "result" and (success or "").lower() in ("true", "1")


def _fault(envelope: etree._Element | None, response: httpx.Response) -> etree._Element | None:
    if envelope is None or response.status_code not in _FAULT_STATUSES:
        return None
    return next(_below(envelope, "Body", "Fault"), None)


def _fault_text(fault: etree._Element) -> str:
    """What a fault says: `faultcode` and `faultstring` of SOAP 1.1, `Code` and `Reason` of 1.2."""
    said = {name(child): " ".join("".join(map(str, child.itertext())).split()) for child in _children(fault)}
    code = said.get("faultcode") or said.get("Code") or ""
    reason = said.get("faultstring") or said.get("Reason") or ""
    return reason or code if not _AUTHENTICATION.search(code) else code


def _broke_down(response: httpx.Response) -> bool:
    """Whether the fault is Centra's: `Server` of SOAP 1.1, `Receiver` of 1.2. A refused login is never one."""
    fault = _fault(_envelope(response.content), response)
    if fault is None or _AUTHENTICATION.search(_fault_text(fault)):
        return False
    code = next(("".join(map(str, child.itertext())) for child in _children(fault) if name(child).lower().endswith("code")), "")
    return code.strip().rpartition(":")[2].partition(".")[0] in ("Server", "Receiver")


def _refusal(said: str) -> BackendError:
    if _AUTHENTICATION.search(said):
        return Unauthenticated(Backend.CENTRA, "Centra refuses the gateway's credentials.")
    return Rejected(Backend.CENTRA, _public(said) or "Centra refuses the request.")


def _public(said: str) -> str:
    return _ADDRESS.sub("…", " ".join(said.split()))[:_LONGEST]


def _below(element: etree._Element, parent: str, child: str | None) -> Iterator[etree._Element]:
    """The children of this name (None: any) of the element's children of that name."""
    for found in _children(element):
        if name(found) == parent:
            yield from (inner for inner in _children(found) if child in (None, name(inner)))


def _children(element: etree._Element) -> list[etree._Element]:
    return [child for child in element if isinstance(child.tag, str)]


def _text(element: etree._Element) -> str | None:
    return (element.text or "").strip() or None
