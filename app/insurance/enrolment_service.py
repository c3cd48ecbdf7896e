"""Enrolments one by one: entered, edited, submitted by a union, decided by BHXH."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import changes, record
from app.auth.actor import Actor
from app.core.bodies import given as given_in
from app.core.db import driver_of
from app.core.errors import InvalidInput, NotFound, StaleVersion
from app.core.paging import Page, PageRequest
from app.core.time import first_day, today
from app.core.versions import apply_edit
from app.insurance import enrolment_queries as queries
from app.insurance.eligibility_service import refuse_ineligible
from app.insurance.enrolment_batch_schemas import Verdict
from app.insurance.enrolment_detail import SEEING
from app.insurance.enrolment_errors import (
    EnrolmentExists,
    EnrolmentStatus,
    GroupEnded,
    PlaceUnknown,
    at,
    refusal,
)
from app.insurance.enrolment_intake import Intake
from app.insurance.enrolment_life import check_step, take
from app.insurance.enrolment_row import Row, prepared
from app.insurance.enrolment_rules import (
    EDITABLE,
    Action,
    Method,
    Status,
    Terms,
    problems_of_history,
    problems_of_terms,
)
from app.insurance.enrolment_schemas import EnrolmentFilter, EnrolmentIn, EnrolmentOut, EnrolmentPatch, Reason
from app.insurance.enrolment_sets import read_communes
from app.insurance.enrolment_tries import taken_in
from app.models.enrolment import Enrolment
from app.savings.kinds import Product
from app.savings.references import absent, one_of
from app.tenancy.errors import OutsideScope

_PLAIN = ("support_group", "relation_to_head", "covered_until", "insured_since", "supported_before")
_CHECKED = frozenset({Action.SUBMIT, Action.ACCEPT})


def shown(actor: Actor, row: Enrolment) -> EnrolmentOut:
    """An enrolment as the actor may see it: its support group only by those who enter it or may see the sensitive."""
    return EnrolmentOut.of(row, sensitive=any(map(actor.may, SEEING)))


async def create(db: AsyncSession, actor: Actor, body: EnrolmentIn) -> tuple[EnrolmentOut, bool]:
    """Enter an enrolment as a draft; and whether it is new, False when the same was sent before.

    Raises: InvalidInput, NotFound, OutsideScope, EnrolmentExists and what else a row of a batch is rejected for.
    """
    driver = await driver_of(db)

    async def work(unseen: Collection[str]) -> Row:
        row = prepared(body, today())
        if not isinstance(row, Row):
            raise InvalidInput(errors=row)
        await Intake(driver, actor, [row], status=Status.DRAFT, unseen=unseen).run()
        if row.verdict is Verdict.REJECTED:
            raise refusal(row.errors)
        if row.verdict is Verdict.DUPLICATE:
            raise EnrolmentExists
        return row

    row = await taken_in(driver, work)
    assert row.enrolment_id is not None  # noqa: S101 - it was written or found
    return await read(db, actor, row.enrolment_id), row.verdict is Verdict.CREATED


async def read(db: AsyncSession, actor: Actor, enrolment_id: UUID) -> EnrolmentOut:
    """One enrolment. Raises: NotFound."""
    row = await queries.read_enrolment(db, actor, enrolment_id)
    if row is None:
        raise NotFound
    return shown(actor, row)


async def list_enrolments(
    db: AsyncSession, actor: Actor, wanted: EnrolmentFilter, page: PageRequest
) -> Page[EnrolmentOut]:
    """One page of the enrolments that the filters choose, the newest first."""
    rows, cursor = await queries.list_enrolments(db, actor, wanted, page)
    return Page(items=[shown(actor, row) for row in rows], next_cursor=cursor)


async def edit(
    db: AsyncSession, actor: Actor, enrolment_id: UUID, version: int, body: EnrolmentPatch
) -> EnrolmentOut:
    """Change a draft or a returned enrolment.

    Raises: NotFound (also for the group), StaleVersion, EnrolmentStatus, InvalidInput, OutsideScope,
    EnrolmentExists.
    """
    row = await locked(db, actor, enrolment_id, version)
    if row.status not in EDITABLE:
        raise EnrolmentStatus(status=row.status)
    values = await _values(db, actor, row, body)
    changed = changes({name: getattr(row, name) for name in values}, values)
    apply_edit(row, version, values)
    changed.pop("support_group", None)
    await record(db, actor, Event.ENROLMENT_CHANGED, row, changed)
    await db.flush()
    return shown(actor, row)


async def move(
    db: AsyncSession,
    actor: Actor,
    enrolment_id: UUID,
    version: int | None,
    action: Action,
    reasons: Sequence[Reason] = (),
) -> EnrolmentOut:
    """Take an enrolment a step on.

    version: the one that the caller read, or None: nothing changes while it waits for a decision, so the step's own
    starting point is guard enough. Raises: NotFound, StaleVersion, EnrolmentStatus, NotEligible (submit, accept).
    """
    row = await locked(db, actor, enrolment_id, version)
    check_step(row, action)
    if action in _CHECKED:
        await refuse_ineligible(db, row)
    said = {"reasons": [reason.model_dump() for reason in reasons]} if reasons else {}
    await take(db, actor, row, action, **said)
    return shown(actor, row)


async def locked(db: AsyncSession, actor: Actor, enrolment_id: UUID, version: int | None) -> Enrolment:
    """An enrolment for a change of it. Raises: NotFound; StaleVersion unless it is at *version*, where one is given."""
    row = await queries.read_enrolment(db, actor, enrolment_id, lock=True)
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise StaleVersion
    return row


async def _values(db: AsyncSession, actor: Actor, row: Enrolment, body: EnrolmentPatch) -> dict[str, Any]:
    """The columns that an edit changes, with what follows from them."""
    given = given_in(body)
    values: dict[str, Any] = {name: given[name] for name in _PLAIN if name in given}
    covered_until = values.get("covered_until", row.covered_until)
    problems = problems_of_history(covered_until, values.get("insured_since", row.insured_since), today())
    if problems:
        raise InvalidInput(errors=problems)
    if "from_month" in given:
        values["from_month"] = first_day(given["from_month"])
    if not given.keys().isdisjoint(("method", "months", "monthly_income")):
        values |= _terms(row, given)
    if not given.keys().isdisjoint(("group_id", "group_code")):
        values["group_id"] = await _group_id(db, actor, body)
    if not given.keys().isdisjoint(("commune_code", "from_month")):
        month = values.get("from_month", row.from_month)
        values |= await _unit(db, actor, row, given.get("commune_code"), month)
    return values


def _terms(row: Enrolment, given: dict[str, Any]) -> dict[str, Any]:
    """Method, months and income after an edit. Raises: InvalidInput when they do not fit together."""
    method = given.get("method") or Method(row.method)
    kept = row.months if method == Method.MISSING_MONTHS == row.method else None
    income = given.get("monthly_income", row.monthly_income)
    terms = Terms(Product(row.product), method, given.get("months", kept), income)
    problems = problems_of_terms(terms)
    if problems:
        raise InvalidInput(errors=problems)
    return {"method": method.value, "months": terms.covered, "monthly_income": income}


async def _group_id(db: AsyncSession, actor: Actor, body: EnrolmentPatch) -> UUID | None:
    """The group that an edit names; None takes the enrolment out of its group."""
    pointer = one_of(body.group_id, body.group_code, "group")
    if pointer is None:
        return None
    group = await queries.read_group(db, actor, body.group_id, body.group_code)
    if group is None:
        raise absent(pointer)
    if group.ended_on is not None and group.ended_on < today():
        raise GroupEnded(errors=[at(pointer, GroupEnded)])
    return group.id


async def _unit(
    db: AsyncSession, actor: Actor, row: Enrolment, named: str | None, month: date
) -> dict[str, str]:
    """The commune of an edited enrolment as it stands in its first month, with its province then.

    named: by an edit, with its code of that month or of today; None: the same place as before.
    """
    code = named or row.commune_code
    found = await read_communes(await driver_of(db), {(code, month), (code, today())})
    unit, here = found.get((code, month)), found.get((code, today()))
    if unit is None or here is None or named not in (None, unit.commune_code, here.commune_code):
        raise PlaceUnknown(errors=[at("/commune_code", PlaceUnknown)])
    if not actor.covers(unit.province_code, unit.commune_code):
        raise OutsideScope("/commune_code")
    return {"commune_code": unit.commune_code, "province_code": unit.province_code}
