"""The tables of docs/privacy.md are those of the registry."""

from collections.abc import Callable

import pytest

from app.privacy.registry.page import format_fields, format_periods, format_registry
from tests.docs.page_names import ROOT


@pytest.mark.parametrize(
    ("name", "build"), [("registry", format_registry), ("fields", format_fields), ("periods", format_periods)]
)
def test_a_table_is_that_of_the_registry(name: str, build: Callable[[], str]) -> None:
    page = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
    written = page.partition(f"<!-- {name} -->\n")[2].partition(f"\n<!-- /{name} -->")[0]
    assert written == build(), f"write between the marks:\n{build()}"
