"""A Python client (openapi-python-client) is generated from the document without a warning, and works."""

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi import FastAPI

from app.core.values.ids import uuid7
from tests.auth.login_helpers import add_client_secret
from tests.world import Login, World, national_id

SECRET = "a partner's secret of no worth"
PACKAGE = "ansinh_client"
CONFIG = """
post_hooks: []
content_type_overrides:  # files of rows, which the generator does not know by their own types
  application/x-ndjson: application/octet-stream
  text/csv: application/octet-stream
  application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: application/octet-stream
"""


@pytest.fixture(scope="module")
def client_package(openapi_file: Path) -> Iterator[ModuleType]:
    """The generated client, imported. A warning of the generator is a failure: something would be missing."""
    folder = openapi_file.parent
    (folder / "config.yml").write_text(CONFIG, encoding="utf-8")
    created = subprocess.run(
        [
            sys.executable, "-m", "openapi_python_client", "generate", "--path", str(openapi_file),
            "--output-path", str(folder / PACKAGE), "--config", str(folder / "config.yml"), "--meta", "none",
            "--fail-on-warning",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (created.returncode, "WARNING" in created.stdout) == (0, False), created.stdout + created.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


class PartnerProgram:
    """A partner's program on top of the generated client."""

    def __init__(self, package: ModuleType, api_url: str) -> None:
        self.models = importlib.import_module(f"{package.__name__}.models")
        self.stranger = package.Client(base_url=api_url, raise_on_unexpected_status=True)
        self.client: Any = None
        self._package = package
        self._address = api_url

    async def log_in(self, login: Login, secret: str = SECRET) -> Any:
        """Request a token; returns the parsed response."""
        kind = self.models.OauthTokenBodyGrantType.CLIENT_CREDENTIALS
        body = self.models.OauthTokenBody(grant_type=kind, client_id=login.username, client_secret=secret)
        result = await self.operation("oauth.oauth_token").asyncio(client=self.stranger, body=body)
        if isinstance(result, self.models.ClientToken):
            self.client = self._package.AuthenticatedClient(
                base_url=self._address, token=result.access_token, raise_on_unexpected_status=True
            )
        return result

    def operation(self, name: str) -> Any:
        return importlib.import_module(f"{self._package.__name__}.api.{name}")

    async def call(self, name: str, **arguments: Any) -> Any:
        """Call an operation; returns the parsed response."""
        return await self.operation(name).asyncio(client=self.client, **arguments)

    def row(self, place: str, **changed: Any) -> Any:
        row = {
            "external_ref": str(uuid7()), "commune_code": place, "full_name": "Nguyễn Thị Thử",
            "birth_date": "1984-03-02", "sex": "female", "national_id": national_id(), "product": "bhxh_tn",
            "method": "months_12", "monthly_income": 1_500_000, "from_month": "2027-01",
        }  # fmt: skip
        return self.models.EnrolmentIn.from_dict(row | changed)


@pytest.fixture
async def login(world: World) -> Login:
    created = await world.partner(await world.unit("womens_union"), "enrolments:write")
    await add_client_secret(world.owner, created, SECRET)
    return created


@pytest.fixture
async def partner(client_package: ModuleType, api_url: str, login: Login) -> PartnerProgram:
    created = PartnerProgram(client_package, api_url)
    await created.log_in(login)
    return created


class TestGenerated:
    async def test_every_operation_is_there_and_every_module_imports(
        self, client_package: ModuleType, app: FastAPI
    ):
        module_infos = pkgutil.walk_packages(client_package.__path__, f"{PACKAGE}.")
        modules = {name: importlib.import_module(name) for name in [module.name for module in module_infos]}
        offered = {
            operation["operationId"]
            for methods in app.openapi()["paths"].values()
            for operation in methods.values()
        }
        callable_ = {
            name.rpartition(".")[2] for name, module in modules.items() if hasattr(module, "asyncio_detailed")
        }
        assert {name.replace("_", "") for name in callable_} == {name.replace("_", "") for name in offered}
        assert len(modules) > 300

    async def test_every_schema_has_one_plain_name(self, app: FastAPI):
        """Two models of one name would be told apart by their modules, which are nobody's business outside."""
        assert [name for name in app.openapi()["components"]["schemas"] if "__" in name.strip("_")] == []


class TestPartner:
    async def test_wrong_secret_is_an_oauth_error(self, client_package, api_url, login):
        stranger = PartnerProgram(client_package, api_url)
        result = await stranger.log_in(login, "wrong")
        assert isinstance(result, stranger.models.OAuthErrorOut)
        assert result.error == "invalid_client"

    async def test_validates_sends_and_sends_again(self, partner, world):
        models = partner.models
        rows = [partner.row(world.commune), partner.row(world.commune, national_id="12")]
        checked = await partner.call(
            "enrolments.enrolments_receive_batch",
            body=models.EnrolmentBatchIn(mode=models.Mode.VALIDATE, items=rows),
            idempotency_key=str(uuid7()),
        )
        assert isinstance(checked, models.EnrolmentBatchOut)
        assert [item.status for item in checked.items] == [models.Verdict.CREATED, models.Verdict.REJECTED]
        assert checked.items[1].errors[0].pointer == "/items/1/national_id"

        key = str(uuid7())
        body = models.EnrolmentBatchIn(mode=models.Mode.PARTIAL, items=rows[:1])
        sent, again = [
            await partner.call("enrolments.enrolments_receive_batch", body=body, idempotency_key=key)
            for _ in range(2)
        ]
        assert sent.to_dict() == again.to_dict()
        enrolment = await partner.call("enrolments.enrolments_read", enrolment_id=sent.items[0].enrolment_id)
        assert (enrolment.status, enrolment.batch_id) == (models.EnrolmentStatus.SUBMITTED, sent.batch_id)

    async def test_walks_a_list_page_by_page(self, partner, world):
        models = partner.models
        rows = [partner.row(world.commune) for _ in range(5)]
        body = models.EnrolmentBatchIn(mode=models.Mode.ATOMIC, items=rows)
        await partner.call("enrolments.enrolments_receive_batch", body=body, idempotency_key=str(uuid7()))
        external_refs, cursor = [], None
        while True:
            page = await partner.call("enrolments.enrolments_list_enrolments", limit=2, cursor=cursor)
            external_refs += [item.external_ref for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert sorted(external_refs) == sorted(row.external_ref for row in rows)

    async def test_the_same_once_more_is_200_with_the_first(self, partner, world):
        row = partner.row(world.commune)
        responses = [
            await partner.operation("enrolments.enrolments_create").asyncio_detailed(
                client=partner.client, body=row
            )
            for _ in range(2)
        ]
        assert [response.status_code for response in responses] == [201, 200]
        assert responses[0].parsed == responses[1].parsed

    async def test_a_refusal_is_parsed(self, partner, world):
        models = partner.models
        missing = await partner.call("enrolments.enrolments_read", enrolment_id=uuid7())
        assert isinstance(missing, models.Problem)
        assert (missing.status, missing.code) == (404, "not_found")
        bad = await partner.call("enrolments.enrolments_create", body=partner.row(world.commune, phone="1"))
        assert isinstance(bad, models.Problem)
        assert [(error.pointer, error.code) for error in bad.errors] == [("/phone", "phone")]
        forbidden = await partner.operation("users.users_list_users").asyncio_detailed(client=partner.client)
        assert (forbidden.status_code, forbidden.parsed.code) == (403, "forbidden")
        assert forbidden.headers["ratelimit-policy"].startswith('"requests";q=')
