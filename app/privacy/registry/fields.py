"""Fields that are kept for something else than the rest of their table, or on another ground.

Of every other field the purpose and the basis are its table's: a table is of one thing, and was asked for as one.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from app.privacy.registry.terms import DataPurpose, LegalBasis


class FieldGround(NamedTuple):
    """What a field is kept for, and on which ground."""

    purpose: DataPurpose
    basis: LegalBasis


@dataclass(frozen=True, slots=True)
class FieldPurpose:
    """Columns of one table with a ground of their own. reason: why it is not the table's, for docs/privacy.md."""

    table: str
    columns: frozenset[str]
    ground: FieldGround
    reason: str


def _fields(table: str, columns: str, purpose: DataPurpose, basis: LegalBasis, reason: str) -> FieldPurpose:
    return FieldPurpose(table, frozenset(columns.split()), FieldGround(purpose, basis), reason)


FIELD_PURPOSES: Final[tuple[FieldPurpose, ...]] = (
    _fields(
        "member", "national_id social_insurance_no health_card_no", DataPurpose.INSURANCE, LegalBasis.CONSENT,
        "the forms of BHXH and BHYT ask for them; a member who saves only needs none",
    ),
    _fields(
        "member", "relation_to_head", DataPurpose.INSURANCE, LegalBasis.CONSENT,
        "the price of a household's cards goes by it",
    ),
    _fields(
        "member", "number_claim number_status number_to_check number_distinct_from numbers_since",
        DataPurpose.INSURANCE,
        LegalBasis.PROTECTION_DUTY, "that no number stands for two people: data has to be right",
    ),
    _fields(
        "member", "anonymised_at", DataPurpose.ACCOUNTABILITY, LegalBasis.PROTECTION_DUTY,
        "the proof that somebody was erased",
    ),
    _fields(
        "household", "head_member_id", DataPurpose.INSURANCE, LegalBasis.CONSENT,
        "official lists name the head of a household",
    ),
    _fields(
        "enrolment", "support_group supported_before proof_kind proof_no proof_issued_by proof_valid_until",
        DataPurpose.INSURANCE, LegalBasis.INSURANCE_LAW,
        "the state's support is by law, for whom the law names",
    ),
    _fields(
        "enrolment", "consented_on", DataPurpose.ACCOUNTABILITY, LegalBasis.PROTECTION_DUTY,
        "the proof of the consent that the rest of the table rests on",
    ),
    _fields(
        "enrolment", "external_ref content_hash", DataPurpose.EXCHANGE, LegalBasis.AGREEMENT,
        "by which a partner's system finds its own rows again",
    ),
    _fields(
        "app_user", "disabled_at", DataPurpose.ACCOUNTABILITY, LegalBasis.PROTECTION_DUTY,
        "until when somebody could act",
    ),
    _fields(
        "device", "last_seen_at revoked_at", DataPurpose.ACCESS, LegalBasis.PROTECTION_DUTY,
        "by which its owner notices a stranger",
    ),
    _fields(
        "auth_session", "emergency_access_id", DataPurpose.ACCOUNTABILITY, LegalBasis.PROTECTION_DUTY,
        "under which emergency access something was seen",
    ),
    _fields(
        "job", "asked_by session_id", DataPurpose.ACCOUNTABILITY, LegalBasis.PROTECTION_DUTY,
        "whose rights the work had",
    ),
)  # fmt: skip


def list_differing_fields(table: str) -> dict[str, FieldGround]:
    """List the columns of a table with a ground of their own, by name."""
    return {
        column: one.ground for one in FIELD_PURPOSES if one.table == table for column in sorted(one.columns)
    }
