"""Who you are comes before what is wrong: a stranger learns nothing but 401."""

from app.main import PUBLIC_PATHS
from tests.access.offered import offers


class TestStranger:
    async def test_is_told_401_by_every_route_whatever_is_sent(self, client, app):
        guarded = [offer for offer in offers(app) if offer.path not in PUBLIC_PATHS]
        assert len(guarded) > 100
        for offer in guarded:
            nonsense = await client.request(
                offer.method, offer.path, content=b"{not json", headers={"If-Match": "nonsense"}
            )
            nothing = await client.request(offer.method, offer.path)
            assert (nonsense.status_code, nothing.status_code) == (401, 401), offer.name
