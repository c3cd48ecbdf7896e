"""The commands `ansinh privacy …`: what has expired, how far searches are, and who is concerned by a breach."""

import argparse
import asyncio
import csv
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from app.core.postgres.database import Database
from app.core.postgres.server import owner_connection
from app.core.settings import Settings
from app.core.values.time import VIET_NAM
from app.jobs.pruning import ExpiredCount, count_expired
from app.privacy.concerned import ConcernedPerson, DaysReversed, find_actor, find_concerned, find_within_reach
from app.privacy.traces.progress import Doubt, SearchProgress, read_doubts, read_progress, restart_searches
from app.runtime import Runtime, shared_runtime

_COLUMNS = ("member_id", "network", "province_code", "commune_code", "events", "first_at", "last_at")


def add_privacy_commands(commands: Any) -> None:
    """Add `privacy` and its commands. commands: what add_subparsers() returned, whose class has no public name."""
    parser = commands.add_parser("privacy", help="dữ liệu cá nhân / personal data")
    privacy = parser.add_subparsers(required=True, metavar="…")
    privacy.add_parser(
        "expired", help="đếm những gì hết thời hạn lưu, không xóa / count what has expired, delete nothing"
    ).set_defaults(command=_expired)
    searches = privacy.add_parser(
        "searches",
        help="tìm người đã ẩn danh trong tệp: còn lại bao nhiêu / how far the search of files for the erased is",
    )
    searches.add_argument(
        "--doubts",
        action="store_true",
        help="liệt kê những nơi cần cán bộ xem / list the places that an officer is to look at, as CSV",
    )
    searches.add_argument(
        "--again",
        action="store_true",
        help="tìm lại từ đầu cho những người còn phần không tìm được / begin those anew that were put aside",
    )
    searches.set_defaults(command=_searches)
    concerned = privacy.add_parser(
        "concerned", help="ai bị ảnh hưởng khi lộ một tài khoản / who is concerned by a breach of one account"
    )
    who = concerned.add_mutually_exclusive_group(required=True)
    who.add_argument("--user", metavar="TÊN / NAME", help="tên đăng nhập / username")
    who.add_argument("--client", metavar="MÃ / ID", help="client_id")
    concerned.add_argument(
        "--from", dest="first", type=date.fromisoformat, required=True, metavar="NGÀY / DAY"
    )
    concerned.add_argument("--to", dest="last", type=date.fromisoformat, required=True, metavar="NGÀY / DAY")
    concerned.add_argument(
        "--reach",
        action="store_true",
        help="mọi người mà tài khoản có thể thấy trong danh sách / everybody whom the account could see in lists",
    )
    concerned.set_defaults(command=_concerned)


def _expired(settings: Settings, _options: argparse.Namespace) -> int:
    async def work(runtime: Runtime) -> dict[str, ExpiredCount]:
        assert runtime.settings.app_database_url is not None  # noqa: S101 - a runtime has both addresses
        database = await Database.connect(runtime.settings.app_database_url, pool_size=2)
        try:
            return await count_expired(database, runtime.settings)
        finally:
            await database.close()

    with shared_runtime(settings) as runtime:
        for kind, expired in asyncio.run(work(runtime)).items():
            print(f"{kind}: {expired.number}{'+' if expired.is_more else ''}")
    return 0


def _searches(settings: Settings, options: argparse.Namespace) -> int:
    if options.doubts:
        return _list_doubts(settings)
    if options.again:
        return _restart_searches(settings)

    async def work(runtime: Runtime) -> SearchProgress:
        assert runtime.settings.app_database_url is not None  # noqa: S101 - a runtime has both addresses
        database = await Database.connect(runtime.settings.app_database_url, pool_size=2)
        try:
            return await read_progress(database)
        finally:
            await database.close()

    with shared_runtime(settings) as runtime:
        progress = asyncio.run(work(runtime))
    since = f" (từ / since {progress.asked_at:%Y-%m-%d %H:%M} UTC)" if progress.searches else ""
    print(f"người / people: {progress.searches}{since}")
    print(f"phần tệp còn lại / parts of files left: {progress.parts}")
    print(f"bị lỗi, làm sau cùng / met an error, go on last: {progress.delayed}")
    print(
        f"gác lại, còn phần không tìm được / put aside, with pieces that could not be searched: {progress.aside}"
    )
    print(f"chỗ cần cán bộ xem / places for an officer to look at: {progress.doubts}")
    print(f"phần không tìm được / pieces that could not be searched: {progress.failed}")
    return 0


def _restart_searches(settings: Settings) -> int:
    async def work(runtime: Runtime) -> int:
        async with owner_connection(runtime.admin_url, runtime.role_prefix) as connection:
            return await restart_searches(connection)

    with shared_runtime(settings) as runtime:
        print(f"Tìm lại từ đầu / begin anew: {asyncio.run(work(runtime))}")
    return 0


def _list_doubts(settings: Settings) -> int:
    async def work(runtime: Runtime) -> list[Doubt]:
        async with owner_connection(runtime.admin_url, runtime.role_prefix) as connection:
            return await read_doubts(connection)

    with shared_runtime(settings) as runtime:
        doubts = asyncio.run(work(runtime))
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(Doubt._fields)
    for doubt in doubts:
        lines.writerow(doubt._replace(rows=" ".join(doubt.rows)))
    print(f"# {len(doubts)}", file=sys.stderr)
    return 0


def _concerned(settings: Settings, options: argparse.Namespace) -> int:
    begins, ends = _read_period(options.first, options.last)

    async def work(runtime: Runtime) -> list[ConcernedPerson] | list[Any]:
        async with owner_connection(runtime.admin_url, runtime.role_prefix) as connection:
            actor_id = await find_actor(connection, options.user, options.client)
            if options.reach:
                return await find_within_reach(connection, actor_id, options.last)
            return await find_concerned(connection, actor_id, begins, ends)

    with shared_runtime(settings) as runtime:
        found = asyncio.run(work(runtime))
    lines = csv.writer(sys.stdout, lineterminator="\n")
    lines.writerow(_COLUMNS[:1] if options.reach else _COLUMNS)
    for each in found:
        lines.writerow([each] if options.reach else _to_line(each))
    print(f"# {len(found)}", file=sys.stderr)
    return 0


def _read_period(first: date, last: date) -> tuple[datetime, datetime]:
    """The moments at which a period of days begins and ends in Viet Nam. Raises: DaysReversed.

    The first and the last day that there are, which no moment of UTC begins or ends, are those beside them.
    """
    if first > last:
        raise DaysReversed
    one_day = timedelta(days=1)
    begins, until = max(first, date.min + one_day), min(last, date.max - one_day) + one_day
    return datetime.combine(begins, time(), VIET_NAM), datetime.combine(until, time(), VIET_NAM)


def _to_line(person: ConcernedPerson) -> list[str]:
    return [
        str(person.member_id),
        person.network,
        person.province_code,
        person.commune_code,
        " ".join(person.events),
        person.first_at.isoformat(),
        person.last_at.isoformat(),
    ]
