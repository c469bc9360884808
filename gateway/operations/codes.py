"""Codes of currencies and countries: wherever an input has one, it is held to the form that its description names."""

import re
from collections.abc import Iterator

from gateway.operations.items import WrongInput
from gateway.texts import texts

_FORMS = {
    "currency": (re.compile("[A-Za-z]{3}"), "Give the currency by its three letters (ISO 4217), such as EUR."),
    "country": (re.compile("([A-Za-z]{2})?"), "Give the country by its two letters (ISO 3166-1 alpha-2), such as CL."),
}
"""By the name of the field. A blank country is none: there are backends where that is a value."""


def wrong_codes(given: object) -> Iterator[WrongInput]:
    """What is wrong with the codes of an input, wherever they stand in it."""
    for path, text in texts(given, free=False):
        form, message = _FORMS.get(path[-1], (None, ""))
        if form and not form.fullmatch(text):
            yield WrongInput(message, *path)
