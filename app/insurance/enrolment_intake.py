"""Taking enrolments in, one or a thousand alike: a dozen statements over all rows in one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from app.auth.actor import Actor
from app.core.errors import DomainError, IdTaken, NotFound
from app.core.ids import uuid7s
from app.core.time import first_day, today
from app.insurance import enrolment_sets as sets
from app.insurance import enrolment_writes as writes
from app.insurance.eligibility_queries import Asked, read_findings
from app.insurance.eligibility_rules import errors, warnings
from app.insurance.enrolment_batch_schemas import OnConflict, Verdict
from app.insurance.enrolment_errors import ConflictsWithExisting, GroupEnded, PlaceUnknown, at
from app.insurance.enrolment_people import People, present
from app.insurance.enrolment_row import Amended, Key, Row, Seat, settle_repeats, single_out_names, waiting
from app.insurance.enrolment_rules import Status
from app.tenancy.errors import OutsideScope


class Intake:
    """Rows on their way into the database: first all is looked at, then all is written. After `run` each row has its
    verdict.

    The order of the steps is the order of the locks: names, members, enrolments, memberships, each by its keys.
    unseen: numbers of an earlier try's `PeopleElsewhere`.
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
        unseen: Collection[str] = (),
    ) -> None:
        self.driver, self.actor, self.rows = driver, actor, rows
        self.status, self.batch_id, self.today = status, batch_id, today()
        self.amending = on_conflict is OnConflict.UPDATE_OPEN
        self.people = People(driver, actor, unseen)
        self.created: set[UUID] = set()
        self.is_looked_at = self.is_entered = self.is_written = False

    async def run(self) -> None:
        """Take the rows in. A bad row raises nothing: it is rejected, and the others go on.

        Raises: PeopleElsewhere, after which what was written is to be taken back and the rows to be taken in again.
        """
        await self.look()
        await self.write()

    async def look(self) -> None:
        """Find out what each row is about: nothing is written."""
        await self._recognise()
        await self.people.read(list(waiting(self.rows)))
        await self._find_places(list(waiting(self.rows)))
        await self._find_groups(
            [row for row in waiting(self.rows) if row.data.group_id or row.data.group_code]
        )
        single_out_names(self.rows)
        await self.people.find(list(waiting(self.rows)))
        self.is_looked_at = True

    async def enter(self) -> None:
        """Enter the people whom nobody knows. Raises: PeopleElsewhere."""
        await self.people.enter()
        self.is_entered = True

    async def write(self) -> None:
        """Write what was found. Raises: PeopleElsewhere."""
        if not self.is_entered:
            await self.enter()
        await self._refuse_ineligible(list(waiting(self.rows)))
        await self._amend([row for row in waiting(self.rows) if row.amends])
        await self._enrol(list(waiting(self.rows)))
        settle_repeats(self.rows)
        self.is_written = True

    def follow(self, before: "Intake") -> bool:
        """Know beforehand what *before*, which is looked at but not written, will have brought in.

        Returns: whether these rows can be looked at while those are written. They cannot when they name some of the
        same enrolments, or people without a number: nobody else may enter such in the meantime.
        """
        if not _names(self.rows).isdisjoint(_names(before.rows)):
            return False
        persons = (row.data for row in self.rows)
        if not all(one.national_id or one.social_insurance_no or one.member_id for one in persons):
            return False
        self.people.register.add(before.people.known_newcomers())
        return True

    def turn(self, driver: sets.Driver, actor: Actor) -> None:
        """Go on with this connection."""
        self.driver, self.actor = driver, actor
        self.people.driver, self.people.actor = driver, actor

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
        named = [
            (
                row.data.commune_code or (row.member.commune_code if row.member else ""),
                first_day(row.data.from_month),
            )
            for row in rows
        ]
        asked = set(named)
        communes = await sets.read_communes(self.driver, asked | {(code, self.today) for code, _ in asked})
        found = {place: (communes.get((place[0], self.today)), communes.get(place)) for place in asked}
        outside = {place for place, seats in found.items() if not all(map(self._covers, seats))}
        for row, place in zip(rows, named, strict=True):
            here, unit = found[place]
            if (
                here is None
                or unit is None
                or row.data.commune_code not in (None, here.commune_code, unit.commune_code)
            ):
                row.reject(at("/commune_code", PlaceUnknown))
            elif place in outside:
                row.reject(at("/commune_code", OutsideScope))
            else:
                row.seat, row.unit = here, unit

    def _covers(self, seat: Seat | None) -> bool:
        return seat is not None and self.actor.covers(seat.province_code, seat.commune_code)

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
        entered = self.people.entered
        asked = [
            Asked(member_id, row.data.product, month, row.months, entered.get(member_id))
            for row in rows
            for member_id, _, month in (row.key,)
        ]
        for row, found in zip(rows, await read_findings(self.driver, asked), strict=True):
            if not found:
                continue
            for note in errors(found):
                row.reject(note)
            row.warnings += [note for note in warnings(found) if note not in row.warnings]

    async def _amend(self, rows: Sequence[Row]) -> None:
        """Change what was sent before; of two rows that move a person to the same month the second is refused."""
        first: dict[Key, Row] = {}
        for row in rows:
            assert row.amends is not None  # noqa: S101 - chosen by it
            row.enrolment_id = row.amends.id
            first.setdefault(row.key, row)
        lines = list(first.values())
        versions = [row.amends.version for row in lines if row.amends is not None]
        columns = [*writes.lines_of(lines), versions]
        changed = await writes.amend(self.driver, self._writing(), columns) if lines else ()
        for row in rows:
            if row.enrolment_id in changed and first[row.key].enrolment_id == row.enrolment_id:
                row.verdict = Verdict.UPDATED
            else:
                row.reject(at("/external_ref", ConflictsWithExisting))

    async def _enrol(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        for row, new_id in zip(rows, uuid7s(len(rows)), strict=True):
            row.enrolment_id = row.data.id or new_id
        self.created = await writes.enrol(self.driver, self._writing(), writes.lines_of(rows))
        for row in rows:
            if row.enrolment_id in self.created:
                row.verdict = Verdict.CREATED
        repeats = list(waiting(rows))
        if repeats:
            await self._explain(repeats)

    def _writing(self) -> writes.Writing:
        return writes.Writing(self.actor, self.status, self.batch_id, self.today)

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


def _names(rows: Iterable[Row]) -> set[str | UUID | None]:
    """By what rows name their enrolments."""
    return ({row.data.external_ref for row in rows} | {row.data.id for row in rows}) - {None}


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
