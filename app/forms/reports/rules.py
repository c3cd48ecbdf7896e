"""Rules of reports without a database: their sheets, their period, the units that rows belong to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from app.core.errors import FieldError, InvalidInput
from app.core.values.time import add_months, first_day
from app.forms.kinds import ReportForm

SHEET_MONTHS: Final[dict[ReportForm, dict[str, tuple[int, ...]]]] = {
    ReportForm.C21: dict.fromkeys("abcd", (1,)),
    ReportForm.B15: dict.fromkeys("abc", (1,)),
    ReportForm.B09: dict.fromkeys("ab", (3, 6, 12)),
    ReportForm.D11: {
        "detail": (1,),
        **{
            f"{level}{kind}": (months,) for level in "abc" for kind, months in (("t", 1), ("q", 3), ("n", 12))
        },
    },
}
"""The sheets of each form, and how many months each may cover."""


@dataclass(frozen=True, slots=True)
class ReportPeriod:
    """A period of whole months. first, last: its days."""

    first: date
    last: date

    @property
    def year_start(self) -> date:
        """Return the day since which figures are cumulated (lũy kế)."""
        return date(self.last.year, 1, 1)


@dataclass(frozen=True, slots=True)
class ReportUnit:
    """A unit that a line of a report is about: a commune, an office, a province, an organisation."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class UnitHierarchy:
    """The units above a commune or an organisation.

    office: the BHXH cơ sở in whose communes it lies, None when the province itself is in charge; province: the
    BHXH tỉnh.
    """

    unit: ReportUnit
    office: ReportUnit | None
    province: ReportUnit


def resolve_report_period(form: ReportForm, sheet: str, month: str, months: int | None) -> ReportPeriod:
    """Resolve the period that begins with a month.

    months: its length, where the sheet leaves a choice. Raises: InvalidInput for a sheet that the form does not have,
    a length that the sheet does not have, or a first month that begins no quarter, half-year or year.
    """
    allowed = SHEET_MONTHS[form].get(sheet)
    if allowed is None:
        raise InvalidInput(
            errors=[
                _not_allowed(
                    "/sheet", "sheet", "Biểu mẫu này có các tờ", "The form's sheets", SHEET_MONTHS[form]
                )
            ]
        )
    length = allowed[0] if months is None else months
    if length not in allowed:
        raise InvalidInput(
            errors=[_not_allowed("/months", "months", "Số tháng của tờ này", "This sheet's months", allowed)]
        )
    first = first_day(month)
    if (first.month - 1) % length:
        raise InvalidInput.at(
            "/month",
            "not_a_first_month",
            vi="Cần tháng đầu của quý, nửa năm hoặc năm.",
            en="The first month of a quarter, half-year or year is needed.",
        )
    return ReportPeriod(first, first_day(add_months(month, length)) - timedelta(days=1))


def _not_allowed(pointer: str, code: str, vi: str, en: str, allowed: Iterable[str | int]) -> FieldError:
    choices = ", ".join(str(value) for value in allowed)
    return FieldError(pointer, code, f"{vi}: {choices}.", f"{en}: {choices}.")
