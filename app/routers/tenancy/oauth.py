"""Tokens for partner systems, and the keys with which anybody can check a token."""

import json
from typing import Any

from fastapi import Request, Response

from app.auth.keys.keystore import epoch_seconds
from app.auth.keys.signing_keys import JWKS_SECONDS
from app.core.http.parameters.client_address import get_client_address
from app.core.http.router import StrictRouter
from app.routers.dependencies import AuthServicesDep
from app.tenancy.logins.client_form import FORM_MEDIA_TYPE, parse_token_request
from app.tenancy.logins.client_grant import grant_client_token
from app.tenancy.logins.errors import OAuthError
from app.tenancy.logins.schemas import ClientToken, JwksOut, OAuthErrorOut

router = StrictRouter(tags=["oauth"])

_FORM_SCHEMA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM_MEDIA_TYPE: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["client_credentials"]},
                        "scope": {"type": "string", "description": "Phạm vi, cách nhau bằng dấu cách"},
                        "client_id": {"type": "string"},
                        "client_secret": {"type": "string", "format": "password"},
                    },
                }
            }
        },
    }
}


_REFUSAL_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"model": OAuthErrorOut, "description": "Yêu cầu không đúng (RFC 6749, 5.2)"},
    401: {"model": OAuthErrorOut, "description": "Hệ thống đối tác không được nhận ra (RFC 6749, 5.2)"},
}


@router.post(
    "/v1/oauth/token", response_model=ClientToken, responses=_REFUSAL_RESPONSES, openapi_extra=_FORM_SCHEMA
)
async def token(request: Request, services: AuthServicesDep) -> ClientToken | Response:
    """Mã truy cập cho hệ thống đối tác: client credentials, bằng biểu mẫu hoặc HTTP Basic.

    Client credentials (RFC 6749, 4.4), in the form or as HTTP Basic. Errors have the form of RFC 6749, 5.2.
    """
    headers = request.headers
    try:
        token_request = parse_token_request(
            await request.body(), headers.get("content-type", ""), headers.get("authorization")
        )
        return await grant_client_token(services, token_request, get_client_address(request))
    except OAuthError as refusal:
        body = {"error": refusal.code, "error_description": refusal.en}
        return Response(json.dumps(body), refusal.status, refusal.headers, "application/json")


@router.get("/.well-known/jwks.json")
async def jwks(services: AuthServicesDep, response: Response) -> JwksOut:
    """Khóa công khai để kiểm tra mã truy cập. The public keys, the next one before it signs."""
    response.headers["Cache-Control"] = f"public, max-age={JWKS_SECONDS}"
    keys = await services.keys.current()
    return JwksOut.model_validate(keys.jwks(epoch_seconds()))
