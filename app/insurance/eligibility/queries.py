"""Reads what is known of people for the first months of enrolments: three statements for one or for a thousand, and one
more for those that are with BHXH already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Final, NamedTuple, Protocol, Self
from uuid import UUID

import asyncpg

from app.core.errors import FieldError
from app.core.postgres.bulk import equal_to_one_of_many, fetch_with_custom_plan, rows_to_json
from app.core.values.time import month_of, today
from app.insurance.bounds.queries import read_days_of_payment, read_months_paid
from app.insurance.bounds.service import BoundsChecker, build_enrolled_terms
from app.insurance.eligibility.registers import (
    OtherEnrolment,
    Overlap,
    find_other_enrolment_findings,
    find_overlap_findings,
    read_other_enrolments,
)
from app.insurance.eligibility.rules import (
    EligibilityFinding,
    Facts,
    OtherKind,
    Severity,
    SharingStep,
    filter_errors,
    find_national_id_warnings,
    findings,
    judge_sharing,
)
from app.insurance.kinds import EnrolmentStatus, Method
from app.insurance.quotes.terms import PersonTerms
from app.insurance.rules.rulebook import Rulebook
from app.insurance.rules.store import read_rulebook
from app.people.kinds import SupportKind
from app.savings.kinds import Product

# An enrolment of the same first month is the very same one, or refused as such by its constraint; none is of more than
# 120 months, so that however many a person has, few are looked at.
_FACTS: Final = f"""
select m.birth_date, m.died_on, m.national_id, m.sex, o.status, o.from_month, o.months,
       c.given_at, c.withdrawn_at
  from json_to_recordset($1::text::json) as x (nth integer, member_id uuid, product text, from_month date,
       months integer, enrolment_id uuid)
  left join lateral (
       select e.status, e.from_month, e.months from enrolment e
        where {equal_to_one_of_many("e.member_id", "x.member_id")}
          and e.product = x.product and e.status not in ('rejected', 'withdrawn', 'ended')
          and e.id is distinct from x.enrolment_id and e.from_month <> x.from_month
          and e.from_month > (x.from_month - make_interval(months => 120))::date
          and e.from_month < (x.from_month + make_interval(months => x.months))::date
          and x.from_month < (e.from_month + make_interval(months => e.months))::date
        order by e.status in ('paid', 'active') desc, e.status in ('submitted', 'accepted') desc, e.from_month
        limit 1) o on true
  left join lateral (select * from member m where m.id = x.member_id offset 0) m on true
  left join lateral (
       select (min(c.given_at) filter (where c.withdrawn_at is null) at time zone 'Asia/Ho_Chi_Minh')::date as given_at,
              (max(c.withdrawn_at) at time zone 'Asia/Ho_Chi_Minh')::date as withdrawn_at
         from consent c where c.member_id = x.member_id and c.purpose = 'sharing_bhxh') c on true
 order by x.nth
