"""Books of organisations (sổ thu của tổ chức): who holds what direct customers paid, and what is due to BHXH."""

from typing import Annotated

from fastapi import Query

from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.values.ids import Uuid
from app.core.values.paging import Page
from app.ledger.books import service
from app.ledger.books.schemas import BookAccountFilter, BookAccountOut, BookEntryFilter, BookEntryOut
from app.routers.actors import PremiumReader

router = StrictRouter(prefix="/v1", tags=["premium-payments"])


@router.get("/organisation-accounts", summary="Số dư sổ thu của tổ chức")
async def list_accounts(
    filters: Annotated[BookAccountFilter, Query()], page: PageQuery, actor: PremiumReader, db: Db
) -> Page[BookAccountOut]:
    """How much cash each collector holds, what is in the bank, and how much of each is due to BHXH or to the person.

    A collector sees their own; the staff of a union and BHXH those of their places.
    """
    return await service.list_accounts(db, actor, filters, page)


@router.get("/organisation-accounts/{account_id}", summary="Một tài khoản của sổ thu")
async def read_account(account_id: Uuid, actor: PremiumReader, db: Db) -> BookAccountOut:
    """One account with its balance."""
    return await service.read_account(db, actor, account_id)


@router.get("/organisation-entries", summary="Bút toán sổ thu của tổ chức")
async def list_entries(
    filters: Annotated[BookEntryFilter, Query()], page: PageQuery, actor: PremiumReader, db: Db
) -> Page[BookEntryOut]:
    """Entries that you may see, the newest first; `from` and `to` are business dates.

    They follow from premium payments and refunds: collected, paid on to BHXH, given back. None is written by itself.
    """
    return await service.list_entries(db, actor, filters, page)


@router.get("/organisation-entries/{entry_id}", summary="Một bút toán của sổ thu")
async def read_entry(entry_id: Uuid, actor: PremiumReader, db: Db) -> BookEntryOut:
    """One entry."""
    return await service.read_entry(db, actor, entry_id)
