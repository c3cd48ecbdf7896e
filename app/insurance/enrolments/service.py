"""Single enrolments: created, edited and submitted by a union, decided by BHXH."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from app.audit.events import Event
from app.audit.service import diff_fields, record_event
from app.auth.actor import Actor
from app.core.errors import FieldError, InvalidInput, NotFound, StaleVersion
from app.core.postgres.database import get_driver
from app.core.values.bodies import get_set_fields
from app.core.values.paging import Page, PageRequest
from app.core.values.references import choose_pointer, reference_not_found
from app.core.values.time import first_day, today
from app.core.values.versions import apply_edit
from app.insurance.eligibility.service import check_eligible
from app.insurance.enrolments import queries
from app.insurance.enrolments.decisions.catalogue import resolve_reasons
from app.insurance.enrolments.decisions.deciding import DecisionItem, decide_enrolments
from app.insurance.enrolments.detail import SUPPORT_GROUP_PERMISSIONS
from app.insurance.enrolments.errors import (
    EnrolmentExists,
    EnrolmentGroupEnded,
    OwnGroupNeeded,
    PlaceUnknown,
    WrongEnrolmentStatus,
    build_rejection,
)
from app.insurance.enrolments.intake.context import IntakeOptions
from app.insurance.enrolments.intake.judging import validate_row
from app.insurance.enrolments.intake.lookups import read_communes
from app.insurance.enrolments.intake.pipeline import match_and_write_rows
from app.insurance.enrolments.intake.row import ValidRow
from app.insurance.enrolments.intake.schemas import Verdict
from app.insurance.enrolments.lifecycle import check_transition, transition
from app.insurance.enrolments.release import release_premiums
from app.insurance.enrolments.rules import (
    EDITABLE_STATUSES,
    PRICED_COLUMNS,
    WITHDRAWAL_TEXTS,
    Action,
    EnrolmentTerms,
    validate_consent,
    validate_group,
    validate_history,
    validate_terms,
)
from app.insurance.enrolments.schemas import (
    PROOF_COLUMNS,
    SENSITIVE_COLUMNS,
    DecisionReason,
    EnrolmentFilter,
    EnrolmentIn,
    EnrolmentOut,
    EnrolmentPatch,
    Withdrawal,
)
from app.insurance.errors import build_field_error
from app.insurance.kinds import EnrolmentStatus, Method
from app.models.insurance.enrolment import Enrolment
from app.places.ended import commune_ended, read_ended_communes
from app.savings.kinds import Product
from app.tenancy.errors import OutsideScope

_COPIED_FIELDS = (
    "support_group", "relation_to_head", "covered_until", "insured_since", "supported_before", "consented_on",
    "months_paid_before", *PROOF_COLUMNS,
)  # fmt: skip


def enrolment_to_response(actor: Actor, row: Enrolment) -> EnrolmentOut:
    """Build the response; the support group only for those who enter it or may see sensitive data."""
    return EnrolmentOut.from_record(row, sensitive=any(map(actor.has_permission, SUPPORT_GROUP_PERMISSIONS)))


async def create_enrolment(db: AsyncSession, actor: Actor, body: EnrolmentIn) -> tuple[EnrolmentOut, bool]:
    """Create an enrolment as a draft; returns it and whether it is new, False when the same was sent before.

    The caller rolls back when it raises: the intake may have written the member by then.
    Raises: InvalidInput, NotFound, OutsideScope, EnrolmentExists and what else a row of a batch is rejected for.
    """
    valid_row = validate_row(body, today())
    if not isinstance(valid_row, ValidRow):
        raise InvalidInput(errors=valid_row)
    options = IntakeOptions(EnrolmentStatus.DRAFT)
    [row] = (await match_and_write_rows(await get_driver(db), actor, [valid_row], options)).rows
    if row.verdict is Verdict.REJECTED:
        raise build_rejection(row.errors)
    if row.verdict is Verdict.DUPLICATE:
        raise EnrolmentExists
    assert row.enrolment_id is not None  # noqa: S101 - it was written or found
    return await read_enrolment(db, actor, row.enrolment_id), row.verdict is Verdict.CREATED


async def read_enrolment(db: AsyncSession, actor: Actor, enrolment_id: UUID) -> EnrolmentOut:
    """Read one enrolment. Raises: NotFound."""
    row = await queries.find_enrolment(db, actor, enrolment_id)
    if row is None:
        raise NotFound
    return enrolment_to_response(actor, row)


async def list_enrolments(
    db: AsyncSession, actor: Actor, filters: EnrolmentFilter, page: PageRequest
) -> Page[EnrolmentOut]:
    """List one page of the enrolments that match the filters, the newest first."""
    rows, cursor = await queries.read_enrolments(db, actor, filters, page)
    return Page(items=[enrolment_to_response(actor, row) for row in rows], next_cursor=cursor)


async def edit_enrolment(
    db: AsyncSession, actor: Actor, enrolment_id: UUID, version: int, body: EnrolmentPatch
) -> EnrolmentOut:
    """Edit a draft or a returned enrolment; what is held for it is freed when its price may change.

    Raises: NotFound (also for the group), StaleVersion, WrongEnrolmentStatus, InvalidInput, OutsideScope,
    EnrolmentExists.
    """
    row = await lock_enrolment(db, actor, enrolment_id, version)
    if row.status not in EDITABLE_STATUSES:
        raise WrongEnrolmentStatus(status=row.status)
    values = await _edited_values(db, actor, row, body)
    changed = diff_fields({name: getattr(row, name) for name in values}, values)
    if not PRICED_COLUMNS.isdisjoint(changed):
        await release_premiums(db, actor, [row.id])
    apply_edit(row, version, values)
    for name in SENSITIVE_COLUMNS:
        changed.pop(name, None)
    await record_event(db, actor, Event.ENROLMENT_CHANGED, row, changed)
    await db.flush()
    return enrolment_to_response(actor, row)


async def transition_enrolment(
    db: AsyncSession, actor: Actor, enrolment_id: UUID, version: int | None, action: Action, **values: Any
) -> EnrolmentOut:
    """Submit or withdraw an enrolment, as its union does.

    values: further columns of the step. version: the one that the caller read, or None: nothing changes while it waits
    for a decision, so the step's own starting point is guard enough.
    Raises: NotFound, StaleVersion, WrongEnrolmentStatus, NotEligible (submit).
    """
    row = await lock_enrolment(db, actor, enrolment_id, version)
    check_transition(row, action)
    if action is Action.SUBMIT:
        await check_eligible(db, row)
    await transition(db, actor, row, action, **values)
    return enrolment_to_response(actor, row)


async def withdraw_enrolment(
    db: AsyncSession, actor: Actor, enrolment_id: UUID, version: int | None, body: Withdrawal | None
) -> EnrolmentOut:
    """Take an unpaid enrolment back; what is held for it is free again. Raises: as `transition_enrolment`."""
    values: dict[str, Any] = {}
    if body is not None:
        text = WITHDRAWAL_TEXTS[body.reason]
        values["reasons"] = [{"pointer": "", "code": body.reason.value, "text": text}]
    return await transition_enrolment(db, actor, enrolment_id, version, Action.WITHDRAW, **values)


async def decide_enrolment(
    db: AsyncSession,
    actor: Actor,
    item: DecisionItem,
    action: Action,
    reasons: Sequence[DecisionReason] = (),
) -> EnrolmentOut:
    """Accept, return or reject one enrolment (BHXH): a list of one.

    Raises: InvalidInput for a reason; NotFound, StaleVersion, WrongEnrolmentStatus; NotEligible, NumberPairOpen
    (accept).
    """
    resolved, problems = resolve_reasons(action, reasons, today())
    if problems:
        raise InvalidInput(errors=problems)
    [outcome] = await decide_enrolments(db, actor, action, [item], resolved)
    if outcome.refusal is not None:
        raise outcome.refusal
    assert outcome.row is not None  # noqa: S101 - it was decided
    return enrolment_to_response(actor, outcome.row)


async def lock_enrolment(
    db: AsyncSession, actor: Actor, enrolment_id: UUID, version: int | None
) -> Enrolment:
    """Read and lock an enrolment. Raises: NotFound; StaleVersion unless it is at *version*, where one is given."""
    row = await queries.find_enrolment(db, actor, enrolment_id, lock=True)
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise StaleVersion
    return row


async def _edited_values(
    db: AsyncSession, actor: Actor, row: Enrolment, body: EnrolmentPatch
) -> dict[str, Any]:
    """The columns that an edit changes, with what follows from them."""
    fields = get_set_fields(body)
    values: dict[str, Any] = {name: fields[name] for name in _COPIED_FIELDS if name in fields}
    covered_until = values.get("covered_until", row.covered_until)
    problems = validate_history(covered_until, values.get("insured_since", row.insured_since), today())
    problems += validate_consent(values.get("consented_on"), today())
    if not values.keys().isdisjoint(SENSITIVE_COLUMNS):
        problems += _find_group_errors(row, values)
    if problems:
        raise InvalidInput(errors=problems)
    if "from_month" in fields:
        values["from_month"] = first_day(fields["from_month"])
    if not fields.keys().isdisjoint(("method", "months", "monthly_income")):
        values |= _edited_terms(row, fields)
    if not fields.keys().isdisjoint(("group_id", "group_code")):
        values["group_id"] = await _resolve_group_id(db, actor, body)
    if not fields.keys().isdisjoint(("commune_code", "from_month")):
        month = values.get("from_month", row.from_month)
        values |= await _resolve_commune(db, actor, row, fields.get("commune_code"), month)
    return values


def _find_group_errors(row: Enrolment, values: Mapping[str, Any]) -> list[FieldError]:
    """The errors of the support group and its proof as they are after an edit."""
    after = {name: values.get(name, getattr(row, name)) for name in SENSITIVE_COLUMNS}
    return validate_group(Product(row.product), after)


def _edited_terms(row: Enrolment, fields: dict[str, Any]) -> dict[str, Any]:
    """Method, months and income after an edit. Raises: InvalidInput when they do not fit together."""
    method = fields.get("method") or Method(row.method)
    kept_months = row.months if method == Method.MISSING_MONTHS == row.method else None
    income = fields.get("monthly_income", row.monthly_income)
    terms = EnrolmentTerms(Product(row.product), method, fields.get("months", kept_months), income)
    problems = validate_terms(terms)
    if problems:
        raise InvalidInput(errors=problems)
    return {"method": method.value, "months": terms.covered_months, "monthly_income": income}


async def _resolve_group_id(db: AsyncSession, actor: Actor, body: EnrolmentPatch) -> UUID | None:
    """Resolve the group that an edit names; None removes the enrolment from its group, unless a treasurer edits."""
    pointer = choose_pointer(body.group_id, body.group_code, "group")
    if pointer is None and actor.groups is not None:
        raise OwnGroupNeeded(errors=[build_field_error("/group_id", OwnGroupNeeded)])
    if pointer is None:
        return None
    group = await queries.find_network_group(db, actor, body.group_id, body.group_code)
    if group is None:
        raise reference_not_found(pointer)
    if group.ended_on is not None and group.ended_on < today():
        raise EnrolmentGroupEnded(errors=[build_field_error(pointer, EnrolmentGroupEnded)])
    return group.id


async def _resolve_commune(
    db: AsyncSession, actor: Actor, row: Enrolment, new_code: str | None, month: date
) -> dict[str, str]:
    """Resolve the commune of an edited enrolment as of its first month, with its province at that time.

    new_code: of an edit, of that month or of today; None: the same place as before.
    """
    place = (new_code or row.commune_code, month)
    commune = (await read_communes(await get_driver(db), {place}, today())).get(place)
    if commune is None or not commune.is_named_by(new_code):
        ended = await read_ended_communes(await get_driver(db), [new_code] if new_code else [], today())
        before = ended.get(new_code or "")
        if before is not None and (commune is None or before.only_heir is None):
            raise InvalidInput(errors=[commune_ended("/commune_code", before)])
        if before is None or commune is None:
            raise PlaceUnknown(errors=[build_field_error("/commune_code", PlaceUnknown)])
    at_start = commune.at_start
    if not actor.covers(at_start.province_code, at_start.commune_code):
        raise OutsideScope("/commune_code")
    return {"commune_code": at_start.commune_code, "province_code": at_start.province_code}