"""

_OTHER_INSURANCE: Final = """
select member_id, month, kind from other_insurance_in($1::uuid[], $2::date[])
"""


class InsertedMember(Protocol):
    """A member who was inserted in this transaction: nothing else is known of them."""

    @property
    def birth_date(self) -> date | None: ...
    @property
    def national_id(self) -> str | None: ...
    @property
    def sex(self) -> str | None: ...


class PayableTerms(NamedTuple):
    """What is to be paid for. months_paid_before: elsewhere."""

    method: Method
    monthly_income: int | None
    support_group: SupportKind | None
    months_paid_before: int


class EligibilityQuery(NamedTuple):
    """Whose eligibility is checked, and for which insurance. from_month: its first day.

    new_member: the person's data, for a member who was created in this transaction. consented_on: when the person
    agreed to share it, as the enrolment says; step: at which this is asked; payable: what is to be paid for, None when
    nothing more is; enrolment_id: of one that exists.
    """

    member_id: UUID
    product: Product
    from_month: date
    months: int
    new_member: InsertedMember | None = None
    consented_on: date | None = None
    step: SharingStep = SharingStep.DRAFT
    payable: PayableTerms | None = None
    enrolment_id: UUID | None = None


async def read_findings(
    driver: asyncpg.Connection, queries: Sequence[EligibilityQuery], *, lock: bool = False
) -> list[list[EligibilityFinding]]:
    """Read the facts for each query and return its findings, in their order: of two for one person and the same
    months, the second is told of the first, unless that has an error.

    lock: of two decisions about one person at once, the second sees the first (`read_other_enrolments`).
    """
    if not queries:
        return []
    known = [query for query in queries if query.new_member is None]
    facts = iter(await _read_facts(driver, known) if known else ())
    book = await read_rulebook(driver)
    other_insurance = await _read_other_insurance(driver, queries)
    bounds = await _Bounds.read(driver, book, queries)
    decided = [
        query.enrolment_id for query in queries if query.enrolment_id and query.step is SharingStep.DECISION
    ]
    companions = Companions(await read_other_enrolments(driver, decided, lock=lock) if decided else {})
    results = []
    for query in queries:
        new_member = query.new_member
        row = (
            next(facts)
            if new_member is None
            else (
                new_member.birth_date,
                None,
                new_member.national_id,
                new_member.sex,
                None,
                None,
                None,
                None,
                None,
            )
        )
        birth_date, died_on, national_id, sex, status, from_month, months, given_at, withdrawn_at = row
        overlap = None
        if status is not None and from_month is not None and months is not None:
            overlap = Overlap(EnrolmentStatus(status), from_month, months)
        person_facts = Facts(
            product=query.product,
            month=query.from_month,
            birth_date=birth_date,
            died=died_on is not None,
            age_min=_find_min_age(book, query.from_month),
            others=other_insurance.get((query.member_id, query.from_month), _NO_OTHER_INSURANCE),
            running=status in ("paid", "active"),
            sharing=judge_sharing(query.consented_on, given_at, withdrawn_at),
            step=query.step,
            other_enrolments=companions.find(query, overlap),
        )
        found = [*findings(person_facts), *_find_national_id_findings(national_id, birth_date, sex)]
        found += bounds.find(query, birth_date, sex, found)
        if not filter_errors(found):
            companions.add(query)
        results.append(found)
    return results


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Says of each query what speaks against paying for it: on the day of its held money, else today."""

    checker: BoundsChecker
    held_on: Mapping[UUID, date]
    months_paid: Mapping[UUID, int]
    today: date

    @classmethod
    async def read(
        cls, driver: asyncpg.Connection, book: Rulebook, queries: Sequence[EligibilityQuery]
    ) -> Self:
        """Read what the bounds of the queries are asked with."""
        payable = [(query, query.payable) for query in queries if query.payable is not None]
        enrolment_ids = [query.enrolment_id for query, _ in payable if query.enrolment_id is not None]
        member_ids = [query.member_id for query, terms in payable if terms.method is Method.MISSING_MONTHS]
        return cls(
            BoundsChecker(book),
            await read_days_of_payment(driver, enrolment_ids),
            await read_months_paid(driver, member_ids),
            today(),
        )

    def find(
        self,
        query: EligibilityQuery,
        birth_date: date | None,
        sex: str | None,
        found: Sequence[EligibilityFinding],
    ) -> list[EligibilityFinding]:
        """Find the errors and warnings of a query that are not found yet."""
        payable = query.payable
        if payable is None:
            return []
        from_month = month_of(query.from_month)
        terms = build_enrolled_terms(
            query.product,
            payable.method,
            query.months,
            payable.monthly_income,
            from_month,
            payable.support_group,
        )
        months_paid = self.months_paid.get(query.member_id, 0) + payable.months_paid_before
        held_on = None if query.enrolment_id is None else self.held_on.get(query.enrolment_id)
        notes = self.checker.check(
            terms,
            from_month,
            PersonTerms(birth_date, sex, months_paid),
            held_on or self.today,
            is_decision=query.step is SharingStep.DECISION,
        )
        new = [EligibilityFinding(Severity.ERROR, note) for note in notes.errors]
        new += [EligibilityFinding(Severity.WARNING, note) for note in notes.warnings]
        return [finding for finding in new if finding not in found]


