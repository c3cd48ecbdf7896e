-- Secrets stand apart from the records that lists read, so that no list can carry one.
create table user_password (
    user_id uuid primary key references app_user,
    password_hash text not null,
    changed_at timestamptz not null default now()
);

create table client_secret (
    id uuid primary key,
    client_id uuid not null references api_client,
    secret_hash text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    last_used_at timestamptz
);
create index ix_client_secret_client on client_secret (client_id);

-- One session is one family of refresh tokens (a login on one device) or one grant of client credentials.
create table auth_session (
    id uuid primary key,
    user_id uuid references app_user,
    client_id uuid references api_client,
    device_id uuid references device,
    scopes text[],
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    revoked_why text,
    constraint ck_auth_session_one_holder check (num_nonnulls(user_id, client_id) = 1)
);
create index ix_auth_session_user on auth_session (user_id) where user_id is not null;
create index ix_auth_session_client on auth_session (client_id) where client_id is not null;
create index ix_auth_session_device on auth_session (device_id) where device_id is not null;
create index ix_auth_session_ended on auth_session (least(expires_at, revoked_at)) where client_id is not null;

create table refresh_token (
    token_hash bytea primary key,
    session_id uuid not null references auth_session,
    parent_hash bytea,
    issued_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
);
create index ix_refresh_token_session on refresh_token (session_id);

create table signing_key (
    kid text primary key,
    algorithm text not null,
    public_jwk jsonb not null,
    sealed_private bytea not null,
    created_at timestamptz not null default now(),
    active_from timestamptz not null,
    retired_at timestamptz
);

-- Attempts per hashed key (user or address) and window; rows of their own, so that logins never wait for one another.
create table login_throttle (
    key_hash bytea not null,
    window_start timestamptz not null,
    failures integer not null,
    primary key (key_hash, window_start)
);

-- Who a session is, and what its holder may see, in one round trip: nothing of it is taken from a token.
create type actor_row as (
    session_id uuid, kind text, id uuid, name text, organisation_id uuid, network text, all_networks boolean,
    roles text[], scopes text[], nationwide boolean, provinces text[], communes text[], groups uuid[], device_id uuid
);
