"""From the post of a premium to its row: what the payment fixed is what D05-TS and Mẫu số 3 say."""

from io import BytesIO
from uuid import uuid4

from openpyxl import load_workbook

from app.core.time import today
from tests.insurance.premium_cast import CARD, DUE, NEEDED, Till


async def row_of(till: Till, form: str, number: int):
    body = {"form": form, "list_date": str(today())}
    headers = till.officer.headers | {"Idempotency-Key": str(uuid4())}
    made = await till.client.post("/v1/exports", json=body, headers=headers)
    assert made.status_code == 201, made.text
    file = await till.client.get(made.json()["file_url"], headers=till.officer.headers)
    sheet = load_workbook(BytesIO(file.content)).worksheets[0]
    return [cell.value for cell in sheet[number]]


async def test_d05_says_what_was_posted(world, client):
    till = await Till.create(world, client)
    await till.save(till.members[0], NEEDED)
    gift = {"kind": "donor", "amount": 500_000, "source": "Hội khuyến học"}
    await till.posted(till.members[0], {"kind": "savings", "amount": NEEDED - 500_000}, gift)
    row = await row_of(till, "d05_ts", 15)
    assert row[4:14] == ["12/2026", 12, 1_500_000, DUE, NEEDED - 500_000, 40, None, None, None, 500_000]
    assert row[15:] == ["Tham gia lần đầu", None]


async def test_mau_3_says_what_was_posted(world, client):
    till = await Till.create(world, client)
    await till.save(till.members[0], CARD)
    held = await till.hold(await till.card(till.members[0]), {"kind": "savings", "amount": CARD})
    assert (await till.pay(held)).status_code == 200
    row = await row_of(till, "mau_3", 13)
    assert (row[5], row[11], row[14]) == (2_530_000, None, "12 tháng")
