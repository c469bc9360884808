"""What every read by key promises, whoever gives it: matched by key, whatever the keys are and in which order they come."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gateway.errors import BackendError
from tests.conformance.known import plain

Ask = Callable[[Sequence[Any]], Awaitable[Mapping[str, Any]]]

ODD = (
    "a,b", "a/b/c/d", "../x", "%2F", "?", "#", "&a=b", "'", '"', "\\", "a\nb", "\u0000", "ÅÄÖ", "日本", "😀", "-1", "0",
    "null", "x" * 300, "a b", "*", "{}", "<x/>", "%", "..", "/",
)  # fmt: skip
"""Keys that nobody has, and that addresses, queries or messages could choke on."""


async def assert_matched_by_key(ask: Ask, expected: Mapping[str, Any]) -> None:
    """`expected` has the answers of all keys that are known."""
    keys = list(expected)
    assert keys, "the world of these suites holds none"
    whole = plain(await ask(keys))
    assert whole == plain(expected)
    assert plain(await ask([*reversed(keys), *keys])) == whole, "the order of keys, or a second time, makes a difference"
    assert plain(await ask([])) == {}
    assert plain(await ask(keys[:1])) == {keys[0]: whole[keys[0]]}


async def assert_strange_keys_do_no_harm(ask: Ask, expected: Mapping[str, Any]) -> None:
    """Unknown and blank keys are missing. One that cannot be asked for may have its error instead."""
    key = next(iter(expected))
    unknown = [other for other in _near(key) if other not in expected]
    assert plain(await ask([*unknown, "", " ", key, "\t"])) == {key: plain(expected[key])}
    found = dict(await ask([*ODD, key]))
    assert plain(found.pop(key)) == plain(expected[key])
    assert all(isinstance(answer, BackendError) for answer in found.values()), found
    assert set(found) <= set(ODD)


async def assert_hundreds_at_once(ask: Ask, expected: Mapping[str, Any]) -> None:
    """All keys that are known, among hundreds that are not."""
    first = next(iter(expected))
    many = [f"{first}{number:03}" for number in range(300)]
    wanted = list(dict.fromkeys([*many[:150], *expected, *many[150:]]))
    assert plain(await ask(wanted)) == plain(expected)


async def assert_matched_by_record(ask: Ask, records: Sequence[Any]) -> Mapping[str, Any]:
    """The same where the keys are records, and answers come by their ids. Gives the answers of all."""
    whole = await ask(records)
    told = plain(whole)
    assert set(whole) <= {record.backend_id for record in records}
    assert plain(await ask([*reversed(records), *records])) == told, "the order of records, or a second time, matters"
    assert plain(await ask([])) == {}
    one = records[0].backend_id
    assert plain(await ask(records[:1])) == {key: told[key] for key in told if key == one}
    bare = {name: None for name in ("raw", "images") if hasattr(records[0], name)}
    strangers = [replace(records[0], backend_id=f"nobody's {number}", **bare) for number in range(100)]
    found = dict(await ask([*strangers, records[0]]))
    assert plain(found.pop(one, None)) == told.get(one)
    assert all(isinstance(answer, BackendError) or not answer for answer in found.values()), found
    return whole


def _near(key: str) -> list[str]:
    """Keys that look like one that is known."""
    return [key[:-1] + "x", key + "x", key[:-1]]
