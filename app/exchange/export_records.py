"""From the stored data of a list's row to the row of its form. Pure: no database."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from app.exchange.forms import card_list, d05, d05_2017, household_list, tk1

Data = Mapping[str, Any]

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


def participant(row: Data, *, on_paper: bool) -> d05.Participant:
    """A row of D05-TS, as the payment fixed it."""
    return d05.Participant(
        full_name=row["full_name"],
        social_insurance_no=row["social_insurance_no"],
        birth_date=_day(row["birth_date"]),
        from_month=date.fromisoformat(row["from_month"]),
        months=row["months"],
        monthly_income=row["monthly_income"],
        amount_due=row["amount_due"],
        participant_pays=row["participant_pays"],
        support_rate=_decimal(row["support_rate"]),
        extra_rate=_decimal(row["extra_rate"]),
        extra_amount=row["extra_amount"],
        other_rate=None,
        other_amount=row["other_amount"],
        receive_as="Bản giấy" if on_paper else "Bản điện tử",
        change=_CHANGES[row["change"]],
        note=_note(row),
    )


def old_participant(row: Data) -> d05_2017.Participant:
    """A row of D05-TS as it was until 2026-04-30."""
    return d05_2017.Participant(
        full_name=row["full_name"],
        social_insurance_no=row["social_insurance_no"],
        monthly_income=row["monthly_income"],
        from_month=date.fromisoformat(row["from_month"]),
        months=row["months"],
        amount_due=row["amount_due"],
        participant_pays=row["participant_pays"],
        support=row["amount_due"] - row["participant_pays"],
        change=_CHANGES[row["change"]],
        note=_note(row),
    )


def card_holder(row: Data, *, on_paper: bool) -> card_list.CardHolder:
    """A row of Mẫu số 3."""
    other = _decimal(row["other_rate"])
    notes = [f"{row['months']} tháng", *([f"hỗ trợ khác {other:f}%"] if other else [])]
    return card_list.CardHolder(
        full_name=row["full_name"],
        insurance_no=row["insurance_no"],
        national_id=row["national_id"],
        clinic=None,
        salary=int(row["salary"]),
        from_month=date.fromisoformat(row["from_month"]),
        support_rate=_decimal(row["support_rate"]) or None,
        on_paper=on_paper,
        note="; ".join(notes),
    )


def household_member(row: Data, *, on_paper: bool) -> household_list.HouseholdMember:
    """A row of Mẫu số 4: a member, with a card or without."""
    relation = _RELATIONS.get(row["relation"] or "")
    return household_list.HouseholdMember(
        full_name=row["full_name"],
        insurance_no=row["insurance_no"],
        national_id=row["national_id"],
        birth_date=_day(row["birth_date"]),
        clinic=None,
        salary=None if row["salary"] is None else int(row["salary"]),
        relation=None if relation is None else relation[row["sex"] == "male"],
        support_rate=_decimal(row["support_rate"]) or None,
        on_paper=on_paper,
        months=row["months"],
    )


def declaration(row: Data, *, on_paper: bool) -> tk1.Declaration:
    """TK1-TS of one enrolment."""
    method = _METHODS[row["method"]]
    missing = row["method"] == "missing_months"
    return tk1.Declaration(
        social_insurance_no=row["social_insurance_no"],
        full_name=row["full_name"],
        sex=row["sex"],
        birth_date=_day(row["birth_date"]),
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


def _note(row: Data) -> str | None:
    """What the columns do not tell: that money was paid ahead or for the past, that the state's support ran out."""
    notes: Iterable[str] = [
        *([_METHODS[row["method"]]] if not row["method"].startswith("months_") else []),
        *(
            [f"NSNN hỗ trợ {row['supported_months']}/{row['months']} tháng"]
            if row["state_support"] and row["supported_months"] < row["months"]
            else []
        ),
    ]
    return "; ".join(notes) or None


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _decimal(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value).normalize()
