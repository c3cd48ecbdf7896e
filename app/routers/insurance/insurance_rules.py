"""The law's values over time (quy định về mức đóng, mức hỗ trợ)."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from app.auth.actor import Actor
from app.auth.guards.require import Require
from app.auth.permissions import Permission
from app.core.http.page_query import PageQuery
from app.core.http.routing import StrictRouter
from app.core.http.unit_of_work import Db
from app.core.values.paging import Page
from app.insurance.rules import service
from app.insurance.rules.schemas import RuleEnd, RuleFilter, RuleIn, RuleOut
from app.insurance.rules.store import RuleStore
from app.models.insurance.insurance_rule import InsuranceRule

router = StrictRouter(prefix="/v1/insurance/rules", tags=["insurance"])

Reader = Annotated[Actor, Depends(Require(Permission.RULE_READ))]
Manager = Annotated[Actor, Depends(Require(Permission.RULE_MANAGE))]


def _to_response(row: InsuranceRule, response: Response) -> RuleOut:
    response.headers["ETag"] = f'"{row.version}"'
    return RuleOut.of(row)


def _expire_rules_and_respond(row: InsuranceRule, request: Request, response: Response) -> RuleOut:
    store: RuleStore = request.app.state.rules
    store.expire()
    return _to_response(row, response)


@router.get("", summary="Danh sách quy định")
async def list_rules(
    filters: Annotated[RuleFilter, Query()], page: PageQuery, _actor: Reader, db: Db
) -> Page[RuleOut]:
    """Rates, poverty line, base salary, support and the like, each from one day to another with its legal basis."""
    return await service.list_rules(db, filters, page)


@router.post("", status_code=201, summary="Nhập một quy định")
async def enter_rule(body: RuleIn, actor: Manager, db: Db, request: Request, response: Response) -> RuleOut:
    """Enter a value, active or to be confirmed. BHXH's national level enters the state's, a province its own extras.

    Overlapping rules of one key and place are 409 `rule_overlaps`.
    """
    row = await service.create_rule(db, actor, body)
    response.headers["Location"] = f"/v1/insurance/rules/{row.id}"
    return _expire_rules_and_respond(row, request, response)


@router.get("/{rule_id}", summary="Một quy định")
async def read_rule(rule_id: UUID, _actor: Reader, db: Db, response: Response) -> RuleOut:
    """One rule as it stands."""
    return _to_response(await service.find_rule(db, rule_id), response)


@router.post("/{rule_id}/confirm", summary="Xác nhận quy định")
async def confirm_rule(
    rule_id: UUID, actor: Manager, db: Db, request: Request, response: Response
) -> RuleOut:
    """Let an unconfirmed rule hold: quotes use it from now on, and the open rule before it ends where it begins."""
    return _expire_rules_and_respond(await service.confirm_rule(db, actor, rule_id), request, response)


@router.post("/{rule_id}/end", summary="Kết thúc quy định")
async def end_rule(
    rule_id: UUID, body: RuleEnd, actor: Manager, db: Db, request: Request, response: Response
) -> RuleOut:
    """Give a rule its last day, today or later; one that has not begun is withdrawn by the day before its first."""
    return _expire_rules_and_respond(
        await service.end_rule(db, actor, rule_id, body.valid_to), request, response
    )
