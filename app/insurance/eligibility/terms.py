"""What is asked about one enrolment: whose, for which months, and what is to be paid."""

from datetime import date
from typing import NamedTuple, Protocol
from uuid import UUID

from app.insurance.eligibility.rules import SharingStep
from app.insurance.kinds import EnrolledGroup, Method
from app.insurance.law.proof import NO_PROOF, Proof
from app.savings.kinds import Product


class InsertedMember(Protocol):
    """A member who was inserted in this transaction: nothing else is known of them."""

    @property
    def birth_date(self) -> date | None: ...
    @property
    def national_id(self) -> str | None: ...
    @property
    def sex(self) -> str | None: ...


class PayableTerms(NamedTuple):
    """What is to be paid for. months_paid_before: elsewhere; proof: of the support group of a card."""

    method: Method
    monthly_income: int | None
    support_group: EnrolledGroup | None
    months_paid_before: int
    proof: Proof = NO_PROOF


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
