"""Requests are written as they should be; replies are read whatever Centra adds, and refused if they say no."""

import re

import httpx
import pytest
from lxml import etree

from gateway.backends.centra import soap
from gateway.errors import BackendError, ErrorCode
from tests.backends.centra.scripted import CONTRACT, enveloped, event, order, recorded

FAULT_1_1 = "<SOAP-ENV:Fault><faultcode>{}</faultcode><faultstring>{}</faultstring></SOAP-ENV:Fault>"
FAULT_1_2 = (
    "<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>{}</SOAP-ENV:Value></SOAP-ENV:Code>"
    "<SOAP-ENV:Reason><SOAP-ENV:Text>{}</SOAP-ENV:Text></SOAP-ENV:Reason></SOAP-ENV:Fault>"
)


def response(body: bytes | str, status: int = 200, kind: str = "text/xml") -> httpx.Response:
    content = body if isinstance(body, bytes) else enveloped(body)
    return httpx.Response(status, content=content, headers={"content-type": kind})


def content_of(message: bytes) -> list[tuple[int, str, str]]:
    """Depth, qualified name and text of each element: what a message says, whatever its prefixes."""
    root = etree.fromstring(message)
    return [(len(list(each.iterancestors())), str(each.tag), (each.text or "").strip()) for each in root.iter("*")]


async def test_what_a_request_carries_is_escaped() -> None:
    written = await soap.Requests({"username": "a&b<c", "password": "]]>\"'é"}).write("events_Get", type="all")

    texts = [text for _, tag, text in content_of(written) if tag.endswith(("username", "password"))]
    assert texts == ["a&b<c", "]]>\"'é"]


def test_the_action_is_capitalised_and_quoted_as_in_the_wsdl() -> None:
    bound = r'<operation name="(\w+)">\s*<soap:operation soapAction="([^"]+)"/>'
    actions = dict(re.findall(bound, (CONTRACT / "centra.wsdl").read_text()))

    assert len(actions) == 14
    assert {operation: soap.headers(operation)["SOAPAction"] for operation in actions} == {
        operation: f'"{action}"' for operation, action in actions.items()
    }
    assert actions["events_Get"] == "http://www.centra.com/webservices/Events_Get"
    assert soap.headers("events_Get")["Content-Type"] == "text/xml; charset=utf-8"


def test_the_events_of_the_page_are_read() -> None:
    (read,) = soap.read_events(response(recorded("centra-01-orders.reply.xml")))

    assert (read.id, read.type, read.entry, read.mission, read.date) == ("115", "order", "30", "update", "2019-03-27 12:52:20")
    order_data = read.data["order"]
    assert order_data["ordernumber"] == "30"
    assert [product["id"] for product in order_data["products"]["product"]] == ["PWC", "T001"]
    assert order_data["primary_warehouse"] == {"warehouse": [{"id": "CW"}]}
    assert order_data["cancelled"] == {}
    assert order_data["preferred_shipping_date"] == ""
    assert order_data["payments"][0]["payment"][0]["transaction"] == "2404544843"
    assert "<ns1:event " in read.body
    assert "Teststreet" not in repr(read), "what an event says of people is not shown by accident"


def test_an_empty_queue_is_no_events() -> None:
    assert soap.read_events(response(recorded("centra-01-all.reply.xml"))) == []
    assert soap.read_events(response("<ns1:events_Get/>")) == []


def test_new_elements_anywhere_lose_nothing() -> None:
    sent = order(30, more="<new><deep>1</deep></new><status>pending</status>")
    novel = event(1, data=sent).replace("<ns1:type>", "<ns1:novelty/><ns1:type>", 1)

    (read,) = soap.read_events(
        response(f"<ns1:events_Get><ns1:total>1</ns1:total><ns1:events>{novel}</ns1:events></ns1:events_Get>")
    )
    assert read.data["order"]["new"] == {"deep": "1"}
    assert read.data["order"]["status"] == "pending"
    assert read.data["order"]["products"]["product"][0]["id"] == "T001"


def test_a_repeated_element_becomes_a_list_and_comments_vanish() -> None:
    element = etree.fromstring('<a><b>1</b><!-- c --><b>2</b><c x="y">3</c><sku/><market/></a>')

    assert soap.as_json(element) == {"b": ["1", "2"], "c": "3", "sku": "", "market": {}}


