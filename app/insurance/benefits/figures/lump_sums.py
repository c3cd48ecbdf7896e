"""Figures of what is paid once: withdrawal, maternity, funeral, survivors."""

from app.core.errors import Words
from app.core.values.time import month_of
from app.core.values.wording import format_dong
from app.insurance.benefits.case import EstimateCase, PensionRight
from app.insurance.benefits.figures.figure import EstimateFigure
from app.insurance.benefits.figures.notes import (
    BIRTH_MONTH_OPEN,
    L41,
    ND159,
    NOTHING_PAID,
    ONE_PARENT,
    PAID_OPEN,
    TODAYS_MONEY,
    TODAYS_VALUES,
    WITHDRAWAL_BEFORE_LAW,
    WITHDRAWAL_CASES,
)
from app.insurance.benefits.timeline import count_early_months, month_number, number_month, sum_premiums
from app.insurance.benefits.words import format_number, format_time
from app.insurance.law.benefits import lump_sums as law
from app.insurance.law.benefits.average import MONTHS_OF_YEAR, round_once
from app.insurance.law.benefits.pension import monthly_pension


def withdrawal_figure(case: EstimateCase) -> EstimateFigure:
    """The one-off withdrawal at the end of the plan, less the state's support."""
    values, periods = case.values, case.timeline.periods
    basis = f"{L41}, Điều 102; {ND159}, Điều 9"
    if not case.timeline.months:
        return EstimateFigure(None, "once", basis, NOTHING_PAID, more=_no_withdrawal())
    early = count_early_months(periods, values.whole("lump_sum_later_since"))
    later, paid = case.timeline.months - early, sum_premiums(periods, values)
    scale, cap = values.withdrawal_scale(), values.value("one_off_short_cap")
    whole = law.withdrawal_before_deduction(scale, early, later, case.average, paid, cap)
    support = case.timeline.state_support
    amount = law.withdrawal(whole, support)
    return EstimateFigure(
        amount, "once", basis,
        Words(
            f"Rút một lần được {format_dong(whole)} trừ phần Nhà nước đã hỗ trợ {format_dong(support)}, còn "
            f"{format_dong(amount)}; rút thì không còn lương hưu và thẻ BHYT.",
            f"A withdrawal is {whole:,} đồng less the state's support of {support:,} đồng: {amount:,} đồng; then there "
            "is no pension and no health card.",
        ),
        {"expression": "(early_factor × early_years + factor × later_years) × average_income − state_support"
         if case.timeline.months >= MONTHS_OF_YEAR else "min(paid, short_cap × average_income) − state_support",
         "average_income": round_once(case.average.amount), "early_months": early, "later_months": later,
         "early_factor": scale.early_factor, "factor": scale.factor, "short_cap": cap, "paid": paid,
         "state_support": support},
        (TODAYS_MONEY, WITHDRAWAL_CASES, *([WITHDRAWAL_BEFORE_LAW] if _joined_before_law(case) else [])),
        more={"before_deduction": whole, "state_support": support, "at_age": bool(case.missing),
              "joined_before_law": _joined_before_law(case)},
    )  # fmt: skip


def _no_withdrawal() -> dict[str, object]:
    return {"before_deduction": None, "state_support": 0, "at_age": False, "joined_before_law": False}


def _joined_before_law(case: EstimateCase) -> bool:
    """Whether anything was paid before the law of 2024, with less than 20 years now (Article 102.1.đ)."""
    rules = case.values.book.confirmed_rules("one_off_factor")
    begins = min((rule.valid_from for rule in rules), default=None)
    if begins is None or case.timeline.months >= 12 * case.values.whole("early_pension_years"):
        return False
    return any(period.first < month_number(month_of(begins)) for period in case.saver.paid.periods)


def maternity_figure(case: EstimateCase) -> EstimateFigure:
    """The maternity allowance of each child, and in which months of birth there is a right to it."""
    values, basis = case.values, f"{L41}, Điều 94 và Điều 95"
    each, needed = values.whole("maternity_allowance"), values.whole("maternity_months_needed")
    window, paid = values.whole("maternity_window_months"), sorted(case.timeline.month_set())
    rights = [law.has_maternity_right(paid, birth, window, needed) for birth in case.births]
    months = [
        month
        for month in range(min(paid, default=0), max(paid, default=-1) + window + 1)
        if law.has_maternity_right(paid, month, window, needed)
    ]
    first, last = (number_month(months[0]), number_month(months[-1])) if months else (None, None)
    amount = each * sum(rights) if case.births else (each if months else None)
    who = Words("mẹ", "the mother") if case.saver.sex == "female" else Words("cha", "the father")
    vi = (
        f"Mỗi con sinh ra được trợ cấp {format_dong(each)} nếu {who.vi} đóng từ đủ {needed} tháng trong {window} tháng "
        "trước khi sinh."
    )
    en = f"Each child brings {each:,} đồng if {who.en} paid {needed} months in the {window} before the birth."
    if case.births:
        vi += f" Theo phương án này {sum(rights)} trong {len(rights)} con được trợ cấp."
        en += f" By this plan {sum(rights)} of {len(rights)} children have it."
    return EstimateFigure(
        amount, "once", basis, Words(vi, en),
        {"expression": "maternity_allowance × children", "maternity_allowance": each, "months_needed": needed,
         "window_months": window},
        (ONE_PARENT,),
        (BIRTH_MONTH_OPEN,),
        {"each": each, "from_month": first, "to_month": last,
         "births": [{"month": number_month(birth), "entitled": right}
                    for birth, right in zip(case.births, rights, strict=True)]},
    )  # fmt: skip


