"""What Centry alone has: what the page's examples become, field for field, and lists whose pages Centry cuts."""

from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from gateway.backends.centry.sandbox import CentrySandbox
from gateway.models import DocumentKind
from gateway.own import centry as own
from gateway.own.lists import OwnQuery
from gateway.ports import Resources
from tests.backends.centry.asking import WORLD
from tests.backends.centry.backing import Backing, backing
from tests.backends.centry.documented import CONTRACT
from tests.backends.centry.reading_own import reading_of
from tests.backends.centry.test_contract import ASIDE, client_for
from tests.contract.recorder import Reply, recording

COLORS = "centry-43"
AT = datetime(2019, 10, 22, 14, 28, 17, 180_000, UTC)


async def shown(operation: str, resources: Resources) -> Any:
    """What the page's reply to an operation becomes: the one record, or the first of the list."""
    (request,) = CONTRACT.glob(f"{operation}-*.request.http")
    reply = request.with_name(request.name.replace(".request.http", ".reply.json"))
    reading = reading_of(operation, request)
    assert reading is not None
    aside = {path: answer for path, answer in ASIDE.items() if operation != "centry-82" or "user_info" not in path}
    async with recording(Reply(reply.read_text()), aside=aside) as recorder:
        client = client_for(recorder.base_url, resources)
        found: Any = await reading.call(client)
        await client.close()
    return next(iter(found.values())) if isinstance(found, dict) else found[0]


def told(record: Any) -> dict[str, Any]:
    """What a record tells beside its id, its text and its times."""
    beside = ("id", "raw", "fetched_at", "created_at", "updated_at")
    return {
        each.name: value
        for each in fields(record)
        if (value := getattr(record, each.name)) is not None and each.name not in beside
    }


@pytest.mark.parametrize(
    ("operation", "kind", "expected"),
    [
        ("centry-40", own.Category, {"name": "Accesorios / Accesorios Femeninos / Bijuteria / Anillos"}),
        ("centry-42", own.Brand, {"name": "ZIKO"}),
        ("centry-44", own.Color, {"name": "Violeta oscuro"}),
        ("centry-46", own.Size, {"name": "XXS"}),
        ("centry-48", own.Country, {"name": "Chile", "iso_code": "CL", "language": "es"}),
        ("centry-50", own.Region, {"name": "Región Metropolitana", "country_id": "5769714df82f456e80000000", "position": 1}),
        ("centry-71", own.ConfirmationReason, {"name": "Frágil", "description": "Productos frágiles."}),
        (
            "centry-75",
            own.CancellationReason,
            {"name": "Sin stock", "description": "El producto se encuentra agotado.", "restock": "not_allowed"},
        ),
        (
            "centry-80",
            own.WarehousePriority,
            {
                "integration_config_id": "5b042c94f82f45124d0681bd",
                "warehouse_id": "577eb7b8f82f456ef4000001",
                "priority": 0,
            },
        ),
        (
            "centry-37",
            own.VariantAsset,
            {
                "variant_id": "5ac23e71f82f455978672392",
                "asset_id": "577eb7b8f82f456ef4000002",
                "product_id": "577eb7b8f82f456ef4000002",
                "position": 0,
            },
        ),
        (
            "centry-30",
            own.VariantWarehouse,
            {
                "variant_id": "5cc36d8748f039156b45f78e",
                "warehouse_id": "577eb7b8f82f456ef4000001",
                "quantity": 2,
                "version": 8,
                "created_by_id": "577eb7b8f82f456ef4000002",
                "updated_by_id": "577eb7b8f82f456ef4000002",
            },
        ),
    ],
)
async def test_a_record_tells_what_the_page_shows(
    operation: str, kind: type[own.Record], expected: dict[str, Any], resources: Resources
) -> None:
    record = await shown(operation, resources)
    assert (type(record), told(record)) == (kind, expected)
    assert record.id
    assert record.raw


