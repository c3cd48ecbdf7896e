"""Which registered member a row means."""

from dataclasses import dataclass
from datetime import date
from itertools import permutations
from uuid import UUID

from app.core.values.ids import uuid7
from app.insurance.matching.namesakes import KnownMember
from app.insurance.matching.rules import Match, Register


@dataclass(frozen=True)
class SentPerson:
    full_name: str | None = "Nguyễn Thị Đào"
    birth_date: date | None = date(1984, 3, 2)
    national_id: str | None = None
    social_insurance_no: str | None = None


def make_known_member(**changed) -> KnownMember:
    member = KnownMember(
        id=uuid7(),
        full_name="Nguyễn Thị Đào",
        birth_date=date(1984, 3, 2),
        national_id="042184000123",
        social_insurance_no="4200000123",
        died_on=None,
        province_code="42",
        commune_code="18628",
    )
    return member._replace(**changed)


def match_outcome(match: Match) -> tuple[UUID | None, str | None, list[str]]:
    member_id = match.member.id if match.member else None
    return member_id, match.error.code if match.error else None, [note.code for note in match.warnings]


class TestByNumbers:
    def test_either_number_finds(self):
        dao = make_known_member()
        register = Register([dao])
        for sent in (
            SentPerson(national_id="042184000123"),
            SentPerson(social_insurance_no="4200000123"),
            SentPerson(national_id="042184000123", social_insurance_no="4200000123"),
        ):
            assert match_outcome(register.find_by_numbers(sent)) == (dao.id, None, [])

    def test_unknown_numbers_find_nobody(self):
        assert match_outcome(
            Register([make_known_member()]).find_by_numbers(SentPerson(national_id="042184000999"))
        ) == (None, None, [])
        assert match_outcome(
            Register([make_known_member(national_id=None)]).find_by_numbers(SentPerson())
        ) == (None, None, [])

    def test_numbers_of_two_members(self):
        register = Register(
            [
                make_known_member(),
                make_known_member(national_id="042184000124", social_insurance_no="4200000124"),
            ]
        )
        sent = SentPerson(national_id="042184000123", social_insurance_no="4200000124")
        assert match_outcome(register.find_by_numbers(sent)) == (None, "numbers_of_two_members", [])

    def test_other_national_id_contradicts_but_old_card_does_not(self):
        sent = SentPerson(national_id="042184000999", social_insurance_no="4200000123")
        assert match_outcome(Register([make_known_member()]).find_by_numbers(sent)) == (
            None,
            "numbers_of_two_members",
            [],
        )
        old = make_known_member(national_id="184000123")
        assert match_outcome(Register([old]).find_by_numbers(sent)) == (old.id, None, [])

    def test_one_difference_is_a_warning_two_are_another_person(self):
        dao = make_known_member()
        register, number = Register([dao]), "042184000123"
        assert match_outcome(register.find_by_numbers(SentPerson("Lê Thị Mai", national_id=number))) == (
            dao.id,
            None,
            ["full_name_differs"],
        )
        later = date(1985, 3, 2)
        assert match_outcome(register.find_by_numbers(SentPerson(birth_date=later, national_id=number))) == (
            dao.id,
            None,
            ["birth_date_differs"],
        )
        assert match_outcome(register.find_by_numbers(SentPerson("Lê Thị Mai", later, number))) == (
            None,
            "different_person",
            [],
        )

    def test_other_social_no_is_a_warning(self):
        dao = make_known_member()
        sent = SentPerson(national_id="042184000123", social_insurance_no="4200000999")
        assert match_outcome(Register([dao]).find_by_numbers(sent)) == (
            dao.id,
            None,
            ["social_insurance_no_differs"],
        )

    def test_diacritics_do_not_make_another_name(self):
        dao = make_known_member()
        sent = SentPerson("NGUYEN THI DAO", national_id="042184000123")
        assert match_outcome(Register([dao]).find_by_numbers(sent)) == (dao.id, None, [])

    def test_the_dead_are_not_enrolled(self):
        register = Register([make_known_member(died_on=date(2026, 1, 1))])
        assert match_outcome(register.find_by_numbers(SentPerson(national_id="042184000123"))) == (
            None,
            "member_died",
            [],
        )