def funeral_figure(case: EstimateCase) -> EstimateFigure:
    """The funeral allowance, at 60 months or as a pensioner."""
    values, basis = case.values, f"{L41}, Điều 109"
    needed, salary = values.whole("funeral_months_needed"), values.whole("base_salary")
    multiple = values.value("funeral_multiple")
    reached = case.timeline.month_of_count(needed)
    if reached is None and case.right is PensionRight.NONE:
        words = Words(
            f"Trợ cấp mai táng cần đóng từ đủ {needed} tháng.", f"The allowance needs {needed} months."
        )
        return EstimateFigure(None, "once", basis, words, more={"from_month": None})
    amount = law.funeral_allowance(multiple, salary)
    first = number_month(case.pension_from if reached is None else reached)
    return EstimateFigure(
        amount, "once", basis,
        Words(
            f"Khi qua đời, người lo mai táng nhận {format_number(multiple)} lần mức tham chiếu: {format_dong(amount)}.",
            f"On death whoever sees to the funeral gets {multiple} × the reference level: {amount:,} đồng.",
        ),
        {"expression": "multiple × base_salary", "multiple": multiple, "base_salary": salary},
        (TODAYS_VALUES,),
        more={"from_month": first},
    )  # fmt: skip


def survivors_figure(case: EstimateCase) -> EstimateFigure:
    """What the family gets when the saver dies at the end of the plan, before a pension."""
    values, periods = case.values, case.timeline.periods
    basis = f"{L41}, Điều 110.2"
    if not case.timeline.months:
        return EstimateFigure(None, "once", basis, NOTHING_PAID)
    early = count_early_months(periods, values.whole("lump_sum_later_since"))
    later, paid = case.timeline.months - early, sum_premiums(periods, values)
    scale, needed = values.survivor_scale(), values.whole("survivor_months_needed")
    amount = law.survivors_of_participant(scale, early, later, case.average, paid, needed)
    short = case.timeline.months < needed
    return EstimateFigure(
        amount, "once", basis,
        Words(
            f"Nếu qua đời khi đã đóng {format_time(case.timeline.months)}, thân nhân nhận một lần "
            f"{format_dong(amount)}.",
            f"If the person dies after {case.timeline.months} months, the family gets {amount:,} đồng once.",
        ),
        {"expression": "paid" if short
         else "(early_factor × early_years + factor × later_years) × average_income",
         "average_income": round_once(case.average.amount), "early_months": early, "later_months": later,
         "early_factor": scale.early_factor, "factor": scale.factor, "paid": paid},
        (TODAYS_MONEY,),
        (PAID_OPEN,) if short else (),
    )  # fmt: skip


def pensioner_survivors_figure(case: EstimateCase) -> EstimateFigure:
    """What the family of a pensioner gets: most in the first months of the pension, and the least later."""
    basis = f"{L41}, Điều 110.4"
    if case.right is PensionRight.NONE:
        words = Words("Chưa có lương hưu.", "There is no pension.")
        return EstimateFigure(
            None, "once", basis, words, more={"least": None, "least_from_pension_month": None}
        )
    scale, pension = case.values.pensioner_scale(), monthly_pension(case.share, case.pension_average)
    most, month = law.survivors_of_pensioner(scale, pension, 1), law.first_month_of_least(scale)
    least = law.survivors_of_pensioner(scale, pension, month)
    return EstimateFigure(
        most, "once", basis,
        Words(
            f"Nếu qua đời trong {scale.full_months} tháng đầu hưởng lương hưu, thân nhân nhận {format_dong(most)}; sau "
            f"đó mỗi tháng giảm {format_number(scale.step)} tháng lương hưu, thấp nhất {format_dong(least)} từ tháng "
            f"thứ {month}.",
            f"In the first {scale.full_months} months of the pension the family gets {most:,} đồng, then {scale.step} "
            f"pensions less each month, at least {least:,} đồng from month {month} on.",
        ),
        {"expression": "pension × max(least, first − step × (months − full_months))", "pension": pension,
         "first": scale.first, "step": scale.step, "full_months": scale.full_months, "least": scale.least},
        (TODAYS_MONEY,),
        more={"least": least, "least_from_pension_month": month},
    )  # fmt: skip
