"""Stock changes: how Cenports is told what lies in a warehouse, or what has come and gone."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from gateway.backends.cenports import allowed, wire
from gateway.backends.cenports.mapping.identity import joined, split_id
from gateway.backends.cenports.stock import Held
from gateway.backends.cenports.submitting import Submission, written
from gateway.catalogue.entries import Shelf
from gateway.catalogue.records import CatalogueKind
from gateway.changes import StockAdjustment
from gateway.errors import ErrorCode, GatewayError, NotFound, NotSupported, Rejected
from gateway.models import Backend, StockChange, StockKind
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Done, Job, Message, NotApplied, Ready, Result, TakenOn, Unknowable, Unsure, Wrong

Outcome = TypeVar("Outcome")

_TYPES = {StockChange.SET: "TRUE_UP", StockChange.ADD: "DIFFERENTIAL"}
_STOCK = Shelf(CatalogueKind.STOCK, Backend.CENPORTS)
_WRONG_KIND = "Cenports is told what lies in its warehouses. Change ON_HAND."


class AdjustStock(Submission[StockAdjustment]):
    """PATCH /inventories, a call for each warehouse, kind of change and 200 SKUs. Cenports works on it, and is asked what came.

    Quantities that are added stand in no call with others: of what is lost of them nobody knows what it did.
    """

    facts = StockAdjustment
    calls = ("cenports-09", "cenports-10", "cenports-11")
    done_when = "Its transaction is COMPLETED, or FAILED without naming the SKU."
    found_out = "SET need not be: a quantity that is set twice is set."
    unknowable = "ADD: Cenports shows quantities, and not what made them so."
    batch = 200

    def problems(self, item: StockAdjustment) -> Iterator[Wrong]:
        if item.kind is not StockKind.ON_HAND:
            yield Wrong(path=("kind",), message=_WRONG_KIND, code=ErrorCode.NOT_SUPPORTED)
        named = "sku" if item.sku is not None else "variantRecordId"
        yield from allowed.text((named,), sku_of(item), required=True)

    def group(self, item: StockAdjustment) -> tuple[str, StockChange]:
        return item.warehouse, item.change

    def fits(self, items: Sequence[StockAdjustment]) -> bool:
        """In which order a call's entries are worked on, the page does not say: each SKU stands in it once."""
        return len(items) <= self.batch and len(set(map(sku_of, items))) == len(items)

    def lanes(self, item: StockAdjustment) -> Iterable[str]:
        return [f"stock/{sku_of(item)}/{item.warehouse}"]

    def record_of(self, item: StockAdjustment) -> RecordRef:
        return RecordRef("VariantRecord", Backend.CENPORTS, joined(sku_of(item)))

    def names_of(self, item: StockAdjustment) -> Collection[str]:
        return [sku_of(item)]

    async def prepare(self, job: Job[StockAdjustment]) -> Ready | Done:
        held = await self._means.stock.held()
        code = self._code(next(iter(job.items.values())).warehouse, held)
        known = {sku for shelf in held for sku in shelf.skus}
        refused = {index: wrong for index, item in job.items.items() if (wrong := _against(item, known))}
        wanted = {index: _entry(item) for index, item in job.items.items() if index not in refused}
        return Ready({"warehouse": code, "entries": written(wanted)}, refused)

    async def submit(self, message: Message, entries: list[msgspec.Raw]) -> wire.Transaction:
        return await self._means.client.update_inventories(message["warehouse"], entries)

    async def send(self, job: Job[StockAdjustment]) -> Done | TakenOn:
        return self._shown(await super().send(job))

    async def poll(self, job: Job[StockAdjustment]) -> Done | TakenOn | Unsure:
        return self._shown(await super().poll(job))

    async def settle(self, job: Job[StockAdjustment]) -> NotApplied | Unknowable:
        if not _adds(job):
            return NotApplied()
        self._means.look_again(_STOCK)
        skus = ", ".join(map(sku_of, job.items.values()))
        return Unknowable(f"See what Cenports has of {skus}, and SET what is right.")

    async def undecided(
        self, job: Job[StockAdjustment], items: Mapping[int, StockAdjustment], why: str
    ) -> Mapping[int, Result] | Unsure:
        return Unsure() if _adds(job) else await super().undecided(job, items, why)

    def _code(self, key: str, held: Iterable[Held]) -> str:
        """Cenports' code of a warehouse. Raises NotFound, and Rejected where it has several of them."""
        found = self._means.warehouse_names.among(key, (shelf.warehouse for shelf in held))
        if not found:
            raise NotFound(f"Cenports has no warehouse {key}.", backend=Backend.CENPORTS)
        if len(found) > 1:
            message = f"Cenports has several warehouses that are {key}. Give each a name in GATEWAY_WAREHOUSES."
            raise Rejected(Backend.CENPORTS, message)
        return found[0].code

    def _shown(self, outcome: Outcome) -> Outcome:
        """Lists of stock are brought in step soon."""
        if isinstance(outcome, Done):
            self._means.look_again(_STOCK)
        return outcome


def sku_of(item: StockAdjustment) -> str:
    """A variant record's id is its SKU, percent-encoded."""
    if item.sku is not None:
        return item.sku
    (sku,) = split_id(item.variant_record_id or "", 1) or ("",)
    return sku


def _entry(item: StockAdjustment) -> dict[str, object]:
    return {"productSKU": sku_of(item), "quantity": item.quantity, "type": _TYPES[item.change]}


def _adds(job: Job[StockAdjustment]) -> bool:
    return any(item.change is StockChange.ADD for item in job.items.values())


def _against(item: StockAdjustment, known: Collection[str]) -> GatewayError | None:
    """What keeps an item from being sent. Which warehouse a known SKU may be put into is for Cenports to say."""
    if sku_of(item) not in known:
        return NotFound(f"Cenports has no product {sku_of(item)}.", backend=Backend.CENPORTS)
    if item.kind is not StockKind.ON_HAND:
        return NotSupported(_WRONG_KIND, backend=Backend.CENPORTS)
    return None
