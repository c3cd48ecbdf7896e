"""Build the rows of each form from the stored rows of a list. Pure: no database."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.forms.layouts import card_list, d05, d05_2017, household_list, tk1

RowData = Mapping[str, Any]

_CHANGES: Final = {"first": "Tham gia lần đầu", "again": "Đóng tiếp", "back": "Đăng ký lại"}
_METHODS: Final = {
    "months_1": "Hằng tháng", "months_3": "03 tháng một lần", "months_6": "06 tháng một lần",
    "months_12": "12 tháng một lần", "missing_months": "Một lần cho những tháng còn thiếu",
    **{f"years_{n}": f"Một lần cho {n} năm về sau" for n in range(2, 6)},
}  # fmt: skip
_RELATIONS: Final = {
    "head": ("Chủ hộ", "Chủ hộ"), "spouse": ("Vợ", "Chồng"), "child": ("Con", "Con"),
    "child_in_law": ("Con dâu", "Con rể"), "grandchild": ("Cháu", "Cháu"), "parent": ("Mẹ", "Bố"),
    "grandparent": ("Bà", "Ông"), "sibling": ("Chị, em", "Anh, em"), "other": ("Khác", "Khác"),
}  # fmt: skip
"""Quan hệ với chủ hộ: of a woman, of a man."""


def build_d05_participant(row: RowData, *, on_paper: bool) -> d05.D05Participant:
    """Build a row of D05-TS, as the payment fixed it."""
    return d05.D05Participant(
        full_name=row["full_name"],
        social_insurance_no=row["social_insurance_no"],
        birth_date=_parse_day(row["birth_date"]),
        from_month=date.fromisoformat(row["from_month"]),
        months=row["months"],
        monthly_income=row["monthly_income"],
        amount_due=row["amount_due"],
        participant_pays=row["participant_pays"],
        support_rate=_to_decimal(row["support_rate"]),
        extra_rate=_to_decimal(row["extra_rate"]),
        extra_amount=row["extra_amount"],
        other_rate=None,
        other_amount=row["other_amount"],
        receive_as="Bản giấy" if on_paper else "Bản điện tử",
        change=_CHANGES[row["change"]],
        note=_format_note(row),
    )


def build_d05_2017_participant(row: RowData) -> d05_2017.D05Participant2017:
    """Build a row of D05-TS as it was until 2026-04-30."""
    return d05_2017.D05Participant2017(
        full_name=row["full_name"],
        social_insurance_no=row["social_insurance_no"],
        monthly_income=row["monthly_income"],
        from_month=date.fromisoformat(row["from_month"]),
        months=row["months"],
        amount_due=row["amount_due"],
        participant_pays=row["participant_pays"],
        support=row["amount_due"] - row["participant_pays"],
        change=_CHANGES[row["change"]],
        note=_format_note(row),
    )


def build_card_holder(row: RowData, *, on_paper: bool) -> card_list.CardHolder:
    """Build a row of Mẫu số 3."""
    other_rate = _to_decimal(row["other_rate"])
    notes = [f"{row['months']} tháng", *([f"hỗ trợ khác {other_rate:f}%"] if other_rate else [])]
    return card_list.CardHolder(
        full_name=row["full_name"],
        insurance_no=row["insurance_no"],
        national_id=row["national_id"],
        clinic=None,
        salary=int(row["salary"]),
        from_month=date.fromisoformat(row["from_month"]),
        support_rate=_to_decimal(row["support_rate"]) or None,
        on_paper=on_paper,
        note="; ".join(notes),
    )


def build_household_member(row: RowData, *, on_paper: bool) -> household_list.HouseholdMember:
    """Build a row of Mẫu số 4: a member, with a card or without."""
    relation = _RELATIONS.get(row["relation"] or "")
    return household_list.HouseholdMember(
        full_name=row["full_name"],
        insurance_no=row["insurance_no"],
        national_id=row["national_id"],
        birth_date=_parse_day(row["birth_date"]),
        clinic=None,
        salary=None if row["salary"] is None else int(row["salary"]),
        relation=None if relation is None else relation[row["sex"] == "male"],
        support_rate=_to_decimal(row["support_rate"]) or None,
        on_paper=on_paper,
        months=row["months"],
    )


def build_declaration(row: RowData, *, on_paper: bool) -> tk1.Declaration:
    """Build TK1-TS of one enrolment."""
    method = _METHODS[row["method"]]
    missing = row["method"] == "missing_months"
    return tk1.Declaration(
        social_insurance_no=row["social_insurance_no"],
        full_name=row["full_name"],
        sex=row["sex"],
        birth_date=_parse_day(row["birth_date"]),
        national_id=row["national_id"],
        nationality="Việt Nam",
        phone=row["phone"],
        on_paper=on_paper,
        address=row["address"],
        commune=row["commune"],
        province=row["province"],
        monthly_income=row["monthly_income"],
        method=f"{method} ({row['months']} tháng)" if missing else method,
        kind="(4) tham gia BHXH tự nguyện",
    )


def _format_note(row: RowData) -> str | None:
    """Format a note on what the columns do not show: payment ahead or for the past, partial state support."""
    notes: Iterable[str] = [
        *([_METHODS[row["method"]]] if not row["method"].startswith("months_") else []),
        *(
            [f"NSNN hỗ trợ {row['supported_months']}/{row['months']} tháng"]
            if row["state_support"] and row["supported_months"] < row["months"]
            else []
        ),
    ]
    return "; ".join(notes) or None


def _parse_day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _to_decimal(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value).normalize()
