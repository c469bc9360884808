"""A caller's own fields go into a backend's message without changing what the gateway has filled."""

from typing import Any

import pytest

from gateway.merging import clashes, merged

MESSAGE = {"number": "1", "address": {"city": "Santiago", "geo": {"lat": 1}}, "items": [{"sku": "A"}]}


@pytest.mark.parametrize(
    ("extra", "result"),
    [
        ({}, MESSAGE),
        ({"gift": True}, MESSAGE | {"gift": True}),
        ({"address": {"floor": 3}}, MESSAGE | {"address": {"city": "Santiago", "geo": {"lat": 1}, "floor": 3}}),
        ({"more": {"a": None, "b": {"c": None, "d": [None]}}}, MESSAGE | {"more": {"b": {"d": [None]}}}),
        ({"gift": None}, MESSAGE),
    ],
)
def test_what_is_given_besides_is_added(extra: dict[str, Any], result: dict[str, Any]) -> None:
    assert list(clashes(MESSAGE, extra)) == []
    assert merged(MESSAGE, extra) == result


@pytest.mark.parametrize(
    ("extra", "paths"),
    [
        ({"number": "2"}, [("number",)]),
        ({"number": None, "gift": True}, [("number",)]),
        ({"address": "elsewhere"}, [("address",)]),
        ({"address": {"city": "Lima", "geo": {"lat": 2, "lon": 3}}}, [("address", "city"), ("address", "geo", "lat")]),
        ({"items": []}, [("items",)]),
    ],
)
def test_what_the_gateway_has_filled_stays_and_the_path_to_it_is_told(
    extra: dict[str, Any], paths: list[tuple[str, ...]]
) -> None:
    assert list(clashes(MESSAGE, extra)) == paths
