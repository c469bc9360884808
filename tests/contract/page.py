"""The examples that a vendor's page prints: where they stand, and what they say."""

import re
import shlex
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.contract.examples import Recorded, Request

PAGES = Path(__file__).parents[3] / "shared" / "backend-docs"

Lines = tuple[int, int]
"""First and last, from 1."""


def read_page(name: str) -> list[str]:
    """The page's lines. Skips the test where the pages are not at hand: they are the vendors', not the project's."""
    path = PAGES / name
    if not path.exists():
        pytest.skip(f"the vendor's page {name} is not beside the repository")
    return path.read_text(encoding="utf-8").splitlines()


def printed(page: Sequence[str], recorded: Recorded) -> str:
    """The page's text at the lines of a recorded message, its slips mended."""
    mended = dict(enumerate(page, 1))
    for slip in recorded.slips:
        assert slip.printed in mended[slip.line], f"line {slip.line} does not print {slip.printed!r}"
        mended[slip.line] = mended[slip.line].replace(slip.printed, slip.mended)
    return "\n".join(mended[line] for first, last in recorded.lines for line in range(first, last + 1))


def squeezed(text: str) -> str:
    """Without white space."""
    return re.sub(r"\s", "", text)


def curl_request(text: str) -> Request:
    """What a curl command sends; what is printed below it is its body where the command leaves it out (`{JSON AS BELOW}`)."""
    last = curl_commands(text.splitlines())[0][1]
    command = re.sub(r"\\[ \t]*(\n|$)", " ", "\n".join(text.splitlines()[:last]))
    words = iter(shlex.split(command)[1:])
    method, address, headers, body = "", "", dict[str, str](), list[str]()
    for word in words:
        if word in ("-X", "--request"):
            method = next(words)
        elif word in ("-H", "--header"):
            name, _, value = next(words).partition(":")
            headers[name.strip().lower()] = value.strip()
        elif word in ("-d", "--data", "--data-raw"):
            body.append(next(words))
        elif word in ("-F", "--form"):
            headers.setdefault("content-type", "multipart/form-data")
            body.append(next(words))
        elif word == "-u":
            headers["authorization"] = f"Basic {b64encode(next(words).encode()).decode()}"
        elif not word.startswith("-"):
            address = word
    below = "\n".join(text.splitlines()[last:]).strip()
    sent = below if body == ["{JSON AS BELOW}"] else "&".join(body)
    parts = urlsplit(address)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return Request(method or ("POST" if body else "GET"), target, headers, sent)


def curl_commands(lines: Sequence[str]) -> list[Lines]:
    """A command goes on while a line ends with a backslash (or with the slash that is printed for one) or a quote is open."""
    return _blocks(lines, lambda line: re.match(r"\s*curl\b", line) is not None, _command_ends)


def _command_ends(block: Sequence[str]) -> bool:
    text = "\n".join(block)
    return not block[-1].rstrip().endswith(("\\", '"/')) and text.count("'") % 2 == 0


def json_blocks(lines: Sequence[str]) -> list[Lines]:
    """From a line that opens a bracket to the line that closes the last one."""
    return _blocks(lines, lambda line: line.lstrip()[:1] in ("{", "["), lambda block: sum(map(_depth, block)) <= 0)


def _depth(line: str) -> int:
    bare = re.sub(r'"(\\.|[^"\\])*"', "", line)
    return sum((char in "{[") - (char in "}]") for char in bare)


def envelopes(lines: Sequence[str]) -> list[Lines]:
    """SOAP messages."""
    return _blocks(lines, lambda line: re.match(r"\s*<[\w-]+:Envelope\b", line) is not None, _envelope_ends)


def _envelope_ends(block: Sequence[str]) -> bool:
    return re.search(r"</[\w-]+:Envelope>", block[-1]) is not None


def _blocks(lines: Sequence[str], begins: Callable[[str], bool], ends: Callable[[Sequence[str]], bool]) -> list[Lines]:
    found = []
    number = 0
    while number < len(lines):
        if not begins(lines[number]):
            number += 1
            continue
        last = next((end for end in range(number, len(lines)) if ends(lines[number : end + 1])), len(lines) - 1)
        found.append((number + 1, last + 1))
        number = last + 1
    return found


def uncovered(examples: Iterable[Lines], covered: Iterable[Lines]) -> list[Lines]:
    """The examples that no covered lines hold. Lines that follow each other count as one piece."""
    held: list[Lines] = []
    for first, last in sorted(covered):
        begin, end = held.pop() if held and first <= held[-1][1] + 1 else (first, last)
        held.append((begin, max(end, last)))
    return [(first, last) for first, last in examples if not any(a <= first and last <= b for a, b in held)]


def outside(examples: Iterable[Lines], others: Sequence[Lines]) -> list[Lines]:
    """The examples that are not part of another one, as the JSON in a curl command is."""
    return [(first, last) for first, last in examples if not any(a <= first <= b for a, b in others)]
