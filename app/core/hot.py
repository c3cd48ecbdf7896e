"""Hot routes: declared like every other route, answered with as little in between as possible.

The few hot paths (contributions, sheets, long lists) are one call of a SQL function that begins the actor, decides
and answers as JSON text. A `HotRouter` keeps FastAPI's way of declaring them, so that the OpenAPI document, the
strictness and the order of refusals are those of `Route`, but solves the few kinds of parameters itself:

    caller: Annotated[Caller, Depends(Permitted(Permission.X))]   who calls
    body: SomeBody                                               the JSON body
    wanted: Annotated[SomeFilter, Query()], page: PageQuery      the query string
    key: IdempotencyKey                                          a header
    contribution_id: Uuid                                        a part of the path
"""

from collections.abc import Awaitable, Callable, Sequence
from inspect import signature
from typing import Annotated, Any, Protocol, get_args, get_origin, get_type_hints

from fastapi import Header, Request, Response, params
from fastapi._compat import field_annotation_is_sequence
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.core.bodies import validate_value
from app.core.errors import DomainError, FieldError, IdempotencyKeyMissing, InvalidInput, NotFound
from app.core.paging import PageRequest, page_from
from app.core.routing import (
    Handler,
    PrefixRouter,
    Route,
    StrictRequest,
    query_names,
    refuse_address,
    refuse_body,
)

Solver = Callable[[StrictRequest], Awaitable[Any]]
Step = tuple[str, Solver]

_LONGEST_KEY = 200


def _key(value: str | None) -> str | None:
    """An idempotency key as it was sent. Raises: InvalidInput unless it has 1 to 200 plain visible letters."""
    if value is None:
        return None
    if not 0 < len(value) <= _LONGEST_KEY or not value.isascii() or not value.isprintable():
        raise InvalidInput(errors=[FieldError("/header/Idempotency-Key", "idempotency_key", *_KEY_WORDS)])
    return value


_KEY_WORDS = (
    f"Khóa gồm 1 đến {_LONGEST_KEY} ký tự ASCII nhìn thấy được.",
    f"A key has 1 to {_LONGEST_KEY} visible ASCII characters.",
)
_KEY_HEADER = Header(
    alias="Idempotency-Key",
    description="Khóa do phía gửi chọn: gửi lại cùng khóa và cùng nội dung thì nhận lại kết quả đầu tiên.",
)
IdempotencyKey = Annotated[str | None, _KEY_HEADER]
"""The `Idempotency-Key` header of a hot route (khóa chống ghi trùng)."""


def key_or_id(key: str | None, item_id: object | None) -> str:
    """The key of a request: its header, or the id that the client chose for what it creates.

    Raises: IdempotencyKeyMissing when there is neither.
    """
    if key is not None:
        return key
    if item_id is None:
        raise IdempotencyKeyMissing
    return str(item_id)


class Caller(Protocol):
    """What the guard of a hot route gives: it can tell whether its session and rights still hold."""

    async def begin(self) -> None:
        """Raises: Unauthenticated, Forbidden."""


class HotRoute(Route):
    """A route whose handler answers with a ready Response."""

    def get_route_handler(self) -> Handler:
        """The handler: who calls first, then what is wrong with the request, then the work."""
        endpoint = self.endpoint
        guards, rest = _steps(endpoint, set(self.param_convertors))
        if len(guards) != 1:
            raise TypeError(f"{self.path}: a hot route has exactly one guard")
        (guard_name, guard), known = guards[0], query_names(self.dependant)

        async def solve(request: StrictRequest) -> dict[str, Any]:
            refusal = refuse_address(request, known)
            if refusal is not None:
                raise refusal
            return {name: await solved(request) for name, solved in rest}

        async def handle(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            caller: Caller = await guard(strict)
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


class HotRouter(PrefixRouter):
    """An APIRouter of hot routes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=HotRoute, **options)


def _steps(endpoint: Callable[..., Any], path_names: set[str]) -> tuple[list[Step], list[Step]]:
    """How each parameter of a handler is found: the guards, and the rest in their order."""
    guards: list[Step] = []
    rest: list[Step] = []
    hints = get_type_hints(endpoint, include_extras=True)
    for name in signature(endpoint).parameters:
        hint, marks = _split(hints[name])
        depends = next((mark for mark in marks if isinstance(mark, params.Depends)), None)
        if hint is PageRequest:
            rest.append((name, _page))
        elif depends is not None:
            guards.append((name, depends.dependency))  # type: ignore[arg-type]
        elif any(isinstance(mark, params.Query) for mark in marks):
            rest.append((name, _filters(hint)))
        elif _KEY_HEADER in marks:
            rest.append((name, _header))
        elif name in path_names:
            rest.append((name, _path_part(name, hints[name])))
        elif isinstance(hint, type) and issubclass(hint, BaseModel):
            rest.append((name, _body(hint)))
        else:
            raise TypeError(f"{endpoint.__name__}: a hot route cannot solve {name}")
    return guards, rest


def _split(hint: Any) -> tuple[Any, Sequence[Any]]:
    if get_origin(hint) is Annotated:
        inner, *marks = get_args(hint)
        return inner, marks
    return hint, ()


async def _page(request: StrictRequest) -> PageRequest:
    return page_from(request)


async def _header(request: StrictRequest) -> str | None:
    return _key(request.headers.get("idempotency-key"))


def _body(model: type[BaseModel]) -> Solver:
    async def solve(request: StrictRequest) -> Any:
        refusal = await refuse_body(request, True)
        if refusal is not None:
            raise refusal
        return validate_value(await request.json(), model)

    return solve


def _filters(model: type[BaseModel]) -> Solver:
    several = {
        field.alias or name: field_annotation_is_sequence(field.annotation)
        for name, field in model.model_fields.items()
    }
    none_given = model()

    async def solve(request: StrictRequest) -> Any:
        if not request.scope["query_string"]:
            return none_given
        query = request.query_params
        values = {
            name: query.getlist(name) if several[name] else query[name] for name in query if name in several
        }
        return validate_value(values, model, "/query")

    return solve


def _path_part(name: str, hint: Any) -> Solver:
    adapter: TypeAdapter[Any] = TypeAdapter(hint)

    async def solve(request: StrictRequest) -> Any:
        try:
            return adapter.validate_python(request.path_params[name])
        except ValidationError:
            raise NotFound from None

    return solve
