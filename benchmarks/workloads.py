"""The workloads: requests to An Sinh, each paired with a baseline request for the same work."""

import itertools
from dataclasses import dataclass, field
from uuid import UUID

from fastapi.routing import APIRoute, iter_route_contexts

from app.core.values.ids import uuid7
from app.main import create_app
from benchmarks.http_load import MakeRequest, build_request
from benchmarks.setup import MEMBERS, BenchmarkSetup, contribution_body, encode_json


@dataclass(frozen=True)
class Workload:
    """One kind of request.

    baseline_request: what it is compared with, sent to the baseline, or to An Sinh too where same_app_baseline is set.
    min_ratios: the least ratio by number of connections. rows: per request. min_rows_per_second: at 16 connections.
    pgbench_script: the script's name and the least ratio.
    """

    name: str
    baseline_request: MakeRequest
    app_request: MakeRequest
    expected_status: int = 200
    min_ratios: dict[int, float] = field(default_factory=dict)
    rows: int = 1
    min_rows_per_second: int | None = None
    same_app_baseline: bool = False
    pgbench_script: tuple[str, float] | None = None


def list_workloads(setup: BenchmarkSetup) -> list[Workload]:
    """Everything that is measured as requests per second."""
    return [
        *_write_workloads(setup),
        *_list_workloads(setup),
        *_detail_workloads(setup),
        *_same_app_workloads(setup),
    ]


def _write_workloads(setup: BenchmarkSetup) -> list[Workload]:
    return [_contribution_workload(setup), _sheet_workload(setup)]


def _contribution_workload(setup: BenchmarkSetup) -> Workload:
    counter, token = itertools.count(), setup.officer.token

    def entry() -> dict[str, object]:
        n = next(counter)
        return contribution_body(setup.groups[n % len(setup.groups)], n // len(setup.groups), uuid7())

    return Workload(
        "one contribution",
        lambda: build_request("POST", "/one", None, encode_json(entry())),
        lambda: build_request("POST", "/v1/contributions", token, encode_json(entry()), key=str(uuid7())),
        expected_status=201,
        min_ratios={1: 0.50, 16: 0.35},
        pgbench_script=("one", 0.70),
    )


def _sheet_workload(setup: BenchmarkSetup) -> Workload:
    counter, token = itertools.count(), setup.officer.token

    def sheet() -> list[dict[str, object]]:
        group = setup.groups[next(counter) % len(setup.groups)]
        return [contribution_body(group, k, uuid7()) for k in range(MEMBERS)]

    def our_sheet() -> bytes:
        items = sheet()
        sheet_fields = {"group_id": items[0]["group_id"], "business_date": items[0]["business_date"]}
        item_fields = [{name: item[name] for name in item if name not in sheet_fields} for item in items]
        body = encode_json({**sheet_fields, "items": item_fields})
        return build_request("POST", "/v1/meetings", token, body, key=str(uuid7()))

    return Workload(
        f"sheet of {MEMBERS}",
        lambda: build_request("POST", "/sheet", None, encode_json({"items": sheet()})),
        our_sheet,
        expected_status=201,
        rows=MEMBERS,
        min_rows_per_second=8_000,
        pgbench_script=("sheet", 0.65),
    )


def _list_workloads(setup: BenchmarkSetup) -> list[Workload]:
    counter, token = itertools.count(), setup.officer.token
    province = setup.groups[0].unit.province

    def make_get(path: str, access_token: str | None) -> MakeRequest:
        return lambda: build_request(
            "GET", path.format(setup.groups[next(counter) % len(setup.groups)].id), access_token
        )

    return [
        Workload(
            "list of 50",
            make_get("/page?group_id={}", None),
            make_get("/v1/contributions?group_id={}&limit=50", token),
            min_ratios={1: 0.90, 16: 0.90},
            rows=50,
        ),
        Workload(
            "members, 50",
            lambda: build_request("GET", f"/members?province={province}", None),
            lambda: build_request("GET", "/v1/members?limit=50", token),
            min_ratios={1: 0.90, 16: 0.90},
            rows=50,
        ),
    ]


def _detail_workloads(setup: BenchmarkSetup) -> list[Workload]:
    counter, token = itertools.count(), setup.officer.token
    members = [group.members[0] for group in setup.groups]

    def make_get(path: str, ids: list[UUID], access_token: str | None) -> MakeRequest:
        return lambda: build_request("GET", f"{path}/{ids[next(counter) % len(ids)]}", access_token)

    return [
        Workload(
            name, make_get(baseline_path, ids, None), make_get(app_path, ids, token), min_ratios={1: 0.50}
        )
        for name, baseline_path, app_path, ids in (
            ("one member", "/member", "/v1/members", members),
            ("one enrolment", "/enrolment", "/v1/enrolments", setup.enrolments),
        )
    ]


def _same_app_workloads(setup: BenchmarkSetup) -> list[Workload]:
    counter, token = itertools.count(), setup.officer.token

    def member() -> bytes:
        group = setup.groups[next(counter) % len(setup.groups)]
        return build_request("GET", f"/v1/members/{group.members[0]}", token)

    first, last = first_and_last_paths()
    return [
        Workload(
            "stats : member",
            member,
            lambda: build_request("GET", f"/v1/stats/summary?place={setup.groups[0].commune}", token),
            min_ratios={1: 0.55, 16: 0.55},
            same_app_baseline=True,
        ),
        Workload(
            "last : first route",
            lambda: build_request("GET", first, None),
            lambda: build_request("GET", last, None),
            expected_status=401,
            min_ratios={1: 0.85, 16: 0.85},
            same_app_baseline=True,
        ),
    ]


def first_and_last_paths() -> tuple[str, str]:
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
