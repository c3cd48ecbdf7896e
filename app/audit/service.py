"""Who did what: typed events with chosen fields, in the transaction of the act itself."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import asyncpg
from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.auth.actor import Actor
from app.core.ids import uuid7, uuid7_text
from app.core.notes import current_request_id
from app.core.rows import as_json
from app.models.audit_event import AuditEvent

_RECORD_ALL = """
insert into audit_event (id, event, subject_kind, network, province_code, commune_code, actor_id, actor_kind,
       organisation_id, subject_id, fields, request_id)
select x.id, $2, $3, coalesce(x.network, $4), x.province_code, x.commune_code, $5, $6, $7, x.subject_id, x.fields, $8
  from json_to_recordset($1::text::json) as x (id uuid, network text, province_code text, commune_code text,
       subject_id uuid, fields jsonb)
"""


async def record(
    db: AsyncSession,
    actor: Actor,
    event: Event,
    subject: Any,
    fields: Mapping[str, Any] | None = None,
) -> None:
    """Note that *actor* did *event* to *subject*, a row with an id and, where it has one, a place.

    fields: what changed, chosen by the caller, JSON values only; never a whole payload and nothing that
    identifies a person beyond the subject's id.
    """
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
            subject_id=_id_of(subject),
            fields=dict(fields or {}),
            request_id=current_request_id.get(),
        )
    )


async def record_all(
    driver: asyncpg.Connection,
    actor: Actor,
    event: Event,
    subjects: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
) -> None:
    """`record` for many subjects of one event in one statement, on the driver's connection of the transaction.

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
            _RECORD_ALL, as_json(rows), event.value, event.value.partition(".")[0], actor.network,
            actor.id, actor.kind, actor.organisation_id, current_request_id.get(),
        )  # fmt: skip


def recorded(event: Event, source: str, fields: str, at: int) -> str:
    """The part of a statement that notes *event* of every row of *source*, a part before it: `record_all` without
    bringing the rows here.

    source: has id, province_code and commune_code. fields: jsonb of its columns, chosen as for `record`. at: the number
    of the first of the statement's arguments `recorder`.
    """
    kind = event.value.partition(".")[0]
    return f"""
insert into audit_event (id, event, subject_kind, network, province_code, commune_code, actor_id, actor_kind,
       organisation_id, subject_id, fields, request_id)
select new_id(), '{event.value}', '{kind}', ${at}::text, province_code, commune_code, ${at + 1}::uuid,
       ${at + 2}::text, ${at + 3}::uuid, id, {fields}, ${at + 4}::text
  from {source}
"""


def recorder(actor: Actor) -> tuple[str, UUID, str, UUID, str | None]:
    """Who acts, as the five arguments of `recorded` and of `outbox.announced`."""
    return actor.network, actor.id, actor.kind, actor.organisation_id, current_request_id.get()


def _id_of(subject: Any) -> UUID | None:
    found = subject if isinstance(subject, UUID) else getattr(subject, "id", None)
    return found if isinstance(found, UUID) else None


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The names and new values of the fields that differ, as JSON values."""
    return {name: _plain(value) for name, value in after.items() if before.get(name) != value}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool | float):
        return value
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)
