"""The life of a request about personal data, and its days."""

from datetime import date

import pytest

from app.privacy.requests.rules import (
    DAYS_BY_KIND,
    EXTENSION_DAYS_BY_KIND,
    OPEN_REQUEST_STATUSES,
    REQUEST_TRANSITIONS,
    DataRequestAction,
    DataRequestKind,
    DataRequestStatus,
    compute_due_on,
    compute_extended_due_on,
    compute_respond_by,
)


class TestDays:
    @pytest.mark.parametrize(
        ("received_on", "respond_by"),
        [
            (date(2026, 11, 23), date(2026, 11, 25)),  # Monday: Wednesday
            (date(2026, 11, 26), date(2026, 11, 30)),  # Thursday: Monday
            (date(2026, 11, 27), date(2026, 12, 1)),  # Friday: Tuesday
            (date(2026, 11, 28), date(2026, 12, 1)),  # Saturday: Tuesday
        ],
    )
    def test_two_working_days_to_respond(self, received_on: date, respond_by: date):
        assert compute_respond_by(received_on) == respond_by

    @pytest.mark.parametrize(
        ("kind", "due_on", "extended"),
        [
            (DataRequestKind.ACCESS, date(2026, 12, 11), date(2026, 12, 21)),
            (DataRequestKind.COPY, date(2026, 12, 11), date(2026, 12, 21)),
            (DataRequestKind.CORRECTION, date(2026, 12, 11), date(2026, 12, 21)),
            (DataRequestKind.OBJECTION, date(2026, 12, 16), date(2026, 12, 31)),
            (DataRequestKind.DELETION, date(2026, 12, 21), date(2027, 1, 10)),
        ],
    )
    def test_days_to_carry_out(self, kind: DataRequestKind, due_on: date, extended: date):
        assert compute_due_on(kind, date(2026, 12, 1)) == due_on
        assert compute_extended_due_on(kind, due_on) == extended

    def test_every_kind_has_them(self):
        assert set(DAYS_BY_KIND) == set(EXTENSION_DAYS_BY_KIND) == set(DataRequestKind)


class TestLife:
    def test_every_action_leads_somewhere(self):
        assert set(REQUEST_TRANSITIONS) == set(DataRequestAction)

    def test_every_status_is_reached(self):
        assert {rule.to_status for rule in REQUEST_TRANSITIONS.values()} == set(DataRequestStatus)

    def test_every_status_has_a_way_out_or_is_an_answer(self):
        """Open ones end in an answer, whatever happens; a refusal can be reopened; the other two are what was asked for."""
        left = {status for rule in REQUEST_TRANSITIONS.values() for status in rule.from_statuses}
        assert set(DataRequestStatus) - left == {DataRequestStatus.DONE, DataRequestStatus.WITHDRAWN}
        for status in OPEN_REQUEST_STATUSES:
            ends = {rule.to_status for rule in REQUEST_TRANSITIONS.values() if status in rule.from_statuses}
            assert {DataRequestStatus.REFUSED, DataRequestStatus.WITHDRAWN} <= ends
