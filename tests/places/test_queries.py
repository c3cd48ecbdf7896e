"""Queries over the units: descendants, predecessors and successors of a place."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from app.places import queries

BEFORE, NOW = date(2024, 1, 1), date(2026, 11, 21)
REFORM_DAY = date(2025, 7, 1)
"""The day on which the districts ended and 34 provinces with 3,321 communes began (QĐ 19/2025/QĐ-TTg)."""

CHAU_THANH = "808"  # huyện of Long An
FOUR = {"An Lục Long", "Thuận Mỹ", "Tầm Vu", "Vĩnh Công"}


async def place_names(db: AsyncSession, codes: list[str], on: date) -> set[str]:
    places = [await queries.find_place_on(db, code, on) for code in codes]
    return {row.name for row in places if row}


class TestDescendantCommunes:
    @pytest.mark.parametrize(
        ("code", "on", "count"),
        [
            ("VN", BEFORE, 10_035),
            ("VN", NOW, 3_321),
            ("42", NOW, 69),
            (CHAU_THANH, BEFORE, 13),
            (CHAU_THANH, NOW, 0),
            ("18832", BEFORE, 1),
            ("72", NOW, 0),  # Tây Ninh until 2025, 80 since
            ("nowhere", NOW, 0),
        ],
    )
    async def test_count(self, db: AsyncSession, code: str, on: date, count: int):
        assert len(await queries.read_descendant_communes(db, code, on)) == count

    async def test_last_and_first_day(self, db: AsyncSession):
        assert len(await queries.read_descendant_communes(db, "VN", date(2025, 6, 30))) == 10_035
        assert len(await queries.read_descendant_communes(db, "VN", REFORM_DAY)) == 3_321


class TestWithPredecessors:
    async def test_communes(self, db: AsyncSession):
        assert set(await queries.expand_to_predecessors(db, ["31340"])) == {"31340", "31341", "31343"}

    async def test_provinces(self, db: AsyncSession):
        assert await queries.expand_to_predecessors(db, ["80"]) == ["72", "80"]

    async def test_what_has_none_stands_alone(self, db: AsyncSession):
        assert await queries.expand_to_predecessors(db, ["18847", "nowhere"]) == ["18847", "nowhere"]

    async def test_four_successors_hold_the_old_district(self, db: AsyncSession):
        communes = await queries.read_descendant_communes(db, CHAU_THANH, BEFORE)
        after = set((await queries.resolve_successors(db, communes, happened_on=BEFORE, on=NOW)).values())
        assert await place_names(db, sorted(after), NOW) == FOUR
        assert set(communes) <= set(await queries.expand_to_predecessors(db, after))

    async def test_agrees_with_the_scope_of_an_organisation(self, db: AsyncSession):
        for code, column in (("80", "provinces"), ("31340", "communes")):
            connection = await db.connection()
            row = (await connection.execute(text("select * from expand_place(:code)"), {"code": code})).one()
            assert getattr(row, column) == await queries.expand_to_predecessors(db, [code])


class TestHeirs:
    async def test_old_fact_counts_in_the_default_successor(self, db: AsyncSession):
        codes = ["18847", "18628", "31268"]
        assert await queries.resolve_successors(db, codes, happened_on=BEFORE, on=NOW) == {
            "18847": "18832",
            "18628": "18628",
            "31268": "31288",
        }

    async def test_fact_of_a_divided_commune_counts_once(self, db: AsyncSession):
        after = await queries.read_successors(db, "00016")
        (default,) = [row.code for row in after if row.is_default]
        assert len(after) > 1
        assert await queries.resolve_successors(db, ["00016"], happened_on=BEFORE, on=NOW) == {
            "00016": default
        }

    async def test_on_the_day_before_nothing_moves(self, db: AsyncSession):
        assert await queries.resolve_successors(db, ["18847"], happened_on=BEFORE, on=date(2025, 6, 30)) == {
            "18847": "18847"
        }

    async def test_fact_since_the_reform_stays(self, db: AsyncSession):
        assert await queries.resolve_successors(db, ["18628"], happened_on=REFORM_DAY, on=NOW) == {
            "18628": "18628"
        }
