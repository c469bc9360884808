"""Texts of an input that cannot be written to Centra, for XML has no place for them."""

import re
from collections.abc import Iterator

from gateway.texts import texts
from gateway.transactions.work import Wrong

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def unwritable(item: object) -> Iterator[Wrong]:
    """What is wrong with an item whose texts hold control characters, and where."""
    for path, text in texts(item):
        if _UNWRITABLE.search(text):
            yield Wrong(path=path, message="Leave out control characters: Centra's messages have no place for them.")
