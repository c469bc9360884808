"""Records of the simulated Centra as elements: what is in them is found, set, taken over from an update, put in order."""

from collections.abc import Sequence
from copy import deepcopy

from lxml import etree
from lxml.etree import _Element

from gateway.backends.centra.sandbox_soap import elements, local_name, node, text

# What there may be several of in one place, and the child by which each of them is known.
_LISTED = {
    ("buyers", "buyer"): "id",
    ("addresses", "address"): "id",
    ("additionals", "additional"): "key",
    ("variations", "variation"): "id",
    ("sizes", "size"): "id",
    ("warehouseitems", "warehouse"): "id",
    ("displays", "display"): "store",
    ("categories", "category"): "id",
    ("markets", "market"): "id",
    ("media", "image"): "id",
    ("metadata", "storemeta"): "store",
    ("items", "product"): "id",
    ("product", "variation"): "id",
}


def children(parent: _Element, *path: str) -> list[_Element]:
    """All elements at a path of local names."""
    found = [parent]
    for name in path:
        found = [one for each in found for one in elements(each) if local_name(one) == name]
    return found


def child(parent: _Element, *path: str) -> _Element | None:
    """The first of these elements; None where there is none."""
    return next(iter(children(parent, *path)), None)


def put(parent: _Element, element: _Element) -> _Element:
    """Set an element in the place of the one of its name, or at the end; gives it."""
    known = child(parent, local_name(element))
    if known is None:
        parent.append(element)
    else:
        parent.replace(known, element)
    return element


def put_text(parent: _Element, name: str, value: str) -> None:
    """Set the text of a child, which is made where there is none."""
    put(parent, node(name, value))


def arrange(parent: _Element, names: Sequence[str]) -> None:
    """Put the children in this order; one whose name is not listed stays behind the one that it followed."""
    places = {name: index for index, name in enumerate(names)}
    keys: dict[_Element, int] = {}
    last = -1
    for element in elements(parent):
        last = places.get(local_name(element), last)
        keys[element] = last
    parent[:] = sorted(keys, key=lambda element: keys[element])


def merge(record: _Element, sent: _Element) -> None:
    """Take over what is sent; fields that are not sent stay as they are, and so does what a blank element would empty."""
    for part in elements(sent):
        known = _counterpart(record, part)
        if known is None:
            record.append(deepcopy(part))
        elif len(part) and text(part, "id") in (None, text(known, "id")):
            merge(known, part)
        elif len(part) or not len(known):
            record.replace(known, deepcopy(part))


def _counterpart(record: _Element, part: _Element) -> _Element | None:
    known = children(record, local_name(part))
    key = _LISTED.get((local_name(record), local_name(part)))
    if key is None:
        return next(iter(known), None)
    return next((one for one in known if text(one, key) == text(part, key)), None)


def same(first: _Element | None, second: _Element | None) -> bool:
    """Whether two records say the same, in the same order."""
    if first is None or second is None:
        return first is second
    return etree.tostring(first, method="c14n") == etree.tostring(second, method="c14n")
