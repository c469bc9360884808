"""Codes of currencies: wherever an input has one, it is held to the form that its description names.

Countries are not: addresses are shown as backends tell them, some by name, and what was shown may be written again.
"""

import re
from collections.abc import Iterator

from gateway.operations.items import WrongInput
from gateway.texts import texts

_CURRENCY = re.compile("[A-Za-z]{3}")


def wrong_codes(given: object) -> Iterator[WrongInput]:
    """What is wrong with the currencies of an input, wherever they stand in it."""
    for path, text in texts(given, free=False):
        if path[-1] == "currency" and not _CURRENCY.fullmatch(text):
            yield WrongInput("Give the currency by its three letters (ISO 4217), such as EUR.", *path)
