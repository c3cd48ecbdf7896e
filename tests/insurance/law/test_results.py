"""Who pays what of an amount due."""

from hypothesis import given
from hypothesis import strategies as st

from app.insurance.law.results import CostShares

AMOUNTS = st.integers(0, 10**12)


class TestCostShares:
    def test_support_never_exceeds_what_is_due(self):
        shares = CostShares.split(100, (70, 50, 20))
        assert shares == CostShares(100, 70, 30, 0)
        assert shares.participant_pays == 0

    @given(AMOUNTS, st.tuples(AMOUNTS, AMOUNTS, AMOUNTS))
    def test_the_shares_add_up_to_the_amount(self, due, supports):
        shares = CostShares.split(due, supports)
        assert shares.participant_pays >= 0
        assert (
            shares.state_support + shares.province_support + shares.other_support + shares.participant_pays
            == due
        )

    def test_sums_each_share(self):
        total = CostShares.sum([CostShares(100, 10, 5, 1), CostShares(50, 0, 0, 2)])
        assert total == CostShares(150, 10, 5, 3)
        assert total.participant_pays == 132
