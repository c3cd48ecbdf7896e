"""Load on a started server: contributions under keys, JSON batches and imported files, each sent until acknowledged."""

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from time import monotonic
from typing import Any
from uuid import UUID

import httpx

from app.core.values.ids import uuid7
from app.core.values.time import today
from tests.started_world import StartedWorld
from tests.world import GroupRef, Login

CONTRIBUTIONS, BATCHES = "/v1/contributions", "/v1/contributions/batches"
SINGLE_WRITERS, BATCH_WRITERS, IMPORTERS = 4, 2, 2
BATCH_ROWS, FILE_ROWS = 20, 3_000
SECONDS = 60
_ACKNOWLEDGED = {200, 201, 202}
_RETRIED = {503, 507}


@dataclass(frozen=True)
class LoadWorld:
    """Who writes, and into which group: one for each kind of request, so that each has sums of its own."""

    partner: Login
    singles: GroupRef
    batches: GroupRef
    files: GroupRef
    province: str

    @classmethod
    async def create(cls, started: StartedWorld) -> "LoadWorld":
        world = started.world
        unit = await world.unit("womens_union")
        singles, batches, files = [await world.group(unit, members=5) for _ in range(3)]
        partner = await world.partner(unit, "contributions:write", "jobs:read")
        return cls(partner, singles, batches, files, world.province)


@dataclass
class Writer:
    """One that sends, and when it was served: (since when it was tried, when acknowledged, whether it was retried)."""

    served: list[tuple[float, float, bool]] = field(default_factory=list)

    def served_again(self, since: float) -> float | None:
        """When the first request was acknowledged that began after *since* or had to be sent again."""
        ends = (end for began, end, retried in self.served if end > since and (began > since or retried))
        return next(ends, None)


