"""Arguments of what Centry alone has, and how they become its own filters."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import strawberry
from strawberry import UNSET

from gateway.errors import BadUserInput
from gateway.own import centry as own
from gateway.own.lists import Condition, Path
from resolvers.inputs import described_input

_COMPARISONS = {"equals": "", "from_": "_gte", "until": "_lte", "after": "_gt", "before": "_lt"}
_TIMES = ("created_at", "updated_at")
_NAMES = {"used_by_company": "filtered_used_by_company"}
"""What Centry calls a filter differently."""


@described_input
class CentryTimeInput:
    """When something was, as Centry lets one ask. Conditions are joined by AND."""

    equals: datetime | None = UNSET
    """Exactly then."""
    from_: datetime | None = strawberry.field(name="from", default=UNSET)
    """Then or later."""
    until: datetime | None = UNSET
    """Then or earlier."""
    after: datetime | None = UNSET
    """Later."""
    before: datetime | None = UNSET
    """Earlier."""


@described_input
class CentryFilterInput:
    """Which records to list. Conditions are joined by AND."""

    created_at: CentryTimeInput | None = UNSET
    """Only those made then."""
    updated_at: CentryTimeInput | None = UNSET
    """Only those last changed then."""


@described_input
class CentryUsedFilterInput(CentryFilterInput):
    """Which categories or brands to list. Conditions are joined by AND."""

    used_by_company: bool | None = UNSET
    """True: only those that the company's products have now. False is no condition."""


@described_input
class CentryCountryFilterInput(CentryFilterInput):
    """Which countries to list. Conditions are joined by AND."""

    iso_code: str | None = UNSET
    """Only the one with exactly this ISO 3166-1 code, such as CL."""
    language: str | None = UNSET
    """Only those with exactly this language code, such as es."""
    name: str | None = UNSET
    """Only those with exactly this name."""


@described_input
class CentryRegionFilterInput(CentryFilterInput):
    """Which regions to list. Conditions are joined by AND."""

    country_id: strawberry.ID | None = UNSET
    """Only those of this country (`CentryCountry.id`)."""
    name: str | None = UNSET
    """Only those with exactly this name."""
    position: int | None = UNSET
    """Only those with this place in their country."""


@described_input
class CentryCityFilterInput(CentryFilterInput):
    """Which cities to list. Conditions are joined by AND."""

    region_id: strawberry.ID | None = UNSET
    """Only those of this region (`CentryRegion.id`)."""
    name: str | None = UNSET
    """Only those with exactly this name."""


@described_input
class CentryCommuneFilterInput(CentryFilterInput):
    """Which communes to list. Conditions are joined by AND."""

    city_id: strawberry.ID | None = UNSET
    """Only those of this city (`CentryCity.id`)."""
    name: str | None = UNSET
    """Only those with exactly this name."""


def conditions(wanted: CentryFilterInput | None) -> Mapping[str, Condition]:
    """What is asked for, under Centry's names."""
    if not wanted:
        return {}
    plain = {name: value for name, value in _given(wanted).items() if name not in _TIMES and value is not False}
    times = {
        name + _COMPARISONS[comparison]: moment
        for name in _TIMES
        if (span := getattr(wanted, name))
        for comparison, moment in _given(span).items()
    }
    return {_NAMES.get(name, name): value for name, value in plain.items()} | times


def sync_subject(
    product_id: str | None, asset_id: str | None, variant_id: str | None, variant_warehouse_id: str | None
) -> tuple[type[own.SyncHistory], Path]:
    """Of what histories are asked for, and the ids that lead to it. Raises BadUserInput unless it is exactly one thing."""
    product, asset, variant, stock = (id or None for id in (product_id, asset_id, variant_id, variant_warehouse_id))  # noqa: A001
    if sum(one is not None for one in (product, variant, stock)) != 1:
        raise BadUserInput("Give exactly one of `productId`, `variantId` and `variantWarehouseId`.")
    if asset is not None and product is None:
        raise BadUserInput("assetId: give `productId` too, the product that the picture is of.")
    if product is not None:
        return (own.ProductSyncHistory, (product,)) if asset is None else (own.AssetSyncHistory, (product, asset))
    if variant is not None:
        return own.VariantSyncHistory, (variant,)
    return own.VariantWarehouseSyncHistory, (stock or "",)


def _given(wanted: Any) -> dict[str, Any]:
    """The fields that a client gave a value."""
    values = {each.name: getattr(wanted, each.name) for each in fields(wanted)}
    return {name: value for name, value in values.items() if value is not UNSET and value is not None}
