"""docs/asvs: every item has one verdict, and what shows it exists."""

from collections import Counter
from pathlib import Path

import pytest

from tests.docs.asvs_rows import PAGES, ROOT, VERDICTS, AsvsRow, list_problems, read_all_rows, read_rows

IDS = (Path(__file__).parent / "asvs_ids.txt").read_text(encoding="utf-8").split()
ROWS = read_all_rows()
INDEX = ROOT / "docs/asvs.md"


def test_every_item_of_levels_one_and_two_has_one_row() -> None:
    assert len(IDS) == len(set(IDS)) == 253
    assert Counter(row.id for row in ROWS) == Counter(IDS)


def test_each_stands_on_the_page_of_its_chapter_in_order() -> None:
    assert [row.id for row in ROWS] == IDS
    for row in ROWS:
        assert row.where.startswith(f"v{int(row.id[1:].split('.')[0]):02}-"), row.where


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_what_shows_the_verdict_exists(row: AsvsRow) -> None:
    page = PAGES / row.where.partition(":")[0]
    assert list_problems(row, page) == [], row.where


def test_the_index_counts_them() -> None:
    text = INDEX.read_text(encoding="utf-8")
    for page in sorted(PAGES.glob("*.md")):
        count = Counter(row.verdict for row in read_rows(page.read_text(encoding="utf-8"), page.name))
        numbers = " | ".join(str(count[verdict]) for verdict in VERDICTS)
        assert f"](asvs/{page.name}) | {numbers} |" in text, (page.name, numbers)
    total = Counter(row.verdict for row in ROWS)
    assert "| **all** | " + " | ".join(str(total[verdict]) for verdict in VERDICTS) + " |" in text, total


class TestChecker:
    @pytest.mark.parametrize(
        ("cells", "problem"),
        [
            ("x | met | | |", "met without evidence"),
            ("x | met | `tests/docs/test_asvs.py:TestNothing` | |", "no such test"),
            ("x | met | `tests/docs/test_asvs.py:TestChecker.test_nothing` | |", "no such test"),
            ("x | met | `tests/docs/test_asvs.py:ROWS` | |", "no such test"),
            ("x | met | `tests/docs/asvs_rows.py:read_rows` | |", "no such test"),
            ("x | met | `app/nothing.py` | |", "no such file"),
            ("x | met | [page](../privacy.md#nothing) | |", "no such heading"),
            ("x | met | [page](../nothing.md) | |", "no such heading"),
            ("x | operator | `README.md` | |", "tells the operator nothing"),
            ("x | not met | `README.md` | |", "has no reason"),
            ("x | not applicable | | no |", "has no reason"),
            ("x | in part | `README.md` | for a reason |", "no such verdict"),
            (" | met | `README.md` | |", "does not say what it asks"),
        ],
    )
    def test_a_wrong_row_is_found(self, cells: str, problem: str):
        (row,) = read_rows(f"| V1.1.1 | {cells}", "v01-x.md")
        assert any(found.startswith(problem) for found in list_problems(row, PAGES / "v01-x.md"))

    @pytest.mark.parametrize(
        "cells",
        [
            "x | met | `tests/docs/test_asvs.py:TestChecker`, `tests/docs/test_asvs.py` | |",
            "x | met | `tests/docs/test_asvs.py:TestChecker.test_a_right_one_is_none` | a note |",
            "x | met | `Dockerfile` | |",
            "x | operator | [page](../privacy.md#how-long) | |",
            "x | not applicable | | there is none of it |",
        ],
    )
    def test_a_right_one_is_none(self, cells: str):
        (row,) = read_rows(f"| V1.1.1 | {cells}", "v01-x.md")
        assert list_problems(row, PAGES / "v01-x.md") == []

    def test_a_cell_too_many_is_told(self):
        with pytest.raises(ValueError, match="5 cells"):
            read_rows("| V1.1.1 | a | met | `README.md` | b | c |", "v01-x.md")
