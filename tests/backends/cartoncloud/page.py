"""CartonCloud's page: where it prints what its examples leave out, and which of its words are not repeated here.

An example leaves out as `"customer": {...}` what the page prints once for all, or in the request before, and as `...` what
its text says is the same as in the request.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.backends.cartoncloud.recordings import FOLDER
from tests.contract.examples import Recorded, Slip
from tests.contract.page import Lines, curl_request, printed

NAME = "cartoncloud-rest-v1.txt"
_OMITTED = re.compile(r'"(\w+)": (?:\{\.\.\.\}|\[\.\.\.\])|^\s*(\.\.\.)$', re.MULTILINE)

USER = (
    Slip(116, "John Smith", "Customer 17", "nobody's name"),
    Slip(117, "john.smith@cartoncloud.com", "customer-17@example.com", "nobody's address"),
)
CONTACT = (
    Slip(1075, "Mr Smith", "Customer 17", "nobody's name"),
    Slip(1084, "info@company.com", "customer-17@example.com", "nobody's address"),
)
CONSIGNMENT_SLIPS = (
    *CONTACT,
    Slip(664, "},", "}", "a comma after the last member"),
    Slip(671, "}", "},", "no comma between two members"),
)

STANDARD_ELEMENTS: Mapping[str, Lines] = {
    "references": (1027, 1030),
    "customer": (1041, 1047),
    "warehouse": (1059, 1062),
    "address": (1073, 1085),
    "state": (1102, 1105),
    "country": (1116, 1120),
    "product": (1132, 1139),
    "cashPaymentAmount": (1164, 1167),
    "invoiceValue": (1164, 1167),
}
INBOUND = {**STANDARD_ELEMENTS, "details": (206, 210), "properties": (211, 213), "items": (214, 245)}
OUTBOUND = {**STANDARD_ELEMENTS, "details": (429, 442), "properties": (443, 445), "items": (446, 477)}
CONSIGNMENT = {**STANDARD_ELEMENTS, "details": (662, 673), "properties": (674, 677), "items": (678, 702)}
# A product's references are those of the standard element Product; its uiOptions are printed for transport products alone.
_PRODUCT = {**STANDARD_ELEMENTS, "references": (1135, 1138), "uiOptions": (979, 985)}
WAREHOUSE_PRODUCT = {**_PRODUCT, "...": (887, 935)}
TRANSPORT_PRODUCT = {**_PRODUCT, "...": (969, 989)}


@dataclass(frozen=True)
class Shortened(Recorded):
    """A message whose omitted parts are printed elsewhere on the page: `parts` has their lines by name."""

    parts: Mapping[str, Lines] = field(default_factory=dict)


def shown(name: str, *lines: Lines, parts: Mapping[str, Lines] | None = None, slips: tuple[Slip, ...] = ()) -> Shortened:
    return Shortened(FOLDER / name, lines, slips, parts=parts or {})


def ours(name: str, why: str) -> Shortened:
    """A message that the page does not print."""
    return Shortened(FOLDER / name, why=why)


def said(page: Sequence[str], message: Shortened) -> str:
    """What the page prints of a message, whole; of a curl command as a recorded request writes it."""
    text = printed(page, message)
    if text.lstrip().startswith("curl"):
        request = curl_request(text)
        head = [f"{request.method} {request.target}", *(f"{name}: {value}" for name, value in request.headers.items())]
        text = "\n".join(head) + f"\n\n{request.body}"
    elif text.lstrip().startswith("POST"):
        text = re.sub(r"\s*POST https://[^/]+(\S+)", r"POST \1\n", text, count=1)
    while _OMITTED.search(text):
        text = _OMITTED.sub(lambda found: _part(page, message, found), text)
    return text


def _part(page: Sequence[str], message: Shortened, found: re.Match[str]) -> str:
    name = found[1] or found[2]
    text = printed(page, Recorded(message.path, (message.parts[name],), message.slips)).strip()
    if name == "...":
        return f"{text},"
    value = re.sub(r'^"\w+": (?=[{\[])', "", text).removesuffix(",")
    return f'"{name}": {value}'
