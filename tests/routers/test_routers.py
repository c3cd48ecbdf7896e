"""The list of routers is whole, and no route hides behind an earlier one."""

import re
from collections import Counter
from importlib import import_module
from itertools import combinations
from pkgutil import walk_packages
from typing import Annotated, Any, get_args, get_origin

from fastapi import APIRouter, FastAPI, params
from fastapi.routing import RouteContext, iter_route_contexts

from app import routers
from app.auth.guards.require import Require, RequireCaller
from app.routers import ROUTERS, actors, include_routers

MODULES = [import_module(module.name) for module in walk_packages(routers.__path__, f"{routers.__name__}.")]


def list_hidden(app: FastAPI) -> list[str]:
    """Each pair of routes of which the earlier one answers what the later one offers."""
    contexts = list(iter_route_contexts(app.routes))
    return [
        f"{earlier.path} hides {later.path}"
        for earlier, later in combinations(contexts, 2)
        if (earlier.methods or set()) & (later.methods or set()) and _matches(earlier, later)
    ]


def _matches(earlier: RouteContext, later: RouteContext) -> bool:
    """Whether the earlier pattern matches the later path, with some value for each of its parameters."""
    return earlier.path_regex.fullmatch(re.sub(r"\{\w+\}", "0", str(later.path))) is not None


class TestList:
    def test_every_router_is_in_it_once(self):
        offered = {
            id(module.router): module.__name__
            for module in MODULES
            if isinstance(getattr(module, "router", None), APIRouter)
        }
        assert len(offered) > 40
        listed = [id(router) for router in ROUTERS]
        missing = [name for key, name in offered.items() if key not in listed]
        assert missing == [], "list it in app/routers/__init__.py"
        assert len(set(listed)) == len(listed) == len(offered)


class TestOrder:
    def test_no_route_is_hidden(self):
        app = FastAPI()
        include_routers(app)
        assert list_hidden(app) == []

    def test_a_hidden_one_is_noticed(self):
        router = APIRouter()
        router.add_api_route("/things/{thing_id}", lambda thing_id: None)
        router.add_api_route("/things/template", lambda: None)
        app = FastAPI(openapi_url=None)
        app.include_router(router)
        assert list_hidden(app) == ["/things/{thing_id} hides /things/template"]


class TestActors:
    def test_each_permission_has_one_name_for_each_kind(self):
        guards = {
            name: _guard(value) for name, value in vars(actors).items() if get_origin(value) is Annotated
        }
        assert len(guards) > 30
        kinds = Counter(
            (
                type(guard),
                guard.permission,
                getattr(guard, "sandbox", False),
                getattr(guard, "unverified", False),
                getattr(guard, "initial", False),
                getattr(guard, "emergency", False),
            )
            for guard in guards.values()
        )
        assert [kind for kind, times in kinds.items() if times > 1] == []
        for name, guard in guards.items():
            assert ("Hot" in name) == isinstance(guard, RequireCaller), name
            assert ("Sandbox" in name) == (isinstance(guard, Require) and guard.sandbox), name
            assert ("Unverified" in name) == (isinstance(guard, Require) and guard.unverified), name
            assert ("Initial" in name) == (isinstance(guard, Require) and guard.initial), name

    def test_every_name_is_used(self):
        names = {name for name, value in vars(actors).items() if get_origin(value) is Annotated}
        used = {name for module in MODULES if module is not actors for name in vars(module) if name in names}
        assert names - used == set()

    def test_no_router_makes_a_guard_of_its_own(self):
        makers = {Require, RequireCaller}
        assert [
            module.__name__
            for module in MODULES
            if module is not actors
            and makers & {value for value in vars(module).values() if isinstance(value, type)}
        ] == []


def _guard(alias: Any) -> Any:
    (depends,) = [mark for mark in get_args(alias) if isinstance(mark, params.Depends)]
    return depends.dependency