@dataclass
class Load:
    """The writers of one server. acknowledged: the number of rows by group; keys: the answers to single ones."""

    address: str
    world: LoadWorld
    stopped: bool = False
    keys: dict[str, str] = field(default_factory=dict)
    acknowledged: Counter[UUID] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    interrupted: int = 0
    replayed: int = 0
    refusals: list[dict[str, Any]] = field(default_factory=list)
    writers: list[Writer] = field(default_factory=list)
    importers: list[Writer] = field(default_factory=list)
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)

    async def __aenter__(self) -> "Load":
        self._client = httpx.AsyncClient(base_url=self.address, timeout=20)
        works = [self._write_singles] * SINGLE_WRITERS + [self._write_batches] * BATCH_WRITERS
        self.writers = [Writer() for _ in works]
        self.importers = [Writer() for _ in range(IMPORTERS)]
        self._tasks = [
            asyncio.create_task(work(writer)) for work, writer in zip(works, self.writers, strict=True)
        ]
        self._tasks += [asyncio.create_task(self._import_files(writer)) for writer in self.importers]
        return self

    async def __aexit__(self, *_error: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.aclose()

    async def finish(self) -> None:
        """Let everything that was begun be acknowledged, and begin nothing new."""
        self.stopped = True
        async with asyncio.timeout(4 * SECONDS):
            await asyncio.gather(*self._tasks)

    async def until_served(self, writers: Sequence[Writer], since: float) -> float:
        """Wait until each of them was served again. Returns: after how many seconds the last one was."""
        async with asyncio.timeout(SECONDS):
            while True:
                for task in self._tasks:
                    if task.done():
                        task.result()
                ends = [end for writer in writers if (end := writer.served_again(since)) is not None]
                if len(ends) == len(writers):
                    return max(ends) - since
                await asyncio.sleep(0.01)

    async def _write_singles(self, writer: Writer) -> None:
        group = self.world.singles
        for number in count():
            if self.stopped:
                return
            body = self._row(group, number) | {"group_id": str(group.id)}
            body.pop("group_code")
            response, key = await self._send(writer, CONTRIBUTIONS, json.dumps(body), "application/json")
            self.keys[key] = response.json()["id"]
            self.acknowledged[group.id] += 1

    async def _write_batches(self, writer: Writer) -> None:
        group = self.world.batches
        for _ in count():
            if self.stopped:
                return
            body = {"mode": "atomic", "items": [self._row(group, number) for number in range(BATCH_ROWS)]}
            response, _ = await self._send(writer, BATCHES, json.dumps(body), "application/json")
            assert response.json()["counts"]["recorded"] == BATCH_ROWS, response.text
            self.acknowledged[group.id] += BATCH_ROWS

    async def _import_files(self, writer: Writer) -> None:
        group = self.world.files
        for _ in count():
            if self.stopped:
                return
            rows = "".join(json.dumps(self._row(group, number)) + "\n" for number in range(FILE_ROWS))
            response, _ = await self._send(None, f"{BATCHES}?mode=partial", rows, "application/x-ndjson")
            assert response.status_code == 202, response.text
            job = await self._watch_job(writer, response.headers["location"])
            assert job["status"] == "succeeded", job
            assert job["counts"]["recorded"] == FILE_ROWS, job
            self.acknowledged[group.id] += FILE_ROWS

    async def _watch_job(self, writer: Writer, address: str) -> dict[str, Any]:
        """Watch a job to its end; its writer is served whenever the job has got on."""
        done: Any = None
        while True:
            began = monotonic()
            job = await self._read(address)
            progress = (job["status"], job["progress"])
            if done not in (None, progress):
                writer.served.append((began, monotonic(), False))
            done = progress
            if job["finished_at"] is not None:
                return job
            await asyncio.sleep(0.05)

    async def _read(self, address: str) -> dict[str, Any]:
        while True:
            try:
                response = await self._client.get(address, headers=self.world.partner.headers)
            except httpx.TransportError:
                await asyncio.sleep(0.02)
                continue
            self.statuses[response.status_code] += 1
            if response.status_code not in _RETRIED:
                assert response.status_code == 200, response.text
                job: dict[str, Any] = response.json()
                return job
            await asyncio.sleep(0.05)

    async def _send(
        self, writer: Writer | None, path: str, content: str, media: str
    ) -> tuple[httpx.Response, str]:
        """Send under one key until it is acknowledged. Returns: the answer and the key."""
        key, began, retried = str(uuid7()), monotonic(), False
        headers = self.world.partner.headers | {"Idempotency-Key": key, "Content-Type": media}
        while True:
            try:
                response = await self._client.post(path, content=content.encode(), headers=headers)
            except httpx.TransportError:
                self.interrupted += 1
            else:
                self.statuses[response.status_code] += 1
                if response.status_code not in _RETRIED:
                    break
                self.refusals.append(response.json())
            retried = True
            await asyncio.sleep(0.02)
        assert response.status_code in _ACKNOWLEDGED, response.text
        self.replayed += response.headers.get("idempotency-replayed") == "true"
        if writer is not None:
            writer.served.append((began, monotonic(), retried))
        return response, key

    @staticmethod
    def _row(group: GroupRef, number: int) -> dict[str, Any]:
        member = group.members[number % len(group.members)]
        row = {"group_code": group.code, "kind": "saving", "product": "bhxh_tn", "amount": 1_000}
        return row | {"business_date": str(today()), "member_id": str(member)}


async def check_books(started: StartedWorld, load: Load) -> None:
    """Everything acknowledged is there once, and nothing else is."""
    owner, world = started.owner, load.world
    for group in (world.singles, world.batches, world.files):
        rows = await owner.fetchval(
            "select count(*) from ledger_txn where group_id = $1 and kind = 'saving'", group.id
        )
        balance = await owner.fetchval(
            "select -posted from account where group_id = $1 and kind = 'cash'", group.id
        )
        assert (rows, balance) == (load.acknowledged[group.id], load.acknowledged[group.id] * 1_000)
    written = await owner.fetch(
        "select client_key, id from ledger_txn where group_id = $1 and kind = 'saving'", world.singles.id
    )
    assert {row["client_key"]: str(row["id"]) for row in written} == load.keys
