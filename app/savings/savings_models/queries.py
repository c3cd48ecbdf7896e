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
from app.auth.scope import visible_condition
from app.core.values.paging import PageRequest, fetch_page
from app.models.place import Place
from app.models.savings.savings_model import SavingsModel
from app.models.tenancy.organisation import Organisation
from app.savings.naming import split_search_words
from app.savings.savings_models.schemas import ModelFilter

_EXPAND = text("select provinces, communes, nationwide from expand_place(:code)")


def select_readable_models(actor: Actor) -> SelectOfScalar[SavingsModel]:
    """Select the network's models in the actor's places, of the whole network, and of the surrounding provinces."""
    return select(SavingsModel).where(_is_readable(actor))


def _is_readable(actor: Actor) -> ColumnElement[bool]:
    own = visible_condition(actor, SavingsModel, shared=True)
    if actor.nationwide or not actor.communes:
        return own
    district = aliased(Place)
    nearby_provinces = (
        select(func.coalesce(district.parent_code, col(Place.parent_code)))
        .select_from(Place)
        .outerjoin(
            district, and_(col(district.code) == col(Place.parent_code), col(district.level) == "district")
        )
        .where(col(Place.code).in_(actor.communes), Place.level == "commune")
    )
    network = true() if actor.all_networks else col(SavingsModel.network) == actor.network
    of_province = and_(
        network,
        col(SavingsModel.commune_code).is_(None),
        col(SavingsModel.province_code).in_(nearby_provinces),
    )
    return or_(own, of_province)


async def find_model(db: AsyncSession, actor: Actor, model_id: UUID) -> SavingsModel | None:
    """Find one model."""
    return (await db.exec(select_readable_models(actor).where(SavingsModel.id == model_id))).first()


def select_model_ids_by_code(actor: Actor, code: str) -> SelectOfScalar[UUID]:
    """Select the ids of the models that have a code: one, or for BHXH one of each network."""
    return select(SavingsModel.id).where(_is_readable(actor), SavingsModel.code == code)


async def lock_model(db: AsyncSession, model_id: UUID) -> SavingsModel | None:
    """Lock the model for an edit and read it again."""
    stmt = select(SavingsModel).where(SavingsModel.id == model_id).with_for_update(key_share=True)
    return (await db.exec(stmt.execution_options(populate_existing=True))).first()


async def read_models(
    db: AsyncSession, actor: Actor, filters: ModelFilter, page: PageRequest
) -> tuple[list[SavingsModel], str | None]:
    """Read one page of the models that match the filters, in the order of their ids."""
    stmt = select_readable_models(actor)
    if filters.mechanism is not None:
        stmt = stmt.where(SavingsModel.mechanism == filters.mechanism)
    if filters.product is not None:
        stmt = stmt.where(col(SavingsModel.products).contains([filters.product.value]))
    if filters.network is not None:
        stmt = stmt.where(SavingsModel.network == filters.network)
    if filters.replicated_from_id is not None:
        stmt = stmt.where(SavingsModel.replicated_from_id == filters.replicated_from_id)
    if filters.place_code is not None:
        in_place_condition = await build_place_condition(db, SavingsModel, filters.place_code)
        stmt = stmt.where(or_(in_place_condition, col(SavingsModel.place_code) == filters.place_code))
    for condition in (
        *build_organisation_conditions(SavingsModel, filters.organisation_id, filters.organisation_code),
        *build_name_conditions(SavingsModel, filters.q),
    ):
        stmt = stmt.where(condition)
    return await fetch_page(db, stmt, columns=[col(SavingsModel.id)], page=page)


async def read_model_family(db: AsyncSession, actor: Actor, model_id: UUID) -> list[UUID]:
    """Read the model and every replica of it and of its replicas, as far as the actor sees them."""
    top = select(SavingsModel.id).where(SavingsModel.id == model_id).cte("family", recursive=True)
    family = top.union(
        select(SavingsModel.id)
        .join(top, col(SavingsModel.replicated_from_id) == top.c.id)
        .where(_is_readable(actor))
    )
    return list((await db.exec(select(family.c.id))).all())


async def build_place_condition(db: AsyncSession, table: type[SQLModel], code: str) -> ColumnElement[bool]:
    """Build the condition for rows that lie in a place or in a predecessor of it."""
    columns: Any = table
    row = (await (await db.connection()).execute(_EXPAND, {"code": code})).one()
    if row.nationwide:
        return true()
    return or_(columns.province_code.in_(row.provinces), columns.commune_code.in_(row.communes))


def build_organisation_conditions(
    table: type[SQLModel], organisation_id: UUID | None, organisation_code: str | None
) -> Sequence[ColumnElement[bool]]:
    """Build the conditions of the filters by organisation."""
    columns: Any = table
    conditions: list[ColumnElement[bool]] = []
    if organisation_id is not None:
        conditions.append(columns.organisation_id == organisation_id)
    if organisation_code is not None:
        organisation_ids = select(Organisation.id).where(Organisation.code == organisation_code)
        conditions.append(columns.organisation_id.in_(organisation_ids))
    return conditions


def build_name_conditions(table: type[SQLModel], typed: str | None) -> Sequence[ColumnElement[bool]]:
    """Build the conditions of a search: each word typed begins a word of the row's `search_name`."""
    columns: Any = table
    searched_text = literal(" ").concat(columns.search_name)
    return [searched_text.contains(f" {word}", autoescape=True) for word in split_search_words(typed or "")]
