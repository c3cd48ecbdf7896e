"""The other enrolments of a person beside one that is asked about: recorded ones, and those asked for with it."""

from collections.abc import Mapping, Sequence
from operator import attrgetter
from uuid import UUID

from app.insurance.eligibility.registers import (
    OtherEnrolment,
    Overlap,
    find_other_enrolment_findings,
    find_overlap_findings,
)
from app.insurance.eligibility.rules import EligibilityFinding, SharingStep
from app.insurance.eligibility.terms import EligibilityQuery
from app.insurance.kinds import EnrolmentStatus
from app.savings.kinds import Product


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
