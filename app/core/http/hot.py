"""Hot routes: declared like every other route, answered with as little framework work as possible.

The few hot paths (contributions, sheets, long lists) are one call of a SQL function that begins the actor, decides
and answers as JSON text. A route with `hot=True` keeps FastAPI's way of declaring them, so that the OpenAPI document,
the strictness and the order of refusals are those of `StrictRoute`, but solves the few kinds of parameters itself:

    caller: Annotated[Caller, Depends(RequireCaller(Permission.X))]   who calls
    body: SomeBody                                               the JSON body
    filters: Annotated[SomeFilter, Query()], page: PageQuery     the query string
    key: HotIdempotencyKey                                       a header
    contribution_id: Uuid                                        a part of the path
"""

from collections.abc import Awaitable, Callable, Sequence
from inspect import signature
from typing import Annotated, Any, Protocol, get_args, get_origin, get_type_hints

from fastapi import Request, Response, params
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.core.errors import DomainError, NotFound
from app.core.http.parameters.idempotency import HOT_KEY_HEADER, check_idempotency_key
from app.core.http.parameters.page_query import parse_page_request
from app.core.http.routing import (
    Handler,
    StrictRequest,
    StrictRoute,
    check_json_body,
    check_path_and_query,
    get_query_names,
    takes_several_values,
)
from app.core.process.threads import call_by_size
from app.core.values.bodies import validate_value
from app.core.values.paging import PageRequest

_Solver = Callable[[StrictRequest], Awaitable[Any]]
_NamedSolver = tuple[str, _Solver]


class CallerProtocol(Protocol):
    """What the guard of a hot route returns: it can check that its session and rights still hold."""

    async def begin(self) -> None:
        """Raises: Unauthenticated, Forbidden."""


class HotRoute(StrictRoute):
    """A route whose handler answers with a ready Response."""

    def get_route_handler(self) -> Handler:
        """The handler: authenticates, validates the request, then calls the endpoint."""
        endpoint = self.endpoint
        guards, rest = _build_solvers(endpoint, set(self.param_convertors))
        if len(guards) != 1:
            raise TypeError(f"{self.path}: a hot route has exactly one guard")
        (guard_name, guard), known = guards[0], get_query_names(self.dependant)
        limits = self.get_body_limits()

        async def solve(request: StrictRequest) -> dict[str, Any]:
            refusal = check_path_and_query(request, known)
            if refusal is not None:
                raise refusal
            return {name: await solved(request) for name, solved in rest}

        async def handle(request: Request) -> Response:
            strict = StrictRequest.of(request, limits)
            caller: CallerProtocol = await guard(strict)
            try:
                arguments = await solve(strict)
                response: Response = await endpoint(**arguments, **{guard_name: caller})
            except DomainError as refusal:
                # Without a cause the database has not been asked yet who this is, and what is wrong with a request
                # is told only to whom it may concern.
                if refusal.__cause__ is None:
                    await caller.begin()
                raise
            return response

        return handle


def _build_solvers(
    endpoint: Callable[..., Any], path_names: set[str]
) -> tuple[list[_NamedSolver], list[_NamedSolver]]:
    """Build a solver for each parameter of a handler: the guards, and the rest in their order."""
    guards: list[_NamedSolver] = []
    rest: list[_NamedSolver] = []
    hints = get_type_hints(endpoint, include_extras=True)
    for name in signature(endpoint).parameters:
        hint, metadata = _split_annotated(hints[name])
        depends = next((mark for mark in metadata if isinstance(mark, params.Depends)), None)
        if hint is PageRequest:
            rest.append((name, _solve_page))
        elif depends is not None:
            guards.append((name, depends.dependency))  # type: ignore[arg-type]
        elif any(isinstance(mark, params.Query) for mark in metadata):
            rest.append((name, _query_solver(hint)))
        elif HOT_KEY_HEADER in metadata:
            rest.append((name, _solve_key))
        elif name in path_names:
            rest.append((name, _path_solver(name, hints[name])))
        elif isinstance(hint, type) and issubclass(hint, BaseModel):
            rest.append((name, _body_solver(hint)))
        else:
            raise TypeError(f"{endpoint.__name__}: a hot route cannot solve {name}")
    return guards, rest


def _split_annotated(hint: Any) -> tuple[Any, Sequence[Any]]:
    if get_origin(hint) is Annotated:
        inner, *metadata = get_args(hint)
        return inner, metadata
    return hint, ()


async def _solve_page(request: StrictRequest) -> PageRequest:
    return parse_page_request(request)


async def _solve_key(request: StrictRequest) -> str | None:
    return check_idempotency_key(request.headers.get("idempotency-key"))


def _body_solver(model: type[BaseModel]) -> _Solver:
    async def solve(request: StrictRequest) -> Any:
        refusal = await check_json_body(request, True)
        if refusal is not None:
            raise refusal
        value = await request.json()
        return await call_by_size(request.body_size, validate_value, value, model)

    return solve


def _query_solver(model: type[BaseModel]) -> _Solver:
    is_sequence = {
        field.alias or name: takes_several_values(field.annotation)
        for name, field in model.model_fields.items()
    }
    defaults = model()

    async def solve(request: StrictRequest) -> Any:
        if not request.scope["query_string"]:
            return defaults
        query = request.query_params
        values = {
            name: query.getlist(name) if is_sequence[name] else query[name]
            for name in query
            if name in is_sequence
        }
        return validate_value(values, model, "/query")

    return solve


def _path_solver(name: str, hint: Any) -> _Solver:
    adapter: TypeAdapter[Any] = TypeAdapter(hint)

    async def solve(request: StrictRequest) -> Any:
        try:
            return adapter.validate_python(request.path_params[name])
        except ValidationError:
            raise NotFound from None

    return solve
