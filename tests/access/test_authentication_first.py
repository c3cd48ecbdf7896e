"""Authentication comes before validation: without a login every route answers 401."""

from app.main import PUBLIC_PATHS
from tests.access.routes import list_routes


class TestStranger:
    async def test_is_told_401_by_every_route_whatever_is_sent(self, client, app):
        guarded = [route for route in list_routes(app) if route.path not in PUBLIC_PATHS]
        assert len(guarded) > 100
        for route in guarded:
            nonsense = await client.request(
                route.method, route.path, content=b"{not json", headers={"If-Match": "nonsense"}
            )
            nothing = await client.request(route.method, route.path)
            assert (nonsense.status_code, nothing.status_code) == (401, 401), route.name
