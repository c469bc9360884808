"""VariantSource: variants by SKU and by id."""

from gateway.ports import VariantSource
from tests.conformance.keys import assert_hundreds_at_once, assert_matched_by_key, assert_strange_keys_do_no_harm
from tests.conformance.known import plain
from tests.conformance.records import assert_well_formed
from tests.conformance.subject import Subject

PORT = VariantSource


async def test_a_variant_is_whole(subject: Subject) -> None:
    assert_well_formed(subject.name, subject.known.variants)
    assert all(variant.sku and variant.sku == variant.sku.strip() for variant in subject.known.variants)


async def test_the_goods_of_orders_are_known_by_their_sku(subject: Subject) -> None:
    """All but such as a system sells without having them in its catalogue."""
    known = {variant.sku for variant in subject.known.variants}
    assert len(known & set(subject.known.skus)) > len(subject.known.skus) / 2


async def test_a_variant_is_found_by_its_sku(subject: Subject) -> None:
    await assert_matched_by_key(subject.backend.variants_by_sku, _by_sku(subject))


async def test_white_space_around_a_sku_does_not_count(subject: Subject) -> None:
    sku, variants = next(iter(_by_sku(subject).items()))
    assert plain(await subject.backend.variants_by_sku([f" {sku}\t"])) == {f" {sku}\t": plain(variants)}


async def test_skus_that_nobody_has_do_no_harm(subject: Subject) -> None:
    await assert_strange_keys_do_no_harm(subject.backend.variants_by_sku, _by_sku(subject))
    await assert_hundreds_at_once(subject.backend.variants_by_sku, _by_sku(subject))


async def test_a_variant_by_its_id_is_the_one_with_that_sku(subject: Subject) -> None:
    expected = {variant.backend_id: variant for variant in subject.known.variants}
    await assert_matched_by_key(subject.backend.variants_by_id, expected)


async def test_ids_that_nobody_has_do_no_harm(subject: Subject) -> None:
    expected = {variant.backend_id: variant for variant in subject.known.variants}
    await assert_strange_keys_do_no_harm(subject.backend.variants_by_id, expected)
    await assert_hundreds_at_once(subject.backend.variants_by_id, expected)


def _by_sku(subject: Subject) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for variant in subject.known.variants:
        found.setdefault(variant.sku or "", []).append(variant)
    return found
