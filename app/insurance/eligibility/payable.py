"""Whether the months and terms of enrolments could be paid for, asked for many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self
from uuid import UUID

import asyncpg

from app.core.values.time import month_of, today
from app.insurance.bounds.queries import read_days_of_payment, read_months_paid
from app.insurance.bounds.service import BoundsChecker, build_enrolled_terms
from app.insurance.eligibility.rules import EligibilityFinding, Severity, SharingStep
from app.insurance.eligibility.terms import EligibilityQuery
from app.insurance.kinds import Method
from app.insurance.law.proof import find_proof_notes
from app.insurance.quotes.terms import PersonTerms
from app.insurance.rules.rulebook import Rulebook
from app.savings.kinds import Product


@dataclass(frozen=True, slots=True)
class PayableCheck:
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
        paid_on, is_decision = held_on or self.today, query.step is SharingStep.DECISION
        notes = self.checker.check(
            terms,
            from_month,
            PersonTerms(birth_date, sex, months_paid),
            paid_on,
            is_decision=is_decision,
        )
        new = [EligibilityFinding(Severity.ERROR, note) for note in notes.errors]
        new += [EligibilityFinding(Severity.WARNING, note) for note in notes.warnings]
        if query.product is Product.BHYT_HGD:
            proof = find_proof_notes(
                payable.support_group, payable.proof, from_month, paid_on, is_decision=is_decision
            )
            new += [EligibilityFinding(Severity.ERROR, note) for note in proof.errors]
            new += [EligibilityFinding(Severity.WARNING, note) for note in proof.warnings]
        return [finding for finding in new if finding not in found]
