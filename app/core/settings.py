"""Settings of a running An Sinh, from the environment.

Every setting is `ANSINH_<NAME>`; the two database addresses also answer to their customary names.
"""

import json
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AliasChoices, BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _split_keys(value: object) -> object:
    """Split a text at its commas, or read it as a JSON array: a key may have commas."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            # Without the text of the error, which may repeat the value.
            raise ValueError("must be keys with commas between them, or a JSON array of keys") from None
    return _split_commas(value)


def _split_commas(value: object) -> object:
    """Split a text at its commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


SecretKey = Annotated[str, Field(min_length=32)]
OtherSecretKeys = Annotated[tuple[SecretKey, ...], NoDecode, BeforeValidator(_split_keys)]
"""Keys with commas between them, or as a JSON array."""

Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_split_commas)]
"""Address ranges with commas between them: 10.0.0.0/8,fd00::/8."""

Origin = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$")]
Origins = Annotated[tuple[Origin, ...], NoDecode, BeforeValidator(_split_commas)]
"""Origins of pages with commas between them: https://bang.example.vn,https://thu.example.vn:8443."""


class Settings(BaseSettings):
    """What the operator may choose. Secrets never have a default here."""

    model_config = SettingsConfigDict(env_prefix="ANSINH_", env_ignore_empty=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    workers: int = Field(default=1, ge=1, le=64)
    data_dir: Path = Path(".data")
    demo: bool = False
    database_url: str | None = Field(
        default=None, validation_alias=AliasChoices("ANSINH_DATABASE_URL", "DATABASE_URL")
    )
    """An administrator's address of a PostgreSQL of your own; unset starts the embedded one."""
    app_database_url: str | None = Field(
        default=None, validation_alias=AliasChoices("ANSINH_APP_DATABASE_URL", "APP_DATABASE_URL")
    )
    """The application role's address; unset means that this machine made the role and knows its password."""
    role_prefix: str = Field(default="ansinh", pattern=r"^[a-z][a-z0-9_]{0,30}$")
    """Roles are `<prefix>_owner` (owns everything, cannot log in) and `<prefix>_app` (owns nothing)."""
    migrate_to: str = Field(default="head", pattern=r"^(head|\d{4})$")
    """How far `ansinh serve` and `ansinh migrate` bring the database: not to the end while the release before runs."""
    pool_size: int = Field(default=10, ge=1, le=200)
    secret_key: SecretKey | None = None
    """Seals signing keys and cursors; unset means one made on the first start, kept in the data directory."""
    secret_key_next: SecretKey | None = None
    """The key that will replace it: already read with, so that the processes can be switched over one by one."""
    secret_key_before: OtherSecretKeys = ()
    """The keys that it replaced: still read with, until `ansinh secrets reseal` says that nothing remains."""
    trusted_proxies: Networks = ()
    """Networks of the proxies before this server: X-Forwarded-For and X-Forwarded-Proto count from these alone."""
    cors_origins: Origins = ()
    """Origins whose pages may read the API in a browser, such as a dashboard of a province; without any, none may."""
    second_factor: Literal["required", "optional"] | None = None
    """Whether roles that change rights or the law's values need a second factor; unset: yes, but for `demo`."""
    issuer: str = "https://ansinh.local"
    audience: str = "ansinh-api"
    initial_password_days: int = Field(default=7, ge=1, le=30)
    """How long a password that an administrator set opens its own change."""
    access_token_seconds: int = Field(default=600, ge=1, le=3600)
    refresh_token_days: int = Field(default=60, ge=1, le=400)
    """How long a login lasts that is not used."""
    session_days: int = Field(default=180, ge=1, le=400)
    """How long a login lasts at most, however much it is used; then the password is asked for again."""
    body_limit: int = Field(default=8 * 1024 * 1024, ge=1024)
    """Bytes of one batch of JSON; what other routes read they say themselves, and it is much less."""
    import_limit: int = Field(default=1024 * 1024 * 1024, ge=1024)
    """Bytes of one file of rows (NDJSON, CSV, XLSX), also after unpacking."""
    connection_limit: int | None = Field(default=None, ge=16, le=100_000)
    """Connections of one process at once; unset derives it from the descriptors that the process may have."""
    head_seconds: float = Field(default=10, ge=1, le=600)
    """Within which the headers of a request must have come, and the first request of a connection."""
    body_seconds: float = Field(default=20, ge=1, le=3600)
    """Without a byte of a body, after which the request is given up."""
    idle_seconds: float = Field(default=20, ge=1, le=3600)
    """How long a connection is kept between two requests."""
    import_lines: int = Field(default=2_000_000, ge=1000)
    """Lines of such a file, empty ones included."""
    import_part_seconds: float = Field(default=60, ge=1, le=3600)
    """In which two thousand rows of such a file must be read."""
    quotes_per_minute: int = Field(default=1200, ge=1)
    """Quotes that one network address may ask of one process in a minute."""
    job_workers: int = Field(default=1, ge=0, le=16)
    """Processes for long work that `serve` starts beside the API; 0 when they run apart (`ansinh worker`)."""
    job_stalled_seconds: float = Field(default=20, ge=1, le=600)
    """A worker that was silent for so long is taken for dead, and its jobs are taken up by another."""
    job_turn_seconds: float = Field(default=3, ge=0, le=600)
    """How long a job that takes turns goes on once others wait for theirs."""
    keep_job_files_days: int = Field(default=90, ge=1, le=3650)
    """How long the files of a job (reports, outcomes, exports) are kept once it has ended."""
    keep_deliveries_days: int = Field(default=90, ge=1, le=3650)
    """How long the log of a webhook's delivery is kept once it was delivered or given up."""
    keep_sessions_days: int = Field(default=30, ge=1, le=3650)
    """How long a session of a person or a partner system is kept once it ran out or was revoked."""
    keep_batch_outcomes_days: int = Field(default=400, ge=30, le=3650)
    """How long what became of each row of a batch is kept; its key and counts stay."""
    keep_dry_runs_days: int = Field(default=30, ge=1, le=3650)
    """The same for batches that only validated, those of the sandbox among them."""
    keep_security_events_days: int = Field(default=730, ge=365, le=3650)
    """How long events of logins and tokens stay in the audit."""
    keep_read_audit_days: int = Field(default=730, ge=365, le=3650)
    """How long it is kept who saw whose record or searched for whom."""
    keep_departed_years: int = Field(default=10, ge=10, le=100)
    """After how many years members who left are anonymised, and how long before nobody is whose insurance was paid."""
    keep_data_requests_years: int = Field(default=5, ge=1, le=100)
    """How long the words of a request about personal data are kept after its end."""
    webhook_allow_http: bool = False
    """Whether webhooks may be sent without TLS."""
    webhook_allow_networks: Networks = ()
    """Private networks that webhooks may be sent to, at any port; without it only public addresses are."""
    client_requests_per_minute: int = Field(default=60_000, ge=1)
    """Requests that one partner system may make of one process in a minute, unless its administrator says otherwise."""
    client_requests_most: int = Field(default=600_000, ge=1)
    """The most that an administrator may set."""
    client_rows_per_minute: int = Field(default=1_000_000, ge=1)
    """The same for rows sent in bulk."""
    client_rows_most: int = Field(default=10_000_000, ge=1)
    sandbox_rows_per_day: int = Field(default=1_000, ge=1)
    """Rows that a partner system in the sandbox may send in bulk in a day (in Viet Nam); what is more is refused."""
    user_requests_per_minute: int = Field(default=60_000, ge=1)
    """The same for each person."""
    log_level: str = Field(default="INFO", pattern=r"(?i)^(debug|info|warning|error|critical)$")
    """What is logged at least; "info" has a line for each request."""

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """All secret keys to read with, each once; the first is the current one, with which everything is written."""
        keys = (self.secret_key, self.secret_key_next, *self.secret_key_before)
        return tuple(dict.fromkeys(key for key in keys if key)) if self.secret_key else ()

    @property
    def requires_second_factor(self) -> bool:
        """Whether the roles that need a second factor get nothing without one."""
        return self.second_factor == "required" or (self.second_factor is None and not self.demo)


@lru_cache
def get_settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