def _find_min_age(book: Rulebook, month: date) -> int | None:
    """The least age for voluntary insurance in a month; None where the law says nothing."""
    rule = book.rules_on("bhxh_tn_age_min", month)[0]
    return None if rule is None else int(rule.value)


class Companions:
    """The enrolments that are asked for together, as far as they have no error: each is another one for those after it.

    others: those of the people of enrolments that are with BHXH, by enrolment.
    """

    def __init__(self, others: Mapping[UUID, Sequence[OtherEnrolment]]) -> None:
        self._others = others
        self._ids: set[UUID] = set()
        self._by_month: dict[tuple[UUID, Product, int], set[Overlap]] = {}

    def add(self, query: EligibilityQuery) -> None:
        """Add one without an error."""
        if query.step is SharingStep.DECISION and query.enrolment_id is not None:
            self._ids.add(query.enrolment_id)
        else:
            overlap = Overlap(EnrolmentStatus.SUBMITTED, query.from_month, query.months)
            for month in overlap.month_numbers():
                self._by_month.setdefault((query.member_id, query.product, month), set()).add(overlap)

    def find(self, query: EligibilityQuery, recorded: Overlap | None) -> tuple[EligibilityFinding, ...]:
        """Find what others mean for one. recorded: of the same member, in the register."""
        if query.step is SharingStep.DECISION and query.enrolment_id is not None:
            others = self._others.get(query.enrolment_id, ())
            return tuple(find_other_enrolment_findings(others, self._ids))
        asked = Overlap(EnrolmentStatus.SUBMITTED, query.from_month, query.months)
        person = query.member_id, query.product
        overlaps = {
            other
            for month in asked.month_numbers()
            for other in self._by_month.get((*person, month), ())
            if other.from_month != asked.from_month
        }
        return tuple(
            find_overlap_findings(
                [*([recorded] if recorded else []), *sorted(overlaps, key=attrgetter("from_month"))]
            )
        )


_NO_OTHER_INSURANCE: Final[frozenset[OtherKind]] = frozenset()


async def _read_facts(
    driver: asyncpg.Connection, queries: Sequence[EligibilityQuery]
) -> Sequence[asyncpg.Record]:
    rows = [
        {"nth": nth} | {name: getattr(query, name) for name in _QUERY_FIELDS}
        for nth, query in enumerate(queries)
    ]
    return await fetch_with_custom_plan(driver, _FACTS, rows_to_json(rows))


_QUERY_FIELDS: Final = ("member_id", "product", "from_month", "months", "enrolment_id")


async def _read_other_insurance(
    driver: asyncpg.Connection, queries: Sequence[EligibilityQuery]
) -> dict[tuple[UUID, date], frozenset[OtherKind]]:
    """Read the other insurance of members in their first months, of those who have any."""
    columns = [query.member_id for query in queries], [query.from_month for query in queries]
    others: dict[tuple[UUID, date], frozenset[OtherKind]] = {}
    for row in await fetch_with_custom_plan(driver, _OTHER_INSURANCE, *columns):
        key = row["member_id"], row["month"]
        others[key] = others.get(key, _NO_OTHER_INSURANCE) | {OtherKind(row["kind"])}
    return others


def _find_national_id_findings(
    national_id: str | None, birth_date: date | None, sex: str | None
) -> list[EligibilityFinding]:
    """Warnings where a citizen's number and the register disagree. An old card's nine digits tell nothing."""
    warnings: list[FieldError] = []
    if national_id is not None and len(national_id) == 12:
        warnings = find_national_id_warnings(national_id, birth_date, sex)
    return [EligibilityFinding(Severity.WARNING, warning) for warning in warnings]
