"""Which details each kind of campaign may have."""

from collections.abc import Mapping
from typing import Final

from app.campaigns.kinds import CampaignKind
from app.core.errors import FieldError, InvalidInput

DETAILS_BY_KIND: Final[Mapping[CampaignKind, frozenset[str]]] = {
    CampaignKind.COMMUNICATION: frozenset({"form"}),
    CampaignKind.RECRUITMENT_DRIVE: frozenset(
        {"recruiters", "recruits_min", "recruits_max", "relatives_only", "family_coverage_percent"}
    ),
    CampaignKind.EMULATION: frozenset({"theme"}),
    CampaignKind.COVERAGE_DRIVE: frozenset({"form", "coverage_percent"}),
    CampaignKind.INITIATIVE: frozenset({"recognised_level", "recognised_count", "first_in_country"}),
    CampaignKind.SUPPORT_DRIVE: frozenset({"gifts", "needs"}),
}
"""The details that a campaign of each kind may have; all of them are optional."""


def check_details(kind: CampaignKind, details: Mapping[str, object]) -> None:
    """Refuse details that do not belong to this kind of campaign. Raises: InvalidInput with their pointers."""
    unknown = sorted(set(details) - DETAILS_BY_KIND[kind])
    if unknown:
        raise InvalidInput(
            errors=[
                FieldError(
                    f"/details/{name}",
                    "other_kind",
                    "Thông tin này không thuộc loại chiến dịch đã chọn.",
                    "This does not belong to the chosen kind of campaign.",
                )
                for name in unknown
            ]
        )
