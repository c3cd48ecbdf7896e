"""Rules of an enrolment that need no database."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.insurance.enrolments.rules import (
    CLOSED_STATUSES,
    EDITABLE_STATUSES,
    TRANSITIONS,
    WITHDRAWAL_TEXTS,
    Action,
    EnrolmentTerms,
    validate_person,
    validate_terms,
)
from app.insurance.kinds import EnrolmentStatus, Method, WithdrawalReason
from app.savings.kinds import Product

TODAY = date(2026, 11, 21)


def find_problems(product: str, method: str, months: int | None, income: int | None) -> list[tuple[str, str]]:
    terms = EnrolmentTerms(Product(product), Method(method), months, income)
    return [(problem.pointer, problem.code) for problem in validate_terms(terms)]


class TestTerms:
    @pytest.mark.parametrize(
        ("product", "method", "months", "income", "covered"),
        [
            ("bhxh_tn", "months_1", None, 1_500_000, 1),
            ("bhxh_tn", "months_3", 3, 1_500_000, 3),
            ("bhxh_tn", "months_6", None, 1_500_000, 6),
            ("bhxh_tn", "months_12", None, 1_500_000, 12),
            ("bhxh_tn", "years_2", None, 1_500_000, 24),
            ("bhxh_tn", "years_5", 60, 1_500_000, 60),
            ("bhxh_tn", "missing_months", 37, 1_500_000, 37),
            ("bhyt_hgd", "months_3", None, None, 3),
            ("bhyt_hgd", "months_12", 12, None, 12),
        ],
    )
    def test_what_fits_together(self, product, method, months, income, covered):
        assert find_problems(product, method, months, income) == []
        assert EnrolmentTerms(Product(product), Method(method), months, income).covered_months == covered

    @pytest.mark.parametrize(
        ("product", "method", "months", "income", "expected"),
        [
            ("bhxh_tn", "months_12", None, None, [("/monthly_income", "missing")]),
            ("bhxh_tn", "months_12", 6, 1_500_000, [("/months", "months_mismatch")]),
            ("bhxh_tn", "missing_months", None, 1_500_000, [("/months", "missing")]),
            ("bhyt_hgd", "months_12", None, 1_500_000, [("/monthly_income", "not_for_product")]),
            ("bhyt_hgd", "months_1", None, None, [("/method", "method_not_for_product")]),
            ("bhyt_hgd", "years_2", None, None, [("/method", "method_not_for_product")]),
            (
                "bhyt_hgd",
                "missing_months",
                None,
                5,
                [
                    ("/method", "method_not_for_product"),
                    ("/months", "missing"),
                    ("/monthly_income", "not_for_product"),
                ],
            ),
        ],
    )
    def test_what_does_not_is_named_whole(self, product, method, months, income, expected):
        assert find_problems(product, method, months, income) == expected

    @given(st.sampled_from(Product), st.sampled_from(Method), st.integers(1, 120), st.integers(1, 10**9))
    def test_terms_without_problem_cover_whole_months(self, product, method, months, income):
        terms = EnrolmentTerms(product, method, months, income)
        if not validate_terms(terms):
            assert terms.covered_months == months


class TestPerson:
    def test_own_data(self):
        person = {"full_name": "An", "birth_date": date(1984, 3, 2), "commune_code": "18628"}
        assert validate_person(person, TODAY) == []

    def test_needs_name_birth_date_and_commune(self):
        errors = validate_person({"national_id": "042184000123"}, TODAY)
        assert [(one.pointer, one.code) for one in errors] == [
            ("/full_name", "missing"),
            ("/birth_date", "missing"),
            ("/commune_code", "missing"),
        ]

    def test_member_id_stands_alone(self):
        errors = validate_person({"member_id": "x", "full_name": "An", "phone": "0912000111"}, TODAY)
        assert [(one.pointer, one.code) for one in errors] == [
            ("/full_name", "beside_member_id"),
            ("/phone", "beside_member_id"),
        ]
        assert validate_person({"member_id": "x", "commune_code": "18628"}, TODAY) == []

    def test_nobody_is_born_tomorrow(self):
        person = {"full_name": "An", "birth_date": date(2026, 11, 22), "commune_code": "18628"}
        assert [one.code for one in validate_person(person, TODAY)] == ["birth_date_future"]
        assert validate_person(person | {"birth_date": TODAY}, TODAY) == []


class TestSteps:
    @pytest.mark.parametrize(
        ("action", "before"),
        [
            (Action.SUBMIT, {EnrolmentStatus.DRAFT, EnrolmentStatus.RETURNED}),
            (Action.ACCEPT, {EnrolmentStatus.SUBMITTED}),
            (Action.RETURN, {EnrolmentStatus.SUBMITTED, EnrolmentStatus.ACCEPTED}),
            (
                Action.REJECT,
                {EnrolmentStatus.SUBMITTED, EnrolmentStatus.ACCEPTED, EnrolmentStatus.RETURNED},
            ),
            (
                Action.WITHDRAW,
                {
                    EnrolmentStatus.DRAFT,
                    EnrolmentStatus.SUBMITTED,
                    EnrolmentStatus.RETURNED,
                    EnrolmentStatus.ACCEPTED,
                },
            ),
        ],
    )
    def test_where_each_leads_from(self, action, before):
        assert TRANSITIONS[action].from_statuses == before

    def test_bhxh_decides_and_nobody_else(self):
        decisions = {action for action, step in TRANSITIONS.items() if step.is_decision}
        assert decisions == {Action.ACCEPT, Action.RETURN, Action.REJECT, Action.MERGE}

    @given(st.lists(st.sampled_from(Action), max_size=12))
    def test_only_what_was_submitted_is_ever_decided(self, actions):
        status, submitted = EnrolmentStatus.DRAFT, False
        for action in actions:
            step = TRANSITIONS[action]
            if status in step.from_statuses:
                assert submitted or not step.is_decision
                status, submitted = step.to_status, submitted or action is Action.SUBMIT
        assert submitted or status in {EnrolmentStatus.DRAFT, EnrolmentStatus.WITHDRAWN}

    def test_each_open_status_has_a_way_out_and_a_closed_one_none(self):
        ways = {
            status: {
                step.to_status
                for step in TRANSITIONS.values()
                if status in step.from_statuses and step.to_status in CLOSED_STATUSES
            }
            for status in EnrolmentStatus
        }
        assert all(bool(ends) is (status not in CLOSED_STATUSES) for status, ends in ways.items())
        gone = [step for step in TRANSITIONS.values() if not step.from_statuses.isdisjoint(CLOSED_STATUSES)]
        assert gone == []

    def test_each_reason_to_withdraw_has_a_text(self):
        assert WITHDRAWAL_TEXTS.keys() == set(WithdrawalReason)

    def test_what_is_decided_for_good_is_not_edited(self):
        assert {EnrolmentStatus.DRAFT, EnrolmentStatus.RETURNED} == EDITABLE_STATUSES
