"""Parse the form of the token endpoint (RFC 6749, 2.3.1 and 4.4.2), without a database."""

import binascii
import re
from base64 import b64decode
from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes

from app.tenancy.logins.client_grant import ClientTokenRequest
from app.tenancy.logins.errors import InvalidClient, InvalidRequest, UnsupportedGrantType

FORM_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
MAX_FORM_BYTES: Final = 8192

_VISIBLE_ASCII: Final = re.compile(r"[\x20-\x7e]{1,256}")
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")


def parse_token_request(body: bytes, content_type: str, authorization: str | None) -> ClientTokenRequest:
    """Parse a client's token request, from its form and, if it has one, its Basic header.

    Raises: InvalidRequest, UnsupportedGrantType, InvalidClient.
    """
    form = _parse_form(body, content_type)
    grant_type = form.get("grant_type")
    if grant_type is None:
        raise InvalidRequest
    if grant_type != "client_credentials":
        raise UnsupportedGrantType
    client_id, secret = _read_credentials(form, authorization)
    if not _VISIBLE_ASCII.fullmatch(client_id) or not _VISIBLE_ASCII.fullmatch(secret):
        raise InvalidClient
    scope = form.get("scope")
    if scope is not None and not _SCOPE.fullmatch(scope):
        raise InvalidRequest
    return ClientTokenRequest(client_id, secret, scope.split(" ") if scope else None)


def _parse_form(body: bytes, content_type: str) -> dict[str, str]:
    """Parse the form's parameters; those without a value count as omitted (RFC 6749, 3.2)."""
    if content_type.partition(";")[0].strip().lower() != FORM_MEDIA_TYPE or len(body) > MAX_FORM_BYTES:
        raise InvalidRequest
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError as error:
        raise InvalidRequest from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise InvalidRequest
    return {name: value for name, value in form.items() if value}


def _read_credentials(form: dict[str, str], authorization: str | None) -> tuple[str, str]:
    """Read client id and secret, from one place only."""
    if authorization is None:
        if "client_id" not in form or "client_secret" not in form:
            raise InvalidClient
        return form["client_id"], form["client_secret"]
    if "client_secret" in form:
        raise InvalidRequest
    client_id, secret = _parse_basic(authorization)
    if form.get("client_id", client_id) != client_id:
        raise InvalidRequest
    return client_id, secret


def _parse_basic(authorization: str) -> tuple[str, str]:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient
    try:
        client_id, colon, secret = b64decode(value.strip(), validate=True).decode("ascii").partition(":")
        decoded = tuple(
            unquote_to_bytes(part.replace("+", " ")).decode("ascii") for part in (client_id, secret)
        )
    except (ValueError, binascii.Error) as error:
        raise InvalidClient from error
    if not colon:
        raise InvalidClient
    return decoded[0], decoded[1]
