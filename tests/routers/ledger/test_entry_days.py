"""Days of entries over HTTP: within the life of the group and of the membership."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.ledger.books import Books, create_books, entry_line

FOUNDED = date(2024, 3, 1)
JOINED = date(2024, 5, 2)
LEFT = date(2025, 2, 3)
ENDED = date(2025, 6, 30)
ONE_DAY = timedelta(days=1)


@pytest.fixture
async def books(world, client) -> Books:
    """Books of a group whose first member joined later and left again; the others were there from the first day."""
    books = await create_books(world, client)
    await world.owner.execute(
        "update savings_group set started_on = $2 where id = $1", books.group.id, FOUNDED
    )
    await world.owner.execute(
        "update membership set joined_on = case when member_id = $2 then $3::date else $4::date end,"
        " left_on = case when member_id = $2 then $5::date end where group_id = $1",
        books.group.id, books.members[0], JOINED, FOUNDED, LEFT,
    )  # fmt: skip
    return books


async def end_group(books: Books) -> None:
    await books.world.owner.execute(
        "update savings_group set ended_on = $2 where id = $1", books.group.id, ENDED
    )


def outcome(response: httpx.Response) -> Any:
    """201, or the errors of a refusal."""
    errors = response.json().get("errors")
    return 201 if response.status_code == 201 else [(error["pointer"], error["code"]) for error in errors]


async def send_single(books: Books, day: date, member: UUID | None, kind: str = "saving") -> Any:
    return outcome(
        await books.post(
            "/v1/contributions", books.entry_body(member, 5_000, kind=kind, business_date=str(day))
        )
    )


async def send_sheet(books: Books, day: date, member: UUID | None, kind: str = "saving") -> Any:
    lines = [entry_line(None, 7_000, kind="donation"), entry_line(member, 5_000, kind=kind)]
    return outcome(await books.post("/v1/meetings", books.meeting_body(*lines, business_date=str(day))))


async def send_file(books: Books, day: date, member: UUID | None, kind: str = "saving") -> Any:
    """A CSV file of one row."""
    who = "" if member is None else str(member)
    text = f"group_code,member_id,kind,amount,business_date\n{books.group.code},{who},{kind},5000,{day}\n"
    response = await books.client.post(
        "/v1/contributions/batches?mode=partial",
        content=text.encode(),
        headers={**books.officer.headers, "Content-Type": "text/csv", "Idempotency-Key": str(uuid7())},
    )
    assert response.status_code in (200, 201), response.text
    (row,) = response.json()["items"]
    return (
        201
        if row["status"] == "recorded"
        else [(error["pointer"].removeprefix("/items/0"), error["code"]) for error in row["errors"]]
    )


SENDERS = [send_single, send_sheet, send_file]
THE_DAY = "/business_date"


@pytest.mark.parametrize("send", SENDERS)
class TestLifeOfTheGroup:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (date(1900, 1, 1), [(THE_DAY, "before_group")]),
            (date(2006, 1, 1), [(THE_DAY, "before_group")]),
            (FOUNDED - ONE_DAY, [(THE_DAY, "before_group")]),
            (FOUNDED, 201),
            (ENDED, 201),
            (ENDED + ONE_DAY, [(THE_DAY, "group_ended")]),
        ],
    )
    async def test_from_its_first_day_to_its_last(self, books, send, day, expected):
        await end_group(books)
        assert await send(books, day, books.members[1]) == expected
        assert await send(books, day, None, "donation") == expected

    async def test_a_group_whose_first_day_nobody_knows(self, books, send):
        await books.world.owner.execute(
            "update savings_group set started_on = null where id = $1", books.group.id
        )
        assert await send(books, FOUNDED - ONE_DAY, None, "donation") == 201


@pytest.mark.parametrize("send", SENDERS)
class TestLifeOfTheMembership:
    @pytest.mark.parametrize(
        ("day", "code"),
        [
            (JOINED - ONE_DAY, "before_joining"),
            (JOINED, None),
            (LEFT, None),
            (LEFT + ONE_DAY, "not_in_group"),
        ],
    )
    async def test_from_the_first_day_to_the_last(self, books, send, day, code):
        pointer = {
            send_single: THE_DAY if code == "before_joining" else "/member_id",
            send_sheet: "/items/1/member_id",
            send_file: THE_DAY if code == "before_joining" else "/member_id",
        }[send]
        for kind in ("saving", "donation"):
            expected = 201 if code is None else [(pointer, code)]
            assert await send(books, day, books.members[0], kind) == expected

    async def test_who_left_takes_out_what_is_left(self, books, send):
        assert await send(books, LEFT, books.members[0]) == 201
        assert await send(books, today(), books.members[0], "withdrawal") == 201

    async def test_nothing_is_taken_out_before_joining(self, books, send):
        assert await send(books, JOINED, books.members[0]) == 201
        refused = await send(books, JOINED - ONE_DAY, books.members[0], "withdrawal")
        assert [code for _, code in refused] == ["before_joining"]

    async def test_between_two_memberships(self, books, send):
        await books.world.join(books.group, books.members[0], joined_on=LEFT + timedelta(days=9))
        refused = await send(books, LEFT + timedelta(days=8), books.members[0])
        assert [code for _, code in refused] == ["not_in_group"]
        assert await send(books, LEFT + timedelta(days=9), books.members[0]) == 201


class TestTexts:
    @pytest.mark.parametrize(
        ("day", "vi"),
        [
            (FOUNDED - ONE_DAY, "Tổ chưa thành lập vào ngày này."),
            (JOINED - ONE_DAY, "Người này chưa tham gia tổ vào ngày này."),
        ],
    )
    async def test_the_reason_in_vietnamese(self, books, day, vi):
        body = books.entry_body(books.members[0], business_date=str(day))
        response = await books.post("/v1/contributions", body)
        assert response.status_code == 422
        assert response.json()["errors"][0]["detail"] == vi


class TestSheet:
    async def test_one_line_too_early_and_nothing_is_recorded(self, books):
        lines = [entry_line(books.members[1]), entry_line(books.members[0])]
        body = books.meeting_body(*lines, business_date=str(JOINED - ONE_DAY))
        assert outcome(await books.post("/v1/meetings", body)) == [("/items/1/member_id", "before_joining")]
        assert await books.counts() == (0, 0)

    async def test_sent_again_after_the_first_day_moved(self, books):
        """What was recorded once is answered again, whatever is known of the group by now."""
        body = books.entry_body(books.members[1], business_date=str(FOUNDED))
        key = str(uuid7())
        first = await books.post("/v1/contributions", body, key)
        await books.world.owner.execute(
            "update savings_group set started_on = $2 where id = $1", books.group.id, FOUNDED + ONE_DAY
        )
        again = await books.post("/v1/contributions", body, key)
        assert (again.status_code, again.content) == (201, first.content)


class TestCorrections:
    """The way out of a day that was noted wrongly: the group's or the membership's first day is corrected."""

    async def test_an_earlier_joining(self, books):
        path = f"/v1/groups/{books.group.id}/memberships"
        listed = (await books.get(path, login=books.officer, member_id=books.members[0])).json()["items"]
        path, headers = f"{path}/{listed[0]['id']}", {**books.officer.headers, "If-Match": '"1"'}
        for wrong in (FOUNDED - ONE_DAY, JOINED + ONE_DAY):
            response = await books.client.patch(path, json={"joined_on": str(wrong)}, headers=headers)
            assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/joined_on")
        assert await send_single(books, JOINED - ONE_DAY, books.members[0]) != 201
        response = await books.client.patch(path, json={"joined_on": str(FOUNDED)}, headers=headers)
        assert (response.status_code, response.json()["joined_on"]) == (200, str(FOUNDED))
        assert await send_single(books, FOUNDED, books.members[0]) == 201

    async def test_not_before_an_earlier_membership_ended(self, books):
        again = await books.world.join(books.group, books.members[0], joined_on=LEFT + timedelta(days=9))
        path = f"/v1/groups/{books.group.id}/memberships/{again}"
        for day, status in ((LEFT, 422), (LEFT + ONE_DAY, 200)):
            response = await books.client.patch(
                path, json={"joined_on": str(day)}, headers={**books.officer.headers, "If-Match": '"1"'}
            )
            assert response.status_code == status

    async def test_a_group_is_not_founded_after_its_first_entry(self, books):
        await books.world.owner.execute(
            "update membership set joined_on = $2 where group_id = $1", books.group.id, JOINED
        )
        assert await send_single(books, FOUNDED + ONE_DAY, None, "donation") == 201
        for version, day, status in ((1, FOUNDED + 2 * ONE_DAY, 422), (1, FOUNDED + ONE_DAY, 200)):
            response = await books.client.patch(
                f"/v1/groups/{books.group.id}",
                json={"started_on": str(day)},
                headers={**books.officer.headers, "If-Match": f'"{version}"'},
            )
            assert response.status_code == status
