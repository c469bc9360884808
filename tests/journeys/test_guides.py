"""The guides of `docs/guides`, followed word by word against the simulated systems."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.changes import ENDED
from tests.stack import Stack, until, whole_stack

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
_STEP = re.compile(r"```graphql\n(.*?)```(?:\s*```json\n(.*?)```)?((?:\s*- Keep [^\n]+)*)", re.DOTALL)
_KEPT = re.compile(r"- Keep `([\w.]+)` as `(\w+)`\.")


@dataclass
class Reader:
    """Somebody who follows a guide: fills in what was kept, and keeps what the guide says."""

    stack: Stack
    kept: dict[str, str] = field(default_factory=dict)

    def follow(self, document: str, variables: str, keeps: str) -> dict[str, Any]:
        filled = re.sub(r"\{\{(\w+)\}\}", lambda named: self.kept[named[1]], variables or "{}")
        answer = self.stack.client.data(document, **json.loads(filled))
        for path, name in _KEPT.findall(keeps):
            self.kept[name] = at(answer, path)
        return answer


def at(answer: Any, path: str) -> str:
    for step in path.split("."):
        answer = answer[int(step)] if step.isdigit() else answer[step]
    return str(answer)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with whole_stack(tmp_path_factory.mktemp("guides"), orders=5) as made:
        yield made


def test_a_product_is_made_at_centry_by_the_guide_alone(stack: Stack) -> None:
    steps = _STEP.findall((GUIDES / "a-product-at-centry.md").read_text())
    assert len(steps) == 6
    words, make, look, warehouses, fill, see = steps
    reader = Reader(stack)

    def followed(step: tuple[str, str, str]) -> dict[str, Any]:
        """A mutation, and step 3 until it has ended well."""
        (payload,) = reader.follow(*step).values()
        assert payload["userErrors"] == []
        until(lambda: reader.follow(*look)["transaction"]["status"] in ENDED)
        ended: dict[str, Any] = reader.follow(*look)["transaction"]
        assert (ended["status"], ended["errors"]) == ("COMPLETED", [])
        return ended

    reader.follow(*words)
    followed(make)
    product = reader.kept["productRecordId"]
    reader.follow(*warehouses)
    assert [item["status"] for item in followed(fill)["items"]] == ["COMPLETED"] * 4

    shown = reader.follow(see[0], json.dumps({"id": product}), "")
    record, small, large = shown["node"], shown["small"], shown["large"]
    assert (record["sku"], record["status"], record["price"]) == ("MUG", "ACTIVE", {"amount": "9990", "currency": "CLP"})
    assert [image["url"][-9:] for image in record["images"]] == ["front.png", "-side.png"]
    assert (small["barcode"], large["barcode"]) == ("04006381333931", "05901234123457")
    assert sorted(level["available"] for level in small["stock"]["nodes"]) == ["12", "3"]
    assert sorted(level["available"] for level in large["stock"]["nodes"]) == ["0", "7"]
    assert (small["available"], large["available"]) == ("15", "7")
    assert small["color"] == large["color"] is not None
    assert small["size"] != large["size"]
