"""Pages: complete, in order, and only by cursors that the server issued."""

import base64
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, DateTime, MetaData, Table, Uuid, select
from sqlalchemy.dialects import postgresql

from app.core.errors import InvalidInput
from app.core.values import paging
from app.core.values.paging import (
    PageRequest,
    build_page_request,
    fetch_page,
    get_cursor_values,
    use_cursor_secrets,
)

THINGS = "/v1/things"
KEYS = st.tuples(
    st.integers(), st.text(max_size=20), st.uuids(), st.datetimes(timezones=st.just(UTC)), st.dates()
)


@pytest.fixture(autouse=True)
def cursor_secret() -> None:
    use_cursor_secrets("a secret of the tests, 32 characters")


def make_cursor(page: PageRequest, key: tuple[Any, ...]) -> str:
    created = page.next_cursor([key] * (page.limit + 1), lambda row: row)
    assert created is not None
    return created


class TestOverHttp:
    async def test_every_row_once(self, client: AsyncClient):
        items_read: list[int] = []
        cursor, pages = "", 0
        while cursor is not None:
            response = await client.get(THINGS, params={"limit": 60} | ({"cursor": cursor} if cursor else {}))
            items_read += response.json()["items"]
            cursor, pages = response.json()["next_cursor"], pages + 1
        assert items_read == list(range(1, 201))
        assert pages == 4

    async def test_limits(self, client: AsyncClient):
        assert len((await client.get(THINGS)).json()["items"]) == 50
        whole = (await client.get(f"{THINGS}?limit=500")).json()
        assert (len(whole["items"]), whole["next_cursor"]) == (200, None)
        exact = (await client.get(f"{THINGS}?limit=200")).json()
        assert exact["next_cursor"] is None

    async def test_a_cursor_belongs_to_its_filters(self, client: AsyncClient):
        cursor = (await client.get(f"{THINGS}?q=a&limit=5")).json()["next_cursor"]
        for query, status in [
            ("q=a", 200),
            ("q=a&limit=9", 200),
            ("q=b", 422),
            ("", 422),
            ("q=a&least=1", 422),
        ]:
            response = await client.get(f"{THINGS}?{query}&cursor={cursor}")
            assert response.status_code == status, query


class TestCursor:
    @given(KEYS)
    def test_round_trip(self, key: tuple[Any, ...]):
        page = build_page_request(5, None, name="groups", filters={}, pointer="")
        again = build_page_request(5, make_cursor(page, key), name="groups", filters={}, pointer="")
        assert again.after == key
        assert get_cursor_values(again, int, str, UUID, datetime, date) == key

    @given(
        st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode())
    )
    def test_forged(self, cursor: str):
        with pytest.raises(InvalidInput) as exc_info:
            build_page_request(5, cursor, name="groups", filters={}, pointer="/cursor")
        assert exc_info.value.errors[0].pointer == "/cursor"

    @given(st.data())
    def test_altered_or_cut(self, data: st.DataObject):
        page = build_page_request(5, None, name="groups", filters={}, pointer="")
        cursor = make_cursor(page, (7, "Đào"))
        at = data.draw(st.integers(0, len(cursor) - 2))
        other = data.draw(st.sampled_from("ABCabc012-_").filter(lambda char: char != cursor[at]))
        for bad in (cursor[:at] + other + cursor[at + 1 :], cursor[:at], cursor + "A", cursor + "===="):
            with pytest.raises(InvalidInput):
                build_page_request(5, bad, name="groups", filters={}, pointer="")

    def test_of_another_list_key_or_secret(self):
        page = build_page_request(5, None, name="groups", filters={"q": "a"}, pointer="")
        cursor = make_cursor(page, (7,))
        for name, filters in [("members", {"q": "a"}), ("groups", {"q": "b"}), ("groups", {})]:
            with pytest.raises(InvalidInput):
                build_page_request(5, cursor, name=name, filters=filters, pointer="")
        again = build_page_request(5, cursor, name="groups", filters={"q": "a"}, pointer="")
        with pytest.raises(InvalidInput):
            get_cursor_values(again, str)
        use_cursor_secrets("another secret of the tests, 32 chars")
        with pytest.raises(InvalidInput):
            build_page_request(5, cursor, name="groups", filters={"q": "a"}, pointer="")

    def test_while_the_secret_is_replaced_those_of_either_are_taken(self):
        old, new = "a secret of the tests, 32 characters", "another secret of the tests, 32 chars"
        page = build_page_request(5, None, name="groups", filters={}, pointer="")
        cursors = {old: make_cursor(page, (7,))}
        use_cursor_secrets(new, old)
        cursors[new] = make_cursor(page, (7,))
        for known in ((old, new), (new, old), (new,), (old,)):
            use_cursor_secrets(*known)
            for secret, cursor in cursors.items():
                if secret in known:
                    again = build_page_request(5, cursor, name="groups", filters={}, pointer="")
                    assert again.after == (7,)
                else:
                    with pytest.raises(InvalidInput):
                        build_page_request(5, cursor, name="groups", filters={}, pointer="")

    def test_without_a_secret_nothing_is_sealed(self, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr(paging, "_cursor_keys", [])
        with pytest.raises(RuntimeError, match="use_cursor_secrets"):
            make_cursor(build_page_request(5, None, name="groups", filters={}, pointer=""), (7,))


class RecordingSession:
    """A fake session: keeps the statement and returns prepared rows."""

    def __init__(self, rows: list[tuple[Any, ...]]) -> None:
        self.rows, self.sql = rows, ""

    async def execute(self, statement: Any, /) -> Any:
        self.sql = str(statement.compile(dialect=postgresql.asyncpg.dialect()))
        return self

    def all(self) -> list[tuple[Any, ...]]:
        return self.rows


class TestSelect:
    table = Table("thing", MetaData(), Column("id", Uuid), Column("made", DateTime(timezone=True)))
    columns = (table.c.made, table.c.id)

    async def test_first_page(self):
        at, one = datetime(2026, 1, 1, tzinfo=UTC), UUID(int=1)
        session = RecordingSession([("a", at, one), ("b", at, one), ("c", at, one)])
        page = build_page_request(2, None, name="t", filters={}, pointer="")
        items, cursor = await fetch_page(session, select(self.table.c.id), columns=self.columns, page=page)
        assert items == ["a", "b"]
        assert build_page_request(2, cursor, name="t", filters={}, pointer="").after == (at, one)
        assert "ORDER BY thing.made ASC, thing.id ASC" in session.sql
        assert "WHERE" not in session.sql

    @pytest.mark.parametrize(("descending", "sign"), [(False, ">"), (True, "<")])
    async def test_next_page_compares_rows(self, descending: bool, sign: str):
        first = build_page_request(2, None, name="t", filters={}, pointer="")
        cursor = make_cursor(first, (datetime(2026, 1, 1, tzinfo=UTC), UUID(int=1)))
        page = build_page_request(2, cursor, name="t", filters={}, pointer="")
        session = RecordingSession([])
        items, cursor_after = await fetch_page(
            session, select(self.table.c.id), columns=self.columns, page=page, descending=descending
        )
        assert (items, cursor_after) == ([], None)
        assert f"(thing.made, thing.id) {sign} ($1::TIMESTAMP WITH TIME ZONE, $2::UUID)" in session.sql

    async def test_cursor_of_another_shape(self):
        first = build_page_request(2, None, name="t", filters={}, pointer="")
        page = build_page_request(2, make_cursor(first, (1,)), name="t", filters={}, pointer="")
        with pytest.raises(InvalidInput):
            await fetch_page(RecordingSession([]), select(self.table.c.id), columns=self.columns, page=page)
