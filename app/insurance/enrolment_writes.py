"""What a batch of enrolments writes: a statement for all people, and one for all enrolments, by which their members
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

from app.audit.events import Event
from app.audit.outbox import announced
from app.audit.service import recorded, recorder
from app.auth.actor import Actor
from app.core.rows import Columns, Shape, source_of
from app.core.time import first_day
from app.insurance.enrolment_life import ANNOUNCEMENTS
from app.insurance.enrolment_row import Row
from app.insurance.enrolment_rules import Status
from app.insurance.enrolment_sets import Driver, read_rows

# The first five arguments of each statement are its `recorder`: network, actor, kind of actor, organisation, request.
_AFTER: Final = 6

PEOPLE: Final = Shape("member", {
    "id": "uuid", "province_code": "text", "commune_code": "text", "full_name": "text", "search_name": "text",
    "birth_date": "date", "sex": "text", "national_id": "text", "social_insurance_no": "text", "phone": "text",
})  # fmt: skip
"""A new member of the register."""

LINES: Final = Shape("enrolment", {
    "id": "uuid", "province_code": "text", "commune_code": "text", "group_id": "uuid", "member_id": "uuid",
    "product": "text", "method": "text", "months": "integer", "monthly_income": "bigint", "from_month": "date",
    "support_group": "text", "relation_to_head": "text", "covered_until": "date", "insured_since": "date",
    "supported_before": "integer", "external_ref": "text", "content_hash": "bytea",
})  # fmt: skip
"""An enrolment, as far as its row tells."""

_AMENDED: Final = Shape("amendment", {**LINES.types, "version": "integer"})


@cache
def _entering(source: str) -> str:
    """People, with what is noted of them."""
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
), noted as ({recorded(Event.MEMBER_CREATED, "entered", "'{}'::jsonb", 1)})
select id from entered
"""


_DONE = "id, province_code, commune_code, external_ref, product, from_month, group_id, member_id"
_NEWS = """jsonb_build_object('status', $6::text, 'external_ref', external_ref, 'product', product,
       'from_month', to_char(from_month, 'YYYY-MM'), 'reasons', '[]'::jsonb)"""
_JOINED = "jsonb_build_object('group_id', group_id, 'joined_on', joined_on)"


def _followed(event: Event, fields: str, status: Status) -> str:
    """The parts that follow `done`, enrolments as they were written: their members join the groups, and all of it is
    noted in the audit and told to partners."""
    kind = ANNOUNCEMENTS.get(status)
    told = f"told as ({announced(kind, 'done', _NEWS, 1)})," if kind else ""
    return f"""
noted as ({recorded(event, "done", fields, 1)}), {told}
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
), joined as ({recorded(Event.MEMBERSHIP_STARTED, "started", _JOINED, 1)})
select id from done
"""


_CREATED = "jsonb_build_object('status', $6::text, 'product', product)"


@cache
def _enrolling(status: Status, source: str) -> str:
    """Enrolments of one status, with all that follows."""
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
returning {_DONE}
), {_followed(Event.ENROLMENT_CREATED, _CREATED, status)}
"""


_CHANGED = "jsonb_build_object('status', $6::text, 'batch_id', $7::uuid)"


@cache
def _amending(source: str) -> str:
    """Enrolments that were sent for before, with what their references now say, and all that follows.

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
returning {", ".join(f"e.{name}" for name in _DONE.split(", "))}
), {_followed(Event.ENROLMENT_CHANGED, _CHANGED, Status.SUBMITTED)}
"""


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes enrolments, as what and when. day: on which their members join groups."""

    actor: Actor
    status: Status
    batch_id: UUID | None
    day: date


async def enter_members(driver: Driver, actor: Actor, members: Columns) -> set[UUID]:
    """Enter people (`PEOPLE`) in the register of the actor's network; returns the ids of those who were not there."""
    source, rest = await source_of(driver, PEOPLE, members, _AFTER)
    rows = await driver.fetch(_entering(source), *recorder(actor), *rest)
    return {row["id"] for row in rows}


async def enrol(driver: Driver, by: Writing, enrolments: Columns) -> set[UUID]:
    """Write enrolments (`LINES`) and let their members join their groups; returns the ids of those that repeat none
    that is there."""
    how = (*recorder(by.actor), by.status.value, by.batch_id, by.day)
    source, rest = await source_of(driver, LINES, enrolments, _AFTER + 3)
    rows = await driver.fetch(_enrolling(by.status, source), *how, *rest)
    return {row["id"] for row in rows}


async def amend(driver: Driver, by: Writing, enrolments: Columns) -> set[UUID]:
    """Change enrolments that are open (`LINES` and their `version`), which are then submitted, and let their members
    join their groups; returns the ids of those that were."""
    how = (*recorder(by.actor), Status.SUBMITTED.value, by.batch_id, by.day)
    source, rest = await source_of(driver, _AMENDED, enrolments, _AFTER + 3)
    rows = await read_rows(driver, _amending(source), *how, *rest)
    return {row["id"] for row in rows}


def lines_of(rows: Sequence[Row]) -> list[list[Any]]:
    """New lines of the table of enrolments, by the columns of `LINES`."""
    data = [row.data for row in rows]
    return [
        [row.enrolment_id for row in rows],
        [row.unit.province_code for row in rows],
        [row.unit.commune_code for row in rows],
        [row.group_id for row in rows],
        [row.member_id for row in rows],
        [one.product for one in data],
        [one.method for one in data],
        [row.months for row in rows],
        [one.monthly_income for one in data],
        [first_day(one.from_month) for one in data],
        [one.support_group for one in data],
        [one.relation_to_head for one in data],
        [one.covered_until for one in data],
        [one.insured_since for one in data],
        [one.supported_before for one in data],
        [one.external_ref for one in data],
        [bytes.fromhex(row.content_hash) for row in rows],
    ]
