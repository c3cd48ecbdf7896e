"""The law's values over time (quy định về mức đóng, mức hỗ trợ)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from app.core.http.answers import set_location, with_etag
from app.core.http.parameters.if_match import OptionalIfMatch
from app.core.http.parameters.page_query import PageQuery
from app.core.http.parameters.unit_of_work import Db
from app.core.http.router import StrictRouter
from app.core.language import negotiate_language
from app.core.values.paging import Page
from app.core.values.time import today
from app.insurance.rules import ending, service
from app.insurance.rules.expiry import list_expiring
from app.insurance.rules.records import require_rule
from app.insurance.rules.schemas import (
    ExpiringFilter,
    ExpiringRuleOut,
    ExpiringRules,
    RuleEnd,
    RuleFilter,
    RuleIn,
    RuleOut,
)
from app.insurance.rules.store import RuleStore
from app.models.insurance.insurance_rule import InsuranceRule
from app.routers.actors import RuleManager, RuleReader

router = StrictRouter(prefix="/v1/insurance/rules", tags=["insurance"])


def _expire_rules_and_respond(row: InsuranceRule, request: Request, response: Response) -> RuleOut:
    store: RuleStore = request.app.state.rules
    store.expire()
    return with_etag(response, RuleOut.from_record(row))


@router.get("", summary="Danh sách quy định")
async def list_rules(
    filters: Annotated[RuleFilter, Query()], page: PageQuery, _actor: RuleReader, db: Db
) -> Page[RuleOut]:
    """Rates, poverty line, base salary, support and the like, each from one day to another with its legal basis."""
    return await service.list_rules(db, filters, page)


@router.post("", status_code=201, summary="Nhập một quy định")
async def enter_rule(
    body: RuleIn, actor: RuleManager, db: Db, request: Request, response: Response
) -> RuleOut:
    """Propose a value: it is used once a second person of BHXH confirms it. BHXH's national level enters the state's,
    a province its own extras.
    """
    row = await service.create_rule(db, actor, body)
    set_location(response, "/v1/insurance/rules", row.id)
    return _expire_rules_and_respond(row, request, response)


@router.get("/expiring", summary="Quy định sắp hết hạn, chờ BHXH xác nhận")
async def list_expiring_rules(
    filters: Annotated[ExpiringFilter, Query()], _actor: RuleReader, request: Request
) -> ExpiringRules:
    """Values of the law that run out and have no confirmed successor: what BHXH has to confirm, the first one first.

    From 60 days before the last day; a value that has run out stays for a year. BHXH hears of each by the webhook
    `insurance_rule.expiring`.
    """
    store: RuleStore = request.app.state.rules
    on, language = today(), negotiate_language(request.headers.get("accept-language"))
    found = list_expiring(await store.book(), on, filters.within_days)
    return ExpiringRules(items=[ExpiringRuleOut.build(each, on, language) for each in found])


@router.get("/{rule_id}", summary="Một quy định")
async def read_rule(rule_id: UUID, _actor: RuleReader, db: Db, response: Response) -> RuleOut:
    """One rule as it stands."""
    return with_etag(response, RuleOut.from_record(await require_rule(db, rule_id)))


@router.post("/{rule_id}/confirm", summary="Xác nhận quy định")
async def confirm_rule(
    rule_id: UUID, actor: RuleManager, db: Db, request: Request, response: Response
) -> RuleOut:
    """Let an unconfirmed rule hold: quotes use it from now on, and the open rule before it ends where it begins.

    Who entered it is refused (403 `second_person_needed`), and so is an account that they made, or whose rights or
    password they set, since then. Overlapping rules of one key and place are 409 `rule_overlaps`.
    """
    return _expire_rules_and_respond(await service.confirm_rule(db, actor, rule_id), request, response)


@router.post("/{rule_id}/end", summary="Đề nghị kết thúc quy định")
async def end_rule(
    rule_id: UUID, body: RuleEnd, actor: RuleManager, db: Db, request: Request, response: Response
) -> RuleOut:
    """Propose the last day of a rule, today or later; it stays in force until a second person of BHXH confirms the end.

    What has not begun ends by the day before its first; a rule that nobody confirmed yet is withdrawn by that day at
    once. While another end waits it is 409 `end_already_proposed`.
    """
    return _expire_rules_and_respond(
        await ending.end_rule(db, actor, rule_id, body.valid_to), request, response
    )


@router.post("/{rule_id}/end/confirm", summary="Xác nhận kết thúc quy định")
async def confirm_end(
    rule_id: UUID, actor: RuleManager, version: OptionalIfMatch, db: Db, request: Request, response: Response
) -> RuleOut:
    """Confirm the end that another person proposed (`proposed_end`): from now on it is the rule's `valid_to`.

    Who proposed it is refused as who enters a rule is (403 `second_person_needed`). Without a proposal that waits it is
    409 `no_end_proposed`; a day that has passed meanwhile is 409 `rule_in_use`, and the proposal is to be withdrawn.
    """
    return _expire_rules_and_respond(await ending.confirm_end(db, actor, rule_id, version), request, response)


@router.post("/{rule_id}/end/withdraw", summary="Rút hoặc từ chối đề nghị kết thúc quy định")
async def withdraw_end(
    rule_id: UUID, actor: RuleManager, version: OptionalIfMatch, db: Db, request: Request, response: Response
) -> RuleOut:
    """Drop an end that waits: who proposed it takes it back, another administrator refuses it. The rule goes on."""
    return _expire_rules_and_respond(
        await ending.withdraw_end(db, actor, rule_id, version), request, response
    )
