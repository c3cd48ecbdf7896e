"""Whom a row of a list names beside the person whose payment or enrolment it is about."""

from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.columns import text_column, uuid_column


class ExportMention(SQLModel, table=True):
    """One member in one row of a list: the row's person where no payment or enrolment says who that is, or, with
    *as_head*, the head of the household. Written with the list, read when somebody is erased."""

    __tablename__ = "export_mention"
    __table_args__ = (Index("ix_export_mention_list", "list_id"),)

    member_id: UUID = uuid_column(primary_key=True)
    list_id: UUID = uuid_column(primary_key=True, references="export_list.id")
    position: int = Field(primary_key=True)
    as_head: bool = Field(primary_key=True)
    network: str = text_column()
