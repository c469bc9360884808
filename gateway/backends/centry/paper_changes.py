"""Papers: how notes are written on orders in Centry, and documents put on them and taken off."""

from collections.abc import Iterable

from gateway.backends.centry.client import Page
from gateway.backends.centry.means import LATE, CentryChange
from gateway.backends.centry.messages import filled
from gateway.backends.centry.papers import KINDS
from gateway.backends.centry.results import done, not_supported
from gateway.backends.centry.wire import Document, Note
from gateway.changes import DocumentDeletion, NewDocument, NewOrderNote
from gateway.errors import NotFound
from gateway.models import Backend, DocumentKind
from gateway.transactions.work import Done, Job, NotApplied, Ready, Wrong

WORDS = {kind: word for word, kind in KINDS.items()} | {DocumentKind.OTHER: "other"}
"""The page's words for kinds of documents."""


class AddOrderNote(CentryChange[NewOrderNote]):
    """POST …/order_notes.json."""

    facts = NewOrderNote
    calls = ("centry-65",)
    done_when = "Centry answers 2xx, or has a note with this text that it had not before."
    found_out = "The order's notes are read: one with this text that was not there before is done, else it is sent again."
    unknowable = LATE

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
        return done(job, "Order", task.order_id) if any(_says(note.record, task) for note in new) else self.not_made(job)

    async def _notes(self, task: NewOrderNote) -> Page[Note]:
        notes = await self.means.client.order_notes(task.order_id)
        if notes is None:
            raise NotFound("Centry does not have this order, or not any more.", backend=Backend.CENTRY)
        return notes


class AttachOrderDocument(CentryChange[NewDocument]):
    """POST …/documents.json, a form with the file."""

    facts = NewDocument
    calls = ("centry-68",)
    done_when = "Centry answers 2xx, or has a document of this name, type and number that it had not before."
    found_out = "The order's documents are read: one of this name, type and number that was not there before is done."
    unknowable = LATE

    def problems(self, item: NewDocument) -> Iterable[Wrong]:
        if item.kind not in WORDS:
            told = ", ".join(WORDS)
            yield not_supported(f"Centry's orders take documents of these kinds: {told}.", "kind")

    def lanes(self, item: NewDocument) -> Iterable[str]:
        return [f"order/{item.order_id}"]

    async def prepare(self, job: Job[NewDocument]) -> Ready:
        (task,) = job.items.values()
        return Ready({"known": await self._alike(task)})

    async def send(self, job: Job[NewDocument]) -> Done:
        (task,) = job.items.values()
        file = (task.file.filename, task.file.content, task.file.content_type)
        await self.means.client.attach_order_document(task.order_id, form_of(task), file)
        return done(job, "Order", task.order_id)

    async def settle(self, job: Job[NewDocument]) -> Done | NotApplied:
        (task,) = job.items.values()
        new = set(await self._alike(task)) - set(job.message["known"])
        return done(job, "Order", task.order_id) if new else self.not_made(job)

    async def _alike(self, task: NewDocument) -> list[str]:
        """The ids of the order's documents that may be this one. Raises NotFound."""
        documents = await self.means.client.order_documents(task.order_id)
        if documents is None:
            raise NotFound("Centry does not have this order, or not any more.", backend=Backend.CENTRY)
        return [document.id for document in documents if _is_of(document.record, task)]


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


def form_of(task: NewDocument) -> dict[str, str]:
    """What Centry is sent beside the file."""
    return filled(
        document_type=WORDS[task.kind], number=task.number or None, confirmation_box_id=task.confirmation_box_id or None
    )


def _is_of(document: Document, task: NewDocument) -> bool:
    """Of the same kind, number and file name."""
    told = (document._document_type, document.number, document.file_file_name)
    wanted = (WORDS[task.kind], task.number, task.file.filename)
    return all(str(one or "").strip() == str(other or "").strip() for one, other in zip(told, wanted, strict=True))


def _says(note: Note, task: NewOrderNote) -> bool:
    return str(note.text or "").strip() == task.text.strip()
