"""A difference between two messages is found, and nothing else is."""

import pytest

from tests.contract.same import Differs, differences, value_of

ID = Differs("/data/*/id", "given by the vendor")
AT = Differs("/data/*/at", "the time of the answer")


@pytest.mark.parametrize(
    ("documented", "actual", "told"),
    [
        ('{"a": 1}', '{"a": 2}', "/a"),
        ('{"a": 1}', '{"a": "1"}', "/a"),
        ('{"a": 1}', '{"a": true}', "/a"),
        ('{"a": null}', "{}", "/a"),
        ("{}", '{"a": null}', "/a"),
        ("[1, 2]", "[1]", "/1"),
        ("[1, 2]", "[2, 1]", "/0"),
        ("[]", "{}", "/"),
        ("<a><b>1</b></a>", "<a><b>2</b></a>", "/a/b"),
        ("<a><b/><c/></a>", "<a><c/><b/></a>", "/a/names()"),
        ('<a xmlns="urn:x"/>', "<a/>", "/names()"),
        ('<a><b d="1"/></a>', '<a><b d="2"/></a>', "/a/b/@d"),
        ("<a><b>1</b><b>2</b></a>", "<a><b>1</b><b>3</b></a>", "/a/b[2]"),
        ("true", "false", "/"),
    ],
)
def test_a_difference_is_found_where_it_is(documented: str, actual: str, told: str) -> None:
    found = differences(value_of(documented), value_of(actual))

    assert found
    assert found[0].startswith(f"{told}: ")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a": 20.00, "b": [1]}', '{ "b": [1.0], "a": 20 }'),
        ('<x:a xmlns:x="urn:x"><x:b/></x:a>', '<?xml version="1.0"?>\n<a xmlns="urn:x">\n  <b></b><!-- so --></a>'),
    ],
)
def test_what_is_only_written_otherwise_is_the_same(one: str, other: str) -> None:
    assert differences(value_of(one), value_of(other)) == []


def test_what_the_vendor_computes_is_replaced_and_an_id_is_one_id_everywhere() -> None:
    documented = value_of('{"data": [{"id": "A"}, {"id": "B"}, {"id": "A"}]}')

    assert differences(documented, value_of('{"data": [{"id": "1"}, {"id": "2"}, {"id": "1"}]}'), [ID]) == []
    assert differences(documented, value_of('{"data": [{"id": "1"}, {"id": "2"}, {"id": "2"}]}'), [ID])
    assert differences(documented, value_of('{"data": [{"id": "1"}, {"id": "1"}, {"id": "1"}]}'), [ID])
    assert differences(documented, value_of('{"data": [{"id": "1"}, {"id": "2"}, {"id": "1"}]}'), [ID], {"A": "3"})


def test_a_replaced_value_keeps_its_kind_and_form() -> None:
    documented = value_of('{"data": [{"at": "2019-11-01T10:15:14.000000Z"}]}')

    assert differences(documented, value_of('{"data": [{"at": "2026-06-30T18:00:00.123456Z"}]}'), [AT]) == []
    assert differences(documented, value_of('{"data": [{"at": "2026-06-30 18:00:00"}]}'), [AT])
    assert differences(documented, value_of('{"data": [{"at": null}]}'), [AT])
    assert differences(documented, value_of('{"data": [{}]}'), [AT])


def test_an_exception_that_is_not_needed_is_told() -> None:
    assert "is not there" in differences({"a": "1"}, {"a": "1"}, [ID])[0]


def test_a_free_value_may_be_anything_or_nothing() -> None:
    free = [Differs("/a", "the client sends more", free=True)]

    assert differences({"a": "1"}, {}, free) == []
    assert differences({}, {"a": ["1"]}, free) == []
