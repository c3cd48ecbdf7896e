"""Parameters of a report, and the heading above it."""

import pytest

from app.core.errors import InvalidInput


class TestAsked:
    @pytest.mark.parametrize(
        ("params", "pointer"),
        [
            ({"sheet": "e"}, "/sheet"),
            ({"form": "b09_ts", "sheet": "a", "month": "2026-11"}, "/month"),
            ({"form": "b09_ts", "sheet": "a", "months": 4, "month": "2026-10"}, "/months"),
            ({"form": "d11_ts", "sheet": "an", "month": "2026-10"}, "/month"),
            ({"list_date": "2026-12-06"}, "/list_date"),
            ({"month": "2027-01"}, "/month"),
            ({"stopped_from": "2026-12"}, "/stopped_from"),
            ({"form": "b15_uq", "stopped_from": "2026-10"}, "/stopped_from"),
            ({"organisation_code": "X"}, "/organisation_code"),
        ],
    )
    async def test_what_does_not_fit_is_named(self, scenario, params, pointer):
        values = {"form": "c21_ts", "sheet": "a"} | params
        with pytest.raises(InvalidInput) as exc_info:
            await scenario.create_report(scenario.bhxh, **values)
        assert [error.pointer for error in exc_info.value.errors] == [pointer]

    async def test_the_offices_stand_above(self, scenario):
        head = (await scenario.create_report(scenario.office, "c21_ts", "a")).head
        assert head.name == f"Tổ chức {scenario.office_unit.code}"
        assert head.above == f"Bảo hiểm xã hội tỉnh Đơn vị {scenario.world.province}"
        head = (await scenario.create_report(scenario.bhxh, "c21_ts", "a")).head
        assert (head.above, head.name) == (
            "Bảo hiểm xã hội Việt Nam",
            f"Tổ chức {scenario.province_unit.code}",
        )
        assert head.place == f"Đơn vị {scenario.world.province}"
