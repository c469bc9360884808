"""ProductSource: products by SKU and by id."""

from gateway.ports import ProductSource
from tests.conformance.keys import assert_hundreds_at_once, assert_matched_by_key, assert_strange_keys_do_no_harm
from tests.conformance.known import plain
from tests.conformance.records import assert_well_formed
from tests.conformance.subject import Subject

PORT = ProductSource


async def test_a_product_is_whole(subject: Subject) -> None:
    assert_well_formed(subject.name, subject.known.products)
    assert all(product.sku and product.sku == product.sku.strip() for product in subject.known.products)


async def test_a_product_is_found_by_its_sku(subject: Subject) -> None:
    await assert_matched_by_key(subject.backend.products_by_sku, _by_sku(subject))


async def test_white_space_around_a_sku_does_not_count(subject: Subject) -> None:
    sku, products = next(iter(_by_sku(subject).items()))
    assert plain(await subject.backend.products_by_sku([f" {sku}\t"])) == {f" {sku}\t": plain(products)}


async def test_skus_that_nobody_has_do_no_harm(subject: Subject) -> None:
    await assert_strange_keys_do_no_harm(subject.backend.products_by_sku, _by_sku(subject))
    await assert_hundreds_at_once(subject.backend.products_by_sku, _by_sku(subject))


async def test_a_product_by_its_id_is_the_one_with_that_sku(subject: Subject) -> None:
    expected = {product.backend_id: product for product in subject.known.products}
    await assert_matched_by_key(subject.backend.products_by_id, expected)


async def test_ids_that_nobody_has_do_no_harm(subject: Subject) -> None:
    expected = {product.backend_id: product for product in subject.known.products}
    await assert_strange_keys_do_no_harm(subject.backend.products_by_id, expected)
    await assert_hundreds_at_once(subject.backend.products_by_id, expected)


def _by_sku(subject: Subject) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for product in subject.known.products:
        found.setdefault(product.sku or "", []).append(product)
    return found
