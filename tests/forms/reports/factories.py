"""Factory for posted premiums, their coverage and refunds, inserted as rows: what reports are made from."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

from app.core.values.ids import uuid7
from app.core.values.money import round_half_up
from app.insurance.law.card import shift_months
from tests.world import GroupRef, Login, Unit, World, national_id

_numbers = count(1)


@dataclass(frozen=True)
class PostedPayment:
    """One posted payment."""

    id: UUID
    member: UUID
    enrolment: UUID


@dataclass
class PaymentFactory:
    """Inserts payments into a world, past the services."""

    world: World

    async def create_member(self, unit: Unit, commune: str, name: str, **columns: Any) -> UUID:
        """A member with an insurance number and a phone."""
        member = await self.world.member(unit, commune=commune, name=name)
        number = next(_numbers)
        values = {
            "social_insurance_no": f"79{number:08}",
            "phone": "0912000111",
            "national_id": national_id(),
        }
        for column, value in (values | columns).items():
            await self.world.owner.execute(f"update member set {column} = $2 where id = $1", member, value)
        return member

    async def create_payment(
        self,
        group: GroupRef,
        member: UUID,
        paid_on: date,
        *,
        collector: Login,
        product: str = "bhxh_tn",
        months: int = 12,
        due: int = 3_960_000,
        state: int = 0,
        support: str | None = "other",
        kind: str = "first",
        rate: str | None = "0.18",
        begins: date | None = None,
    ) -> PostedPayment:
        """A posted payment with its coverage; the participant pays all that the state does not."""
        begins = begins or paid_on
        payment = PostedPayment(uuid7(), member, uuid7())
        participant_pays, number = due - state, next(_numbers)
        share = None if rate is None else Decimal(rate)
        remuneration = None if share is None else round_half_up(share * participant_pays)
        province = await self.world.owner.fetchval(
            "select parent_code from place where code = $1", group.commune
        )
        position = (group.unit.network, collector.organisation_id, province, group.commune, group.id, member)
        month = paid_on.replace(day=1)
        await self.world.owner.execute(
            "insert into enrolment (id, network, organisation_id, province_code, commune_code, group_id, member_id, product,"
            " method, months, monthly_income, from_month, status, content_hash, reasons, created_by, submitted_at, paid_at, decided_at, version)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, 'months_12', $9, $10, $11, 'paid', ''::bytea, '[]', $12, now(), now(), now(), 1)",
            payment.enrolment, *position, product, months, 1_500_000 if product == "bhxh_tn" else None, month, collector.id,
        )  # fmt: skip
        await self.world.owner.execute(
            "insert into premium_payment (id, network, organisation_id, province_code, commune_code, group_id, member_id,"
            " product, method, months, monthly_income, from_month, status, business_date, priced_on, amount_due,"
            " state_support, province_support, other_support, participant_pays, supported_months, supported_before,"
            " support_group, formula, rules, receipt_series, receipt_no, payment_date, posted_at, posted_by,"
            " remuneration_kind, remuneration_rate, remuneration, client_key, request_hash, answer, created_by,"
            " enrolment_id) values ($1, $2, $3, $4, $5, $6, $7, $8, 'months_12', $9, $10, $11, 'posted', $12, $12, $13,"
            " $14, 0, 0, $15, $9, 0, $16, '{\"rate\": \"0.22\"}', '[]', 'BL', $17, $12, now(), $18, $19, $20, $21, $17,"
            " ''::bytea, '{}', $18, $22)",
            payment.id, *position, product, months, 1_500_000 if product == "bhxh_tn" else None, month, paid_on, due, state,
            participant_pays, support, f"no-{number}", collector.id, kind, share, remuneration, payment.enrolment,
        )  # fmt: skip
        from_day = begins if product == "bhyt_hgd" else begins.replace(day=1)
        ends = shift_months(from_day, months) - timedelta(days=1)
        await self.world.owner.execute(
            "insert into coverage (id, network, organisation_id, province_code, commune_code, group_id, member_id, product,"
            " method, months, supported_months, valid_from, valid_to, enrolment_id, payment_id)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, 'months_12', $9, 0, $10, $11, $12, $13)",
            uuid7(), *position, product, months, begins, ends, payment.enrolment, payment.id,
        )  # fmt: skip
        return payment

    async def create_refund(
        self,
        payment: PostedPayment,
        decided_on: date,
        *,
        amount: int,
        months: int,
        clawback: int,
        reason: str = "died",
    ) -> None:
        """A refund that BHXH decided; the coverage ends with it."""
        await self.world.owner.execute(
            "insert into premium_refund (id, network, organisation_id, province_code, commune_code, group_id, member_id,"
            " enrolment_id, payment_id, product, reason, from_month, remaining_months, unused, amount, state_returned,"
            " province_returned, other_returned, formula, rules, remuneration_rate, clawback, decided_by, decided_on, status)"
            " select $1, network, organisation_id, province_code, commune_code, group_id, member_id, enrolment_id, id,"
            " product, $3, $4, $5, $6, $6, 0, 0, 0, '{}', '[]', remuneration_rate, $7, posted_by, $8, 'decided'"
            " from premium_payment where id = $2",
            uuid7(), payment.id, reason, decided_on.replace(day=1), months, amount, clawback, decided_on,
        )  # fmt: skip
        await self.world.owner.execute(
            "update premium_payment set status = 'refunded' where id = $1", payment.id
        )
        await self.world.owner.execute(
            "update coverage set ended_on = $2, ended_why = $3 where payment_id = $1",
            payment.id, decided_on.replace(day=1) - timedelta(days=1), reason,
        )  # fmt: skip

    async def end_enrolment(self, payment: PostedPayment, ended_on: date, why: str) -> None:
        """BHXH ended the enrolment of a payment."""
        await self.world.owner.execute(
            "update enrolment set status = 'ended', ended_on = $2, ended_why = $3 where id = $1",
            payment.enrolment, ended_on, why,
        )  # fmt: skip
