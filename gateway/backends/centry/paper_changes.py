"""Papers: how a note is written on an order in Centry, and a document taken off it."""

from collections.abc import Iterable

from gateway.backends.centry.client import Page
from gateway.backends.centry.means import CentryChange
from gateway.backends.centry.results import done
from gateway.backends.centry.wire import Note
from gateway.changes import DocumentDeletion, NewOrderNote
from gateway.errors import NotFound
from gateway.models import Backend
from gateway.transactions.work import Done, Job, NotApplied, Ready


class AddOrderNote(CentryChange[NewOrderNote]):
    """POST …/order_notes.json."""

    facts = NewOrderNote
    calls = ("centry-65",)
    done_when = "Centry answers 2xx, or has a note with this text that it had not before."
    found_out = "The order's notes are read: one with this text that was not there before is done, else it is sent again."
    unknowable = "A note that arrives after the notes were read, and was sent again."

    def lanes(self, item: NewOrderNote) -> Iterable[str]:
        return [f"order/{item.order_id}"]

    async def prepare(self, job: Job[NewOrderNote]) -> Ready:
        (task,) = job.items.values()
        return Ready({"known": [note.id for note in await self._notes(task) if _says(note.record, task)]})

    async def send(self, job: Job[NewOrderNote]) -> Done:
        (task,) = job.items.values()
        await self.means.client.add_order_note(task.order_id, task.text)
        return done(job, "Order", task.order_id)

    async def settle(self, job: Job[NewOrderNote]) -> Done | NotApplied:
        (task,) = job.items.values()
        new = (note for note in await self._notes(task) if note.id not in job.message["known"])
        return done(job, "Order", task.order_id) if any(_says(note.record, task) for note in new) else NotApplied()

    async def _notes(self, task: NewOrderNote) -> Page[Note]:
        notes = await self.means.client.order_notes(task.order_id)
        if notes is None:
            raise NotFound("Centry does not have this order, or not any more.", backend=Backend.CENTRY)
        return notes


class DeleteOrderDocument(CentryChange[DocumentDeletion]):
    """DELETE …/documents/<id>.json."""

    facts = DocumentDeletion
    calls = ("centry-69",)
    done_when = "Centry answers 2xx, or does not have the document any more."
    found_out = "It need not be: a document that is gone cannot be deleted twice."

    def lanes(self, item: DocumentDeletion) -> Iterable[str]:
        return [f"order/{item.order_id}"]

    async def prepare(self, job: Job[DocumentDeletion]) -> Ready:
        (task,) = job.items.values()
        documents = await self.means.client.order_documents(task.order_id)
        if not any(document.id == task.document_id.strip() for document in documents or ()):
            what = "this order" if documents is None else "this document of the order"
            raise NotFound(f"Centry does not have {what}, or not any more.", backend=Backend.CENTRY)
        return Ready({"document": task.document_id.strip()})

    async def send(self, job: Job[DocumentDeletion]) -> Done:
        (task,) = job.items.values()
        await self.means.client.delete_order_document(task.order_id, job.message["document"])
        return done(job, "Order", task.order_id)

    async def settle(self, job: Job[DocumentDeletion]) -> NotApplied:
        return NotApplied()


def _says(note: Note, task: NewOrderNote) -> bool:
    return str(note.text or "").strip() == task.text.strip()
