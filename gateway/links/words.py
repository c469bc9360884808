"""Words: what people said last of pairs of orders, kept in the gateway's database. No rule overrules them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    PrimaryKeyConstraint,
    Row,
    Select,
    String,
    Table,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
)

from gateway.clock import micros, of_micros
from gateway.database import Database, ForeignText, metadata
from gateway.entities import LinkWord
from gateway.models import Backend, LinkStatus, OrderRelation

LONGEST = 255
"""Characters of an order's id, as it is kept: no backend's are longer."""

_Id = tuple[Backend, str]

_AT_ONCE = 500  # orders in one statement: below the number of parameters that any SQLite allows

words = Table(
    "order_links",
    metadata,
    Column("backend", String(20), nullable=False),
    Column("order_id", ForeignText(LONGEST), nullable=False),
    Column("other_backend", String(20), nullable=False),
    Column("other_id", ForeignText(LONGEST), nullable=False),
    Column("relation", String(20), nullable=False),
    Column("status", String(20), nullable=False),
    Column("said_by", ForeignText, nullable=False),
    Column("said_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("backend", "order_id", "other_backend", "other_id"),
)
"""Two rows for each pair: it is found from either order, and `relation` is what the other is to that one."""


class Words:
    """What people said. A word is committed when `say` returns."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def say(self, word: LinkWord) -> LinkWord:
        """Keep it in the place of what was said of the two orders before. The same word of the same person stays as it was."""

        def work(connection: Connection) -> LinkWord:
            rows = connection.execute(select(words).where(_is(word))).all()
            known = [_word(row) for row in rows]
            if known and _means(known[0]) == _means(word):
                return known[0]
            both = (word, word.turned)
            connection.execute(delete(words).where(or_(*map(_is, both))))
            connection.execute(insert(words), [_row(each) for each in both])
            return word

        return await self._database.write(work)

    async def about(self, orders: Iterable[_Id]) -> dict[_Id, list[LinkWord]]:
        """What was said of these orders, seen from each; those of which nothing was said are missing."""
        ids: dict[Backend, list[str]] = {}
        for backend, order_id in set(orders):
            ids.setdefault(backend, []).append(order_id)

        def work(connection: Connection) -> dict[_Id, list[LinkWord]]:
            found: dict[_Id, list[LinkWord]] = {}
            for statement in _statements(ids):
                for word in map(_word, connection.execute(statement)):
                    found.setdefault(word.order, []).append(word)
            return found

        return await self._database.read(work)

    async def tied(self) -> int:
        """How many orders people have tied to another."""
        counted = select(func.count()).select_from(words).where(words.c.status == LinkStatus.CONFIRMED)

        def work(connection: Connection) -> int:
            return connection.execute(counted).scalar_one()

        return await self._database.read(work)


def _statements(ids: Mapping[Backend, Sequence[str]]) -> Iterator[Select[Any]]:
    """Words on orders of backends that are no longer among the gateway's are passed over."""
    known = select(words).where(words.c.other_backend.in_(list(Backend)))
    for backend, wanted in ids.items():
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            yield known.where(words.c.backend == backend, words.c.order_id.in_(some))


def _is(word: LinkWord) -> ColumnElement[bool]:
    columns = (words.c.backend, words.c.order_id, words.c.other_backend, words.c.other_id)
    return and_(*(column == value for column, value in zip(columns, (*word.order, *word.other), strict=True)))


def _means(word: LinkWord) -> Sequence[object]:
    return word.relation, word.status, word.said_by


def _row(word: LinkWord) -> dict[str, Any]:
    return {
        "backend": word.order[0],
        "order_id": word.order[1],
        "other_backend": word.other[0],
        "other_id": word.other[1],
        "relation": word.relation,
        "status": word.status,
        "said_by": word.said_by,
        "said_at": micros(word.said_at),
    }


def _word(row: Row[Any]) -> LinkWord:
    return LinkWord(
        order=(Backend(row.backend), row.order_id),
        other=(Backend(row.other_backend), row.other_id),
        relation=OrderRelation(row.relation),
        status=LinkStatus(row.status),
        said_by=row.said_by,
        said_at=of_micros(row.said_at),
    )
