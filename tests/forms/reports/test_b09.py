"""B09-TS beside figures that were calculated by hand."""

import pytest

from app.core.errors import Forbidden


class TestB09:
    async def test_quarter_by_commune_and_support_group(self, paid_scenario):
        report = await paid_scenario.create_report(paid_scenario.bhxh, "b09_ts", "a", month="2026-10")
        by_name = {}
        commune = ""
        for row in report.rows:
            commune = row.name if row.kind == "commune" else commune
            by_name[commune if row.kind == "commune" else f"{commune}/{row.no}"] = (
                row.people,
                row.due,
                row.state,
            )
        here, beside = (
            f"Xã Đơn vị {code}" for code in (paid_scenario.world.commune, paid_scenario.world.sibling_commune)
        )
        assert by_name[here] == (3, 15_840_000, 5_148_000)
        assert by_name[f"{here}/a"] == (1, 3_960_000, 1_980_000)
        assert by_name[f"{here}/b"] == (1, 3_960_000, 1_584_000)
        assert by_name[f"{here}/c"] == (0, 0, 0)
        assert by_name[f"{here}/d"] == (1, 7_920_000, 1_584_000)
        assert by_name[beside] == (2, 7_920_000, 3_168_000)
        assert by_name[f"{beside}/a"] == (1, 3_960_000, 1_980_000)
        assert by_name[f"{beside}/c"] == (1, 3_960_000, 1_188_000)
        total = report.rows[-1]
        assert (total.kind, total.people, total.due, total.state) == ("total", 5, 23_760_000, 8_316_000)
        assert [row.kind for row in report.rows[:2]] == ["part", "commune"]

    async def test_a_province_stands_by_offices(self, paid_scenario):
        report = await paid_scenario.create_report(paid_scenario.bhxh, "b09_ts", "b", month="2026-10")
        offices = {row.name: (row.people, row.due) for row in report.rows if row.kind == "office"}
        assert offices == {
            f"Tổ chức {paid_scenario.office_unit.code}": (3, 15_840_000),
            f"Tổ chức {paid_scenario.province_unit.code}": (2, 7_920_000),
        }

    async def test_who_may_not_know_support_groups_gets_none(self, paid_scenario):
        with pytest.raises(Forbidden):
            await paid_scenario.create_report(paid_scenario.viewer, "b09_ts", "a", month="2026-10")

    async def test_a_union_sees_its_own(self, paid_scenario):
        report = await paid_scenario.create_report(paid_scenario.officer, "b09_ts", "a", month="2026-10")
        assert report.rows[-1].due == 23_760_000 - 3_960_000
