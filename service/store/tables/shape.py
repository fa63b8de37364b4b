"""What the tables share: one catalogue, instants with their zone, lists of words, and PostgreSQL's transaction id."""

from sqlalchemy import Column, DateTime, MetaData, text
from sqlalchemy import Text as AnyText
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

metadata = MetaData()

Text = AnyText(collation="C")
"""Sorted and searched by its bytes, whatever the database was made with: a prefix is a range, and no index depends on the
operating system's rules of sorting."""


class Xid8(UserDefinedType[str]):
    """PostgreSQL's 64-bit transaction id, which the feed is ordered by."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


ischema_names["xid8"] = Xid8


def instant(name: str, null: bool = True) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=null)


def words(name: str) -> Column[object]:
    return Column(name, ARRAY(Text), nullable=False, server_default=text("'{}'"))
