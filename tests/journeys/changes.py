"""How journeys hand in a change and wait for its end, as a frontend does: by mutation and by polling."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.stack import GatewayClient, until

TRANSACTION = """
    id handle operation status submittedAt completedAt progress { done total }
    steps { backend items status attempts backendHandle errors { code message index } }
    errors { code message backend index path }
    items { index backend status recordId errors { code message index path } }
    affected { id __typename }
"""
ENDED = ("COMPLETED", "PARTIALLY_COMPLETED", "FAILED", "UNKNOWN", "CANCELLED")


def submit(client: GatewayClient, mutation: str, given: dict[str, Any]) -> dict[str, Any]:
    """The transaction that a mutation answers with, at once."""
    payload = payload_of(client, mutation, given)
    assert payload["userErrors"] == []
    transaction: dict[str, Any] = payload["transaction"]
    assert transaction["operation"] == mutation
    return transaction


def refused(client: GatewayClient, mutation: str, given: dict[str, Any]) -> Sequence[dict[str, Any]]:
    """What is wrong with an input of which nothing is stored."""
    before = client.data("{ transactions(first: 1) { totalCount } }")
    payload = payload_of(client, mutation, given)
    assert payload["transaction"] is None
    assert client.data("{ transactions(first: 1) { totalCount } }") == before
    errors: Sequence[dict[str, Any]] = payload["userErrors"]
    return errors


def payload_of(client: GatewayClient, mutation: str, given: dict[str, Any]) -> dict[str, Any]:
    document = f"""mutation ($input: {input_of(mutation)}!) {{
        {mutation}(input: $input) {{ transaction {{ {TRANSACTION} }} userErrors {{ code message path }} }}
    }}"""
    payload: dict[str, Any] = client.data(document, input=given)[mutation]
    return payload


def input_of(mutation: str) -> str:
    """The type of its input."""
    return _INPUTS.get(mutation, f"{mutation[0].upper()}{mutation[1:]}Input")


def with_file(query: str, variables: Mapping[str, Any], file: bytes) -> dict[str, Any]:
    """What httpx has to send for a mutation with a file as `input.file`, by the multipart request convention."""
    return {
        "data": {
            "operations": json.dumps({"query": query, "variables": variables}),
            "map": json.dumps({"0": ["variables.input.file"]}),
        },
        "files": {"0": ("bill.pdf", file, "application/pdf")},
        "headers": {"GraphQL-Require-Preflight": "1"},
    }


def ended(client: GatewayClient, handle: str, patience: float = 60.0) -> dict[str, Any]:
    """The transaction, once nothing is left to do."""
    found: dict[str, Any] = {}

    def has_ended() -> bool:
        found.update(look(client, handle))
        return found["status"] in ENDED

    until(has_ended, patience)
    return found


def look(client: GatewayClient, handle: str) -> dict[str, Any]:
    """The transaction as it stands now."""
    query = f"query ($handle: ID!) {{ transaction(handle: $handle) {{ {TRANSACTION} }} }}"
    found: dict[str, Any] = client.data(query, handle=handle)["transaction"]
    return found


_INPUTS = dict.fromkeys(("acknowledgeOrders", "lockOrders", "deleteOrders"), "OrderIdsInput") | dict.fromkeys(
    ("deleteProducts", "deleteVariants", "deleteWarehouses"), "DeleteCatalogInput"
)
