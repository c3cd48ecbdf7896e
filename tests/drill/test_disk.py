"""The disk is full: requests are told so in words, nothing acknowledged is lost, and room is enough to go on."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from app.core.postgres.embedded.server import EmbeddedPostgres
from tests.drill.load import Load, LoadWorld, check_books
from tests.serve_process import ServeProcess, get_status, run_ansinh, wait_for
from tests.started_world import StartedWorld

pytestmark = pytest.mark.drill

DISK_BYTES = 600 * 1024 * 1024


@pytest.fixture
def disk(folder: Path) -> Iterator[Path]:
    """A small file system of its own; making one needs root."""
    mounted = folder / "disk"
    mounted.mkdir()
    mount = [
        find_program("mount"),
        "-t",
        "tmpfs",
        "-o",
        f"size={DISK_BYTES},mode=0755",
        "tmpfs",
        str(mounted),
    ]
    subprocess.run(mount, check=True)
    try:
        yield mounted
    finally:
        EmbeddedPostgres(mounted / "data" / "postgres").stop()
        subprocess.run([find_program("umount"), "--lazy", str(mounted)], check=True)


def find_program(name: str) -> str:
    path = shutil.which(name)
    assert path is not None, f"{name} is needed"
    return path


def test_full_and_room_again(disk: Path, measured: dict[str, list[float]]):
    served = ServeProcess(disk / "data", from_nothing=True, ANSINH_WORKERS="2", ANSINH_LOG_LEVEL="WARNING")
    try:
        asyncio.run(fill(served, served.ready(), disk, measured))
        result = run_ansinh(served.data_dir, "verify")
        assert result.returncode == 0, result.stdout + result.stderr
    finally:
        served.kill_group()


async def fill(served: ServeProcess, address: str, disk: Path, measured: dict[str, list[float]]) -> None:
    async with StartedWorld.open(served.data_dir) as started:
        world = await LoadWorld.create(started)
    async with Load(address, world) as load:
        await load.until_served([*load.writers, *load.importers], monotonic())
        ballast = disk / "ballast"
        await asyncio.to_thread(fill_up, ballast, load)
        assert load.refusals, "nothing was refused"
        assert {(refusal["status"], refusal["code"]) for refusal in load.refusals} == {(503, "unavailable")}
        assert all("Hãy thử lại" in refusal["detail"] for refusal in load.refusals)
        assert get_status(f"{address}/health/live") == 200
        assert await asyncio.to_thread(wait_for, lambda: get_status(f"{address}/health/ready") == 503, 30)
        ballast.unlink()
        since = monotonic()
        measured["room on a full disk: requests"] = [await load.until_served(load.writers, since)]
        assert await asyncio.to_thread(served.is_ready, address)
        await load.finish()
    assert load.statuses[500] == 0
    async with StartedWorld.open(served.data_dir) as started:
        await check_books(started, load)


def fill_up(ballast: Path, load: Load) -> None:
    """Take all the room that is left, again and again, until nobody can write for some seconds."""

    def take() -> bool:
        with ballast.open("ab", buffering=0) as file, suppress(OSError):
            while file.write(bytes(64 * 1024)):
                pass
        before = sum(load.acknowledged.values())
        return not wait_for(lambda: sum(load.acknowledged.values()) != before, 5)

    assert wait_for(take)
