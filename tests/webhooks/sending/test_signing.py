"""Signatures as the public library of the specification reads them, and secrets that only the server can open."""

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from app.auth.keys.sealing import UnreadableValue
from app.core.values.ids import uuid7
from app.webhooks.sending.signing import (
    build_secret_sealer,
    format_webhook_secret,
    generate_webhook_key,
    sign_message,
)

BODY = '{"type":"enrolment.accepted","data":{"name":"Đào"}}'.encode()


def now() -> int:
    return int(datetime.now(UTC).timestamp())


class TestSignatures:
    def test_the_public_library_agrees(self):
        key = generate_webhook_key()
        headers = sign_message(uuid7(), now(), BODY, [key])
        assert Webhook(format_webhook_secret(key)).verify(BODY, headers)["type"] == "enrolment.accepted"

    def test_both_secrets_verify_while_two_are_alive(self):
        keys = [generate_webhook_key(), generate_webhook_key()]
        headers = sign_message(uuid7(), now(), BODY, keys)
        assert headers["webhook-signature"].count("v1,") == 2
        for key in keys:
            Webhook(format_webhook_secret(key)).verify(BODY, headers)

    @pytest.mark.parametrize("altered", ["body", "webhook-id", "webhook-timestamp", "key"])
    def test_whatever_is_altered_is_noticed(self, altered: str):
        key = generate_webhook_key()
        headers = sign_message(uuid7(), now(), BODY, [key])
        if altered.startswith("webhook"):
            headers[altered] = str(now() - 60) if altered == "webhook-timestamp" else str(uuid7())
        reader = Webhook(format_webhook_secret(generate_webhook_key() if altered == "key" else key))
        with pytest.raises(WebhookVerificationError):
            reader.verify(BODY + b" " if altered == "body" else BODY, headers)


class TestSeal:
    def test_only_the_same_key_and_row_open_it(self):
        key, row, sealer = generate_webhook_key(), uuid7(), build_secret_sealer(("a secret of the server",))
        sealed = sealer.seal(row, key)
        assert key not in sealed
        assert sealer.unseal(row, sealed) == key
        for secret_key, id_, bytes_ in (
            ("another", row, sealed),
            ("a secret of the server", uuid7(), sealed),
            ("a secret of the server", row, sealed[:-1] + bytes([sealed[-1] ^ 1])),
            ("a secret of the server", row, b""),
        ):
            with pytest.raises(UnreadableValue, match=f"webhook_secret {id_}"):
                build_secret_sealer((secret_key,)).unseal(id_, bytes_)
