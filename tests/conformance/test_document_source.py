"""DocumentSource: the papers of an order, labels apart."""

from gateway.models import DocumentKind
from gateway.ports import DocumentSource
from tests.conformance.keys import assert_matched_by_record
from tests.conformance.known import sure
from tests.conformance.subject import Subject

PORT = DocumentSource


async def test_documents_are_matched_by_order_and_have_a_name(subject: Subject) -> None:
    found = await assert_matched_by_record(subject.backend.documents_by_order, subject.known.orders)
    documents = [document for answer in found.values() for document in sure(answer)]
    assert all(document.filename.strip() for document in documents)
    assert DocumentKind.SHIPPING_LABEL not in {document.kind for document in documents}
