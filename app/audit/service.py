"""The audit: typed events with chosen fields, recorded in the transaction of the act itself, and read again."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import asyncpg
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit import queries
from app.audit.events import Event
from app.audit.schemas import AuditEventOut, AuditFilter
from app.audit.security import LOGGED_EVENTS, log_after_commit
from app.auth.actor import Actor
from app.core.errors import NotFound
from app.core.postgres.bulk import rows_to_json
from app.core.process.request_id import current_request_id
from app.core.values.ids import uuid7, uuid7_text
from app.core.values.paging import Page, PageRequest, fetch_page
from app.models.audit.audit_event import AuditEvent

_RECORD_ALL = """
insert into audit_event (id, event, subject_kind, network, province_code, commune_code, actor_id, actor_kind,
       organisation_id, subject_id, fields, request_id)
select x.id, $2, $3, coalesce(x.network, $4), x.province_code, x.commune_code, $5, $6, $7, x.subject_id, x.fields, $8
  from json_to_recordset($1::text::json) as x (id uuid, network text, province_code text, commune_code text,
       subject_id uuid, fields jsonb)
"""


async def record_event(
    db: AsyncSession,
    actor: Actor,
    event: Event,
    subject: Any,
    fields: Mapping[str, Any] | None = None,
) -> None:
    """Record that *actor* did *event* to *subject*, a row with an id and, where it has one, a place.

    fields: what changed, chosen by the caller, JSON values only; never a whole payload and nothing that
    identifies a person beyond the subject's id.
    """
    if event in LOGGED_EVENTS:
        log_after_commit(db, event, actor.kind, actor.id, _subject_id(subject))
    db.add(
        AuditEvent(
            id=uuid7(),
            event=event.value,
            network=getattr(subject, "network", None) or actor.network,
            province_code=getattr(subject, "province_code", None),
            commune_code=getattr(subject, "commune_code", None),
            actor_id=actor.id,
            actor_kind=actor.kind,
            organisation_id=actor.organisation_id,
            subject_kind=event.value.partition(".")[0],
            subject_id=_subject_id(subject),
            fields=dict(fields or {}),
            request_id=current_request_id.get(),
        )
    )


async def record_events(
    driver: asyncpg.Connection,
    actor: Actor,
    event: Event,
    subjects: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> None:
    """Record one event for many subjects in one statement, on the transaction's driver connection.

    subjects: id, province_code and commune_code of each, with its chosen fields; its network where it has one, else
    the actor's.
    """
    rows = [
        {
            "id": uuid7_text(),
            "network": subject.get("network"),
            "province_code": subject["province_code"],
            "commune_code": subject["commune_code"],
            "subject_id": subject["id"],
            "fields": fields,
        }
        for subject, fields in subjects
    ]
    if rows:
        await driver.execute(
            _RECORD_ALL, rows_to_json(rows), event.value, event.value.partition(".")[0], actor.network,
            actor.id, actor.kind, actor.organisation_id, current_request_id.get(),
        )  # fmt: skip


def record_event_sql(event: Event, source: str, fields: str, first_argument: int) -> str:
    """Build the SQL that records *event* for every row of *source*, a CTE before it.

    source: has id, province_code and commune_code. fields: an SQL expression of type jsonb over its columns.
    first_argument: number of the first of the statement's `actor_arguments`.
    """
    kind = event.value.partition(".")[0]
    return f"""
insert into audit_event (id, event, subject_kind, network, province_code, commune_code, actor_id, actor_kind,
       organisation_id, subject_id, fields, request_id)
select new_id(), '{event.value}', '{kind}', ${first_argument}::text, province_code, commune_code,
       ${first_argument + 1}::uuid, ${first_argument + 2}::text, ${first_argument + 3}::uuid,
       id, {fields}, ${first_argument + 4}::text
  from {source}
"""


def actor_arguments(actor: Actor) -> tuple[str, UUID, str, UUID, str | None]:
    """Return the actor as the five arguments of `record_event_sql` and of `outbox.announce_sql`."""
    return actor.network, actor.id, actor.kind, actor.organisation_id, current_request_id.get()


def _subject_id(subject: Any) -> UUID | None:
    value = subject if isinstance(subject, UUID) else getattr(subject, "id", None)
    return value if isinstance(value, UUID) else None


def diff_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the names and new values of the fields that differ, as JSON values."""
    return {name: _to_json_value(value) for name, value in after.items() if before.get(name) != value}


def _to_json_value(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool | float):
        return value
    if isinstance(value, list | tuple):
        return [_to_json_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _to_json_value(item) for key, item in value.items()}
    return str(value)


async def list_audit_events(
    db: AsyncSession, actor: Actor, filters: AuditFilter, page: PageRequest
) -> Page[AuditEventOut]:
    """List one page of the events that the actor may see."""
    stmt = queries.select_audit_events(actor, filters)
    rows, cursor = await fetch_page(db, stmt, columns=[col(AuditEvent.id)], page=page, descending=True)
    return Page(items=[_to_response(row) for row in rows], next_cursor=cursor)


async def read_audit_event(db: AsyncSession, actor: Actor, id_: UUID) -> AuditEventOut:
    """Read one event that the actor may see. Raises: NotFound."""
    event = (
        await db.exec(queries.select_visible_audit_events(actor).where(AuditEvent.id == id_))
    ).one_or_none()
    if event is None:
        raise NotFound
    return _to_response(event)


def _to_response(event: AuditEvent) -> AuditEventOut:
    return AuditEventOut.model_validate(event, from_attributes=True)
