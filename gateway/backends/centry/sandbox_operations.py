"""The operations that Centry's page documents: method and address of each, in the page's order."""

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

PATH = "/conexion/v1"
TOKEN_PATH = "/oauth/token"  # noqa: S105  # an address

_DOCUMENTED = """
POST /oauth/token
POST /oauth/token
GET /products.json
GET /products/{product_id}.json
POST /products.json
PUT /products/{product_id}.json
DELETE /products/{product_id}.json
GET /products/count.json
GET /products/{product_id}/synchronization_histories.json
POST /products/{product_id}/synchronization_histories.json
GET /products/{product_id}/assets.json
GET /products/{product_id}/assets/{asset_id}.json
GET /products/{product_id}/assets/{asset_id}/synchronization_histories.json
POST /products/{product_id}/assets/{asset_id}/synchronization_histories.json
GET /variants.json
POST /variants.json
GET /variants/{variant_id}.json
PUT /variants/{variant_id}.json
PUT /variants/sku.json
DELETE /variants/{variant_id}.json
GET /variants/{variant_id}/synchronization_histories.json
POST /variants/{variant_id}/synchronization_histories.json
GET /warehouses.json
GET /warehouses/{warehouse_id}.json
POST /warehouses.json
PUT /warehouses/{warehouse_id}.json
DELETE /warehouses/{warehouse_id}.json
GET /variant_warehouses.json
POST /variant_warehouses.json
GET /variant_warehouses/{variant_warehouse_id}.json
PUT /variant_warehouses/{variant_warehouse_id}.json
DELETE /variant_warehouses/{variant_warehouse_id}.json
GET /variant_warehouses/{variant_warehouse_id}/synchronization_histories.json
POST /variant_warehouses/{variant_warehouse_id}/synchronization_histories.json
GET /variants/{variant_id}/assets.json
POST /variants/{variant_id}/assets.json
GET /variants/{variant_id}/assets/{variant_asset_id}.json
DELETE /variants/{variant_id}/assets/{variant_asset_id}.json
GET /categories.json
GET /categories/{category_id}.json
GET /brands.json
GET /brands/{brand_id}.json
GET /colors.json
GET /colors/{color_id}.json
GET /sizes.json
GET /sizes/{size_id}.json
GET /locations/countries.json
GET /locations/countries/{country_id}.json
GET /locations/regions.json
GET /locations/regions/{region_id}.json
GET /locations/cities.json
GET /locations/cities/{city_id}.json
GET /locations/communes.json
GET /locations/communes/{commune_id}.json
GET /orders.json
GET /orders/{order_id}.json
POST /orders.json
DELETE /orders/{order_id}.json
GET /orders/shipping_labels.json
POST /orders/{order_id}/order_status/confirmations.json
POST /orders/{order_id}/order_status/reschedules.json
POST /orders/{order_id}/order_status/cancellations.json
POST /orders/{order_id}/order_status/delivery_confirmations.json
GET /orders/{order_id}/order_notes.json
POST /orders/{order_id}/order_notes.json
GET /orders/{order_id}/documents.json
GET /orders/{order_id}/documents/{document_id}.json
POST /orders/{order_id}/documents.json
DELETE /orders/{order_id}/documents/{document_id}.json
GET /confirmation_reasons.json
GET /confirmation_reasons/{confirmation_reason_id}.json
GET /buyer_rates.json
GET /buyer_rates/{buyer_rate_id}.json
GET /cancellation_reasons.json
GET /cancellation_reasons/{cancellation_reason_id}.json
GET /integration_configs.json
GET /integration_configs/{ic_id}.json
DELETE /integration_configs/{ic_id}.json
GET /integration_configs/{integration_config_id}/warehouse_priorities.json
GET /integration_configs/{integration_config_id}/warehouse_priorities/{warehouse_priority_id}.json
GET /company_info.json
GET /user_info.json
GET /webhooks.json
GET /webhooks/{webhook_id}.json
POST /webhooks.json
PUT /webhooks/{webhook_id}.json
DELETE /webhooks/{webhook_id}.json
"""


@dataclass(frozen=True)
class Owner:
    """A record that others belong to, such as the product of `/products/{product_id}/assets.json`."""

    kind: str
    identifier: str


@dataclass(frozen=True)
class Target:
    """What a documented request is for. `kind` is its address without ids, such as `products/assets`.

    `owners` are named before it, the outermost first; `identifier` is that of one record.
    """

    method: str
    kind: str
    owners: tuple[Owner, ...]
    identifier: str | None


@dataclass(frozen=True)
class _Operation:
    name: str
    method: str
    address: str
    pattern: re.Pattern[str]


def _documented(number: int, line: str) -> _Operation:
    method, address = line.split(" ", 1)
    pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(address)))
    return _Operation(f"centry-{number:02}", method, address, pattern)


_OPERATIONS = [_documented(number, line) for number, line in enumerate(_DOCUMENTED.strip().splitlines(), 1)]
# Addresses without a variable part go first: `/products/count.json` is no product.
_RESOURCES = sorted((known for known in _OPERATIONS if known.address != TOKEN_PATH), key=lambda known: "{" in known.address)
_TOKEN_OPERATIONS = {"authorization_code": "centry-01", "refresh_token": "centry-02"}


def operation(method: str, path: str, body: bytes) -> str | None:
    """The documented operation that a request is for, such as `centry-55`; None for any other.

    The page gives the two grants of the token address as operations of their own; of client credentials it only says
    that they work as the others do, so they are no operation.
    """
    if path == TOKEN_PATH:
        return _TOKEN_OPERATIONS.get(_grant_type(body)) if method == "POST" else None
    resource = path.removeprefix(PATH)
    if resource == path:
        return None
    return next((known.name for known in _found(resource) if known.method == method), None)


def refusal(method: str, path: str) -> int | None:
    """The page's error code for a request that is no documented operation; None for one that is.

    405: the address is known, but not with this method. 406: the address is known, but not in this format.
    """
    resource = path.removeprefix(PATH)
    methods = {known.method for known in _found(resource)}
    if method in methods:
        return None
    if methods:
        return 405
    stem = re.sub(r"\.\w+$", "", resource)
    return 406 if _found(f"{stem}.json") else 404


def target(method: str, path: str) -> Target:
    """What a request that is a documented operation is for."""
    resource = path.removeprefix(PATH)
    known = next(known for known in _found(resource) if known.method == method)
    return _target(method, _segments(known.address), _segments(resource))


def _segments(address: str) -> Sequence[str]:
    return address.strip("/").removesuffix(".json").split("/")


def _target(method: str, documented: Sequence[str], given: Sequence[str]) -> Target:
    words: list[str] = []
    named: list[Owner] = []
    for word, value in zip(documented, given, strict=True):
        if word.startswith("{"):
            named.append(Owner("/".join(words), value))
        else:
            words.append(word)
    identifier = named.pop().identifier if documented[-1].startswith("{") else None
    return Target(method, "/".join(words), tuple(named), identifier)


def _found(resource: str) -> list[_Operation]:
    """The operations at an address."""
    return [known for known in _RESOURCES if known.pattern.fullmatch(resource)]


def _grant_type(body: bytes) -> str:
    with suppress(ValueError, AttributeError):
        parameters: Any = json.loads(body)
        return str(parameters.get("grant_type"))
    return ""
