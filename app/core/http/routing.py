"""Strict routes: strict JSON bodies of limited size, known query parameters only, and authentication before both.

`StrictRouter` (core/http/router.py) makes them.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from types import UnionType
from typing import Annotated, Any, ClassVar, Self, TypeVar, Union, cast, get_args, get_origin

from fastapi import Request, Response, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, get_request_handler

from app.core.errors import DomainError, FieldError, InvalidInput, NotFound, UnsupportedMedia
from app.core.http.fastapi_private import get_effective_route
from app.core.http.headers import parse_media_type
from app.core.http.request_body import (
    BODYLESS_METHODS,
    PUBLIC_BODY,
    SMALL_BODY,
    BodyLimits,
    UnreadBody,
    limit_receive,
)
from app.core.process.threads import call_by_size
from app.core.values.json_flaws import to_pointer_step
from app.core.values.strict_json import parse_strict

MAX_PARAMETERS = 200
"""Parameters of one query string; its length is bounded with the request line (core/http/server)."""
_SEQUENCES = frozenset({list, tuple, set, frozenset, Sequence})
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Authenticate = Callable[[Request], Awaitable[Any]]
AuthenticateT = TypeVar("AuthenticateT", bound=Authenticate)
_authentications: set[Authenticate] = set()

_UNKNOWN_PARAMETER = ("unknown_parameter", "Không có tham số này.", "There is no such parameter.")
_REPEATED_PARAMETER = (
    "repeated_parameter",
    "Tham số này chỉ được ghi một lần.",
    "This parameter may be given only once.",
)
_UNREADABLE_PARAMETER = (
    "unreadable_text",
    "Tham số có ký tự không hợp lệ.",
    "The parameter has invalid characters.",
)


def before_body(authenticate: AuthenticateT) -> AuthenticateT:
    """Mark a dependency that says who is calling: a strict route that has it calls it before a body is read.

    It is called with the request alone, and again among the dependencies: it keeps what it found out in the scope.
    """
    _authentications.add(authenticate)
    return authenticate


class StrictRequest(Request):
    """A request of which a route reads so much, and whose JSON is read by `parse_strict`, whoever asks for it."""

    _strict_json: Any
    _max_values: int
    body_size: int
    """Bytes of the body; known once it was read."""

    @classmethod
    def of(cls, request: Request, limits: BodyLimits) -> Self:
        """The same request, with the limits of its route; of what has no body they stay the smallest."""
        receive = request.receive
        if request.scope["method"] not in BODYLESS_METHODS:
            size = limits.get_size(request)
            if isinstance(receive, UnreadBody):
                receive.up_to(size)
            else:
                receive = limit_receive(request.scope, receive, size)
        # Of a type, not an instance: a request is a Mapping, which makes the question a slow one.
        is_same = type(request) is cls and receive is request.receive
        strict = cast(Self, request) if is_same else cls(request.scope, receive)
        strict._max_values = limits.values
        return strict

    async def json(self) -> Any:
        """The body's value; a long one is parsed in a thread. Raises: MalformedBody, InvalidInput, BodyTooLarge."""
        if not hasattr(self, "_strict_json"):
            raw = await self.body()
            self.body_size = len(raw)
            self._strict_json = await call_by_size(self.body_size, parse_strict, raw, self._max_values)
        return self._strict_json


