"""ImageSource: pictures of products and variants that do not come with every record."""

from urllib.parse import urlsplit

from gateway.ports import ImageSource
from tests.conformance.keys import assert_matched_by_record
from tests.conformance.known import sure
from tests.conformance.subject import Subject

PORT = ImageSource


async def test_pictures_are_matched_by_record_and_stand_at_an_address(subject: Subject) -> None:
    of_products = await assert_matched_by_record(subject.backend.images_by_product, subject.known.products)
    of_variants = await assert_matched_by_record(subject.backend.images_by_variant, subject.known.variants)
    images = [image for answer in (*of_products.values(), *of_variants.values()) for image in sure(answer)]
    assert images
    assert all(urlsplit(image.url).scheme in ("http", "https") and urlsplit(image.url).netloc for image in images)
