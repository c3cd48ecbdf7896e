"""Tokens for partner systems, and the keys with which anybody can check a token."""

import json
from typing import Any

from fastapi import Request, Response

from app.auth.client_form import FORM, client_claim
from app.auth.client_grant import grant
from app.auth.desk import AtDesk
from app.auth.errors import OAuthRefusal
from app.auth.keys import JWKS_SECONDS
from app.auth.keystore import epoch
from app.auth.schemas import ClientToken, JwksOut, OAuthErrorOut
from app.core.routing import Router
from app.routers.auth import address_of

router = Router(tags=["oauth"])

_FORM_SCHEMA: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
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


_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": OAuthErrorOut, "description": "Yêu cầu không đúng (RFC 6749, 5.2)"},
    401: {"model": OAuthErrorOut, "description": "Hệ thống đối tác không được nhận ra (RFC 6749, 5.2)"},
}


@router.post("/v1/oauth/token", response_model=ClientToken, responses=_REFUSALS, openapi_extra=_FORM_SCHEMA)
async def token(request: Request, desk: AtDesk) -> ClientToken | Response:
    """Mã truy cập cho hệ thống đối tác: client credentials, bằng biểu mẫu hoặc HTTP Basic.

    Client credentials (RFC 6749, 4.4), in the form or as HTTP Basic. Errors have the form of RFC 6749, 5.2.
    """
    headers = request.headers
    try:
        claim = client_claim(
            await request.body(), headers.get("content-type", ""), headers.get("authorization")
        )
        return await grant(desk, claim, address_of(request))
    except OAuthRefusal as refusal:
        body = {"error": refusal.code, "error_description": refusal.en}
        return Response(json.dumps(body), refusal.status, refusal.headers, "application/json")


@router.get("/.well-known/jwks.json")
async def jwks(desk: AtDesk, response: Response) -> JwksOut:
    """Khóa công khai để kiểm tra mã truy cập. The public keys, the next one before it signs."""
    response.headers["Cache-Control"] = f"public, max-age={JWKS_SECONDS}"
    keys = await desk.keys.current()
    return JwksOut.model_validate(keys.jwks(epoch()))
