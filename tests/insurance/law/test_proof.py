"""What proves the group of a card: which paper fits which group, and the day before and the day itself."""

from datetime import date, timedelta

import pytest

from app.insurance.kinds import CardGroup, EnrolledGroup, ProofKind
from app.insurance.law.proof import (
    NO_PROOF,
    PROOF_NAMES,
    PROOF_RULES,
    Proof,
    find_fit_errors,
    find_proof_notes,
    find_run_out_note,
)
from app.people.kinds import SupportKind

PAID_ON = date(2026, 11, 20)
NEEDS_PROOF = [group for group in CardGroup if group is not CardGroup.NEAR_POOR]
FOR_A_TIME = [CardGroup.ETHNIC_MINORITY, CardGroup.TRAFFICKING_VICTIM]


def any_kind(group: CardGroup) -> ProofKind:
    return min(PROOF_RULES[group].kinds)


def note_codes(
    group: EnrolledGroup | None, proof: Proof, from_month: str = "2026-12", *, is_decision: bool
) -> tuple[list[str], list[str]]:
    notes = find_proof_notes(group, proof, from_month, PAID_ON, is_decision=is_decision)
    return [note.code for note in notes.errors], [note.code for note in notes.warnings]


class TestTable:
    def test_every_group_has_its_papers_and_every_paper_a_group(self):
        assert list(PROOF_RULES) == list(CardGroup)
        assert {kind for rule in PROOF_RULES.values() for kind in rule.kinds} == set(ProofKind)
        assert set(PROOF_NAMES) == set(ProofKind)

    @pytest.mark.parametrize("group", [None, SupportKind.OTHER, SupportKind.POOR, SupportKind.ISLAND])
    def test_who_is_in_no_such_group_proves_nothing(self, group: EnrolledGroup | None):
        assert note_codes(group, NO_PROOF, is_decision=True) == ([], [])

    def test_one_group_of_two_lists_is_one(self):
        for name in ("near_poor", "ethnic_minority"):
            proof = Proof(ProofKind.STUDENT_CARD)
            assert note_codes(SupportKind(name), proof, is_decision=False) == note_codes(
                CardGroup(name), proof, is_decision=False
            )


class TestMissing:
    @pytest.mark.parametrize("group", NEEDS_PROOF)
    def test_is_a_warning_until_bhxh_decides(self, group: CardGroup):
        assert note_codes(group, NO_PROOF, is_decision=False) == ([], ["proof_missing"])
        assert note_codes(group, NO_PROOF, is_decision=True) == (["proof_missing"], [])

    def test_of_the_near_poor_bhxh_has_the_list(self):
        assert note_codes(CardGroup.NEAR_POOR, NO_PROOF, is_decision=True) == ([], [])

    @pytest.mark.parametrize("group", CardGroup)
    def test_the_end_is_needed_where_the_law_has_one(self, group: CardGroup):
        expected = ["proof_end_missing"] if group in FOR_A_TIME else []
        proof = Proof(any_kind(group))
        assert note_codes(group, proof, is_decision=False) == ([], expected)
        assert note_codes(group, proof, is_decision=True) == (expected, [])


class TestEnd:
    @pytest.mark.parametrize("is_decision", [False, True])
    @pytest.mark.parametrize(
        ("from_month", "day"),
        [("2026-12", date(2026, 12, 1)), ("2026-11", PAID_ON), ("2027-11", date(2027, 11, 1))],
    )
    @pytest.mark.parametrize("group", CardGroup)
    def test_counts_on_the_day_of_payment_or_the_first_of_a_later_month(
        self, group: CardGroup, from_month: str, day: date, is_decision: bool
    ):
        for valid_until, errors in ((day - timedelta(days=1), ["proof_ran_out"]), (day, [])):
            proof = Proof(any_kind(group), valid_until=valid_until)
            assert note_codes(group, proof, from_month, is_decision=is_decision) == (errors, [])

    @pytest.mark.parametrize(("until", "code"), [("2026-11-30", "proof_runs_out"), ("2026-12-01", None)])
    def test_of_the_next_card(self, until: str, code: str | None):
        proof = Proof(ProofKind.STUDENT_CARD, valid_until=date.fromisoformat(until))
        note = find_run_out_note(proof, date(2026, 12, 1))
        assert (note and note.code) == code

    def test_nobody_is_told_of_one_without_an_end(self):
        assert find_run_out_note(Proof(ProofKind.STUDENT_CARD), date(2026, 12, 1)) is None


class TestFit:
    @pytest.mark.parametrize("kind", ProofKind)
    @pytest.mark.parametrize("group", CardGroup)
    def test_each_paper_with_each_group(self, group: CardGroup, kind: ProofKind):
        errors = [note.code for note in find_fit_errors(group, Proof(kind), is_card=True)]
        assert errors == ([] if kind in PROOF_RULES[group].kinds else ["proof_not_of_group"])

    @pytest.mark.parametrize(
        ("group", "proof", "is_card", "expected"),
        [
            (CardGroup.STUDENT, NO_PROOF, False, [("/support_group", "not_for_product")]),
            (SupportKind.NEAR_POOR, NO_PROOF, False, []),
            (SupportKind.NEAR_POOR, Proof(ProofKind.APPROVED_LIST), False, [("/proof_kind", "not_for_product")]),
            (None, Proof(ProofKind.STUDENT_CARD), True, [("/proof_kind", "proof_without_group")]),
            (SupportKind.OTHER, Proof(ProofKind.STUDENT_CARD), True, [("/proof_kind", "proof_without_group")]),
            (CardGroup.STUDENT, Proof(no="SV-1"), True, [("/proof_kind", "proof_kind_missing")]),
            (CardGroup.STUDENT, Proof(issued_by="x"), True, [("/proof_kind", "proof_kind_missing")]),
            (CardGroup.STUDENT, Proof(valid_until=PAID_ON), True, [("/proof_kind", "proof_kind_missing")]),
            (None, NO_PROOF, True, []),
        ],
    )  # fmt: skip
    def test_with_the_product(
        self, group: EnrolledGroup | None, proof: Proof, is_card: bool, expected: list[tuple[str, str]]
    ):
        errors = find_fit_errors(group, proof, is_card=is_card)
        assert [(note.pointer, note.code) for note in errors] == expected

    def test_the_papers_stand_in_words(self):
        [note] = find_fit_errors(CardGroup.STUDENT, Proof(ProofKind.APPOINTMENT), is_card=True)
        assert "thẻ học sinh, sinh viên hoặc giấy xác nhận của nhà trường" in note.vi
