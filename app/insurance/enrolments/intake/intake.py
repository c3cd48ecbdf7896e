"""Writes enrolments, one or a thousand alike: a dozen statements over all rows in one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from app.auth.actor import Actor
from app.core.errors import DomainError, IdTaken, NotFound
from app.core.values.ids import uuid7s
from app.core.values.time import first_day, today
from app.insurance.eligibility.queries import EligibilityQuery, read_findings
from app.insurance.eligibility.rules import filter_errors, filter_warnings
from app.insurance.enrolments.errors import ConflictsWithExisting, EnrolmentGroupEnded, PlaceUnknown
from app.insurance.enrolments.intake import lookups as sets
from app.insurance.enrolments.intake import writes
from app.insurance.enrolments.intake.people import MemberResolver, drop_none
from app.insurance.enrolments.intake.row import (
    CommuneRef,
    EnrolmentKey,
    EnrolmentRow,
    ExistingEnrolment,
    copy_first_outcomes,
    iter_pending,
    resolve_repeated_refs,
)
from app.insurance.enrolments.intake.schemas import OnConflict, Verdict
from app.insurance.errors import build_field_error
from app.insurance.kinds import EnrolmentStatus
from app.tenancy.errors import OutsideScope


class Intake:
    """Writes rows: `resolve` finds out what each is about, `write` writes them. After `run` each row has its
    verdict.

    The order of the steps is the order of the locks: names, members, enrolments, memberships, each by its keys.
    unseen: numbers of an earlier try's `PeopleElsewhere`.
    """

    def __init__(
        self,
        driver: asyncpg.Connection,
        actor: Actor,
        rows: Sequence[EnrolmentRow],
        *,
        status: EnrolmentStatus,
        batch_id: UUID | None = None,
        on_conflict: OnConflict = OnConflict.REFUSE,
        hidden_numbers: Collection[str] = (),
    ) -> None:
        self.driver, self.actor, self.rows = driver, actor, rows
        self.status, self.batch_id, self.today = status, batch_id, today()
        self.updates_open = on_conflict is OnConflict.UPDATE_OPEN
        self.members = MemberResolver(driver, actor, hidden_numbers)
        self.created_ids: set[UUID] = set()
        self.is_resolved = self.has_inserted_members = self.is_written = False

    async def run(self) -> None:
        """Resolve and write the rows. An invalid row raises nothing: it is rejected, and the others go on.

        Raises: PeopleElsewhere, after which what was written is to be taken back and the rows to be taken in again.
        """
        await self.resolve()
        await self.write()

    async def resolve(self) -> None:
        """Find the place, group, member and earlier enrolment of each row; nothing is written."""
        await self._match_earlier_enrolments()
        await self.members.load_members(list(iter_pending(self.rows)))
        await self._resolve_places(list(iter_pending(self.rows)))
        await self._resolve_groups(
            [row for row in iter_pending(self.rows) if row.data.group_id or row.data.group_code]
        )
        resolve_repeated_refs(self.rows)
        await self.members.resolve(list(iter_pending(self.rows)))
        self.is_resolved = True

    async def insert_members(self) -> None:
        """Insert the members who are not in the register. Raises: MemberInsertConflict."""
        await self.members.insert_new_members()
        self.has_inserted_members = True

    async def write(self) -> None:
        """Write the resolved rows. Raises: MemberInsertConflict."""
        if not self.has_inserted_members:
            await self.insert_members()
        await self._reject_ineligible(list(iter_pending(self.rows)))
        await self._update_enrolments([row for row in iter_pending(self.rows) if row.existing])
        await self._insert_enrolments(list(iter_pending(self.rows)))
        copy_first_outcomes(self.rows)
        self.is_written = True

    def adopt_new_members(self, previous: "Intake") -> bool:
        """Add the new members of *previous*, which is resolved but not yet written, to what these rows know.

        Returns: whether these rows can be looked at while those are written. They cannot when they name some of the
        same enrolments, or people without a number: nobody else may enter such in the meantime.
        """
        if not _refs_and_ids(self.rows).isdisjoint(_refs_and_ids(previous.rows)):
            return False
        people = (row.data for row in self.rows)
        if not all(one.national_id or one.social_insurance_no or one.member_id for one in people):
            return False
        self.members.register.add(previous.members.get_new_members())
        return True

    def use_connection(self, driver: asyncpg.Connection, actor: Actor) -> None:
        """Continue on this connection."""
        self.driver, self.actor = driver, actor
        self.members.driver, self.members.actor = driver, actor

    def discard_created_ids(self) -> None:
        """Clear the ids of what `run` wrote, which after a dry run do not exist."""
        for row in self.rows:
            row.enrolment_id = None if row.enrolment_id in self.created_ids else row.enrolment_id
            row.member_id = None if row.member_id in self.members.inserted_members else row.member_id
            row.candidates = [
                candidate
                for candidate in row.candidates
                if candidate.member.id not in self.members.inserted_members
            ]

    async def _match_earlier_enrolments(self) -> None:
        """Match rows to enrolments that were sent before, by their reference or id."""
        refs = drop_none(row.data.external_ref for row in self.rows)
        ids = drop_none(row.data.id for row in self.rows)
        if not refs and not ids:
            return
        sent = await sets.read_earlier_enrolments(self.driver, self.actor, refs, ids)
        by_ref = {existing["external_ref"]: existing for existing in sent if existing["own_ref"]}
        by_id = {existing["id"]: existing for existing in sent}
        for row in self.rows:
            if row.data.external_ref in by_ref:
                existing = by_ref[row.data.external_ref]
                if self.updates_open and _is_open_change(existing, row):
                    row.existing = ExistingEnrolment(*(existing[name] for name in _EXISTING_COLUMNS))
                else:
                    _judge_resent(row, existing, "/external_ref", ConflictsWithExisting)
            elif row.data.id in by_id:
                _judge_resent(row, by_id[row.data.id], "/id", IdTaken)

    async def _resolve_places(self, rows: Sequence[EnrolmentRow]) -> None:
        """Set the commune today and in the first month; a row may name it by its code of either day."""
        places = [
            (
                row.data.commune_code or (row.member.commune_code if row.member else ""),
                first_day(row.data.from_month),
            )
            for row in rows
        ]
        distinct_places = set(places)
        communes = await sets.read_communes(
            self.driver, distinct_places | {(code, self.today) for code, _ in distinct_places}
        )
        refs_by_place = {
            place: (communes.get((place[0], self.today)), communes.get(place)) for place in distinct_places
        }
        outside = {place for place, refs in refs_by_place.items() if not all(map(self._is_in_scope, refs))}
        for row, place in zip(rows, places, strict=True):
            commune_today, commune_at_start = refs_by_place[place]
            if (
                commune_today is None
                or commune_at_start is None
                or row.data.commune_code
                not in (None, commune_today.commune_code, commune_at_start.commune_code)
            ):
                row.reject(build_field_error("/commune_code", PlaceUnknown))
            elif place in outside:
                row.reject(build_field_error("/commune_code", OutsideScope))
            else:
                row.commune_today, row.commune_at_start = commune_today, commune_at_start

    def _is_in_scope(self, commune: CommuneRef | None) -> bool:
        return commune is not None and self.actor.covers(commune.province_code, commune.commune_code)

    async def _resolve_groups(self, rows: Sequence[EnrolmentRow]) -> None:
        if not rows:
            return
        ids = drop_none(row.data.group_id for row in rows)
        codes = drop_none(row.data.group_code for row in rows)
        groups: dict[object, Mapping[str, Any]] = {}
        for group in await sets.read_groups(self.driver, self.actor.network, ids, codes):
            groups[group["id"]] = groups[group["code"]] = group
        for row in rows:
            group = groups.get(row.data.group_id or row.data.group_code)
            pointer = "/group_id" if row.data.group_id else "/group_code"
            if group is None:
                row.reject(build_field_error(pointer, NotFound))
            elif group["ended_on"] is not None and group["ended_on"] < self.today:
                row.reject(build_field_error(pointer, EnrolmentGroupEnded))
            else:
                row.group_id = group["id"]

    async def _reject_ineligible(self, rows: Sequence[EnrolmentRow]) -> None:
        """Reject submitted rows of people who may not be insured; a draft is checked when it is submitted."""
        if self.status is not EnrolmentStatus.SUBMITTED:
            return
        inserted = self.members.inserted_members
        queries = [
            EligibilityQuery(member_id, row.data.product, month, row.months, inserted.get(member_id))
            for row in rows
            for member_id, _, month in (row.key,)
        ]
        for row, findings in zip(rows, await read_findings(self.driver, queries), strict=True):
            if not findings:
                continue
            for note in filter_errors(findings):
                row.reject(note)
            row.warnings += [note for note in filter_warnings(findings) if note not in row.warnings]

    async def _update_enrolments(self, rows: Sequence[EnrolmentRow]) -> None:
        """Update earlier enrolments; of two rows that move a person to the same month the second is rejected."""
        first_by_key: dict[EnrolmentKey, EnrolmentRow] = {}
        for row in rows:
            assert row.existing is not None  # noqa: S101 - chosen by it
            row.enrolment_id = row.existing.id
            first_by_key.setdefault(row.key, row)
        unique_rows = list(first_by_key.values())
        versions = [row.existing.version for row in unique_rows if row.existing is not None]
        columns = [*writes.to_enrolment_columns(unique_rows), versions]
        changed = (
            await writes.update_enrolments(self.driver, self._write_context(), columns) if unique_rows else ()
        )
        for row in rows:
            if row.enrolment_id in changed and first_by_key[row.key].enrolment_id == row.enrolment_id:
                row.verdict = Verdict.UPDATED
            else:
                row.reject(build_field_error("/external_ref", ConflictsWithExisting))

    async def _insert_enrolments(self, rows: Sequence[EnrolmentRow]) -> None:
        if not rows:
            return
        for row, new_id in zip(rows, uuid7s(len(rows)), strict=True):
            row.enrolment_id = row.data.id or new_id
        self.created_ids = await writes.insert_enrolments(
            self.driver, self._write_context(), writes.to_enrolment_columns(rows)
        )
        for row in rows:
            if row.enrolment_id in self.created_ids:
                row.verdict = Verdict.CREATED
        repeated = list(iter_pending(rows))
        if repeated:
            await self._judge_repeated(repeated)

    def _write_context(self) -> writes.WriteContext:
        return writes.WriteContext(self.actor, self.status, self.batch_id, self.today)

    async def _judge_repeated(self, rows: Sequence[EnrolmentRow]) -> None:
        """Set the verdict of rows that repeat an enrolment: one that existed, or that of an earlier row."""
        live = await sets.read_live_enrolments(self.driver, {row.key for row in rows})
        for row in rows:
            existing = live.get(row.key)
            row.enrolment_id = existing["id"] if existing else None
            if existing is None and row.data.id is not None:
                row.reject(build_field_error("/id", IdTaken))
            elif existing is None:
                row.reject(build_field_error("/external_ref", ConflictsWithExisting))
            elif (
                existing["id"] not in self.created_ids and existing["content_hash"].hex() == row.content_hash
            ):
                row.verdict = Verdict.UNCHANGED
            else:
                row.verdict = Verdict.DUPLICATE


def _refs_and_ids(rows: Iterable[EnrolmentRow]) -> set[str | UUID | None]:
    """The references and ids by which rows name their enrolments."""
    return ({row.data.external_ref for row in rows} | {row.data.id for row in rows}) - {None}


_EXISTING_COLUMNS = ("id", "member_id", "product", "status", "version")


def _is_open_change(existing: Mapping[str, Any], row: EnrolmentRow) -> bool:
    """Whether a row changes an enrolment that may still be edited."""
    is_new = existing["content_hash"].hex() != row.content_hash
    return is_new and existing["status"] in _OPEN_STATUSES and existing["product"] == row.data.product.value


_OPEN_STATUSES = frozenset({EnrolmentStatus.DRAFT, EnrolmentStatus.SUBMITTED, EnrolmentStatus.RETURNED})


def _judge_resent(
    row: EnrolmentRow, existing: Mapping[str, Any], pointer: str, error_type: type[DomainError]
) -> None:
    if existing["content_hash"].hex() == row.content_hash:
        row.verdict = Verdict.UNCHANGED
        row.enrolment_id, row.member_id = existing["id"], existing["member_id"]
    else:
        row.reject(build_field_error(pointer, error_type))
