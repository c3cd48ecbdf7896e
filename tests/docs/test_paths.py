"""What the documentation names exists: files, folders, modules, functions, commands and links."""

from pathlib import Path

import pytest

from tests.docs.page_names import ROOT, documented_pages, find_missing

PAGES = documented_pages()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_everything_that_it_names_exists(page: Path) -> None:
    missing = find_missing(str(page.relative_to(ROOT)), page.read_text(encoding="utf-8"))
    assert missing == [], "\n" + "\n".join(map(str, missing))


def test_the_pages_are_found() -> None:
    names = {str(page.relative_to(ROOT)) for page in PAGES}
    assert {"README.md", "CONTRIBUTING.md", "docs/architecture.md", "docs/howto/sql-function.md"} <= names
    assert not any(name.startswith("docs/decisions") for name in names)


class TestChecker:
    @pytest.mark.parametrize(
        "text",
        [
            "`app/people/members/servce.py`",
            "`app/nothing/`",
            "`tests/people/<room>/nothing.py`",
            "`people/members/service.py`",
            "`member_servce.py`",
            "`app/people/members/service.py:create_membr`",
            "`database/people/mask_id.sql:mask_ids`",
            "`app.people.nothing`",
            "`app.auth.permissions.Permision`",
            "`create_membr_of` is not there",
            "`MemberPatsch(1)`",
            "`app/peple/nothing.py`<!-- invented: nothing -->",
            "[link](docs/nothing.md)",
            "`ansinh db revis NAME`",
            "`make tests`",
            "`python -m app.exchange`",
            "```sh\npython -m pytest tests/nothing/test_it.py\n```",
            "```sh\n.venv/bin/ansinh serv\n```",
        ],
    )
    def test_a_wrong_name_is_found_with_its_line(self, text: str):
        (missing,) = find_missing("README.md", "First line.\n\n" + text)
        assert missing.line == text.count("\n") // 2 + 3
        assert str(missing).startswith(f"README.md:{missing.line}: `{missing.name}`: ")

    @pytest.mark.parametrize(
        "text",
        [
            "`app/people/members/service.py` and `app/people/members/`",
            "`database/<room>/<table>.sql`",
            "`app/people/members/service.py:create_member`",
            "`app/auth/permissions.py:Role.VIEWER`",
            "`database/people/mask_id.sql:mask_id`",
            "`app.people.members.service.create_member`, `app.worker`",
            "`schemas.py`, `Makefile`, `pyproject.toml`",
            "`Require(Permission.MEMBER_RECORD)` is `application/problem+json` at `/v1/nothing/here.md`",
            "[link](docs/architecture.md#the-arrow), [other](https://example.vn/nothing.md)",
            "`ansinh db revise NAME`, `ansinh serve --demo`, `make lint`, `python -m app.worker`",
            "```sh\npython -m pytest tests/docs -k paths  # a comment\n```",
            "```python\nnothing/here.py\n```",
            "`app/people/nothing.py`, `NothingOut`\n<!-- invented: nothing.py, NothingOut -->",
        ],
    )
    def test_a_right_name_is_none(self, text: str):
        assert find_missing("README.md", text) == []