async def test_a_priority_calls_its_times_differently(resources: Resources) -> None:
    priority = await shown("centry-80", resources)
    assert (priority.created_at, priority.updated_at, priority.deleted_at) == (AT, AT, None)


async def test_an_integration_tells_what_is_sent_to_the_marketplace(resources: Resources) -> None:
    integration = await shown("centry-76", resources)
    assert (integration.target, integration.use, integration.delete_status, integration.enabled) == (
        "Linio", "slave", "unpublish", True,
    )  # fmt: skip
    assert (integration.price_factor, integration.price_round, integration.sku_prefix) == (Decimal(1), 0, None)
    assert integration.excluded_brand_ids == ("580450f61746bf79030001eb", "59baccbf133b5a34d452a33c")
    sent = {each.name: getattr(integration, each.name) for each in fields(integration) if each.name.startswith("sends_")}
    assert len(sent) == 13
    assert set(sent.values()) == {True}
    assert "linio_api_key" not in repr(integration)


async def test_company_and_user_are_the_first_of_their_lists(resources: Resources) -> None:
    company, user = await shown("centry-81", resources), await shown("centry-82", resources)
    assert (company.name, company.users_count, company.logo, company.facebook) == ("Empresa Normie", 4, None, "fb.com/empresa")
    assert (user.first_name, user.email, user.mobile_phone, user.phone, user.birthday) == (
        "Nombre", "nombre@correo.cl", "6666666", None, "1/1/1990",
    )  # fmt: skip
    assert "nombre@correo.cl" not in repr(user)


async def test_files_tell_what_is_known_of_them(resources: Resources) -> None:
    asset, document = await shown("centry-12", resources), await shown("centry-67", resources)
    assert (asset.file.file_name, asset.file.size, asset.processing, asset.url) == ("imagen.jpg", 26136, False, None)
    assert (document.kind, document.number, document.file.file_name) == (DocumentKind.INVOICE, "800566", "nombre_archivo.pdf")
    assert document.created_at == datetime(2021, 3, 17, 15, 28, 56, 384_000, UTC)


@pytest.mark.parametrize(
    ("operation", "said"),
    [("centry-09", 25), ("centry-13", 5), ("centry-21", 3), ("centry-33", 2)],
)
async def test_a_history_says_attribute_by_attribute_what_was_wrong(operation: str, said: int, resources: Resources) -> None:
    history = await shown(operation, resources)
    assert len(history.messages) == said == len({message.attribute for message in history.messages})
    assert all(message.mistakes and message.warnings for message in history.messages)
    assert None in {message.attribute for message in history.messages}
    assert (history.success, history.marketplace, history.request) == (False, "centry-test-local-v2", "{}")


async def colors(centry: Backing, limit: int, after: str | None = None) -> tuple[list[str], bool]:
    found = await centry.backend.centry_list(own.Color, OwnQuery(limit=limit, after=after))
    assert found is not None
    return [color.id for color in found.records], found.more


async def test_a_page_that_centry_cuts_does_not_end_a_list(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD, maximum_limit=2), resources) as centry:
        whole, more = await colors(centry, 250)
        assert not more
        assert len(whole) > 4
        await centry.calls()

        assert await colors(centry, 3) == (whole[:3], True)
        assert await centry.calls() == {COLORS: 2}

        assert await colors(centry, 250, whole[-1]) == ([], False)


async def test_the_end_of_a_list_costs_no_call_where_a_larger_page_was_seen(resources: Resources) -> None:
    async with backing(CentrySandbox(WORLD), resources) as centry:
        whole, _ = await colors(centry, 250)
        assert await centry.calls() == {COLORS: 2}

        await centry.backend.variants_by_sku([item.sku for item in WORLD.items])
        await centry.calls()
        assert await colors(centry, 250) == (whole, False)
        assert await centry.calls() == {COLORS: 1}
