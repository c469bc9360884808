"""SOAP 1.1 as the simulated Centra speaks it: requests read, replies and faults written."""

from collections.abc import Iterable
from uuid import uuid4

from lxml import etree
from lxml.etree import _Element
from starlette.responses import Response

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
CENTRA = "http://www.centra.com/webservices/"


class Unreadable(Exception):
    """A request that is no SOAP 1.1 message; the message says why, for a faultstring."""


def node(name: str, *content: _Element | str | None) -> _Element:
    """An element of Centra's namespace around text or other elements; None stands for one that is left out."""
    element = etree.Element(f"{{{CENTRA}}}{name}", nsmap={"ns1": CENTRA})
    for part in content:
        if isinstance(part, str):
            element.text = part or None
        elif part is not None:
            element.append(part)
    return element


def read_fragment(xml: str) -> _Element:
    """An element written without a namespace, or with Centra's as the default one, as an element of Centra's."""
    return adopted(_parse(xml.encode()))


def adopted(source: _Element) -> _Element:
    """A copy in Centra's namespace, without white space around its texts."""
    element = node(local_name(source), (source.text or "").strip())
    element.extend([adopted(child) for child in elements(source)])
    return element


def read_message(body: bytes) -> _Element:
    """The element in the Body of a request: one for each operation. Raises Unreadable."""
    envelope = _parse(body)
    if envelope.tag != f"{{{SOAP}}}Envelope":
        raise Unreadable("The message is not a SOAP 1.1 envelope.")
    message = next((element for part in envelope.findall(f"{{{SOAP}}}Body") for element in elements(part)), None)
    if message is None:
        raise Unreadable("The message has no body.")
    return message


def _parse(xml: bytes) -> _Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError:
        raise Unreadable("The message is not well-formed XML.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("A message must not have a document type.")
    return root


def elements(parent: _Element) -> list[_Element]:
    """The children, without comments and the like."""
    return [child for child in parent if isinstance(child.tag, str)]


def local_name(element: _Element) -> str:
    """The name without its namespace: one of the page's requests lacks the namespace, so none is insisted on."""
    return etree.QName(element).localname


def texts(parent: _Element, *path: str) -> list[str]:
    """The trimmed texts of all elements at a path of local names."""
    found = [parent]
    for name in path:
        found = [child for one in found for child in elements(one) if local_name(child) == name]
    return [(element.text or "").strip() for element in found]


def text(parent: _Element, *path: str) -> str | None:
    """The first of these texts; None where there is no such element."""
    return next(iter(texts(parent, *path)), None)


def reply(content: _Element) -> Response:
    """A message that answers with this element."""
    return _response(content, 200)


def result(*, errors: Iterable[str] = (), notices: Iterable[str] = ()) -> _Element:
    """The answer to every update: the page shows the same one for all. One that has errors was refused."""
    refused = [node("message", error) for error in errors]
    told = [node("message", notice) for notice in notices]
    success = node("success", "false" if refused else "true")
    return node("result", success, node("errors", *refused), node("notices", *told))


def reference_result(operation: str) -> _Element:
    """The same in the words of the API reference, such as `eventsDoneResponse`, in no namespace."""
    first, _, second = operation.partition("_")
    element = etree.Element(f"{first}{second}Response")
    element.text = "OK"
    return element


def fault(code: str, message: str) -> Response:
    """No page shows a fault: it is that of SOAP 1.1, which also says HTTP 500."""
    element = etree.Element(f"{{{SOAP}}}Fault", nsmap={"SOAP-ENV": SOAP})
    etree.SubElement(element, "faultcode").text = f"SOAP-ENV:{code}"
    etree.SubElement(element, "faultstring").text = message
    return _response(element, 500)


def _response(content: _Element, status: int) -> Response:
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"SOAP-ENV": SOAP, "ns1": CENTRA})
    etree.SubElement(envelope, f"{{{SOAP}}}Body").append(content)
    xml = etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)
    headers = {"X-Centra-Request-ID": str(uuid4()), "X-Correlation-ID": str(uuid4())}
    return Response(xml, status, headers, media_type="text/xml; charset=utf-8")