class StrictRoute(APIRoute):
    """An API route that refuses unknown or repeated query parameters and bodies that are long or not strict JSON.

    The body is strict JSON under its own content type, query parameters are known, single and readable, and
    a path that cannot be an id is 404. Who is calling is asked before a byte of the body is read, and the other
    dependencies run before it is complained about: an unknown caller learns nothing but 401.

    body_limits: where they are others than `SMALL_BODY`, or `PUBLIC_BODY` where nobody is asked who is calling.
    """

    body_limits: ClassVar[BodyLimits | None] = None

    def get_body_limits(self) -> BodyLimits:
        """How much of a body this route reads."""
        if self.body_limits is not None:
            return self.body_limits
        return SMALL_BODY if any(_find_authentications(self.dependant)) else PUBLIC_BODY

    def get_route_handler(self) -> Handler:
        """The handler of this route at the place where it is included."""
        route = get_effective_route(self)
        body = route.body_field
        reads_json = body is not None and not isinstance(body.field_info, params.Form)
        if reads_json and not any(body is param for param in route.dependant.body_params):
            raise TypeError(f"{route.path}: a body is one model, so that unknown fields are seen")
        handle_valid = super().get_route_handler()
        run_dependencies = get_request_handler(
            dependant=replace(route.dependant, call=_no_content, body_params=[]),
            dependency_overrides_provider=route.dependency_overrides_provider,
        )
        known = get_query_names(route.dependant)
        required = body is not None and body.field_info.is_required()
        authentications, limits = list(_find_authentications(route.dependant)), self.get_body_limits()

        async def handle(request: Request) -> Response:
            strict = StrictRequest.of(request, limits)
            for authenticate in authentications:
                await authenticate(strict)
            refusal = check_path_and_query(strict, known)
            if refusal is None and reads_json:
                refusal = await check_json_body(strict, required)
            if refusal is None:
                return await handle_valid(strict)
            try:
                await run_dependencies(strict)
            except RequestValidationError:
                raise refusal from None
            raise refusal

        return handle


def _find_authentications(dependant: Dependant) -> Iterator[Authenticate]:
    """Those of a route's dependencies that say who is calling."""
    for dependency in dependant.dependencies:
        if dependency.call in _authentications:
            yield dependency.call
        yield from _find_authentications(dependency)


async def _no_content(**_solved: Any) -> Response:
    return Response(status_code=204)


def get_query_names(dependant: Dependant) -> dict[str, bool]:
    """The query parameters of a route and all its dependencies; True for those that may be repeated."""
    names: dict[str, bool] = {}
    for field in get_flat_params(Dependant(query_params=dependant.query_params)):
        names[field.alias] = takes_several_values(field.field_info.annotation)
    for dependency in dependant.dependencies:
        names |= get_query_names(dependency)
    return names


def takes_several_values(annotation: Any) -> bool:
    """Whether a query parameter of this type may be repeated, as `list[str] | None` may."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return takes_several_values(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return any(takes_several_values(part) for part in get_args(annotation))
    return (origin or annotation) in _SEQUENCES


def check_path_and_query(request: Request, known: dict[str, bool]) -> DomainError | None:
    """The error of the path's parts or the query, or None."""
    if any("\x00" in str(part) for part in request.path_params.values()):
        return NotFound()
    query: bytes = request.scope["query_string"]
    if not query:
        return None
    if query.count(b"&") >= MAX_PARAMETERS:
        return _too_many_parameters()
    errors: list[FieldError] = []
    seen: set[str] = set()
    for name, value in request.query_params.multi_items():
        message: tuple[str, str, str] | None
        if name not in known:
            message = _UNKNOWN_PARAMETER
        elif name in seen and not known[name]:
            message = _REPEATED_PARAMETER
        elif "\x00" in value or "\ufffd" in value:
            message = _UNREADABLE_PARAMETER
        else:
            message = None
        if message is not None:
            errors.append(FieldError("/query" + to_pointer_step(name), *message))
        seen.add(name)
    return InvalidInput(errors=errors[:20]) if errors else None


def _too_many_parameters() -> InvalidInput:
    return InvalidInput.at(
        "/query",
        "too_many_parameters",
        vi=f"Có quá {MAX_PARAMETERS} tham số.",
        en=f"There are more than {MAX_PARAMETERS} parameters.",
    )


async def check_json_body(request: StrictRequest, required: bool) -> DomainError | None:
    """The error of the body as JSON, or None; its fields are not validated yet."""
    try:
        raw = await request.body()
        if not raw and not required:
            return None
        if raw and not _is_json(request.headers.get("content-type", "")):
            return UnsupportedMedia("application/json")
        await request.json()
    except DomainError as error:
        return error
    return None


def _is_json(content_type: str) -> bool:
    """Whether a Content-Type is JSON in UTF-8, the only JSON there is (RFC 8259)."""
    if content_type == "application/json":
        return True
    media = parse_media_type(content_type)
    return media.is_json and media.is_utf_8
