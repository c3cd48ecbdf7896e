"""Column types that every table shares, so that models and migrations name them in one way."""

from typing import Any

from sqlalchemy import TIMESTAMP, BigInteger, Column, ForeignKey, Text, Uuid
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field

TimestampTz = TIMESTAMP(timezone=True)
TextArray = ARRAY(Text)
Json = JSONB


class ActorRow(UserDefinedType[Any]):
    """The composite type of `begin_actor`; the database's functions alone read and write it."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """Return the type's name."""
        return "actor_row"


postgresql.dialect.ischema_names["actor_row"] = ActorRow  # what a comparison with the database finds there


def text_column(*, primary_key: bool = False, references: str | None = None, default: Any = ...) -> Any:
    """Return a column of type text; `references` is the foreign key's `table.column`."""
    nullable = default is None
    key = [ForeignKey(references)] if references else []
    return Field(default=default, sa_column=Column(Text, *key, primary_key=primary_key, nullable=nullable))


def uuid_column(
    *, primary_key: bool = False, references: str | None = None, use_alter: bool = False, default: Any = ...
) -> Any:
    """Return a column of type uuid; `use_alter` is for a foreign key in a circle of tables."""
    nullable = default is None
    key = [ForeignKey(references, use_alter=use_alter)] if references else []
    return Field(default=default, sa_column=Column(Uuid, *key, primary_key=primary_key, nullable=nullable))


def bigint_column(*, default: Any = ...) -> Any:
    """Return a column of type bigint, such as an amount in đồng; with None as its default, it may be null."""
    return Field(default=default, sa_column=Column(BigInteger, nullable=default is None))


def time_column(*, default: Any = ..., default_factory: Any = None) -> Any:
    """Return a column of type timestamptz; UTC in Python."""
    nullable = default is None and default_factory is None
    column: Column[Any] = Column(TimestampTz, nullable=nullable)
    if default_factory is not None:
        return Field(default_factory=default_factory, sa_column=column)
    return Field(default=default, sa_column=column)


def text_array_column(*, default_factory: Any = None, nullable: bool = False) -> Any:
    """Return a column of type text[]; where it is *nullable*, its default is null."""
    column: Column[Any] = Column(TextArray, nullable=nullable)
    if nullable:
        return Field(default=None, sa_column=column)
    return (
        Field(default_factory=default_factory, sa_column=column)
        if default_factory
        else Field(sa_column=column)
    )


def json_column(*, default_factory: Any = None, server_default: str | None = None) -> Any:
    """Return a column of type jsonb, never null."""
    column: Column[Any] = Column(Json, nullable=False, server_default=server_default)
    return (
        Field(default_factory=default_factory, sa_column=column)
        if default_factory
        else Field(sa_column=column)
    )
