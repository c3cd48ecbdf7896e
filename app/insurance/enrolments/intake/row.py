"""One row of a batch on its way through the intake: what was sent, what was found for it, and its verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Self, TypeVar
from uuid import UUID

from app.core.errors import FieldError
from app.core.values.time import first_day
from app.insurance.enrolments.intake.schemas import Verdict
from app.insurance.enrolments.schemas import EnrolmentIn
from app.insurance.matching.namesakes import KnownMember
from app.insurance.matching.rules import Candidate

T = TypeVar("T")

EnrolmentKey = tuple[UUID, str, date]
"""Member, product and first month: what one live enrolment is of."""


class ValidRow(NamedTuple):
    """A row that is valid by itself. content_hash: of all its fields but its id; warnings: about the row alone."""

    data: EnrolmentIn
    months: int
    content_hash: str
    warnings: list[FieldError]


class RejectedRow(NamedTuple):
    """A row that is not valid by itself."""

    external_ref: str | None
    errors: list[FieldError]


JudgedRow = ValidRow | RejectedRow


@dataclass(frozen=True, slots=True)
class CommuneRef:
    """A commune and its province."""

    commune_code: str
    province_code: str


class CommuneOverTime(NamedTuple):
    """A commune as it stands today, and as it stood in the first month of an enrolment."""

    today: CommuneRef
    at_start: CommuneRef

    def is_named_by(self, code: str | None) -> bool:
        """Whether a code is the commune's on either day; a code that is left out always is."""
        return code in (None, self.today.commune_code, self.at_start.commune_code)


@dataclass(frozen=True, slots=True)
class ExistingEnrolment:
    """An enrolment that was sent before under the reference of a row, with other content, and may still be edited.

    terms: its `PRICED_COLUMNS`.
    """

    id: UUID
    member_id: UUID
    version: int
    terms: Mapping[str, Any]


@dataclass(slots=True)
class EnrolmentRow:
    """A row. verdict: None while it may still be written.

    commune_today: where the person lives; commune_at_start: the same place as it stood in the first month, in which the
    enrolment is counted.
    """

    data: EnrolmentIn
    months: int
    content_hash: str
    warnings: list[FieldError]
    verdict: Verdict | None = None
    commune_today: CommuneRef = CommuneRef("", "")
    commune_at_start: CommuneRef = CommuneRef("", "")
    group_id: UUID | None = None
    member: KnownMember | None = None
    member_id: UUID | None = None
    enrolment_id: UUID | None = None
    errors: list[FieldError] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    first_occurrence: "EnrolmentRow | None" = None
    existing: ExistingEnrolment | None = None

    @classmethod
    def from_valid_row(cls, row: ValidRow) -> Self:
        """Build a row of which nothing has been found yet."""
        return cls(row.data, row.months, row.content_hash, [*row.warnings])

    def reject(self, error: FieldError) -> None:
        """Add an error; the row will not be written."""
        self.verdict = Verdict.REJECTED
        self.errors.append(error)

    def set_member(self, member: KnownMember) -> None:
        """Set the member of the row."""
        self.member, self.member_id = member, member.id

    @property
    def has_number(self) -> bool:
        """Whether the row names its person by a number."""
        return self.data.national_id is not None or self.data.social_insurance_no is not None

    @property
    def numbers(self) -> list[str]:
        """The numbers by which the row names its person."""
        return drop_none((self.data.national_id, self.data.social_insurance_no))

    @property
    def key(self) -> EnrolmentKey:
        """The key of the enrolment. Only of a row whose member is known."""
        assert self.member_id is not None  # noqa: S101 - asked for after the members are found
        return self.member_id, self.data.product.value, first_day(self.data.from_month)


@dataclass(frozen=True, slots=True)
class MatchedRows:
    """Rows of which everything was found. new_members: to be inserted, by id, each with the row that describes them."""

    rows: Sequence[EnrolmentRow]
    new_members: Mapping[UUID, EnrolmentRow]

    @property
    def members(self) -> list[KnownMember]:
        """The members whom these rows bring into the register."""
        return drop_none(row.member for row in self.new_members.values())


def select_valid(rows: Iterable[JudgedRow]) -> list[ValidRow]:
    """Select the rows that are valid by themselves."""
    return [row for row in rows if isinstance(row, ValidRow)]


def select_pending(rows: Iterable[EnrolmentRow]) -> list[EnrolmentRow]:
    """Select the rows that have no verdict yet."""
    return [row for row in rows if row.verdict is None]


def drop_none(values: Iterable[T | None]) -> list[T]:
    """The values that are not None."""
    return [value for value in values if value is not None]
