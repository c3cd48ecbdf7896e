"""Taking enrolments in, one or a thousand alike: a dozen statements over all rows in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.audit.events import Event
from app.audit.service import record_all
from app.auth.actor import Actor
from app.core.errors import DomainError, IdTaken, NotFound
from app.core.ids import uuid7
from app.core.time import first_day, today
from app.insurance import enrolment_sets as sets
from app.insurance.eligibility_queries import Asked, read_findings
from app.insurance.eligibility_rules import errors, warnings
from app.insurance.enrolment_batch_schemas import OnConflict, Verdict
from app.insurance.enrolment_errors import ConflictsWithExisting, GroupEnded, PlaceUnknown, at
from app.insurance.enrolment_notes import note_rows
from app.insurance.enrolment_people import People, present
from app.insurance.enrolment_row import Amended, Key, Row, settle_repeats, single_out_names, waiting
from app.insurance.enrolment_rules import Status
from app.tenancy.errors import OutsideScope


class Intake:
    """Rows on their way into the database. After `run` each of them has its verdict.

    The order of the steps is the order of the locks: names, members, enrolments, memberships, each by its keys.
    """

    def __init__(
        self,
        driver: sets.Driver,
        actor: Actor,
        rows: Sequence[Row],
        *,
        status: Status,
        batch_id: UUID | None = None,
        on_conflict: OnConflict = OnConflict.REFUSE,
    ) -> None:
        self.driver, self.actor, self.rows = driver, actor, rows
        self.status, self.batch_id, self.today = status, batch_id, today()
        self.amending = on_conflict is OnConflict.UPDATE_OPEN
        self.people = People(driver, actor)
        self.created: set[UUID] = set()

    async def run(self) -> None:
        """Take the rows in. A bad row raises nothing: it is rejected, and the others go on."""
        await self._recognise()
        await self.people.read(list(waiting(self.rows)))
        await self._find_places(list(waiting(self.rows)))
        await self._find_groups(
            [row for row in waiting(self.rows) if row.data.group_id or row.data.group_code]
        )
        single_out_names(self.rows)
        await self.people.find(list(waiting(self.rows)))
        await self._refuse_ineligible(list(waiting(self.rows)))
        await self._amend([row for row in waiting(self.rows) if row.amends])
        await self._enrol(list(waiting(self.rows)))
        await self._join_groups()
        entered = self.people.entered.values()
        await note_rows(
            self.driver, self.actor, self.rows, entered, status=self.status, batch_id=self.batch_id
        )
        settle_repeats(self.rows)

    def forget(self) -> None:
        """Take back the ids of what `run` wrote: after a dry run they are nobody's."""
        for row in self.rows:
            row.enrolment_id = None if row.enrolment_id in self.created else row.enrolment_id
            row.member_id = None if row.member_id in self.people.entered else row.member_id
            row.candidates = [one for one in row.candidates if one.member.id not in self.people.entered]

    async def _recognise(self) -> None:
        """Rows that were sent before, by their reference or id."""
        refs = present(row.data.external_ref for row in self.rows)
        ids = present(row.data.id for row in self.rows)
        if not refs and not ids:
            return
        sent = await sets.read_sent(self.driver, self.actor, refs, ids)
        by_ref = {found["external_ref"]: found for found in sent if found["own_ref"]}
        by_id = {found["id"]: found for found in sent}
        for row in self.rows:
            if row.data.external_ref in by_ref:
                found = by_ref[row.data.external_ref]
                if self.amending and _is_open(found, row):
                    row.amends = Amended(*(found[name] for name in _AMENDED))
                else:
                    _recognised(row, found, "/external_ref", ConflictsWithExisting)
            elif row.data.id in by_id:
                _recognised(row, by_id[row.data.id], "/id", IdTaken)

    async def _find_places(self, rows: Sequence[Row]) -> None:
        """Where each person lives today, and the unit of the first month; its code of either day names it."""
        codes = [row.data.commune_code or (row.member.commune_code if row.member else "") for row in rows]
        months = [first_day(row.data.from_month) for row in rows]
        wanted = {
            (code, day) for code, month in zip(codes, months, strict=True) for day in (month, self.today)
        }
        communes = await sets.read_communes(self.driver, wanted)
        for row, code, month in zip(rows, codes, months, strict=True):
            here, unit = communes.get((code, self.today)), communes.get((code, month))
            known = {place.commune_code for place in (here, unit) if place}
            if here is None or unit is None or row.data.commune_code not in (None, *known):
                row.reject(at("/commune_code", PlaceUnknown))
            elif not all(self.actor.covers(one.province_code, one.commune_code) for one in (here, unit)):
                row.reject(at("/commune_code", OutsideScope))
            else:
                row.seat, row.unit = here, unit

    async def _find_groups(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        ids = present(row.data.group_id for row in rows)
        codes = present(row.data.group_code for row in rows)
        groups: dict[object, Mapping[str, Any]] = {}
        for group in await sets.read_groups(self.driver, self.actor.network, ids, codes):
            groups[group["id"]] = groups[group["code"]] = group
        for row in rows:
            group = groups.get(row.data.group_id or row.data.group_code)
            pointer = "/group_id" if row.data.group_id else "/group_code"
            if group is None:
                row.reject(at(pointer, NotFound))
            elif group["ended_on"] is not None and group["ended_on"] < self.today:
                row.reject(at(pointer, GroupEnded))
            else:
                row.group_id = group["id"]

    async def _refuse_ineligible(self, rows: Sequence[Row]) -> None:
        """What goes straight to BHXH is for people who may be insured; a draft is checked when it is submitted."""
        if self.status is not Status.SUBMITTED:
            return
        asked = [Asked(row.key[0], row.data.product, row.key[2], row.months) for row in rows]
        for row, found in zip(rows, await read_findings(self.driver, asked), strict=True):
            for note in errors(found):
                row.reject(note)
            row.warnings += [note for note in warnings(found) if note not in row.warnings]

    async def _amend(self, rows: Sequence[Row]) -> None:
        """Change what was sent before; of two rows that move a person to the same month the second is refused."""
        lines: dict[Key, dict[str, Any]] = {}
        for nth, row in enumerate(rows):
            assert row.amends is not None  # noqa: S101 - chosen by it
            row.enrolment_id = row.amends.id
            lines.setdefault(row.key, _line(nth, row) | {"version": row.amends.version})
        changed = await sets.amend(self.driver, self.actor, list(lines.values())) if lines else set()
        for row in rows:
            if row.enrolment_id in changed and lines[row.key]["id"] == row.enrolment_id:
                row.verdict = Verdict.UPDATED
            else:
                row.reject(at("/external_ref", ConflictsWithExisting))

    async def _enrol(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        for row in rows:
            row.enrolment_id = row.data.id or uuid7()
        lines = [_line(nth, row) for nth, row in enumerate(rows)]
        self.created = await sets.enrol(
            self.driver, self.actor, lines, status=self.status, batch_id=self.batch_id
        )
        for row in rows:
            if row.enrolment_id in self.created:
                row.verdict = Verdict.CREATED
        repeats = list(waiting(rows))
        if repeats:
            await self._explain(repeats)

    async def _explain(self, rows: Sequence[Row]) -> None:
        """Rows that repeat an enrolment: one that was there, or an earlier row's."""
        live = await sets.read_live(self.driver, {row.key for row in rows})
        for row in rows:
            found = live.get(row.key)
            row.enrolment_id = found["id"] if found else None
            if found is None and row.data.id is not None:
                row.reject(at("/id", IdTaken))
            elif found is None:
                row.reject(at("/external_ref", ConflictsWithExisting))
            elif found["id"] not in self.created and found["content_hash"].hex() == row.content_hash:
                row.verdict = Verdict.UNCHANGED
            else:
                row.verdict = Verdict.DUPLICATE

    async def _join_groups(self) -> None:
        joining = {
            (row.group_id, row.member_id): {
                "id": uuid7(),
                "group_id": row.group_id,
                "member_id": row.member_id,
            }
            for row in self.rows
            if row.verdict in (Verdict.CREATED, Verdict.UPDATED) and row.group_id is not None
        }
        if joining:
            started = await sets.join_groups(self.driver, list(joining.values()), self.today)
            fields = [{"group_id": one["group_id"], "joined_on": one["joined_on"]} for one in started]
            await record_all(
                self.driver, self.actor, Event.MEMBERSHIP_STARTED, zip(started, fields, strict=True)
            )


_AMENDED = ("id", "member_id", "product", "status", "version")


def _is_open(found: Mapping[str, Any], row: Row) -> bool:
    """Whether a row says something new about an enrolment that may still change."""
    is_new = found["content_hash"].hex() != row.content_hash
    return is_new and found["status"] in _OPEN and found["product"] == row.data.product.value


_OPEN = frozenset({Status.DRAFT, Status.SUBMITTED, Status.RETURNED})


def _recognised(row: Row, found: Mapping[str, Any], pointer: str, noun: type[DomainError]) -> None:
    if found["content_hash"].hex() == row.content_hash:
        row.verdict = Verdict.UNCHANGED
        row.enrolment_id, row.member_id = found["id"], found["member_id"]
    else:
        row.reject(at(pointer, noun))


def _line(nth: int, row: Row) -> dict[str, Any]:
    """A new line of the table of enrolments."""
    data = row.data
    same = (
        "product", "method", "monthly_income", "support_group", "relation_to_head", "covered_until", "insured_since",
        "supported_before", "external_ref",
    )  # fmt: skip
    return {
        "nth": nth,
        "id": row.enrolment_id,
        "province_code": row.unit.province_code,
        "commune_code": row.unit.commune_code,
        "group_id": row.group_id,
        "member_id": row.member_id,
        "months": row.months,
        "from_month": first_day(data.from_month),
        "content_hash": row.content_hash,
        **{name: getattr(data, name) for name in same},
    }
