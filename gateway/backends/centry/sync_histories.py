"""Synchronization histories: how Centry is told what came of bringing goods to a channel."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from gateway.backends.centry import own_wire
from gateway.backends.centry.means import LATE, CentryChange
from gateway.backends.centry.messages import body_of, filled, kept
from gateway.centry_changes import SyncHistory
from gateway.errors import NotFound
from gateway.models import Backend
from gateway.transactions.facts import RecordRef
from gateway.transactions.work import Achieved, Done, Job, NotApplied, Ready, Wrong

ACTIONS = (
    "Product save", "Product create", "Product update", "Product unpublish", "Product delete", "Image save",
    "Description update", "Active Meli Flex", "Deactive Meli Flex",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """What histories are of: the operations that write and read them, and the attributes that the page names."""

    write: str
    read: str
    attributes: frozenset[str]


_PRODUCT = Subject(
    "centry-10",
    "centry-09",
    frozenset((
        "name", "description", "price", "price_compare", "barcode", "status", "seo_title", "seo_description", "packageheight",
        "packagewidth", "packagelength", "shortdescription", "salestartdate", "saleenddate", "condition", "seasonyear",
        "season", "sku", "deliverytimesupplier", "is_fullproductname", "category", "brand", "gender", "warranty",
    )),
)  # fmt: skip
_ASSET = Subject("centry-14", "centry-13", frozenset(("name", "alt", "position", "url")))
_VARIANT = Subject("centry-22", "centry-21", frozenset(("description", "sku")))
_STOCK = Subject("centry-34", "centry-33", frozenset(("quantity",)))


class RecordSyncHistory(CentryChange[SyncHistory]):
    """POST …/synchronization_histories.json of a product, a picture, a variant, or its stock in a warehouse."""

    facts = SyncHistory
    calls = ("centry-10", "centry-14", "centry-22", "centry-34")
    done_when = "Centry answers 2xx, or has a history of this action that it had not before."
    found_out = "The histories are read: a new one of this action is done, else it is sent again."
    unknowable = LATE

    def problems(self, item: SyncHistory) -> Iterator[Wrong]:
        if item.action not in ACTIONS:
            yield Wrong(path=("action",), message=f"Centry knows the actions {', '.join(ACTIONS)}.")
        allowed, seen = subject_of(item).attributes, set[str | None]()
        for index, each in enumerate(item.messages or ()):
            path = ("messages", str(index))
            if each.attribute is not None and each.attribute not in allowed:
                message = f"Centry keeps messages of {', '.join(sorted(allowed))}, and of the record as a whole."
                yield Wrong(path=(*path, "attribute"), message=message)
            elif each.attribute in seen:
                yield Wrong(path=(*path, "attribute"), message="This attribute is given twice.")
            if not each.warnings and not each.mistakes:
                yield Wrong(path=path, message="Give warnings or mistakes.")
            seen.add(each.attribute)

    def lanes(self, item: SyncHistory) -> Iterable[str]:
        return [place(item)]

    async def prepare(self, job: Job[SyncHistory]) -> Ready:
        (item,) = job.items.values()
        return Ready({**kept(history(item)), "known": await self._alike(item)})

    async def send(self, job: Job[SyncHistory]) -> Done:
        (item,) = job.items.values()
        await self.means.client.make(subject_of(item).write, f"{place(item)}.json", body_of(job.message))
        return _done(job)

    async def settle(self, job: Job[SyncHistory]) -> Done | NotApplied:
        (item,) = job.items.values()
        return _done(job) if set(await self._alike(item)) - set(job.message["known"]) else self.not_made(job)

    async def _alike(self, item: SyncHistory) -> Sequence[str]:
        """The ids of histories that may be this one. Raises NotFound."""
        found = await self.means.client.listed(subject_of(item).read, f"{place(item)}.json", own_wire.SyncHistory)
        if found is None:
            raise NotFound("Centry does not have this record, or not any more.", backend=Backend.CENTRY)
        return [one.id for one in found if one.record.action == item.action]


def history(item: SyncHistory) -> dict[str, Any]:
    """What Centry is sent of it."""
    told: dict[str, Mapping[str, Any]] = {
        f"{each.attribute}_messages" if each.attribute else "messages": filled(
            warnings=list(each.warnings or ()) or None, mistakes=list(each.mistakes or ()) or None
        )
        for each in item.messages or ()
    }
    return {"action": item.action, **told}


def subject_of(item: SyncHistory) -> Subject:
    if item.product_record_id is not None:
        return _PRODUCT if item.asset_id is None else _ASSET
    return _STOCK if item.variant_record_id is None else _VARIANT


def place(item: SyncHistory) -> str:
    """Where the histories are, without the ending."""
    parts = {
        "products": item.product_record_id,
        "assets": item.asset_id,
        "variants": item.variant_record_id,
        "variant_warehouses": item.variant_warehouse_id,
    }
    of = "".join(f"/{name}/{quote(value.strip(), safe='')}" for name, value in parts.items() if value is not None)
    return f"{of}/synchronization_histories"


def _done(job: Job[SyncHistory]) -> Done:
    ((index, item),) = job.items.items()
    named = {"ProductRecord": item.product_record_id, "VariantRecord": item.variant_record_id}
    record = next((RecordRef(kind, Backend.CENTRY, value) for kind, value in named.items() if value), None)
    return Done({index: Achieved(record)})
