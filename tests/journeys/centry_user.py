"""Somebody else who uses Centry, and what such a one writes there."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from tests.backends.centry.asking import Caller
from tests.stack import Stack


@contextmanager
def another_user(stack: Stack) -> Iterator[Caller]:
    """With a token of their own."""
    with httpx.Client(base_url=stack.addresses["CENTRY"]) as http:
        caller = Caller(http)
        caller.token = caller.grant(grant_type="client_credentials").json()["access_token"]
        yield caller


def write_what_centry_alone_has(caller: Caller) -> None:
    """What the simulated one begins without: a webhook, pictures of a variant, histories of all four kinds."""
    caller.write("POST", "webhooks.json", {"callback_url": "https://shop.example/hook/a-secret", "on_order_save": True})
    product = next(one for one in caller.get("products.json", limit=100) if caller.get(f"products/{one['_id']}/assets.json"))
    (asset, *_) = caller.get(f"products/{product['_id']}/assets.json")
    variant = next(one for one in caller.get("variants.json", limit=200) if one["product_id"] == product["_id"])
    (row, *_) = caller.get("variant_warehouses.json", variant_id=variant["_id"])
    caller.write("POST", f"variants/{variant['_id']}/assets.json", {"asset_id": asset["_id"]})
    for path, about in (
        (f"products/{product['_id']}", "price"),
        (f"products/{product['_id']}/assets/{asset['_id']}", "url"),
        (f"variants/{variant['_id']}", "sku"),
        (f"variant_warehouses/{row['_id']}", "quantity"),
    ):
        told = {f"{about}_messages": {"mistakes": [f"the {about} is wrong"]}}
        caller.write("POST", f"{path}/synchronization_histories.json", {"action": "Product save", **told})
