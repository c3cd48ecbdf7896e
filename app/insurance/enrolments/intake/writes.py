"""Writes batches of enrolments: a statement for all members, and one for all enrolments, by which their members
join their groups, each with what is noted in the audit and told to partners.

They run as `enrolment_sets` does. Rows are written in the order of their keys, so that two batches with the same people
wait for one another instead of locking each other out, and a row that is there already is passed over, never an error.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

import asyncpg

from app.audit.events import Event
from app.audit.outbox import announce_sql
from app.audit.service import actor_arguments, record_event_sql
from app.auth.actor import Actor
from app.core.postgres.bulk import ColumnArrays, RowShape, fetch_with_custom_plan, prepare_source
from app.core.values.time import first_day
from app.insurance.enrolments.intake.row import EnrolmentRow
from app.insurance.enrolments.lifecycle import ANNOUNCEMENT_BY_STATUS
from app.insurance.kinds import EnrolmentStatus

# The first five arguments of each statement are its `actor_arguments`: network, actor, kind of actor,
# organisation, request.
_FIRST_PARAMETER: Final = 6

MEMBER_SHAPE: Final = RowShape(
    "member",
    {
        "id": "uuid",
        "province_code": "text",
        "commune_code": "text",
        "full_name": "text",
        "search_name": "text",
        "birth_date": "date",
        "sex": "text",
        "national_id": "text",
        "social_insurance_no": "text",
        "phone": "text",
    },
)
"""A new member of the register."""

ENROLMENT_SHAPE: Final = RowShape("enrolment", {
    "id": "uuid", "province_code": "text", "commune_code": "text", "group_id": "uuid", "member_id": "uuid",
    "product": "text", "method": "text", "months": "integer", "monthly_income": "bigint", "from_month": "date",
    "support_group": "text", "relation_to_head": "text", "covered_until": "date", "insured_since": "date",
    "supported_before": "integer", "external_ref": "text", "content_hash": "bytea",
})  # fmt: skip
"""An enrolment, as far as its row tells."""

_UPDATE_SHAPE: Final = RowShape("amendment", {**ENROLMENT_SHAPE.types, "version": "integer"})


@cache
def _insert_members_sql(source: str) -> str:
    """SQL that inserts members with their audit events."""
    return f"""
with entered as (
insert into member (id, network, organisation_id, province_code, commune_code, full_name, search_name, birth_date, sex,
       national_id, social_insurance_no, phone, created_by)
select x.id, $1::text, $4::uuid, x.province_code, x.commune_code, x.full_name, x.search_name, x.birth_date, x.sex,
       x.national_id, x.social_insurance_no, x.phone, $2::uuid
  from {source}
 order by x.national_id, x.social_insurance_no, x.id
on conflict do nothing
returning id, province_code, commune_code
), noted as ({record_event_sql(Event.MEMBER_CREATED, "entered", "'{}'::jsonb", 1)})
select id from entered
"""


_WRITTEN_COLUMNS = "id, province_code, commune_code, external_ref, product, from_month, group_id, member_id"
_ANNOUNCEMENT_PAYLOAD = """jsonb_build_object('status', $6::text, 'external_ref', external_ref, 'product', product,
       'from_month', to_char(from_month, 'YYYY-MM'), 'reasons', '[]'::jsonb)"""
_MEMBERSHIP_FIELDS = "jsonb_build_object('group_id', group_id, 'joined_on', joined_on)"


def _follow_up_sql(event: Event, fields: str, status: EnrolmentStatus) -> str:
    """SQL after the CTE `done`, the enrolments as written: their members join the groups, and all of it is
    noted in the audit and told to partners."""
    announcement = ANNOUNCEMENT_BY_STATUS.get(status)
    announcement_cte = (
        f"told as ({announce_sql(announcement, 'done', _ANNOUNCEMENT_PAYLOAD, 1)})," if announcement else ""
    )
    return f"""
noted as ({record_event_sql(event, "done", fields, 1)}), {announcement_cte}
started as (
insert into membership (id, group_id, member_id, network, province_code, commune_code, joined_on)
select new_id(), g.id, x.member_id, g.network, g.province_code, g.commune_code, greatest($8::date, g.started_on)
  from (select distinct group_id, member_id from done where group_id is not null) x
  join savings_group g on g.id = x.group_id
 where not exists (select from membership m where m.group_id = g.id and m.member_id = x.member_id
                    and (m.left_on is null or m.left_on >= $8::date))
 order by g.id, x.member_id
on conflict (group_id, member_id) where left_on is null do nothing
returning id, province_code, commune_code, group_id, joined_on
), joined as ({record_event_sql(Event.MEMBERSHIP_STARTED, "started", _MEMBERSHIP_FIELDS, 1)})
select id from done
"""


_CREATED_FIELDS = "jsonb_build_object('status', $6::text, 'product', product)"


@cache
def _insert_enrolments_sql(status: EnrolmentStatus, source: str) -> str:
    """SQL that inserts enrolments of one status, with all that follows."""
    return f"""
