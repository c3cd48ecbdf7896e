"""The OpenAPI document, completed: problem responses, security schemes, Vietnamese tags, readable operation ids."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.core.http.problem import PROBLEM_MEDIA_TYPE
from app.core.language import TITLES

TAG_DESCRIPTIONS: Mapping[str, str] = {
    "auth": "Đăng nhập, phiên làm việc (sessions)",
    "oauth": "Mã truy cập cho hệ thống đối tác (client credentials)",
    "places": "Đơn vị hành chính theo thời gian (places)",
    "networks": "Hệ thống hội, ngành (networks)",
    "organisations": "Tổ chức, cơ quan (organisations)",
    "users": "Người dùng (users)",
    "devices": "Thiết bị (devices)",
    "clients": "Hệ thống đối tác (API clients)",
    "savings-models": "Mô hình tiết kiệm (savings models)",
    "groups": "Tổ, câu lạc bộ (groups)",
    "memberships": "Tham gia tổ (memberships)",
    "households": "Hộ gia đình (households)",
    "members": "Hội viên, người tham gia (members)",
    "data-requests": "Yêu cầu của chủ thể dữ liệu cá nhân (data subjects' requests)",
    "emergency-accesses": "Truy cập khẩn cấp, hai người, có rà soát (emergency accesses)",
    "contributions": "Khoản đóng góp, tiết kiệm (contributions)",
    "meetings": "Buổi họp, bảng thu (meetings and their sheets)",
    "insurance": "BHXH tự nguyện, BHYT hộ gia đình: quy định, báo giá, kế hoạch (insurance)",
    "enrolments": "Đăng ký tham gia (enrolments)",
    "premium-payments": "Đóng tiền bảo hiểm (premium payments)",
    "coverages": "Thời gian được bảo hiểm (coverages)",
    "renewals": "Đến hạn đóng tiếp (renewals)",
    "jobs": "Việc chạy nền (jobs)",
    "exports": "Xuất dữ liệu (exports)",
    "webhooks": "Thông báo cho hệ thống khác (webhooks)",
    "campaigns": "Chiến dịch, phong trào (campaigns)",
    "awards": "Khen thưởng (awards)",
    "payouts": "Chi hỗ trợ ngoài thù lao (payouts)",
    "targets": "Chỉ tiêu (targets)",
    "observations": "Số liệu quan sát (observations)",
    "ledger": "Sổ cái, khóa sổ (ledger)",
    "stats": "Thống kê (statistics)",
    "audit": "Nhật ký thay đổi (audit)",
    "health": "Tình trạng hệ thống (health)",
}
"""What each first part of a path is about."""

_PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "description": "RFC 9457. Giá trị đã gửi không bao giờ được lặp lại.",
    "required": ["type", "title", "status", "detail", "code", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "examples": ["urn:ansinh:problem:invalid_input"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "examples": ["invalid_input"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "JSON pointer vào nội dung; tham số và tiêu đề: /query/…, /header/…",
                        "examples": ["/items/3/national_id", "/query/limit"],
                    },
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "request_id": {"type": ["string", "null"]},
    },
}

_RETRY_HEADERS: Mapping[str, Any] = {
    "Retry-After": {"description": "Giây (seconds)", "schema": {"type": "integer", "minimum": 1}}
}
_RATE_LIMIT_HEADERS: Mapping[str, Any] = {
    "RateLimit-Policy": {
        "description": "Hạn mức; every answer to a partner system has it",
        "schema": {"type": "string", "examples": ['"requests";q=600;w=60, "rows";q=100000;w=60']},
    },
    "RateLimit": {
        "description": "Còn lại; every answer to a partner system has it",
        "schema": {"type": "string", "examples": ['"requests";r=599;t=1']},
    },
}


def _path_noun(path: str) -> str:
    """The noun of a path: its first part that is neither a version nor a parameter."""
    parts = [part for part in path.split("/") if part and not part.startswith("{")]
    return next((part for part in parts if part != "v1"), "root")


def generate_operation_id(route: Any) -> str:
    """`groups_list` for the function `list` under `/v1/groups`; a name that begins so stays as it is."""
    noun = _path_noun(route.path_format).replace("-", "_").strip(".")
    name = str(route.name)
    return name if name.startswith(noun) else f"{noun}_{name}"


def _error_statuses(method: str, path: str, operation: Mapping[str, Any], secured: bool) -> Iterator[int]:
    """The error statuses that an operation can answer."""
    if secured:
        yield from (401, 403)
    if "{" in path:
        yield 404
    if operation.get("parameters") or "requestBody" in operation:
        yield 422
    if "requestBody" in operation:
        yield from (400, 413, 415)
    if method in ("post", "put", "patch", "delete"):
        yield 409
    if method == "patch":
        yield from (412, 428)
    yield from (429, 503)


def _complete_operation(path: str, method: str, operation: dict[str, Any], public: bool) -> None:
    operation.setdefault("tags", [_path_noun(path)])
    if public:
        operation["security"] = []
    responses = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    for status in _error_statuses(method, path, operation, not public):
        responses.setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})


def _name_bodies(document: dict[str, Any]) -> None:
    """Register the schemas of bodies that routes read by themselves as named components."""
    for methods in document["paths"].values():
        for operation in methods.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            schema = body.get("schema", {})
            if schema.get("type") == "object" and "title" in schema:
                document["components"]["schemas"][schema["title"]] = schema
                body["schema"] = {"$ref": f"#/components/schemas/{schema['title']}"}


def _complete_components(document: dict[str, Any], scopes: Mapping[str, str]) -> None:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = dict(_PROBLEM_SCHEMA)
    content = {PROBLEM_MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    components["responses"] = {
        f"Problem{status}": {"description": f"{vi} ({en})", "content": content}
        for status, (vi, en) in TITLES.items()
    }
    for status, names in (("429", {**_RETRY_HEADERS, **_RATE_LIMIT_HEADERS}), ("503", _RETRY_HEADERS)):
        components["responses"][f"Problem{status}"]["headers"] = names
    flow = {"tokenUrl": "/v1/oauth/token", "scopes": dict(scopes)}
    components["securitySchemes"] = {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "Mã truy cập từ /v1/auth/login",
        },
        "client": {"type": "oauth2", "flows": {"clientCredentials": flow}, "description": "Hệ thống đối tác"},
    }
    document["security"] = [{"bearer": []}, {"client": []}]


def customise_openapi(app: FastAPI, *, public: frozenset[str], scopes: Mapping[str, str]) -> None:
    """Complete the document that `app` offers at `/openapi.json`.

    public: paths that need no login. scopes: what a partner system may ask for, with a description each.
    Create the app with `generate_unique_id_function=generate_operation_id`.
    """

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title, version=app.version, description=app.description, routes=app.routes
            )
            used_tags: set[str] = set()
            for path, operations in schema["paths"].items():
                for method, operation in operations.items():
                    _complete_operation(path, method, operation, path in public)
                    used_tags.update(operation["tags"])
            _complete_components(schema, scopes)
            schema["tags"] = [
                {"name": tag, "description": TAG_DESCRIPTIONS.get(tag, tag)} for tag in sorted(used_tags)
            ]
            _name_bodies(schema)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
