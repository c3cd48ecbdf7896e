"""Tokens for partner systems, and the published keys."""

from base64 import b64encode
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID

import httpx
import pytest
from jose import jwt

from app.auth.keys.signing_keys import JWKS_SECONDS
from app.core.settings import Settings
from app.core.values.time import freeze_time, now
from tests.auth.login_helpers import add_client_secret
from tests.world import Login, World

SECRET = "a partner's secret of many letters"
PATH = "/v1/oauth/token"


@pytest.fixture
async def partner(world: World) -> Login:
    """A partner system with two scopes and a secret."""
    login = await world.partner(await world.unit("womens_union"), "enrolments:write", "stats:read")
    await add_client_secret(world.owner, login, SECRET)
    return login


def token_form(partner: Login, **changes: Any) -> dict[str, str]:
    values = {
        "grant_type": "client_credentials",
        "client_id": partner.username,
        "client_secret": SECRET,
        **changes,
    }
    return {name: value for name, value in values.items() if value is not None}


def basic_headers(client_id: str, secret: str) -> dict[str, str]:
    return {
        "Authorization": "Basic "
        + b64encode(f"{quote_plus(client_id)}:{quote_plus(secret)}".encode()).decode()
    }


async def list_permissions(client: httpx.AsyncClient, token: str) -> dict[str, Any]:
    me: dict[str, Any] = (
        await client.get("/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
    ).json()
    return me


def expect_oauth_error(response: httpx.Response, status: int, error: str) -> bool:
    body = response.json()
    return (
        (response.status_code, body.get("error")) == (status, error)
        and set(body) == {"error", "error_description"}
        and response.headers["content-type"] == "application/json"
        and response.headers["cache-control"] == "no-store"
    )


class TestToken:
    async def test_by_form(self, stranger: httpx.AsyncClient, partner: Login):
        response = await stranger.post(PATH, data=token_form(partner))
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        body = response.json()
        assert set(body) == {"access_token", "token_type", "expires_in", "scope"}
        assert (body["token_type"], body["expires_in"]) == ("bearer", 3600)
        assert body["scope"] == "enrolments:write stats:read"
        me = await list_permissions(stranger, body["access_token"])
        assert (me["kind"], me["id"]) == ("client", str(partner.id))

    async def test_by_basic(self, stranger: httpx.AsyncClient, partner: Login):
        response = await stranger.post(
            PATH, data={"grant_type": "client_credentials"}, headers=basic_headers(partner.username, SECRET)
        )
        assert response.status_code == 200

    async def test_basic_is_form_encoded(self, stranger: httpx.AsyncClient, partner: Login, owner: Any):
        odd = "a:b+c %&=/?"
        await add_client_secret(owner, partner, odd)
        response = await stranger.post(
            PATH, data={"grant_type": "client_credentials"}, headers=basic_headers(partner.username, odd)
        )
        assert response.status_code == 200

    async def test_scope_narrows(self, stranger: httpx.AsyncClient, partner: Login):
        response = await stranger.post(PATH, data=token_form(partner, scope="stats:read"))
        assert response.json()["scope"] == "stats:read"
        me = await list_permissions(stranger, response.json()["access_token"])
        assert me["scopes"] == ["stats:read"]
        assert "enrolment.submit" not in me["permissions"]

    @pytest.mark.parametrize(
        "scope", ["contributions:write", "stats:read contributions:write", "*", "nothing"]
    )
    async def test_scope_never_widens(self, stranger: httpx.AsyncClient, partner: Login, scope: str):
        assert expect_oauth_error(
            await stranger.post(PATH, data=token_form(partner, scope=scope)), 400, "invalid_scope"
        )

    async def test_a_scope_taken_from_the_client_is_gone_at_once(
        self, stranger: httpx.AsyncClient, partner: Login, owner: Any
    ):
        token = (await stranger.post(PATH, data=token_form(partner))).json()["access_token"]
        await owner.execute("update api_client set scopes = '{stats:read}' where id = $1", partner.id)
        assert (await list_permissions(stranger, token))["scopes"] == ["stats:read"]

    async def test_two_secrets_live_side_by_side(
        self, stranger: httpx.AsyncClient, partner: Login, owner: Any
    ):
        await add_client_secret(owner, partner, "the next secret")
        for secret in (SECRET, "the next secret"):
            assert (
                await stranger.post(PATH, data=token_form(partner, client_secret=secret))
            ).status_code == 200
        await owner.execute(
            "update client_secret set revoked_at = now() where client_id = $1 and last_used_at ="
            " (select min(last_used_at) from client_secret where client_id = $1)",
            partner.id,
        )
        assert expect_oauth_error(await stranger.post(PATH, data=token_form(partner)), 401, "invalid_client")
        response = await stranger.post(PATH, data=token_form(partner, client_secret="the next secret"))
        assert response.status_code == 200

    async def test_an_expired_secret_is_refused(
        self, stranger: httpx.AsyncClient, partner: Login, owner: Any
    ):
        await owner.execute("update client_secret set expires_at = now() where client_id = $1", partner.id)
        assert expect_oauth_error(await stranger.post(PATH, data=token_form(partner)), 401, "invalid_client")

    async def test_unknown_wrong_and_disabled_look_the_same(
        self, stranger: httpx.AsyncClient, partner: Login, world: World
    ):
        disabled = await world.partner(await world.unit("womens_union"), "stats:read")
        await add_client_secret(world.owner, disabled, SECRET)
        await world.owner.execute("update api_client set disabled_at = now() where id = $1", disabled.id)
        bare = await world.partner(await world.unit("womens_union"), "stats:read")
        responses = [
            await stranger.post(PATH, data=token_form(partner, client_id="nobody")),
            await stranger.post(PATH, data=token_form(partner, client_secret="wrong")),
            await stranger.post(PATH, data=token_form(disabled)),
            await stranger.post(PATH, data=token_form(bare)),
            await stranger.post(PATH, data=token_form(partner, client_id=None)),
            await stranger.post(PATH, data=token_form(partner, client_secret=None)),
            await stranger.post(PATH, data=token_form(partner, client_id="é")),
            await stranger.post(PATH, data=token_form(partner, client_id="a\x00b")),
            await stranger.post(
                PATH, data={"grant_type": "client_credentials"}, headers=basic_headers(partner.username, "x")
            ),
        ]
        assert all(expect_oauth_error(response, 401, "invalid_client") for response in responses)
        assert len({(response.text, response.headers["www-authenticate"]) for response in responses}) == 1

    @pytest.mark.parametrize(
        "header", ["Basic", "Basic !!!", "Basic YQ==", "Basic w6k6YQ==", "Bearer x", "Digest x"]
    )
    async def test_bad_headers_are_invalid_client(self, stranger: httpx.AsyncClient, header: str):
        response = await stranger.post(
            PATH, data={"grant_type": "client_credentials"}, headers={"Authorization": header}
        )
        assert expect_oauth_error(response, 401, "invalid_client")

    async def test_other_grants_are_refused(self, stranger: httpx.AsyncClient, partner: Login):
        for kind in ("password", "authorization_code", "CLIENT_CREDENTIALS"):
            response = await stranger.post(PATH, data=token_form(partner, grant_type=kind))
            assert expect_oauth_error(response, 400, "unsupported_grant_type")

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            (b"", "application/x-www-form-urlencoded"),
            (b"grant_type=", "application/x-www-form-urlencoded"),
            (b"client_id=a&client_secret=b", "application/x-www-form-urlencoded"),
            (
                b"grant_type=client_credentials&grant_type=client_credentials",
                "application/x-www-form-urlencoded",
            ),
            (b"grant_type=client_credentials&client_id=a&client_id=b", "application/x-www-form-urlencoded"),
            (b"grant_type=\xff", "application/x-www-form-urlencoded"),
            (b"grant_type=%ff", "application/x-www-form-urlencoded"),
            (b"a=1&" * 30, "application/x-www-form-urlencoded"),
            (b"grant_type=client_credentials&x=" + b"x" * 9000, "application/x-www-form-urlencoded"),
            (b'{"grant_type": "client_credentials"}', "application/json"),
            (b"grant_type=client_credentials", "text/plain"),
            (b"grant_type=client_credentials", ""),
            (
                b"grant_type=client_credentials&client_id=a&client_secret=b&scope=%0a",
                "application/x-www-form-urlencoded",
            ),
            (
                b"grant_type=client_credentials&client_id=a&client_secret=b&scope=a++b",
                "application/x-www-form-urlencoded",
            ),
        ],
    )
    async def test_bad_forms_are_invalid_request(
        self, stranger: httpx.AsyncClient, body: bytes, content_type: str
    ):
        response = await stranger.post(PATH, content=body, headers={"Content-Type": content_type})
        assert expect_oauth_error(response, 400, "invalid_request")

    async def test_credentials_in_two_places_are_invalid_request(
        self, stranger: httpx.AsyncClient, partner: Login
    ):
        headers = basic_headers(partner.username, SECRET)
        assert expect_oauth_error(
            await stranger.post(PATH, data=token_form(partner), headers=headers), 400, "invalid_request"
        )
        other = token_form(partner, client_id="other", client_secret=None)
        assert expect_oauth_error(
            await stranger.post(PATH, data=other, headers=headers), 400, "invalid_request"
        )
        same = token_form(partner, client_secret=None)
        assert (await stranger.post(PATH, data=same, headers=headers)).status_code == 200

    async def test_unknown_parameters_are_ignored(self, stranger: httpx.AsyncClient, partner: Login):
        assert (
            await stranger.post(PATH, data=token_form(partner, audience="x", resource="y"))
        ).status_code == 200

    async def test_guessing_is_throttled(self, stranger: httpx.AsyncClient, partner: Login):
        with freeze_time(now()):
            responses = [
                await stranger.post(PATH, data=token_form(partner, client_secret="x")) for _ in range(11)
            ]
        assert [response.status_code for response in responses] == [401] * 10 + [429]
        assert int(responses[-1].headers["retry-after"]) > 0

    async def test_a_disabled_client_is_out_at_once(
        self, stranger: httpx.AsyncClient, partner: Login, owner: Any
    ):
        token = (await stranger.post(PATH, data=token_form(partner))).json()["access_token"]
        await owner.execute("update api_client set disabled_at = now() where id = $1", partner.id)
        response = await stranger.get("/v1/auth/me", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 401

    async def test_its_use_is_noted(self, stranger: httpx.AsyncClient, partner: Login, owner: Any):
        await stranger.post(PATH, data=token_form(partner))
        noted = "select c.last_used_at, s.last_used_at from api_client c join client_secret s on s.client_id = c.id where c.id = $1"
        assert all(await owner.fetchrow(noted, partner.id))


class TestJwks:
    async def test_anybody_can_check_a_token(
        self, stranger: httpx.AsyncClient, partner: Login, settings: Settings
    ):
        token = (await stranger.post(PATH, data=token_form(partner))).json()["access_token"]
        response = await stranger.get("/.well-known/jwks.json")
        assert response.status_code == 200
        assert response.headers["cache-control"] == f"public, max-age={JWKS_SECONDS}"
        assert response.headers.get_list("cache-control") == [response.headers["cache-control"]]
        claims = jwt.decode(
            token, response.json(), algorithms=["ES256"], audience=settings.audience, issuer=settings.issuer
        )
        assert UUID(claims["sub"]) == partner.id

    async def test_nothing_private_is_published(self, stranger: httpx.AsyncClient):
        for key in (await stranger.get("/.well-known/jwks.json")).json()["keys"]:
            assert set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