class TestByName:
    def test_exact_single(self):
        dao = make_known_member(national_id=None, social_insurance_no=None)
        register = Register(
            [dao, make_known_member(commune_code="18322", national_id=None, social_insurance_no=None)]
        )
        assert match_outcome(register.find_by_name(SentPerson(), "18628")) == (
            dao.id,
            None,
            ["member_found_by_name"],
        )
        assert match_outcome(register.find_by_name(SentPerson("nguyễn thị đào"), "18628"))[0] == dao.id

    def test_diacritics_make_another_person(self):
        register = Register([make_known_member()])
        assert match_outcome(register.find_by_name(SentPerson("Nguyễn Thị Dao"), "18628")) == (None, None, [])
        assert len(register.find_candidates(SentPerson("Nguyễn Thị Dao"), "18628")) == 1

    def test_of_a_crowd_nobody_is_chosen(self):
        known = make_known_member(national_id=None, social_insurance_no=None)
        register = Register([known])
        key = ("18628", "nguyen thi dao", 1984)
        register.add_crowds([(key, date(1984, 3, 3))])
        assert match_outcome(register.find_by_name(SentPerson(), "18628"))[0] == known.id
        register.add_crowds([(key, date(1984, 3, 2))])
        for name in ("Nguyễn Thị Đào", "Nguyễn Thị Đạo"):
            outcome = match_outcome(register.find_by_name(SentPerson(name), "18628"))
            assert outcome == (None, "ambiguous_member", [])

    def test_several_are_ambiguous(self):
        register = Register(
            [make_known_member(), make_known_member(national_id="042184000124", social_insurance_no=None)]
        )
        assert match_outcome(register.find_by_name(SentPerson(), "18628")) == (None, "ambiguous_member", [])

    def test_elsewhere_or_born_otherwise_is_nobody(self):
        register = Register([make_known_member()])
        assert match_outcome(register.find_by_name(SentPerson(), "18322")) == (None, None, [])
        assert match_outcome(register.find_by_name(SentPerson(birth_date=date(1984, 3, 3)), "18628")) == (
            None,
            None,
            [],
        )


class TestCandidates:
    def test_the_likeliest_first(self):
        year = make_known_member(national_id=None, birth_date=date(1984, 8, 9))
        swapped = make_known_member(national_id=None, birth_date=date(1984, 2, 3), social_insurance_no=None)
        same = make_known_member(
            national_id=None, full_name="Nguyễn Thị Dao", social_insurance_no="4200000124"
        )
        other_year = make_known_member(
            national_id=None, birth_date=date(1985, 3, 2), social_insurance_no="4200000125"
        )
        register = Register([year, swapped, same, other_year])
        candidates = register.find_candidates(SentPerson(), "18628")
        assert [(one.member.id, one.score, one.shared[1]) for one in candidates] == [
            (same.id, "0.95", "birth_date"),
            (swapped.id, "0.80", "birth_date_swapped"),
            (year.id, "0.60", "birth_year"),
        ]
        assert register.find_candidates(SentPerson(), "18628", same.id) == candidates[1:]
        assert register.find_candidates(SentPerson(), "18322") == []
        assert register.find_candidates(SentPerson(birth_date=None), "18628") == []

    def test_another_national_id_is_another_person(self):
        dao = make_known_member()
        register = Register([dao])
        assert register.find_candidates(SentPerson(national_id="042184000999"), "18628") == []
        for number in (None, "184000123"):
            [candidates] = register.find_candidates(SentPerson(national_id=number), "18628")
            assert candidates.member is dao

    def test_five_at_most_of_those_whom_no_number_rules_out(self):
        ruled_out = [
            make_known_member(national_id=f"0421840002{nth:02}", social_insurance_no=None) for nth in range(9)
        ]
        others = [make_known_member(national_id=None, social_insurance_no=None) for _ in range(7)]
        candidates = Register([*others, *ruled_out]).find_candidates(
            SentPerson(national_id="042184000999"), "18628"
        )
        assert [one.member for one in candidates] == others[:5]

    def test_whoever_is_entered_later_is_found_too(self):
        register = Register()
        assert register.find_candidates(SentPerson(), "18628") == []
        register.add([first := make_known_member(national_id=None)])
        assert [one.member for one in register.find_candidates(SentPerson(), "18628")] == [first]
        register.add([second := make_known_member(national_id=None, social_insurance_no=None)])
        assert [one.member for one in register.find_candidates(SentPerson(), "18628")] == [first, second]


def test_reading_order_of_the_register_does_not_matter():
    members = [
        make_known_member(),
        make_known_member(national_id="042184000124", social_insurance_no=None),
        make_known_member(national_id=None, social_insurance_no="4200000125", full_name="Lê Thị Mai"),
    ]
    sent = [
        SentPerson(national_id="042184000124"),
        SentPerson("Lê Thị Mai", social_insurance_no="4200000125"),
        SentPerson(national_id="042184000123", social_insurance_no="4200000125"),
    ]
    results = [
        [match_outcome(Register(order).find_by_numbers(one)) for one in sent]
        + [match_outcome(Register(order).find_by_name(SentPerson(), "18628"))]
        for order in permutations(members)
    ]
    assert all(result == results[0] for result in results)
