"""Selects over savings models, each within what the actor may see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, or_, text, true
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.auth.actor import Actor
from app.auth.scope import visible
from app.core.paging import PageRequest, paged
from app.models.organisation import Organisation
from app.models.place import Place
from app.models.savings_model import SavingsModel
from app.savings.naming_rules import search_words
from app.savings.savings_model_schemas import ModelFilter

_EXPAND = text("select provinces, communes, nationwide from expand_place(:code)")


def readable_models(actor: Actor) -> SelectOfScalar[SavingsModel]:
    """Models of the actor's network in their places, of the whole network, and of the provinces around them."""
    return select(SavingsModel).where(_readable(actor))


def _readable(actor: Actor) -> ColumnElement[bool]:
    own = visible(actor, SavingsModel, shared=True)
    if actor.nationwide or not actor.communes:
        return own
    district = aliased(Place)
    around = (
        select(func.coalesce(district.parent_code, col(Place.parent_code)))
        .select_from(Place)
        .outerjoin(
            district, and_(col(district.code) == col(Place.parent_code), col(district.level) == "district")
        )
        .where(col(Place.code).in_(actor.communes), Place.level == "commune")
    )
    network = true() if actor.all_networks else col(SavingsModel.network) == actor.network
    of_province = and_(
        network, col(SavingsModel.commune_code).is_(None), col(SavingsModel.province_code).in_(around)
    )
    return or_(own, of_province)


async def read_model(db: AsyncSession, actor: Actor, model_id: UUID) -> SavingsModel | None:
    """One model."""
    return (await db.exec(readable_models(actor).where(SavingsModel.id == model_id))).first()


def models_of_code(actor: Actor, code: str) -> SelectOfScalar[UUID]:
    """The ids of the models that bear a code: one, or for BHXH one of each network."""
    return select(SavingsModel.id).where(_readable(actor), SavingsModel.code == code)


async def lock_model(db: AsyncSession, model_id: UUID) -> SavingsModel | None:
    """The model for an edit, read again under its lock."""
    stmt = select(SavingsModel).where(SavingsModel.id == model_id).with_for_update(key_share=True)
    return (await db.exec(stmt.execution_options(populate_existing=True))).first()


async def list_models(
    db: AsyncSession, actor: Actor, wanted: ModelFilter, page: PageRequest
) -> tuple[list[SavingsModel], str | None]:
    """One page of the models that the filters choose, in the order of their ids."""
    stmt = readable_models(actor)
    if wanted.mechanism is not None:
        stmt = stmt.where(SavingsModel.mechanism == wanted.mechanism)
    if wanted.product is not None:
        stmt = stmt.where(col(SavingsModel.products).contains([wanted.product.value]))
    if wanted.network is not None:
        stmt = stmt.where(SavingsModel.network == wanted.network)
    if wanted.replicated_from_id is not None:
        stmt = stmt.where(SavingsModel.replicated_from_id == wanted.replicated_from_id)
    if wanted.place_code is not None:
        here = await in_place(db, SavingsModel, wanted.place_code)
        stmt = stmt.where(or_(here, col(SavingsModel.place_code) == wanted.place_code))
    for condition in (
        *of_organisation(SavingsModel, wanted.organisation_id, wanted.organisation_code),
        *named_like(SavingsModel, wanted.q),
    ):
        stmt = stmt.where(condition)
    return await paged(db, stmt, columns=[col(SavingsModel.id)], page=page)


async def model_family(db: AsyncSession, actor: Actor, model_id: UUID) -> list[UUID]:
    """The model and every replica of it and of its replicas, as far as the actor sees them."""
    top = select(SavingsModel.id).where(SavingsModel.id == model_id).cte("family", recursive=True)
    family = top.union(
        select(SavingsModel.id)
        .join(top, col(SavingsModel.replicated_from_id) == top.c.id)
        .where(_readable(actor))
    )
    return list((await db.exec(select(family.c.id))).all())


async def in_place(db: AsyncSession, table: type[SQLModel], code: str) -> ColumnElement[bool]:
    """The condition for rows that lie in a place or in a predecessor of it."""
    columns: Any = table
    row = (await (await db.connection()).execute(_EXPAND, {"code": code})).one()
    if row.nationwide:
        return true()
    return or_(columns.province_code.in_(row.provinces), columns.commune_code.in_(row.communes))


def of_organisation(
    table: type[SQLModel], organisation_id: UUID | None, organisation_code: str | None
) -> Sequence[ColumnElement[bool]]:
    """The conditions of the filters by organisation."""
    columns: Any = table
    found: list[ColumnElement[bool]] = []
    if organisation_id is not None:
        found.append(columns.organisation_id == organisation_id)
    if organisation_code is not None:
        named = select(Organisation.id).where(Organisation.code == organisation_code)
        found.append(columns.organisation_id.in_(named))
    return found


def named_like(table: type[SQLModel], typed: str | None) -> Sequence[ColumnElement[bool]]:
    """The conditions of a search: each word typed begins a word of the row's `search_name`."""
    columns: Any = table
    text_of_row = literal(" ").concat(columns.search_name)
    return [text_of_row.contains(f" {word}", autoescape=True) for word in search_words(typed or "")]
