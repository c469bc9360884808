"""Every question that can be put to a backend, so that all of them can be asked of one that fails."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from gateway import ports
from gateway.errors import BackendError
from gateway.models import BackendRecord, OrderFilter, ShipmentFilter, Sort
from gateway.own import centry as centry_own
from gateway.own.lists import OwnQuery
from gateway.ports import ListQuery
from tests.conformance.known import Known, plain

Question = Callable[[Any, Known], Awaitable[Any]]

QUESTIONS: Mapping[tuple[type, str], Question] = {
    (ports.BackendPort, "check"): lambda backend, _: backend.check(),
    (ports.OrderSource, "orders"): lambda backend, _: backend.orders(_page(OrderFilter())),
    (ports.OrderSource, "orders_by_id"): lambda backend, known: backend.orders_by_id(_ids(known.orders)),
    (ports.OrderSource, "orders_by_number"): lambda backend, known: backend.orders_by_number(_numbers(known)),
    (ports.PackSource, "orders_by_pack"): lambda backend, known: backend.orders_by_pack(known.orders),
    (ports.AcknowledgementSource, "acknowledged_by_order"): lambda backend, known: backend.acknowledged_by_order(known.orders),
    (ports.NoteSource, "notes_by_order"): lambda backend, known: backend.notes_by_order(known.orders),
    (ports.DocumentSource, "documents_by_order"): lambda backend, known: backend.documents_by_order(known.orders),
    (ports.LabelSource, "labels_by_order"): lambda backend, known: backend.labels_by_order(known.orders),
    (ports.ShipmentSource, "shipments"): lambda backend, _: backend.shipments(_page(ShipmentFilter())),
    (ports.ShipmentSource, "shipments_by_id"): lambda backend, known: backend.shipments_by_id(_ids(known.shipments)),
    (ports.ShipmentSource, "shipments_by_order"): lambda backend, known: backend.shipments_by_order(known.orders),
    (ports.VariantSource, "variants_by_sku"): lambda backend, known: backend.variants_by_sku(_skus(known.variants)),
    (ports.VariantSource, "variants_by_id"): lambda backend, known: backend.variants_by_id(_ids(known.variants)),
    (ports.ProductSource, "products_by_sku"): lambda backend, known: backend.products_by_sku(_skus(known.products)),
    (ports.ProductSource, "products_by_id"): lambda backend, known: backend.products_by_id(_ids(known.products)),
    (ports.ImageSource, "images_by_product"): lambda backend, known: backend.images_by_product(known.products),
    (ports.ImageSource, "images_by_variant"): lambda backend, known: backend.images_by_variant(known.variants),
    (ports.WarehouseSource, "warehouses"): lambda backend, _: backend.warehouses(),
    (ports.WarehouseSource, "warehouses_by_id"): lambda backend, known: backend.warehouses_by_id(_ids(known.warehouses)),
    (ports.StockSource, "stock_by_variant"): lambda backend, known: backend.stock_by_variant(known.variants),
    (ports.AddressSource, "addresses_by_warehouse"): lambda backend, known: backend.addresses_by_warehouse(known.warehouses),
    (ports.ChannelSource, "sales_channels"): lambda backend, _: backend.sales_channels(),
    (ports.CentryReads, "centry_records"): lambda backend, _: backend.centry_records(centry_own.Company, [()]),
    (ports.CentryReads, "centry_list"): lambda backend, _: backend.centry_list(centry_own.Color, OwnQuery(limit=5)),
    (ports.CartonCloudReads, "user_info"): lambda backend, _: backend.user_info(),
    (ports.CentryReads, "product_count"): lambda backend, _: backend.product_count(),
}
"""By port and method. None of them changes anything."""


async def answers(backend: Any, known: Known) -> dict[str, Any]:
    """The backend's answers to all that its ports can be asked, by method, or the error that it raised. All at once.

    Asked for are the first few of what is known: a backend that fails takes its time with each.
    """
    asked = {method: ask for (port, method), ask in QUESTIONS.items() if isinstance(backend, port)}
    found = await asyncio.gather(*(_answer(ask, backend, known.few) for ask in asked.values()))
    return dict(zip(asked, found, strict=True))


def assert_true_or_failed(method: str, answer: Any, truth: Any, errors: tuple[type[BackendError], ...]) -> None:
    """The answer of one that is well, or one of these errors, in the whole or key by key; and never less."""
    if isinstance(answer, dict) and isinstance(truth, dict) and answer.keys() == truth.keys():
        for key, part in answer.items():
            assert part == truth[key] or isinstance(part, errors), f"{method}, {key}: {part!r}"
    else:
        assert answer == truth or isinstance(answer, errors), f"{method}: {answer!r}"


async def _answer(ask: Question, backend: Any, known: Known) -> Any:
    try:
        return plain(await ask(backend, known))
    except BackendError as error:
        return error


def _page(wanted: Any) -> ListQuery[Any]:
    return ListQuery(filter=wanted, sort=Sort.DESC, after=None, limit=5)


def _ids(records: Iterable[BackendRecord]) -> list[str]:
    return [record.backend_id for record in records]


def _numbers(known: Known) -> list[str]:
    return [order.number for order in known.orders]


def _skus(records: Iterable[Any]) -> list[str]:
    return [record.sku for record in records]