with done as (
insert into enrolment (id, network, organisation_id, province_code, commune_code, group_id, member_id, product, method,
       months, monthly_income, from_month, support_group, relation_to_head, covered_until, insured_since,
       supported_before, status, external_ref, client_id, batch_id, content_hash, submitted_at, submitted_by,
       created_by)
select x.id, $1::text, $4::uuid, x.province_code, x.commune_code, x.group_id, x.member_id, x.product, x.method,
       x.months, x.monthly_income, x.from_month, x.support_group, x.relation_to_head, x.covered_until, x.insured_since,
       coalesce(x.supported_before, 0), $6::text, x.external_ref,
       case when $3::text = 'client' then $2::uuid end, $7::uuid, x.content_hash,
       case when $6::text = 'submitted' then now() end, case when $6::text = 'submitted' then $2::uuid end, $2::uuid
  from {source}
 order by x.member_id, x.product, x.from_month, x.nth
on conflict do nothing
returning {_WRITTEN_COLUMNS}
), {_follow_up_sql(Event.ENROLMENT_CREATED, _CREATED_FIELDS, status)}
"""


_CHANGED_FIELDS = "jsonb_build_object('status', $6::text, 'batch_id', $7::uuid)"


@cache
def _update_enrolments_sql(source: str) -> str:
    """SQL that updates enrolments that were sent before, with all that follows.

    Passed over when BHXH or a colleague was there meanwhile, or when the person has another enrolment from that
    month on.
    """
    return f"""
with done as (
update enrolment e
   set province_code = x.province_code, commune_code = x.commune_code, group_id = x.group_id, method = x.method,
       months = x.months, monthly_income = x.monthly_income, from_month = x.from_month,
       support_group = x.support_group, relation_to_head = x.relation_to_head, covered_until = x.covered_until,
       insured_since = x.insured_since, supported_before = coalesce(x.supported_before, 0),
       content_hash = x.content_hash, status = $6::text, submitted_at = now(), submitted_by = $2::uuid,
       updated_at = now(), version = e.version + 1
  from {source}
 where e.id = x.id and e.version = x.version and e.status in ('draft', 'submitted', 'returned')
   and not exists (select from enrolment o
                    where o.member_id = e.member_id and o.product = e.product and o.from_month = x.from_month
                      and o.id <> e.id and o.status not in ('rejected', 'withdrawn', 'ended'))
returning {", ".join(f"e.{name}" for name in _WRITTEN_COLUMNS.split(", "))}
), {_follow_up_sql(Event.ENROLMENT_CHANGED, _CHANGED_FIELDS, EnrolmentStatus.SUBMITTED)}
"""


@dataclass(frozen=True, slots=True)
class WriteContext:
    """Who writes enrolments, with which status and batch. day: on which their members join groups."""

    actor: Actor
    status: EnrolmentStatus
    batch_id: UUID | None
    day: date


async def insert_new_members(driver: asyncpg.Connection, actor: Actor, members: ColumnArrays) -> set[UUID]:
    """Insert members (`MEMBER_SHAPE`) into the actor's network; returns the ids of those who were new."""
    source, arguments = await prepare_source(driver, MEMBER_SHAPE, members, _FIRST_PARAMETER)
    rows = await driver.fetch(_insert_members_sql(source), *actor_arguments(actor), *arguments)
    return {row["id"] for row in rows}


async def insert_enrolments(
    driver: asyncpg.Connection, context: WriteContext, enrolments: ColumnArrays
) -> set[UUID]:
    """Insert enrolments (`ENROLMENT_SHAPE`) and join members to groups; returns the ids of those that repeat none
    that is there."""
    settings = (*actor_arguments(context.actor), context.status.value, context.batch_id, context.day)
    source, arguments = await prepare_source(driver, ENROLMENT_SHAPE, enrolments, _FIRST_PARAMETER + 3)
    rows = await driver.fetch(_insert_enrolments_sql(context.status, source), *settings, *arguments)
    return {row["id"] for row in rows}


async def update_enrolments(
    driver: asyncpg.Connection, context: WriteContext, enrolments: ColumnArrays
) -> set[UUID]:
    """Update open enrolments (`ENROLMENT_SHAPE` and `version`), which are then submitted, and let their members
    join their groups; returns the ids of those that were."""
    settings = (
        *actor_arguments(context.actor),
        EnrolmentStatus.SUBMITTED.value,
        context.batch_id,
        context.day,
    )
    source, arguments = await prepare_source(driver, _UPDATE_SHAPE, enrolments, _FIRST_PARAMETER + 3)
    rows = await fetch_with_custom_plan(driver, _update_enrolments_sql(source), *settings, *arguments)
    return {row["id"] for row in rows}


def to_enrolment_columns(rows: Sequence[EnrolmentRow]) -> list[list[Any]]:
    """Columns of the enrolments of rows, in the order of `ENROLMENT_SHAPE`."""
    data = [row.data for row in rows]
    return [
        [row.enrolment_id for row in rows],
        [row.commune_at_start.province_code for row in rows],
        [row.commune_at_start.commune_code for row in rows],
        [row.group_id for row in rows],
        [row.member_id for row in rows],
        [enrolment.product for enrolment in data],
        [enrolment.method for enrolment in data],
        [row.months for row in rows],
        [enrolment.monthly_income for enrolment in data],
        [first_day(enrolment.from_month) for enrolment in data],
        [enrolment.support_group for enrolment in data],
        [enrolment.relation_to_head for enrolment in data],
        [enrolment.covered_until for enrolment in data],
        [enrolment.insured_since for enrolment in data],
        [enrolment.supported_before for enrolment in data],
        [enrolment.external_ref for enrolment in data],
        [bytes.fromhex(row.content_hash) for row in rows],
    ]
