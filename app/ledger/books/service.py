"""Reads the books of organisations: who holds how much, what is due to BHXH, and every entry."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, or_, true
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import select_visible, visible_condition
from app.core.errors import NotFound
from app.core.values.paging import Page, PageRequest, fetch_page
from app.ledger.books.schemas import BookAccountFilter, BookAccountOut, BookEntryFilter, BookEntryOut
from app.models.organisation_book import OrganisationAccount, OrganisationTxn
from app.people.direct_customers import direct_customer_condition

_Row = TypeVar("_Row", bound=SQLModel)


async def list_accounts(
    db: AsyncSession, actor: Actor, filters: BookAccountFilter, page: PageRequest
) -> Page[BookAccountOut]:
    """List one page of the accounts that match the filters."""
    stmt = _select_accounts(actor).where(*_build_conditions(OrganisationAccount, filters))
    rows, cursor = await fetch_page(db, stmt, columns=[col(OrganisationAccount.id)], page=page)
    return Page(items=[BookAccountOut.from_record(row) for row in rows], next_cursor=cursor)


async def read_account(db: AsyncSession, actor: Actor, account_id: UUID) -> BookAccountOut:
    """Read one account. Raises: NotFound."""
    stmt = _select_accounts(actor).where(OrganisationAccount.id == account_id)
    return BookAccountOut.from_record(await _require_row(db, stmt))


async def list_entries(
    db: AsyncSession, actor: Actor, filters: BookEntryFilter, page: PageRequest
) -> Page[BookEntryOut]:
    """List one page of the entries that match the filters, the newest first."""
    stmt = _select_entries(actor).where(*_build_conditions(OrganisationTxn, filters))
    if filters.from_ is not None:
        stmt = stmt.where(col(OrganisationTxn.business_date) >= filters.from_)
    if filters.to is not None:
        stmt = stmt.where(col(OrganisationTxn.business_date) <= filters.to)
    rows, cursor = await fetch_page(db, stmt, columns=[col(OrganisationTxn.id)], page=page, descending=True)
    return Page(items=[BookEntryOut.from_record(row) for row in rows], next_cursor=cursor)


async def read_entry(db: AsyncSession, actor: Actor, entry_id: UUID) -> BookEntryOut:
    """Read one entry. Raises: NotFound."""
    return BookEntryOut.from_record(
        await _require_row(db, _select_entries(actor).where(OrganisationTxn.id == entry_id))
    )


def _select_accounts(actor: Actor) -> SelectOfScalar[OrganisationAccount]:
    """Select the accounts of the actor's places and organisation; of a treasurer or collector, what they hold."""
    network = true() if actor.all_networks else col(OrganisationAccount.network) == actor.network
    own = col(OrganisationAccount.organisation_id) == actor.organisation_id
    stmt = select(OrganisationAccount).where(network, or_(own, visible_condition(actor, OrganisationAccount)))
    return stmt if actor.groups is None else stmt.where(OrganisationAccount.holder_id == actor.id)


def _select_entries(actor: Actor) -> SelectOfScalar[OrganisationTxn]:
    """Select the entries of the actor's places; a treasurer or collector sees their own and their customers'."""
    stmt = select_visible(actor, OrganisationTxn)
    if actor.groups is None:
        return stmt
    own = col(OrganisationTxn.holder_id) == actor.id
    return stmt.where(or_(own, direct_customer_condition(actor, col(OrganisationTxn.member_id))))


def _build_conditions(table: type[SQLModel], filters: Any) -> list[ColumnElement[bool]]:
    """Build the conditions of the filters that compare a column of that name."""
    return [
        getattr(table, name) == value
        for name in type(filters).model_fields
        if hasattr(table, name) and (value := getattr(filters, name)) is not None
    ]


async def _require_row(db: AsyncSession, stmt: SelectOfScalar[_Row]) -> _Row:
    row = (await db.exec(stmt)).first()
    if row is None:
        raise NotFound
    return row
