"""Examples are found in the forms in which the four vendors' pages print them, and read as what they say."""

from pathlib import Path

import pytest

from tests.contract.examples import Recorded, Request, Slip
from tests.contract.page import curl_commands, curl_request, envelopes, json_blocks, outside, printed, uncovered

CURL = """\
    curl -u {clientId}:{clientSecret} \\ 
       "https://api.example.com/oauth/token?a=1" \\
       -X POST \\
       -H "Accept-Version: 1" \\
       -d "{JSON AS BELOW}"

    {
      "type": "INBOUND",
      "references": {...}
    }
""".splitlines()  # noqa: W291  # one page prints a space after the backslash

SLASHED = """\
curl "https://www.example.com/products.json"/
 -H "Authorization: Bearer  <access_token>"

[
  {"_id": "5976"}
]
""".splitlines()


def test_curl_commands_and_json_are_found() -> None:
    assert curl_commands(CURL) == [(1, 5)]
    assert json_blocks(CURL) == [(7, 10)]
    assert (curl_commands(SLASHED), json_blocks(SLASHED)) == ([(1, 2)], [(4, 6)])


def test_json_in_a_curl_command_is_part_of_it() -> None:
    page = ["curl -X POST https://example.com/a \\", "  -d '{", '  "a": [', "    {}", "  ]", "}'", "", "true"]

    commands = curl_commands(page)

    assert commands == [(1, 6)]
    assert outside(json_blocks(page), commands) == []


def test_envelopes_are_found() -> None:
    assert envelopes(["Request#", "<s:Envelope x='1'>", "<s:Body/>", "</s:Envelope>", "Response#"]) == [(2, 4)]


def test_a_curl_command_is_read() -> None:
    request = curl_request("\n".join(CURL))

    assert (request.method, request.target) == ("POST", "/oauth/token?a=1")
    assert request.headers == {"authorization": "Basic e2NsaWVudElkfTp7Y2xpZW50U2VjcmV0fQ==", "accept-version": "1"}
    assert request.body.startswith("{\n") == request.body.endswith("}") is True


def test_a_form_is_read_as_curl_takes_it() -> None:
    request = curl_request("curl -L 'https://example.com/a' \\\n-F 'kind=x' \\\n-F 'file=@/home/me/a.pdf'")

    assert request == Request("POST", "/a", {"content-type": "multipart/form-data"}, "kind=x&file=@/home/me/a.pdf")


def test_a_recorded_message_is_the_pages_text_with_its_slips_mended() -> None:
    slip = Slip(1, '"/', '" \\', "a slash for a backslash")
    recorded = Recorded(Path("unread"), ((1, 2),), (slip,))

    request = curl_request(printed(SLASHED, recorded))

    assert request == Request("GET", "/products.json", {"authorization": "Bearer  <access_token>"}, "")


def test_a_slip_that_the_page_does_not_have_fails() -> None:
    with pytest.raises(AssertionError, match="does not print"):
        printed(SLASHED, Recorded(Path("unread"), ((1, 2),), (Slip(2, "'", '"', "a wrong quote"),)))


def test_an_example_that_nothing_covers_is_told() -> None:
    assert uncovered([(1, 2), (4, 6), (8, 9)], [(1, 2), (3, 6)]) == [(8, 9)]
    assert uncovered([(4, 6)], [(5, 6)]) == [(4, 6)]
    assert uncovered([(4, 9)], [(8, 9), (4, 5), (6, 7)]) == []
    assert uncovered([(4, 9)], [(8, 9), (4, 6)]) == [(4, 9)]
