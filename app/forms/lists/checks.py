"""Check a request for a list: its form, the days, and that it names only records that the actor may see."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.auth.actor import Actor
from app.auth.scope import visible_condition
from app.core.errors import FieldError, InvalidInput
from app.core.values.references import choose_pointer, reference_not_found
from app.core.values.time import today
from app.forms.documents.list_file import OLD_LAYOUT
from app.forms.kinds import PRODUCT_BY_FORM, ExportForm
from app.forms.lists import errors
from app.forms.lists.schemas import ExportIn
from app.forms.reports.schemas import ReportIn
from app.insurance.rules.rulebook import Rulebook
from app.models.insurance.enrolment import Enrolment
from app.models.savings.group import Group
from app.places.queries import expand_to_predecessors
from app.savings.references import resolve_place_ref

_OLD_FORMS: Final = (ExportForm.D05_TS,)
"""Forms that were in force before QĐ 366 as well."""


@dataclass(frozen=True, slots=True)
class ResolvedFilters:
    """The resolved filters that choose a list's rows."""

    group_id: UUID | None
    communes: list[str] | None


def check_export(body: ExportIn) -> None:
    """Check the fields of the request. Raises: InvalidInput with every wrong field."""
    field_errors = []
    if body.list_date > today():
        field_errors.append(FieldError("/list_date", *errors.IN_FUTURE))
    if body.product not in (None, PRODUCT_BY_FORM[body.form]):
        field_errors.append(FieldError("/product", *errors.NOT_OF_FORM))
    if body.paid_from and body.paid_to and body.paid_to < body.paid_from:
        field_errors.append(FieldError("/paid_to", *errors.ENDS_BEFORE))
    if body.form is ExportForm.TK1_TS and len(set(body.enrolment_ids or ())) != 1:
        field_errors.append(FieldError("/enrolment_ids", *errors.ONE_ENROLMENT))
    if field_errors:
        raise InvalidInput(errors=field_errors)


def resolve_layout(book: Rulebook, body: ExportIn | ReportIn) -> int:
    """Resolve the number of the decision whose forms are used on the list's day. Raises: InvalidInput at /list_date."""
    rule, _ = book.rules_on("forms_decision", body.list_date)
    if rule is None or (rule.value == OLD_LAYOUT and body.form not in _OLD_FORMS):
        raise InvalidInput(errors=[FieldError("/list_date", *errors.NOT_IN_FORCE)])
    return int(rule.value)


async def resolve_filters(db: AsyncSession, actor: Actor, body: ExportIn) -> ResolvedFilters:
    """Resolve the references of the request. Raises: NotFound with its pointer, OutsideScope for a place."""
    group_id = await _resolve_group_id(db, actor, body)
    communes = None
    if body.commune_code is not None:
        await resolve_place_ref(db, actor, body.commune_code, body.list_date, "/commune_code")
        communes = sorted(await expand_to_predecessors(db, [body.commune_code]))
    if body.enrolment_ids is not None:
        conditions = visible_condition(actor, Enrolment), col(Enrolment.id).in_(body.enrolment_ids)
        visible_ids = set((await db.exec(select(Enrolment.id).where(*conditions))).all())
        for index, enrolment_id in enumerate(body.enrolment_ids):
            if enrolment_id not in visible_ids:
                raise reference_not_found(f"/enrolment_ids/{index}")
    return ResolvedFilters(group_id, communes)


async def _resolve_group_id(db: AsyncSession, actor: Actor, body: ExportIn) -> UUID | None:
    pointer = choose_pointer(body.group_id, body.group_code, "group")
    if pointer is None:
        return None
    condition = Group.id == body.group_id if body.group_id is not None else Group.code == body.group_code
    group_id = (await db.exec(select(Group.id).where(visible_condition(actor, Group), condition))).first()
    if group_id is None:
        raise reference_not_found(pointer)
    return group_id
