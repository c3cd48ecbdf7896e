"""Targets: list, read, set, change, and what they said before."""

from typing import Any
from uuid import UUID

from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.audit.events import Event
from app.auth.actor import Actor
from app.auth.permissions import Permission
from app.auth.scope import scoped
from app.campaigns.metric_rules import Metric, check_unit, check_value
from app.campaigns.number_rules import Qualifier
from app.campaigns.period_rules import check_period
from app.campaigns.records import chosen, edit, locked, owned, store
from app.campaigns.references import campaign_id_of, model_id_of, place_columns
from app.campaigns.target_addressee import addressee_of
from app.campaigns.target_schemas import TargetFilter, TargetIn, TargetOut, TargetPatch, TargetVersionOut
from app.core.bodies import given
from app.core.errors import IdTaken, InvalidInput, NotFound, register_constraint
from app.core.ids import uuid7
from app.core.paging import Page, PageRequest, paged
from app.models.target import Target, TargetVersion

_NOTED = (
    "metric", "product", "place_code", "for_organisation_id", "for_group_id", "for_user_id", "period", "period_from",
    "value", "qualifier", "basis", "set_on",
)  # fmt: skip
_PLAIN = {"metric", "product", "period", "period_from", "value", "unit", "basis", "set_on", "note"}
_SAID = ("value", "qualifier", "text", "basis", "set_on", "note")
_EQUALS = (
    "metric", "product", "period", "for_organisation_id", "for_group_id", "for_user_id", "model_id", "campaign_id",
)  # fmt: skip

register_constraint("target_pkey", IdTaken)


def readable(actor: Actor) -> SelectOfScalar[Target]:
    """The targets that the actor may see; who sees aggregates only sees none of a single person."""
    stmt = scoped(actor, Target, shared=True)
    if not actor.may(Permission.CAMPAIGN_READ):
        stmt = stmt.where(col(Target.for_user_id).is_(None))
    return stmt


async def list_targets(
    db: AsyncSession, actor: Actor, wanted: TargetFilter, page: PageRequest
) -> Page[TargetOut]:
    """One page of targets."""
    stmt = readable(actor).where(*await chosen(db, Target, wanted))
    for name in _EQUALS:
        if (value := getattr(wanted, name)) is not None:
            stmt = stmt.where(getattr(Target, name) == value)
    if wanted.on is not None:
        stmt = stmt.where(col(Target.period_from) <= wanted.on, col(Target.period_to) >= wanted.on)
    rows, cursor = await paged(db, stmt, columns=[col(Target.id)], page=page)
    return Page(items=[TargetOut.of(row) for row in rows], next_cursor=cursor)


async def find_target(db: AsyncSession, actor: Actor, target_id: UUID) -> Target:
    """One target. Raises: NotFound."""
    row = (await db.exec(readable(actor).where(Target.id == target_id))).first()
    if row is None:
        raise NotFound
    return row


async def list_versions(
    db: AsyncSession, actor: Actor, target_id: UUID, page: PageRequest
) -> Page[TargetVersionOut]:
    """What a target said before each of its edits, oldest first. Raises: NotFound."""
    await find_target(db, actor, target_id)
    stmt = scoped(actor, TargetVersion, shared=True).where(TargetVersion.target_id == target_id)
    rows, cursor = await paged(db, stmt, columns=[col(TargetVersion.version)], page=page)
    return Page(items=[TargetVersionOut.of(row) for row in rows], next_cursor=cursor)


async def set_target(db: AsyncSession, actor: Actor, body: TargetIn) -> Target:
    """Set a target; the same body with the same id again gives the one that is there.

    Raises: InvalidInput, NotFound (whom it is for, model, campaign), OutsideScope, IdTaken.
    """
    check_unit(body.metric, body.unit, "/unit")
    ends = check_period(body.period, body.period_from, body.period_to)
    _check_said(body.value, body.text)
    if body.value is not None:
        check_value(body.metric, body.value, body.unit, "/value")
    addressee = await addressee_of(db, actor, body)
    place = (
        addressee.place
        if body.place_code is None and addressee is not None
        else await place_columns(db, actor, body.place_code, body.period_from)
    )
    row = Target(
        **owned(actor) | ({"network": addressee.network} if addressee else {}),
        **body.model_dump(include=_PLAIN),
        **place,
        **(addressee.columns if addressee else {}),
        id=body.id or uuid7(),
        period_to=ends,
        qualifier=body.qualifier or _word_for(body.value),
        printed=body.text,
        model_id=await model_id_of(db, actor, body.model_id, body.model_code),
        campaign_id=await campaign_id_of(db, actor, body.campaign_id),
        set_by_network=actor.network,
    )
    return await store(db, actor, row, Event.TARGET_SET, _NOTED, body.id)


async def change_target(
    db: AsyncSession, actor: Actor, target_id: UUID, version: int, body: TargetPatch
) -> Target:
    """Change what a target says; what it said is kept.

    Raises: NotFound; Forbidden for one that another network set, or beyond the actor's places; StaleVersion;
    InvalidInput.
    """
    row = await locked(db, actor, Target, target_id)
    before = TargetOut.of(row).model_dump(mode="json", include=set(_SAID))
    earlier = TargetVersion(
        target_id=row.id,
        version=row.version,
        network=row.network,
        province_code=row.province_code,
        commune_code=row.commune_code,
        content=before,
        replaced_by=actor.id,
    )
    values = _columns(given(body))
    if body.value is not None:
        check_value(Metric(row.metric), body.value, row.unit, "/value")
    _check_said(values.get("value", row.value), values.get("printed", row.printed))
    if "value" in values and "qualifier" not in values and (values["value"] is None) != (row.value is None):
        values["qualifier"] = _word_for(values["value"])
    await edit(db, actor, row, version, values, Event.TARGET_CHANGED, _NOTED)
    db.add(earlier)
    await db.flush()
    return row


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    return {"printed" if name == "text" else name: value for name, value in values.items()}


def _word_for(value: object) -> Qualifier:
    return Qualifier.UNSPECIFIED if value is None else Qualifier.EXACT


def _check_said(value: object, words: str | None) -> None:
    """Refuse a target that says nothing. Raises: InvalidInput."""
    if value is None and words is None:
        raise InvalidInput.at(
            "/value",
            "number_or_words",
            vi="Cần một con số, hoặc lời ghi đúng như nguồn.",
            en="A number is needed, or the words of the source.",
        )
