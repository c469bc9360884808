"""Somebody else who uses Centry, and what such a one writes there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.backends.centry.asking import Caller, signed_in
from tests.stack import Stack


@contextmanager
def another_user(stack: Stack) -> Iterator[Caller]:
    """With a token of their own."""
    with signed_in(stack.addresses["CENTRY"]) as caller:
        yield caller


@dataclass(frozen=True)
class Written:
    """The ids of a product, a picture and a variant of it, of that the picture shows the variant, and of a row of its stock."""

    product: str
    asset: str
    variant: str
    link: str
    row: str


def write_what_centry_alone_has(user: Caller) -> Written:
    """What the simulated one begins without: a webhook, a picture of a variant, histories of all four kinds."""
    user.write("POST", "webhooks.json", {"callback_url": "https://shop.example/hook/a-secret", "on_order_save": True})
    product, asset = next(
        (one["_id"], assets[0]["_id"])
        for one in user.get("products.json", limit=100)
        if (assets := user.get(f"products/{one['_id']}/assets.json"))
    )
    variant = next(one["_id"] for one in user.get("variants.json", limit=200) if one["product_id"] == product)
    (row, *_) = [one["_id"] for one in user.get("variant_warehouses.json", variant_id=variant)]
    link = user.write("POST", f"variants/{variant}/assets.json", {"asset_id": asset})["_id"]
    for path, about in (
        (f"products/{product}", "price"),
        (f"products/{product}/assets/{asset}", "url"),
        (f"variants/{variant}", "sku"),
        (f"variant_warehouses/{row}", "quantity"),
    ):
        told = {f"{about}_messages": {"mistakes": [f"the {about} is wrong"]}}
        user.write("POST", f"{path}/synchronization_histories.json", {"action": "Product save", **told})
    return Written(product, asset, variant, link, row)