def test_both_documented_confirmations_are_taken() -> None:
    soap.read_done(response(recorded("centra-result.reply.xml")))
    soap.read_done(response("<eventsDoneResponse>OK</eventsDoneResponse>"))


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        ("<ns1:result><ns1:success>false</ns1:success></ns1:result>", ErrorCode.BACKEND_REJECTED),
        ("<ns1:result/>", ErrorCode.BACKEND_REJECTED),
        ("<eventsDoneResponse>FAILED</eventsDoneResponse>", ErrorCode.BACKEND_MALFORMED_REPLY),
        ("<eventsDoneResponse/>", ErrorCode.BACKEND_MALFORMED_REPLY),
        ("<ns1:events_Get><ns1:events/></ns1:events_Get>", ErrorCode.BACKEND_MALFORMED_REPLY),
        ("", ErrorCode.BACKEND_MALFORMED_REPLY),
    ],
)
def test_anything_else_is_no_confirmation(reply: str, code: ErrorCode) -> None:
    with pytest.raises(BackendError) as refused:
        soap.read_done(response(reply))
    assert refused.value.code == code


def test_the_reasons_of_a_refusal_are_passed_on() -> None:
    errors = (
        "<ns1:errors><ns1:message>Example 1</ns1:message><ns1:message>see https://x.example/y now</ns1:message></ns1:errors>"
    )
    with pytest.raises(BackendError) as refused:
        soap.read_done(response(f"<ns1:result><ns1:success>false</ns1:success>{errors}</ns1:result>"))
    assert refused.value.message == "Example 1; see … now"


def test_what_is_remarked_on_a_success_is_passed_on() -> None:
    notices = "<ns1:errors/><ns1:notices><ns1:message>Added new size</ns1:message><ns1:message/></ns1:notices>"
    assert soap.read_done(response(f"<ns1:result><ns1:success>true</ns1:success>{notices}</ns1:result>")) == ["Added new size"]


@pytest.mark.parametrize("form", [FAULT_1_1, FAULT_1_2])
@pytest.mark.parametrize(
    ("fault_code", "text", "code"),
    [
        ("SOAP-ENV:Server", "Deadlock", "BACKEND_UNAVAILABLE"),
        ("SOAP-ENV:Receiver", "Deadlock", "BACKEND_UNAVAILABLE"),
        ("SOAP-ENV:Server", "Wrong password", "BACKEND_UNAUTHENTICATED"),
        ("SOAP-ENV:Client", "There is no such operation", "BACKEND_REJECTED"),
    ],
)
def test_a_breakdown_in_the_middle_of_an_update_is_no_refusal(form: str, fault_code: str, text: str, code: str) -> None:
    with pytest.raises(BackendError) as failed:
        soap.read_done(response(form.format(fault_code, text), 500))
    assert failed.value.code == code


@pytest.mark.parametrize("form", [FAULT_1_1, FAULT_1_2])
@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    ("fault_code", "text", "code", "message"),
    [
        ("Client", "Invalid username or password", "BACKEND_UNAUTHENTICATED", "Centra refuses the gateway's credentials."),
        ("Client.Authentication", "No.", "BACKEND_UNAUTHENTICATED", "Centra refuses the gateway's credentials."),
        ("Client", "Unknown event type", "BACKEND_REJECTED", "Unknown event type"),
    ],
)
def test_a_fault_says_what_is_wrong(form: str, status: int, fault_code: str, text: str, code: str, message: str) -> None:
    with pytest.raises(BackendError) as refused:
        soap.read_events(response(form.format(fault_code, text), status))
    assert (refused.value.code, refused.value.message) == (code, message)


@pytest.mark.parametrize(
    ("body", "status", "kind", "code"),
    [
        (b"<html><body>Maintenance</body></html>", 200, "text/html", "BACKEND_MALFORMED_REPLY"),
        (recorded("centra-01-orders.reply.xml")[:5000], 200, "text/xml", "BACKEND_MALFORMED_REPLY"),
        (b"", 200, "text/xml", "BACKEND_MALFORMED_REPLY"),
        (b"\x00\xff", 200, "text/xml", "BACKEND_MALFORMED_REPLY"),
        (enveloped(""), 503, "text/xml", "BACKEND_UNAVAILABLE"),
        (b"oops", 500, "text/plain", "BACKEND_UNAVAILABLE"),
        (b"", 401, "text/plain", "BACKEND_UNAUTHENTICATED"),
        (b"", 429, "text/plain", "BACKEND_RATE_LIMITED"),
    ],
)
def test_what_is_no_soap_is_an_error(body: bytes, status: int, kind: str, code: str) -> None:
    with pytest.raises(BackendError) as refused:
        soap.read_events(response(body, status, kind))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY e "boom">]>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_document_types_are_refused(doctype: str) -> None:
    body = enveloped(
        f"<ns1:events_Get><ns1:events>{event(1, data='<x>&e;</x>' if 'e ' in doctype else '')}</ns1:events></ns1:events_Get>"
    )
    with pytest.raises(BackendError) as refused:
        soap.read_events(response(body.replace(b"?>", f"?>{doctype}".encode(), 1)))
    assert refused.value.code == ErrorCode.BACKEND_MALFORMED_REPLY
