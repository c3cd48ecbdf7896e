"""Limits of a partner system besides its scopes: places, requests and rows per minute, the sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import InvalidInput
from app.core.settings import Settings
from app.core.values.references import reference_not_found
from app.core.values.time import today
from app.models.tenancy.organisation import Organisation
from app.tenancy.coverage import queries as coverage_queries
from app.tenancy.coverage.rules import Extent, lies_within
from app.tenancy.errors import OutsideScope

LIMIT_FIELDS: Final = ("sandbox", "place_codes", "requests_per_minute", "rows_per_minute")


@dataclass(frozen=True, slots=True)
class MaxClientLimits:
    """The highest limits per minute that the operator lets administrators set."""

    requests: int
    rows: int

    @classmethod
    def from_settings(cls, settings: Settings) -> "MaxClientLimits":
        """Read the bounds from the settings."""
        return cls(settings.client_requests_most, settings.client_rows_most)


@dataclass(frozen=True, slots=True)
class _Coverage:
    """All places that an organisation covers, now or later."""

    provinces: tuple[str, ...]
    communes: tuple[str, ...]
    nationwide: bool

    @classmethod
    def from_extents(cls, extents: Sequence[Extent]) -> "_Coverage":
        return cls(
            tuple(code for extent in extents for code in extent.provinces),
            tuple(code for extent in extents for code, _ in extent.communes),
            any(extent.nationwide for extent in extents),
        )


async def check_limits(
    db: AsyncSession, organisation: Organisation, values: Mapping[str, Any], max_limits: MaxClientLimits
) -> None:
    """Refuse limits above the operator's, and places that the organisation does not cover.

    Raises: InvalidInput, NotFound, OutsideScope, each with its pointer.
    """
    for name, limit in (("requests_per_minute", max_limits.requests), ("rows_per_minute", max_limits.rows)):
        if (values.get(name) or 0) > limit:
            raise InvalidInput.at(
                f"/{name}", "above_maximum", vi=f"Nhiều nhất là {limit}.", en=f"At most {limit}."
            )
    codes = values.get("place_codes")
    if codes:
        coverage = _Coverage.from_extents(await coverage_queries.read_extents(db, organisation.id, today()))
        for index, code in enumerate(codes):
            await _check_place(db, coverage, code, f"/place_codes/{index}")


async def _check_place(db: AsyncSession, coverage: _Coverage, code: str, pointer: str) -> None:
    place = await coverage_queries.find_place_extent(db, code, today())
    if place is None:
        raise reference_not_found(pointer)
    if place.extent.nationwide:
        raise InvalidInput.at(
            pointer,
            "place_level",
            vi="Cả nước không phải là giới hạn: hãy bỏ trống.",
            en="The whole country is not a limit: leave it out (null).",
        )
    if not lies_within(coverage, place.extent):
        raise OutsideScope(pointer)
