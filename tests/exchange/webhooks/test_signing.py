"""Signatures as the public library of the specification reads them, and secrets that only the server can open."""

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.core.ids import uuid7
from app.exchange.webhooks.signing import (
    UnreadableSecret,
    fresh_secret,
    seal,
    secret_text,
    signed_headers,
    unseal,
)

BODY = '{"type":"enrolment.accepted","data":{"name":"Đào"}}'.encode()


def now() -> int:
    return int(datetime.now(UTC).timestamp())


class TestSignatures:
    def test_the_public_library_agrees(self):
        key = fresh_secret()
        headers = signed_headers(uuid7(), now(), BODY, [key])
        assert Webhook(secret_text(key)).verify(BODY, headers)["type"] == "enrolment.accepted"

    def test_both_secrets_verify_while_two_are_alive(self):
        keys = [fresh_secret(), fresh_secret()]
        headers = signed_headers(uuid7(), now(), BODY, keys)
        assert headers["webhook-signature"].count("v1,") == 2
        for key in keys:
            Webhook(secret_text(key)).verify(BODY, headers)

    @pytest.mark.parametrize("altered", ["body", "webhook-id", "webhook-timestamp", "key"])
    def test_whatever_is_altered_is_noticed(self, altered: str):
        key = fresh_secret()
        headers = signed_headers(uuid7(), now(), BODY, [key])
        if altered.startswith("webhook"):
            headers[altered] = str(now() - 60) if altered == "webhook-timestamp" else str(uuid7())
        reader = Webhook(secret_text(fresh_secret() if altered == "key" else key))
        with pytest.raises(WebhookVerificationError):
            reader.verify(BODY + b" " if altered == "body" else BODY, headers)


class TestSeal:
    def test_only_the_same_key_and_row_open_it(self):
        key, row = fresh_secret(), uuid7()
        sealed = seal("a secret of the server", row, key)
        assert key not in sealed
        assert unseal("a secret of the server", row, sealed) == key
        for secret_key, id_, bytes_ in (
            ("another", row, sealed),
            ("a secret of the server", uuid7(), sealed),
            ("a secret of the server", row, sealed[:-1] + b"x"),
            ("a secret of the server", row, b""),
        ):
            with pytest.raises(UnreadableSecret):
                unseal(secret_key, id_, bytes_)
