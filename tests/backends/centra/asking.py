"""How tests ask the simulated Centra: requests as in the vendor's cookbook, replies read by local name."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx
from lxml import etree
from lxml.etree import _Element

from gateway.backends.centra.sandbox import CentraSandbox
from gateway.sandbox.server import running

LOGIN = "<login><username>sandbox</username><password>sandbox-password</password></login>"
PATH = "/ams/system/service/module/soap/api"
TYPES = {"Content-Type": "text/xml; charset=utf-8"}


@contextmanager
def connected(system: CentraSandbox) -> Iterator[httpx.Client]:
    with running({"CENTRA": system}) as addresses, httpx.Client(base_url=addresses["CENTRA"]) as client:
        yield client


def envelope(content: str) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<soap:Body>{content}</soap:Body></soap:Envelope>"
    )


def message(element: str, content: str = "", login: str = LOGIN) -> str:
    return envelope(f'<{element} xmlns="http://www.centra.com/webservices/">{login}{content}</{element}>')


def post(client: httpx.Client, body: str, **headers: str) -> httpx.Response:
    return client.post(PATH, content=body, headers={**TYPES, **headers})


def told(answer: httpx.Response) -> _Element:
    """The element in the body of a good reply."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return etree.fromstring(answer.content)[0][0]


def faultstring(answer: httpx.Response) -> str:
    assert answer.status_code == 500, answer.text
    fault = etree.fromstring(answer.content)[0][0]
    assert fault.tag == "{http://schemas.xmlsoap.org/soap/envelope/}Fault"
    assert value(fault, "{}faultcode") == "SOAP-ENV:Client"
    return value(fault, "{}faultstring")


def events(client: httpx.Client, kind: str = "all", markets: Sequence[str] | None = None) -> list[_Element]:
    content = f"<type>{kind}</type>"
    if markets is None:
        answer = told(post(client, message("events_GetRequest", content)))
    else:
        ids = "".join(f"<market><id>{market}</id></market>" for market in markets)
        answer = told(post(client, message("events_GetByMarkets", f"{content}<markets>{ids}</markets>")))
    assert answer.tag == "{http://www.centra.com/webservices/}events_Get"
    return answer.findall("{*}events/{*}event")


def done(client: httpx.Client, *ids: str) -> _Element:
    return told(post(client, message("events_Done", "".join(f"<event>{key}</event>" for key in ids))))


def update(client: httpx.Client, operation: str, content: str) -> list[str]:
    """Have an update made; gives its notices."""
    answer = told(post(client, message(operation, content)))
    assert value(answer, "success") == "true", values(answer, "errors/message")
    assert values(answer, "errors/message") == []
    return values(answer, "notices/message")


def refused(client: httpx.Client, operation: str, content: str) -> list[str]:
    """Have an update refused; gives the errors."""
    answer = told(post(client, message(operation, content)))
    assert (value(answer, "success"), values(answer, "notices/message")) == ("false", [])
    return values(answer, "errors/message")


def all_events(client: httpx.Client) -> list[_Element]:
    """Every event of the queue, which is empty afterwards."""
    found: list[_Element] = []
    while page := events(client):
        found += page
        done(client, *ids(page))
    return found


def ids(found: Sequence[_Element]) -> list[str]:
    return [value(event, "id") for event in found]


def values(parent: _Element, path: str) -> list[str]:
    """The texts at a path of local names; an element that is there and blank gives an empty text."""
    found = parent.findall("/".join(step if step.startswith("{") else f"{{*}}{step}" for step in path.split("/")))
    return [element.text or "" for element in found]


def value(parent: _Element, path: str) -> str:
    (text,) = values(parent, path)
    return text


def shape(element: _Element) -> list[str]:
    """The names of the children, in their order."""
    return [etree.QName(child).localname for child in element]


def child(parent: _Element, path: str) -> _Element:
    (found,) = parent.findall("/".join(f"{{*}}{step}" for step in path.split("/")))
    return found
