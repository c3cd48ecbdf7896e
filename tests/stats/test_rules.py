"""Adding up cells and hiding small ones."""

from hypothesis import given
from hypothesis import strategies as st

from app.core.values.small_counts import MIN_SHOWN_PEOPLE
from app.stats.rules import MoneySums, is_suppressed


class TestSums:
    def test_saved_is_what_was_put_by_and_not_taken_back(self):
        sums = MoneySums()
        for kind, amount in [("saving", 100), ("sale", 30), ("donation", 500), ("withdrawal", 20)]:
            sums.add(kind, amount, 1)
        assert (sums.net_savings, sums.by_kind["donation"], sums.entries) == (110, 500, 4)

    @given(st.lists(st.tuples(st.sampled_from(["saving", "withdrawal"]), st.integers(-(10**12), 10**12))))
    def test_order_does_not_matter(self, cells):
        one, other = MoneySums(), MoneySums()
        for cell in cells:
            one.add(cell[0], cell[1], 1)
        for cell in reversed(cells):
            other.add(cell[0], cell[1], 1)
        assert (one.net_savings, one.entries) == (other.net_savings, other.entries)


class TestHidden:
    @given(st.integers(0, 10))
    def test_one_to_four_people_are_hidden_from_a_viewer_only(self, persons):
        assert is_suppressed(persons, suppress=True) == (0 < persons < MIN_SHOWN_PEOPLE)
        assert not is_suppressed(persons, suppress=False)
