"""Errors of webhooks."""

from app.core.errors import Conflict, IdTaken, register_constraint


class TooManyWebhookSecrets(Conflict):
    """Two secrets of the endpoint are valid; one must end before a third is added."""

    code = "too_many_webhook_secrets"
    vi = "Địa chỉ nhận đã có hai mã ký còn hiệu lực; hãy thu hồi một mã trước."
    en = "The endpoint has two valid secrets; revoke one first."


class LastWebhookSecret(Conflict):
    """Messages must be signed, so the last valid secret cannot be revoked."""

    code = "last_webhook_secret"
    vi = "Đây là mã ký cuối cùng còn hiệu lực; hãy thêm mã mới trước khi thu hồi."
    en = "This is the last valid secret; add another one before you revoke it."


class WebhookDisabled(Conflict):
    """The endpoint is disabled, so nothing is sent to it."""

    code = "webhook_disabled"
    vi = "Địa chỉ nhận đang bị tắt; hãy bật lại trước."
    en = "The endpoint is disabled; enable it first."


register_constraint("webhook_pkey", IdTaken)
