"""Targets: list, read, create, edit, and their earlier versions."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.events import Event
from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.auth.scope import visible_condition
from app.campaigns.metrics import Metric, check_unit, check_value
from app.campaigns.numbers import Qualifier
from app.campaigns.records import (
    build_filter_conditions,
    create_record,
    edit_record,
    lock_record,
    ownership_columns,
)
from app.campaigns.references import resolve_campaign_id, resolve_model_id, resolve_record_place
from app.campaigns.shapes import missing_content
from app.campaigns.targets.addressee import resolve_addressee
from app.campaigns.targets.periods import resolve_period_end
from app.campaigns.targets.schemas import TargetFilter, TargetIn, TargetOut, TargetPatch, TargetVersionOut
from app.core.errors import IdTaken, NotFound, register_constraint
from app.core.values.bodies import get_set_fields
from app.core.values.ids import uuid7
from app.core.values.paging import Page, PageRequest, fetch_page
from app.models.campaigns.target import Target, TargetVersion

_AUDITED_FIELDS = (
    "metric", "product", "place_code", "for_organisation_id", "for_group_id", "for_user_id", "period", "period_from",
    "value", "qualifier", "basis", "set_on",
)  # fmt: skip
_COPIED_FIELDS = {"metric", "product", "period", "period_from", "value", "unit", "basis", "set_on", "note"}
_VERSIONED_FIELDS = ("value", "qualifier", "text", "basis", "set_on", "note")
_EQUALITY_FILTERS = (
    "metric", "product", "period", "for_organisation_id", "for_group_id", "for_user_id", "model_id", "campaign_id",
)  # fmt: skip

register_constraint("target_pkey", IdTaken)


def select_readable_targets(actor: Actor) -> SelectOfScalar[Target]:
    """Select the targets that the actor may see: those set for themselves or for a group of theirs, wherever its place
    is, and with the permission those of their places; of other persons only who may see users, of other groups who is
    not limited to groups."""
    own: ColumnElement[bool] = col(Target.for_user_id) == actor.id
    if actor.groups is not None:
        own = or_(own, col(Target.for_group_id).in_(actor.groups))
    stmt = select(Target)
    if not actor.has_permission(Permission.TARGET_READ):
        return stmt.where(own)
    of_places = [visible_condition(actor, Target, shared=True)]
    if not actor.has_permission(Permission.USER_READ):
        of_places.append(col(Target.for_user_id).is_(None))
    if actor.groups is not None:
        of_places.append(col(Target.for_group_id).is_(None))
    return stmt.where(or_(own, and_(*of_places)))


async def list_targets(
    db: AsyncSession, actor: Actor, filters: TargetFilter, page: PageRequest
) -> Page[TargetOut]:
    """List one page of targets."""
    stmt = select_readable_targets(actor).where(*await build_filter_conditions(db, Target, filters))
    for name in _EQUALITY_FILTERS:
        if (value := getattr(filters, name)) is not None:
            stmt = stmt.where(getattr(Target, name) == value)
    if filters.on is not None:
        stmt = stmt.where(col(Target.period_from) <= filters.on, col(Target.period_to) >= filters.on)
    rows, cursor = await fetch_page(db, stmt, columns=[col(Target.id)], page=page)
    return Page(items=[TargetOut.from_record(row) for row in rows], next_cursor=cursor)


async def require_target(db: AsyncSession, actor: Actor, target_id: UUID) -> Target:
    """Find one target. Raises: NotFound."""
    row = (await db.exec(select_readable_targets(actor).where(Target.id == target_id))).first()
    if row is None:
        raise NotFound
    return row


async def list_target_versions(
    db: AsyncSession, actor: Actor, target_id: UUID, page: PageRequest
) -> Page[TargetVersionOut]:
    """List the versions of a target before each of its edits, oldest first. Raises: NotFound."""
    await require_target(db, actor, target_id)
    stmt = select(TargetVersion).where(TargetVersion.target_id == target_id)
    rows, cursor = await fetch_page(db, stmt, columns=[col(TargetVersion.version)], page=page)
    return Page(items=[TargetVersionOut.from_record(row) for row in rows], next_cursor=cursor)


async def create_target(db: AsyncSession, actor: Actor, body: TargetIn) -> Target:
    """Create a target; the same body with the same id again returns the existing one.

    Raises: InvalidInput, NotFound (whom it is for, model, campaign), OutsideScope, IdTaken.
    """
    check_unit(body.metric, body.unit, "/unit")
    ends = resolve_period_end(body.period, body.period_from, body.period_to)
    _check_has_content(body.value, body.text)
    if body.value is not None:
        check_value(body.metric, body.value, body.unit, "/value")
    addressee = await resolve_addressee(db, actor, body)
    place = (
        addressee.place
        if body.place_code is None and addressee is not None
        else await resolve_record_place(db, actor, body.place_code, body.period_from)
    )
    row = Target(
        **ownership_columns(actor) | ({"network": addressee.network} if addressee else {}),
        **body.model_dump(include=_COPIED_FIELDS),
        **place,
        **(addressee.columns if addressee else {}),
        id=body.id or uuid7(),
        period_to=ends,
        qualifier=body.qualifier or _default_qualifier(body.value),
        printed=body.text,
        model_id=await resolve_model_id(db, actor, body.model_id, body.model_code),
        campaign_id=await resolve_campaign_id(db, actor, body.campaign_id),
        set_by_network=actor.network,
    )
    return await create_record(db, actor, row, Event.TARGET_SET, _AUDITED_FIELDS, body.id)


async def edit_target(
    db: AsyncSession, actor: Actor, target_id: UUID, version: int, body: TargetPatch
) -> Target:
    """Edit a target's content; the earlier version is stored.

    Raises: NotFound; Forbidden for one that another network set, or beyond the actor's places; StaleVersion;
    InvalidInput.
    """
    row = await lock_record(db, actor, Target, target_id)
    before = TargetOut.from_record(row).model_dump(mode="json", include=set(_VERSIONED_FIELDS))
    version_row = TargetVersion(
        target_id=row.id,
        version=row.version,
        network=row.network,
        province_code=row.province_code,
        commune_code=row.commune_code,
        content=before,
        replaced_by=actor.id,
    )
    values = _patch_to_columns(get_set_fields(body))
    if body.value is not None:
        check_value(Metric(row.metric), body.value, row.unit, "/value")
    _check_has_content(values.get("value", row.value), values.get("printed", row.printed))
    if "value" in values and "qualifier" not in values and (values["value"] is None) != (row.value is None):
        values["qualifier"] = _default_qualifier(values["value"])
    await edit_record(db, actor, row, version, values, Event.TARGET_CHANGED, _AUDITED_FIELDS)
    db.add(version_row)
    await db.flush()
    return row


def _patch_to_columns(values: dict[str, Any]) -> dict[str, Any]:
    return {"printed" if name == "text" else name: value for name, value in values.items()}


def _default_qualifier(value: object) -> Qualifier:
    return Qualifier.UNSPECIFIED if value is None else Qualifier.EXACT


def _check_has_content(value: object, text: str | None) -> None:
    """Refuse a target with neither a value nor words. Raises: InvalidInput."""
    if value is None and text is None:
        raise missing_content("/value")
