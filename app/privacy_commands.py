"""The commands `ansinh privacy …`: what has expired, how far searches are and what they left, and who is concerned by
a breach."""

import argparse
import asyncio
import csv
import sys
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from app.auth.keys.process_key import derive_process_key
from app.core.postgres.database import Database
from app.core.postgres.server import owner_connection
from app.core.settings import Settings
from app.core.values.time import start_of_day
from app.jobs.pruning import ExpiredCount, count_expired
from app.privacy.concerned import ConcernedPerson, DaysReversed, find_actor, find_concerned, find_within_reach
from app.privacy.traces.progress import Doubt, SearchProgress, read_doubts, read_progress, restart_searches
from app.privacy.traces.settling import DOUBT_KINDS, DoubtRef, Settled, settle_doubts
from app.privacy.traces.wiping import Piece
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
    _add_settle(privacy)
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


def _add_settle(privacy: Any) -> None:
    settle = privacy.add_parser(
        "settle",
        help="xử lý chỗ cần cán bộ xem: xóa, hoặc giữ vì là của người khác"
        " / settle what searches left for an officer: wipe it, or keep it as somebody else's",
    )
    settle.add_argument("kind", choices=DOUBT_KINDS, metavar="record_kind", help=", ".join(DOUBT_KINDS))
    settle.add_argument("record", type=UUID, metavar="record_id")
    settle.add_argument("--file", metavar="TÊN / NAME", help="chỉ tệp này / of this file alone")
    settle.add_argument(
        "--part", type=_read_part, metavar="SỐ / NUMBER", help="chỉ phần này / of this part alone"
    )
    settle.add_argument("--row", metavar="DÒNG / ROW", help="chỉ dòng này / this one of `rows` alone")
    outcome = settle.add_mutually_exclusive_group(required=True)
    outcome.add_argument(
        "--erase",
        action="store_true",
        help="của người đã ẩn danh: xóa hẳn, khi có --yes / of who was erased: wiped for good, with --yes",
    )
    outcome.add_argument(
        "--keep", action="store_true", help="của người khác: giữ / somebody else's: it stays"
    )
    settle.add_argument("--by", required=True, metavar="TÊN / NAME", help="cán bộ quyết định / who decided")
    settle.add_argument("--yes", action="store_true", help="xóa thật / wipe, and do not only say what")
    settle.set_defaults(command=_settle)


def _read_part(text: str) -> int:
    """Read the number of a part, or say what it is as argparse asks for."""
    if not 0 <= int(text) < 2**31:
        raise argparse.ArgumentTypeError("số của phần: từ 0 / number of a part: from 0")
    return int(text)


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


def _settle(settings: Settings, options: argparse.Namespace) -> int:
    ref = DoubtRef(options.kind, options.record, options.file, options.part, options.row)
    carry_out = options.keep or options.yes

    async def work(runtime: Runtime) -> list[Piece] | Settled:
        async with owner_connection(runtime.admin_url, runtime.role_prefix) as connection:
            key = derive_process_key(runtime.settings)
            return await settle_doubts(
                connection, key, ref, options.by, erase=options.erase, carry_out=carry_out
            )

    with shared_runtime(settings) as runtime:
        settled = asyncio.run(work(runtime))
    if isinstance(settled, Settled):
        print(settled.tell())
        return 0
    for piece in settled:
        print(" ".join(map(str, (*piece[:4], *piece.rows))))
    if not carry_out:
        print("Sẽ xóa hẳn những chỗ trên; thêm --yes để xóa. / These would be wiped for good: add --yes.")
    elif options.erase:
        print("Đã xóa. / Wiped.")
    else:
        print("Đã giữ, là của người khác. / Kept, as somebody else's.")
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
    return start_of_day(begins), start_of_day(until)


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
