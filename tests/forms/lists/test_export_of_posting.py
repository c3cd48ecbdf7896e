"""From posting a premium to its row: D05-TS and Mẫu số 3 show the values that the payment fixed."""

from io import BytesIO
from uuid import uuid4

from openpyxl import load_workbook

from app.core.values.time import today
from tests.insurance.premium_scenario import AMOUNT_DUE, CARD_PRICE, PARTICIPANT_PAYS, PremiumScenario


async def export_row_of(scenario: PremiumScenario, form: str, number: int):
    body = {"form": form, "list_date": str(today())}
    headers = scenario.officer.headers | {"Idempotency-Key": str(uuid4())}
    created = await scenario.client.post("/v1/exports", json=body, headers=headers)
    assert created.status_code == 201, created.text
    file = await scenario.client.get(created.json()["file_url"], headers=scenario.officer.headers)
    sheet = load_workbook(BytesIO(file.content)).worksheets[0]
    return [cell.value for cell in sheet[number]]


async def test_d05_says_what_was_posted(world, client):
    scenario = await PremiumScenario.create(world, client)
    await scenario.save(scenario.members[0], PARTICIPANT_PAYS)
    gift = {"kind": "donor", "amount": 500_000, "source": "Hội khuyến học"}
    await scenario.create_posted_payment(
        scenario.members[0], {"kind": "savings", "amount": PARTICIPANT_PAYS - 500_000}, gift
    )
    row = await export_row_of(scenario, "d05_ts", 15)
    assert row[4:14] == [
        "12/2026",
        12,
        1_500_000,
        AMOUNT_DUE,
        PARTICIPANT_PAYS - 500_000,
        40,
        None,
        None,
        None,
        500_000,
    ]
    assert row[15:] == ["Tham gia lần đầu", None]


async def test_mau_3_says_what_was_posted(world, client):
    scenario = await PremiumScenario.create(world, client)
    await scenario.save(scenario.members[0], CARD_PRICE)
    held = await scenario.hold_payment(
        await scenario.create_card_enrolment(scenario.members[0]), {"kind": "savings", "amount": CARD_PRICE}
    )
    assert (await scenario.post_payment(held)).status_code == 200
    row = await export_row_of(scenario, "mau_3", 13)
    assert (row[5], row[11], row[14]) == (2_530_000, None, "12 tháng")
