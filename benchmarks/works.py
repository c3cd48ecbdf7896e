"""What is measured: requests that An Sinh answers, each beside one that does the least for the same work."""

import itertools
from dataclasses import dataclass, field
from uuid import UUID

from fastapi.routing import APIRoute, iter_route_contexts

from app.core.ids import uuid7
from app.main import create_app
from benchmarks.ground import MEMBERS, Ground, encoded, line
from benchmarks.load import Make, request


@dataclass(frozen=True)
class Work:
    """One kind of request.

    beside: what it is compared with, asked of the floor, or of An Sinh too where `within`; aims: the least ratio at so
    many connections; rows: per request; aim_rows: rows a second at 16 connections; sql: its pgbench script's name and
    the least ratio.
    """

    name: str
    beside: Make
    ours: Make
    expect: int = 200
    aims: dict[int, float] = field(default_factory=dict)
    rows: int = 1
    aim_rows: int | None = None
    within: bool = False
    sql: tuple[str, float] | None = None


def works(ground: Ground) -> list[Work]:
    """Everything that is measured as requests per second."""
    return [*_writes(ground), *_lists(ground), *_details(ground), *_within(ground)]


def _writes(ground: Ground) -> list[Work]:
    turn, token = itertools.count(), ground.officer.token

    def entry() -> dict[str, object]:
        n = next(turn)
        return line(ground.groups[n % len(ground.groups)], n // len(ground.groups), uuid7())

    def sheet() -> list[dict[str, object]]:
        group = ground.groups[next(turn) % len(ground.groups)]
        return [line(group, k, uuid7()) for k in range(MEMBERS)]

    def our_sheet() -> bytes:
        items = sheet()
        head = {"group_id": items[0]["group_id"], "business_date": items[0]["business_date"]}
        own = [{name: item[name] for name in item if name not in head} for item in items]
        return request("POST", "/v1/meetings", token, encoded({**head, "items": own}), key=str(uuid7()))

    return [
        Work(
            "one contribution",
            lambda: request("POST", "/one", None, encoded(entry())),
            lambda: request("POST", "/v1/contributions", token, encoded(entry()), key=str(uuid7())),
            expect=201,
            aims={1: 0.50, 16: 0.35},
            sql=("one", 0.70),
        ),
        Work(
            f"sheet of {MEMBERS}",
            lambda: request("POST", "/sheet", None, encoded({"items": sheet()})),
            our_sheet,
            expect=201,
            rows=MEMBERS,
            aim_rows=8_000,
            sql=("sheet", 0.65),
        ),
    ]


def _lists(ground: Ground) -> list[Work]:
    turn, token = itertools.count(), ground.officer.token
    province = ground.groups[0].unit.province

    def asked(path: str, given: str | None) -> Make:
        return lambda: request("GET", path.format(ground.groups[next(turn) % len(ground.groups)].id), given)

    return [
        Work(
            "list of 50",
            asked("/page?group_id={}", None),
            asked("/v1/contributions?group_id={}&limit=50", token),
            aims={1: 0.90, 16: 0.90},
            rows=50,
        ),
        Work(
            "members, 50",
            lambda: request("GET", f"/members?province={province}", None),
            lambda: request("GET", "/v1/members?limit=50", token),
            aims={1: 0.90, 16: 0.90},
            rows=50,
        ),
    ]


def _details(ground: Ground) -> list[Work]:
    turn, token = itertools.count(), ground.officer.token
    members = [group.members[0] for group in ground.groups]

    def asked(path: str, ids: list[UUID], given: str | None) -> Make:
        return lambda: request("GET", f"{path}/{ids[next(turn) % len(ids)]}", given)

    return [
        Work(name, asked(beside, ids, None), asked(ours, ids, token), aims={1: 0.50})
        for name, beside, ours, ids in (
            ("one member", "/member", "/v1/members", members),
            ("one enrolment", "/enrolment", "/v1/enrolments", ground.enrolments),
        )
    ]


def _within(ground: Ground) -> list[Work]:
    turn, token = itertools.count(), ground.officer.token

    def member() -> bytes:
        group = ground.groups[next(turn) % len(ground.groups)]
        return request("GET", f"/v1/members/{group.members[0]}", token)

    first, last = edges()
    return [
        Work(
            "stats : member",
            member,
            lambda: request("GET", f"/v1/stats/summary?place={ground.groups[0].commune}", token),
            aims={1: 0.55, 16: 0.55},
            within=True,
        ),
        Work(
            "last : first route",
            lambda: request("GET", first, None),
            lambda: request("GET", last, None),
            expect=401,
            aims={1: 0.85, 16: 0.85},
            within=True,
        ),
    ]


def edges() -> tuple[str, str]:
    """Paths of the first and the last route that needs a login: without one both only have to be found."""
    paths = [
        context.path
        for context in iter_route_contexts(create_app().routes)
        if isinstance(context.original_route, APIRoute)
        and context.path is not None
        and context.path.startswith("/v1/")
        and "{" not in context.path
        and context.methods == {"GET"}
    ]
    return paths[0], paths[-1]
