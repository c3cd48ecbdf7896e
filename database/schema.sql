-- The database as the migrations make it, written by `ansinh db schema`: for reading, neither edited nor run.
-- Tables stand by room, each with its keys, indexes, policies, triggers and rights. What a function does, and the
-- policies and triggers as they were written, are in the files of this folder.

-- Table audit_event: audit/audit_event.sql

CREATE TABLE audit_event (
    id uuid NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    event text NOT NULL,
    network text NOT NULL,
    province_code text,
    commune_code text,
    actor_id uuid,
    actor_kind text NOT NULL,
    organisation_id uuid,
    subject_kind text NOT NULL,
    subject_id uuid,
    fields jsonb NOT NULL,
    request_id text
);

ALTER TABLE audit_event FORCE ROW LEVEL SECURITY;

ALTER TABLE audit_event
    ADD CONSTRAINT audit_event_pkey PRIMARY KEY (id);

CREATE INDEX ix_audit_event_network ON audit_event USING btree (network, province_code, id);

CREATE INDEX ix_audit_event_security ON audit_event USING btree (at) WHERE (subject_kind = ANY (ARRAY['login'::text, 'client_login'::text, 'token'::text, 'session'::text, 'refresh'::text]));

CREATE INDEX ix_audit_event_subject ON audit_event USING btree (subject_id, id);

ALTER TABLE audit_event ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_act ON audit_event FOR INSERT TO app_role WITH CHECK (((actor_id = ( SELECT scope_actor() AS scope_actor)) AND (( SELECT scope_network() AS scope_network) IS NOT NULL)));

CREATE POLICY system ON audit_event TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON audit_event TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation)))));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION keep_audit();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT ON TABLE audit_event TO app_role;

-- Table outbox_event: audit/outbox_event.sql

CREATE TABLE outbox_event (
    seq bigint NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    commune_code text,
    client_id uuid,
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    data jsonb NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_outbox_event_kind CHECK ((kind ~ '^[a-z_]+[.][a-z_]+$'::text))
);

ALTER TABLE outbox_event FORCE ROW LEVEL SECURITY;

ALTER TABLE outbox_event ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME outbox_event_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE outbox_event
    ADD CONSTRAINT outbox_event_pkey PRIMARY KEY (seq);

ALTER TABLE outbox_event
    ADD CONSTRAINT uq_outbox_event_id UNIQUE (id);

CREATE INDEX ix_outbox_event_client ON outbox_event USING btree (client_id, seq) WHERE (client_id IS NOT NULL);

CREATE INDEX ix_outbox_event_organisation ON outbox_event USING btree (organisation_id, seq);

CREATE INDEX ix_outbox_event_subject ON outbox_event USING btree (subject_id, seq);

ALTER TABLE outbox_event ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_all_groups ON outbox_event AS RESTRICTIVE FOR SELECT TO app_role USING (( SELECT scope_all_groups() AS scope_all_groups));

CREATE POLICY of_limited_client ON outbox_event AS RESTRICTIVE TO app_role USING (((NOT ( SELECT scope_limited() AS scope_limited)) OR (client_id = ( SELECT scope_actor() AS scope_actor)) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))));

CREATE POLICY system ON outbox_event TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON outbox_event TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation)))));

CREATE TRIGGER pending AFTER INSERT ON outbox_event REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION note_outbox();

CREATE TRIGGER refs AFTER INSERT ON outbox_event REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refs_of_outbox_event();

CREATE TRIGGER refs_stay BEFORE UPDATE OF network, organisation_id, client_id ON outbox_event FOR EACH ROW WHEN ((((old.network IS DISTINCT FROM new.network) OR (old.organisation_id IS DISTINCT FROM new.organisation_id)) OR (old.client_id IS DISTINCT FROM new.client_id))) EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT ON TABLE outbox_event TO app_role;

-- Table outbox_pending: audit/outbox_pending.sql

CREATE TABLE outbox_pending (
    seq bigint NOT NULL
);

ALTER TABLE outbox_pending
    ADD CONSTRAINT outbox_pending_pkey PRIMARY KEY (seq);

-- Table read_audit: audit/read_audit.sql

CREATE TABLE read_audit (
    seq bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    act text NOT NULL,
    reason text,
    network text NOT NULL,
    province_code text,
    commune_code text,
    member_id uuid,
    actor_id uuid NOT NULL,
    actor_kind text NOT NULL,
    organisation_id uuid NOT NULL,
    searched_by text,
    searched_for text,
    shown integer,
    emergency_access_id uuid,
    CONSTRAINT ck_read_audit_act CHECK ((act = ANY (ARRAY['record'::text, 'revealed'::text, 'exported'::text, 'copied'::text, 'searched'::text, 'listed'::text]))),
    CONSTRAINT ck_read_audit_searched CHECK (((act = 'searched'::text) = (searched_by IS NOT NULL))),
    CONSTRAINT ck_read_audit_searched_by CHECK ((searched_by = ANY (ARRAY['national_id'::text, 'social_insurance_no'::text, 'phone'::text, 'name'::text]))),
    CONSTRAINT ck_read_audit_whom CHECK (((act = 'searched'::text) OR (member_id IS NOT NULL)))
);

ALTER TABLE read_audit FORCE ROW LEVEL SECURITY;

ALTER TABLE read_audit ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME read_audit_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE read_audit
    ADD CONSTRAINT read_audit_pkey PRIMARY KEY (seq);

CREATE INDEX ix_read_audit_actor ON read_audit USING btree (actor_id, seq);

CREATE INDEX ix_read_audit_at ON read_audit USING brin (at);

CREATE INDEX ix_read_audit_emergency ON read_audit USING btree (emergency_access_id, seq) WHERE (emergency_access_id IS NOT NULL);

CREATE INDEX ix_read_audit_member ON read_audit USING btree (member_id, seq) WHERE (member_id IS NOT NULL);

ALTER TABLE read_audit ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_limited_client ON read_audit AS RESTRICTIVE TO app_role USING (((NOT ( SELECT scope_limited() AS scope_limited)) OR (actor_id = ( SELECT scope_actor() AS scope_actor))));

CREATE POLICY own_act ON read_audit FOR INSERT TO app_role WITH CHECK (((actor_id = ( SELECT scope_actor() AS scope_actor)) AND (( SELECT scope_network() AS scope_network) IS NOT NULL)));

CREATE POLICY system ON read_audit TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant_read ON read_audit FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))) AND ( SELECT scope_all_groups() AS scope_all_groups)));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON read_audit FOR EACH ROW EXECUTE FUNCTION keep_read_audit();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON read_audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT ON TABLE read_audit TO app_role;

-- Table read_pending: audit/read_pending.sql

CREATE TABLE read_pending (
    at timestamp with time zone DEFAULT now() NOT NULL,
    actor_id uuid NOT NULL,
    actor_kind text,
    organisation_id uuid NOT NULL,
    member_id uuid,
    searched_for text,
    shown integer,
    member_ids uuid[]
);

-- Table login_throttle: auth/login_throttle.sql

CREATE TABLE login_throttle (
    key_hash bytea NOT NULL,
    window_start timestamp with time zone NOT NULL,
    failures integer NOT NULL,
    wait_until timestamp with time zone
);

ALTER TABLE login_throttle
    ADD CONSTRAINT login_throttle_pkey PRIMARY KEY (key_hash, window_start);

-- Table auth_session: auth/logins/auth_session.sql

CREATE TABLE auth_session (
    id uuid NOT NULL,
    user_id uuid,
    client_id uuid,
    device_id uuid,
    scopes text[],
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_why text,
    second_factor text DEFAULT 'waived'::text NOT NULL,
    address_hash bytea,
    refreshed_at timestamp with time zone,
    emergency_access_id uuid,
    initial_until timestamp with time zone,
    proven_at timestamp with time zone,
    CONSTRAINT ck_auth_session_one_holder CHECK ((num_nonnulls(user_id, client_id) = 1)),
    CONSTRAINT ck_auth_session_second_factor CHECK ((second_factor = ANY (ARRAY['passed'::text, 'missing'::text, 'waived'::text])))
);

ALTER TABLE auth_session FORCE ROW LEVEL SECURITY;

ALTER TABLE auth_session
    ADD CONSTRAINT auth_session_pkey PRIMARY KEY (id);

CREATE INDEX ix_auth_session_client ON auth_session USING btree (client_id) WHERE (client_id IS NOT NULL);

CREATE INDEX ix_auth_session_device ON auth_session USING btree (device_id) WHERE (device_id IS NOT NULL);

CREATE INDEX ix_auth_session_emergency_access ON auth_session USING btree (emergency_access_id) WHERE (emergency_access_id IS NOT NULL);

CREATE INDEX ix_auth_session_ended ON auth_session USING btree (LEAST(expires_at, revoked_at));

CREATE INDEX ix_auth_session_user ON auth_session USING btree (user_id) WHERE (user_id IS NOT NULL);

ALTER TABLE auth_session
    ADD CONSTRAINT auth_session_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_client(id);

ALTER TABLE auth_session
    ADD CONSTRAINT auth_session_device_id_fkey FOREIGN KEY (device_id) REFERENCES device(id);

ALTER TABLE auth_session
    ADD CONSTRAINT auth_session_emergency_access_id_fkey FOREIGN KEY (emergency_access_id) REFERENCES emergency_access(id);

ALTER TABLE auth_session
    ADD CONSTRAINT auth_session_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id);

ALTER TABLE auth_session ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON auth_session TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE TRIGGER forget_scope AFTER UPDATE OF user_id, client_id, device_id, scopes, second_factor, emergency_access_id, initial_until ON auth_session FOR EACH ROW WHEN ((((((((old.user_id IS DISTINCT FROM new.user_id) OR (old.client_id IS DISTINCT FROM new.client_id)) OR (old.device_id IS DISTINCT FROM new.device_id)) OR (old.scopes IS DISTINCT FROM new.scopes)) OR (old.second_factor IS DISTINCT FROM new.second_factor)) OR (old.emergency_access_id IS DISTINCT FROM new.emergency_access_id)) OR (old.initial_until IS DISTINCT FROM new.initial_until))) EXECUTE FUNCTION forget_scope();

-- Table refresh_token: auth/logins/refresh_token.sql

CREATE TABLE refresh_token (
    token_hash bytea NOT NULL,
    session_id uuid NOT NULL,
    parent_hash bytea,
    issued_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone
);

ALTER TABLE refresh_token FORCE ROW LEVEL SECURITY;

ALTER TABLE refresh_token
    ADD CONSTRAINT refresh_token_pkey PRIMARY KEY (token_hash);

CREATE INDEX ix_refresh_token_session ON refresh_token USING btree (session_id);

ALTER TABLE refresh_token
    ADD CONSTRAINT refresh_token_session_id_fkey FOREIGN KEY (session_id) REFERENCES auth_session(id);

ALTER TABLE refresh_token ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON refresh_token TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

-- Table scope_version: auth/scope/scope_version.sql

CREATE TABLE scope_version (
    organisation_id uuid NOT NULL,
    version bigint DEFAULT 1 NOT NULL
);

ALTER TABLE scope_version FORCE ROW LEVEL SECURITY;

ALTER TABLE scope_version
    ADD CONSTRAINT scope_version_pkey PRIMARY KEY (organisation_id);

ALTER TABLE scope_version
    ADD CONSTRAINT scope_version_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE scope_version ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON scope_version TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

-- Table session_scope: auth/scope/session_scope.sql

CREATE TABLE session_scope (
    session_id uuid NOT NULL,
    organisation_id uuid NOT NULL,
    version bigint NOT NULL,
    day date NOT NULL,
    actor actor_row NOT NULL,
    scope text NOT NULL
);

ALTER TABLE session_scope FORCE ROW LEVEL SECURITY;

ALTER TABLE session_scope
    ADD CONSTRAINT session_scope_pkey PRIMARY KEY (session_id);

ALTER TABLE session_scope
    ADD CONSTRAINT session_scope_session_id_fkey FOREIGN KEY (session_id) REFERENCES auth_session(id) ON DELETE CASCADE;

ALTER TABLE session_scope ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON session_scope TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

-- Table recovery_code: auth/second_factors/recovery_code.sql

CREATE TABLE recovery_code (
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL
);

ALTER TABLE recovery_code FORCE ROW LEVEL SECURITY;

ALTER TABLE recovery_code
    ADD CONSTRAINT recovery_code_pkey PRIMARY KEY (user_id, code_hash);

ALTER TABLE recovery_code
    ADD CONSTRAINT recovery_code_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id);

ALTER TABLE recovery_code ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON recovery_code TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

-- Table second_factor: auth/second_factors/second_factor.sql

CREATE TABLE second_factor (
    user_id uuid NOT NULL,
    sealed_secret bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint
);

ALTER TABLE second_factor FORCE ROW LEVEL SECURITY;

ALTER TABLE second_factor
    ADD CONSTRAINT second_factor_pkey PRIMARY KEY (user_id);

ALTER TABLE second_factor
    ADD CONSTRAINT second_factor_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id);

ALTER TABLE second_factor ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON second_factor TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

-- Table client_secret: auth/secrets/client_secret.sql

CREATE TABLE client_secret (
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    secret_hash text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    last_used_at timestamp with time zone
);

ALTER TABLE client_secret FORCE ROW LEVEL SECURITY;

ALTER TABLE client_secret
    ADD CONSTRAINT client_secret_pkey PRIMARY KEY (id);

CREATE INDEX ix_client_secret_client ON client_secret USING btree (client_id);

ALTER TABLE client_secret
    ADD CONSTRAINT client_secret_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_client(id);

ALTER TABLE client_secret ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON client_secret TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON client_secret TO app_role USING ((EXISTS ( SELECT
   FROM api_client c
  WHERE (c.id = client_secret.client_id)))) WITH CHECK ((EXISTS ( SELECT
   FROM api_client c
  WHERE (c.id = client_secret.client_id))));

GRANT SELECT(id) ON TABLE client_secret TO app_role;

GRANT SELECT(client_id) ON TABLE client_secret TO app_role;

GRANT SELECT(created_at) ON TABLE client_secret TO app_role;

GRANT SELECT(expires_at),UPDATE(expires_at) ON TABLE client_secret TO app_role;

GRANT SELECT(revoked_at),UPDATE(revoked_at) ON TABLE client_secret TO app_role;

GRANT SELECT(last_used_at) ON TABLE client_secret TO app_role;

-- Table owner_key: auth/secrets/owner_key.sql

CREATE TABLE owner_key (
    id integer NOT NULL,
    scope bytea NOT NULL,
    process bytea,
    CONSTRAINT ck_owner_key_one CHECK ((id = 1))
);

ALTER TABLE owner_key FORCE ROW LEVEL SECURITY;

ALTER TABLE owner_key
    ADD CONSTRAINT owner_key_pkey PRIMARY KEY (id);

ALTER TABLE owner_key ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON owner_key TO owner USING (true) WITH CHECK (true);

-- Table signing_key: auth/secrets/signing_key.sql

CREATE TABLE signing_key (
    kid text NOT NULL,
    algorithm text NOT NULL,
    public_jwk jsonb NOT NULL,
    sealed_private bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    active_from timestamp with time zone NOT NULL,
    retired_at timestamp with time zone
);

ALTER TABLE signing_key FORCE ROW LEVEL SECURITY;

ALTER TABLE signing_key
    ADD CONSTRAINT signing_key_pkey PRIMARY KEY (kid);

ALTER TABLE signing_key ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON signing_key TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

-- Table user_password: auth/secrets/user_password.sql

CREATE TABLE user_password (
    user_id uuid NOT NULL,
    password_hash text NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    initial_until timestamp with time zone
);

ALTER TABLE user_password FORCE ROW LEVEL SECURITY;

ALTER TABLE user_password
    ADD CONSTRAINT user_password_pkey PRIMARY KEY (user_id);

ALTER TABLE user_password
    ADD CONSTRAINT user_password_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id);

ALTER TABLE user_password ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON user_password TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

-- Table award: campaigns/award.sql

CREATE TABLE award (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    place_code text,
    province_code text,
    commune_code text,
    campaign_id uuid,
    level text NOT NULL,
    title text NOT NULL,
    awarded_by text,
    decision_no text,
    recipient_kind text NOT NULL,
    recipient_member_id uuid,
    recipient_group_id uuid,
    recipient_organisation_id uuid,
    recipient_text text,
    count integer DEFAULT 1 NOT NULL,
    awarded_on date,
    period_from date,
    period_to date,
    note text,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_award_count CHECK ((count > 0)),
    CONSTRAINT ck_award_level CHECK ((level = ANY (ARRAY['national'::text, 'sector'::text, 'province'::text, 'district'::text, 'commune'::text, 'hamlet'::text, 'block'::text]))),
    CONSTRAINT ck_award_period CHECK ((period_to >= period_from)),
    CONSTRAINT ck_award_recipient CHECK (((num_nonnulls(recipient_member_id, recipient_group_id, recipient_organisation_id) <= 1) AND ((recipient_member_id IS NULL) OR (recipient_kind = 'person'::text)) AND ((recipient_group_id IS NULL) OR (recipient_kind = 'group'::text)) AND ((recipient_organisation_id IS NULL) OR (recipient_kind = 'organisation'::text)))),
    CONSTRAINT ck_award_recipient_kind CHECK ((recipient_kind = ANY (ARRAY['person'::text, 'group'::text, 'organisation'::text]))),
    CONSTRAINT ck_award_title CHECK (nfc(title)),
    CONSTRAINT ck_award_when CHECK ((((awarded_on IS NULL) <> (period_from IS NULL)) AND ((period_from IS NULL) = (period_to IS NULL))))
);

ALTER TABLE award FORCE ROW LEVEL SECURITY;

ALTER TABLE award
    ADD CONSTRAINT award_pkey PRIMARY KEY (id);

CREATE INDEX ix_award_campaign ON award USING btree (campaign_id) WHERE (campaign_id IS NOT NULL);

CREATE INDEX ix_award_group ON award USING btree (recipient_group_id) WHERE (recipient_group_id IS NOT NULL);

CREATE INDEX ix_award_member ON award USING btree (recipient_member_id) WHERE (recipient_member_id IS NOT NULL);

CREATE INDEX ix_award_organisation ON award USING btree (organisation_id);

CREATE INDEX ix_award_place ON award USING btree (province_code, network, id);

CREATE INDEX ix_award_recipient ON award USING btree (recipient_organisation_id) WHERE (recipient_organisation_id IS NOT NULL);

ALTER TABLE award
    ADD CONSTRAINT award_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);

ALTER TABLE award
    ADD CONSTRAINT award_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE award
    ADD CONSTRAINT award_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE award
    ADD CONSTRAINT award_recipient_group_id_fkey FOREIGN KEY (recipient_group_id) REFERENCES savings_group(id);

ALTER TABLE award
    ADD CONSTRAINT award_recipient_member_id_fkey FOREIGN KEY (recipient_member_id) REFERENCES member(id);

ALTER TABLE award
    ADD CONSTRAINT award_recipient_organisation_id_fkey FOREIGN KEY (recipient_organisation_id) REFERENCES organisation(id);

ALTER TABLE award ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON award TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON award TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

CREATE POLICY tenant_read ON award FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (province_code IS NULL)));

GRANT SELECT,INSERT,UPDATE ON TABLE award TO app_role;

-- Table campaign: campaigns/campaign.sql

CREATE TABLE campaign (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    place_code text,
    province_code text,
    commune_code text,
    kind text NOT NULL,
    name text NOT NULL,
    level text,
    organiser_id uuid,
    organiser_name text,
    partners text[] DEFAULT '{}'::text[] NOT NULL,
    products text[] DEFAULT '{}'::text[] NOT NULL,
    model_id uuid,
    starts_on date,
    ends_on date,
    goal text,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    note text,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_campaign_dates CHECK ((ends_on >= starts_on)),
    CONSTRAINT ck_campaign_kind CHECK ((kind = ANY (ARRAY['communication'::text, 'recruitment_drive'::text, 'emulation'::text, 'coverage_drive'::text, 'initiative'::text, 'support_drive'::text]))),
    CONSTRAINT ck_campaign_level CHECK ((level = ANY (ARRAY['national'::text, 'sector'::text, 'province'::text, 'district'::text, 'commune'::text, 'hamlet'::text, 'block'::text]))),
    CONSTRAINT ck_campaign_name CHECK (nfc(name)),
    CONSTRAINT ck_campaign_organiser_name CHECK (nfc(organiser_name))
);

ALTER TABLE campaign FORCE ROW LEVEL SECURITY;

ALTER TABLE campaign
    ADD CONSTRAINT campaign_pkey PRIMARY KEY (id);

CREATE INDEX ix_campaign_model ON campaign USING btree (model_id) WHERE (model_id IS NOT NULL);

CREATE INDEX ix_campaign_organisation ON campaign USING btree (organisation_id);

CREATE INDEX ix_campaign_organiser ON campaign USING btree (organiser_id) WHERE (organiser_id IS NOT NULL);

CREATE INDEX ix_campaign_place ON campaign USING btree (province_code, network, id);

ALTER TABLE campaign
    ADD CONSTRAINT campaign_model_id_fkey FOREIGN KEY (model_id) REFERENCES savings_model(id);

ALTER TABLE campaign
    ADD CONSTRAINT campaign_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE campaign
    ADD CONSTRAINT campaign_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE campaign
    ADD CONSTRAINT campaign_organiser_id_fkey FOREIGN KEY (organiser_id) REFERENCES organisation(id);

ALTER TABLE campaign ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON campaign TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON campaign TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

CREATE POLICY tenant_read ON campaign FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (province_code IS NULL)));

GRANT SELECT,INSERT,UPDATE ON TABLE campaign TO app_role;

-- Table campaign_event: campaigns/campaign_event.sql

CREATE TABLE campaign_event (
    id uuid NOT NULL,
    campaign_id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    place_code text,
    province_code text,
    commune_code text,
    kind text NOT NULL,
    name text,
    held_on date,
    period_from date,
    period_to date,
    sessions integer,
    attendance_min bigint,
    attendance_max bigint,
    attendance_qualifier text,
    attendance_text text,
    attendance_of text,
    note text,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_campaign_event_attendance CHECK ((((attendance_min IS NULL) = (attendance_max IS NULL)) AND (attendance_max >= attendance_min) AND ((attendance_min IS NULL) OR (attendance_of IS NOT NULL)))),
    CONSTRAINT ck_campaign_event_attendance_min CHECK ((attendance_min >= 0)),
    CONSTRAINT ck_campaign_event_attendance_of CHECK ((attendance_of = ANY (ARRAY['total'::text, 'each_session'::text]))),
    CONSTRAINT ck_campaign_event_kind CHECK ((kind = ANY (ARRAY['show'::text, 'meeting'::text, 'launch'::text, 'handover'::text, 'visit'::text, 'other'::text]))),
    CONSTRAINT ck_campaign_event_name CHECK (nfc(name)),
    CONSTRAINT ck_campaign_event_period CHECK ((period_to >= period_from)),
    CONSTRAINT ck_campaign_event_qualifier CHECK (known_qualifier(attendance_qualifier)),
    CONSTRAINT ck_campaign_event_sessions CHECK ((sessions > 0)),
    CONSTRAINT ck_campaign_event_when CHECK ((((held_on IS NULL) <> (period_from IS NULL)) AND ((period_from IS NULL) = (period_to IS NULL))))
);

ALTER TABLE campaign_event FORCE ROW LEVEL SECURITY;

ALTER TABLE campaign_event
    ADD CONSTRAINT campaign_event_pkey PRIMARY KEY (id);

CREATE INDEX ix_campaign_event_campaign ON campaign_event USING btree (campaign_id, id);

CREATE INDEX ix_campaign_event_organisation ON campaign_event USING btree (organisation_id);

ALTER TABLE campaign_event
    ADD CONSTRAINT campaign_event_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);

ALTER TABLE campaign_event
    ADD CONSTRAINT campaign_event_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE campaign_event
    ADD CONSTRAINT campaign_event_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE campaign_event ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON campaign_event TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON campaign_event TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

CREATE POLICY tenant_read ON campaign_event FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (province_code IS NULL)));

GRANT SELECT,INSERT,UPDATE ON TABLE campaign_event TO app_role;

-- Table observation: campaigns/observation.sql

CREATE TABLE observation (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    place_code text,
    province_code text,
    commune_code text,
    metric text NOT NULL,
    product text,
    model_id uuid,
    campaign_id uuid,
    group_id uuid,
    nature text NOT NULL,
    observed_on date,
    period_from date,
    period_to date,
    value numeric,
    unit text,
    qualifier text NOT NULL,
    printed text,
    numerator numeric,
    numerator_unit text,
    numerator_qualifier text,
    denominator numeric,
    denominator_unit text,
    denominator_qualifier text,
    parts jsonb DEFAULT '[]'::jsonb NOT NULL,
    parts_are_all boolean DEFAULT true NOT NULL,
    base text DEFAULT 'none'::text NOT NULL,
    base_on date,
    base_value numeric,
    base_printed text,
    difference numeric,
    difference_kind text,
    source_kind text NOT NULL,
    source_title text,
    source_date date,
    flags text[] DEFAULT '{}'::text[] NOT NULL,
    cautions text[] DEFAULT '{}'::text[] NOT NULL,
    small boolean DEFAULT false NOT NULL,
    note text,
    corrects_id uuid,
    correction_reason text,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_observation_base CHECK ((base = ANY (ARRAY['none'::text, 'same_period_last_year'::text, 'year_start'::text, 'base_year'::text, 'target'::text, 'goal'::text]))),
    CONSTRAINT ck_observation_correction CHECK (((corrects_id IS NULL) = (correction_reason IS NULL))),
    CONSTRAINT ck_observation_denominator CHECK ((num_nulls(denominator, denominator_unit, denominator_qualifier) = ANY (ARRAY[0, 3]))),
    CONSTRAINT ck_observation_denominator_qualifier CHECK (known_qualifier(denominator_qualifier)),
    CONSTRAINT ck_observation_difference CHECK (((difference IS NULL) = (difference_kind IS NULL))),
    CONSTRAINT ck_observation_difference_kind CHECK ((difference_kind = ANY (ARRAY['count'::text, 'points'::text, 'relative'::text, 'ambiguous'::text]))),
    CONSTRAINT ck_observation_metric CHECK ((metric ~ '^[a-z_]{2,40}$'::text)),
    CONSTRAINT ck_observation_nature CHECK ((nature = ANY (ARRAY['stock'::text, 'flow'::text, 'net_change'::text]))),
    CONSTRAINT ck_observation_numerator CHECK ((num_nulls(numerator, numerator_unit, numerator_qualifier) = ANY (ARRAY[0, 3]))),
    CONSTRAINT ck_observation_numerator_qualifier CHECK (known_qualifier(numerator_qualifier)),
    CONSTRAINT ck_observation_period CHECK ((period_to >= period_from)),
    CONSTRAINT ck_observation_product CHECK ((product = ANY (ARRAY['bhxh_tn'::text, 'bhyt_hgd'::text]))),
    CONSTRAINT ck_observation_qualifier CHECK (known_qualifier(qualifier)),
    CONSTRAINT ck_observation_said CHECK (((num_nonnulls(value, numerator, printed, corrects_id) > 0) OR (jsonb_array_length(parts) > 0))),
    CONSTRAINT ck_observation_source_kind CHECK ((source_kind = ANY (ARRAY['newspaper'::text, 'report'::text, 'system'::text]))),
    CONSTRAINT ck_observation_source_title CHECK (nfc(source_title)),
    CONSTRAINT ck_observation_unit CHECK (((value IS NULL) OR (unit IS NOT NULL))),
    CONSTRAINT ck_observation_when CHECK ((((observed_on IS NULL) OR (period_from IS NULL)) AND ((period_from IS NULL) = (period_to IS NULL)) AND (COALESCE(observed_on, period_from, source_date) IS NOT NULL)))
);

ALTER TABLE observation FORCE ROW LEVEL SECURITY;

ALTER TABLE observation
    ADD CONSTRAINT observation_pkey PRIMARY KEY (id);

CREATE INDEX ix_observation_campaign ON observation USING btree (campaign_id) WHERE (campaign_id IS NOT NULL);

CREATE INDEX ix_observation_group ON observation USING btree (group_id) WHERE (group_id IS NOT NULL);

CREATE INDEX ix_observation_metric ON observation USING btree (metric, id);

CREATE INDEX ix_observation_model ON observation USING btree (model_id) WHERE (model_id IS NOT NULL);

CREATE INDEX ix_observation_organisation ON observation USING btree (organisation_id);

CREATE INDEX ix_observation_place ON observation USING btree (province_code, network, id);

CREATE UNIQUE INDEX uq_observation_corrects ON observation USING btree (corrects_id) WHERE (corrects_id IS NOT NULL);

ALTER TABLE observation
    ADD CONSTRAINT observation_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);

ALTER TABLE observation
    ADD CONSTRAINT observation_corrects_id_fkey FOREIGN KEY (corrects_id) REFERENCES observation(id);

ALTER TABLE observation
    ADD CONSTRAINT observation_group_id_fkey FOREIGN KEY (group_id) REFERENCES savings_group(id);

ALTER TABLE observation
    ADD CONSTRAINT observation_model_id_fkey FOREIGN KEY (model_id) REFERENCES savings_model(id);

ALTER TABLE observation
    ADD CONSTRAINT observation_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE observation
    ADD CONSTRAINT observation_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE observation ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON observation TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON observation TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

CREATE POLICY tenant_read ON observation FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (province_code IS NULL)));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON observation FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON observation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT ON TABLE observation TO app_role;

-- Table payout: campaigns/payout.sql

CREATE TABLE payout (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    place_code text,
    province_code text,
    commune_code text,
    campaign_id uuid,
    kind text NOT NULL,
    amount bigint NOT NULL,
    qualifier text NOT NULL,
    printed text,
    paid_on date,
    period_from date,
    period_to date,
    recipients integer,
    recipient_kind text NOT NULL,
    purpose text NOT NULL,
    payer_id uuid,
    payer_name text,
    note text,
    corrects_id uuid,
    correction_reason text,
    client_key text NOT NULL,
    request_hash bytea NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_payout_amount CHECK (((amount > 0) OR ((amount = 0) AND (corrects_id IS NOT NULL)))),
    CONSTRAINT ck_payout_correction CHECK (((corrects_id IS NULL) = (correction_reason IS NULL))),
    CONSTRAINT ck_payout_kind CHECK ((kind = ANY (ARRAY['mobiliser_support'::text, 'reward'::text, 'card_support'::text, 'premium_support'::text, 'event_cost'::text, 'other'::text]))),
    CONSTRAINT ck_payout_payer_name CHECK (nfc(payer_name)),
    CONSTRAINT ck_payout_period CHECK ((period_to >= period_from)),
    CONSTRAINT ck_payout_qualifier CHECK (known_qualifier(qualifier)),
    CONSTRAINT ck_payout_recipient_kind CHECK ((recipient_kind = ANY (ARRAY['person'::text, 'group'::text, 'organisation'::text]))),
    CONSTRAINT ck_payout_recipients CHECK ((recipients > 0)),
    CONSTRAINT ck_payout_when CHECK ((((paid_on IS NULL) <> (period_from IS NULL)) AND ((period_from IS NULL) = (period_to IS NULL))))
);

ALTER TABLE payout FORCE ROW LEVEL SECURITY;

ALTER TABLE payout
    ADD CONSTRAINT payout_pkey PRIMARY KEY (id);

ALTER TABLE payout
    ADD CONSTRAINT uq_payout_key UNIQUE (organisation_id, client_key);

CREATE INDEX ix_payout_campaign ON payout USING btree (campaign_id) WHERE (campaign_id IS NOT NULL);

CREATE INDEX ix_payout_payer ON payout USING btree (payer_id) WHERE (payer_id IS NOT NULL);

CREATE INDEX ix_payout_place ON payout USING btree (province_code, network, id);

CREATE UNIQUE INDEX uq_payout_corrects ON payout USING btree (corrects_id) WHERE (corrects_id IS NOT NULL);

ALTER TABLE payout
    ADD CONSTRAINT payout_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);

ALTER TABLE payout
    ADD CONSTRAINT payout_corrects_id_fkey FOREIGN KEY (corrects_id) REFERENCES payout(id);

ALTER TABLE payout
    ADD CONSTRAINT payout_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE payout
    ADD CONSTRAINT payout_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE payout
    ADD CONSTRAINT payout_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES organisation(id);

ALTER TABLE payout ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON payout TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON payout TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

CREATE POLICY tenant_read ON payout FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (province_code IS NULL)));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON payout FOR EACH ROW EXECUTE FUNCTION refuse_all_but_clearing('payer_name');

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON payout FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT ON TABLE payout TO app_role;

-- Table target: campaigns/target.sql

CREATE TABLE target (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    place_code text,
    province_code text,
    commune_code text,
    metric text NOT NULL,
    product text,
    for_organisation_id uuid,
    for_group_id uuid,
    for_user_id uuid,
    model_id uuid,
    campaign_id uuid,
    period text NOT NULL,
    period_from date NOT NULL,
    period_to date NOT NULL,
    value numeric,
    unit text NOT NULL,
    qualifier text NOT NULL,
    printed text,
    basis text,
    set_by_network text NOT NULL,
    set_on date,
    note text,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_target_dates CHECK ((period_to >= period_from)),
    CONSTRAINT ck_target_for CHECK ((num_nonnulls(for_organisation_id, for_group_id, for_user_id) <= 1)),
    CONSTRAINT ck_target_metric CHECK ((metric ~ '^[a-z_]{2,40}$'::text)),
    CONSTRAINT ck_target_period CHECK ((period = ANY (ARRAY['year'::text, 'quarter'::text, 'month'::text, 'week'::text, 'other'::text]))),
    CONSTRAINT ck_target_product CHECK ((product = ANY (ARRAY['bhxh_tn'::text, 'bhyt_hgd'::text]))),
    CONSTRAINT ck_target_qualifier CHECK (known_qualifier(qualifier)),
    CONSTRAINT ck_target_said CHECK (((value IS NOT NULL) OR (printed IS NOT NULL)))
);

ALTER TABLE target FORCE ROW LEVEL SECURITY;

ALTER TABLE target
    ADD CONSTRAINT target_pkey PRIMARY KEY (id);

CREATE INDEX ix_target_campaign ON target USING btree (campaign_id) WHERE (campaign_id IS NOT NULL);

CREATE INDEX ix_target_for_group ON target USING btree (for_group_id) WHERE (for_group_id IS NOT NULL);

CREATE INDEX ix_target_for_organisation ON target USING btree (for_organisation_id) WHERE (for_organisation_id IS NOT NULL);

CREATE INDEX ix_target_for_user ON target USING btree (for_user_id) WHERE (for_user_id IS NOT NULL);

CREATE INDEX ix_target_metric ON target USING btree (metric, period_from);

CREATE INDEX ix_target_model ON target USING btree (model_id) WHERE (model_id IS NOT NULL);

CREATE INDEX ix_target_organisation ON target USING btree (organisation_id);

CREATE INDEX ix_target_place ON target USING btree (province_code, network, id);

ALTER TABLE target
    ADD CONSTRAINT target_campaign_id_fkey FOREIGN KEY (campaign_id) REFERENCES campaign(id);

ALTER TABLE target
    ADD CONSTRAINT target_for_group_id_fkey FOREIGN KEY (for_group_id) REFERENCES savings_group(id);

ALTER TABLE target
    ADD CONSTRAINT target_for_organisation_id_fkey FOREIGN KEY (for_organisation_id) REFERENCES organisation(id);

ALTER TABLE target
    ADD CONSTRAINT target_for_user_id_fkey FOREIGN KEY (for_user_id) REFERENCES app_user(id);

ALTER TABLE target
    ADD CONSTRAINT target_model_id_fkey FOREIGN KEY (model_id) REFERENCES savings_model(id);

ALTER TABLE target
    ADD CONSTRAINT target_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE target
    ADD CONSTRAINT target_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE target
    ADD CONSTRAINT target_set_by_network_fkey FOREIGN KEY (set_by_network) REFERENCES network(code);

ALTER TABLE target ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON target TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON target TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR ((for_user_id IS NULL) AND (for_group_id IS NULL)) OR (for_user_id = ( SELECT scope_actor() AS scope_actor)) OR (for_group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR ((for_user_id IS NULL) AND (for_group_id IS NULL)) OR (for_user_id = ( SELECT scope_actor() AS scope_actor)) OR (for_group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])))));

CREATE POLICY tenant_read ON target FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (((province_code IS NULL) AND (( SELECT scope_all_groups() AS scope_all_groups) OR ((for_user_id IS NULL) AND (for_group_id IS NULL)))) OR (for_user_id = ( SELECT scope_actor() AS scope_actor)) OR (for_group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])))));

GRANT SELECT,INSERT,UPDATE ON TABLE target TO app_role;

-- Table target_version: campaigns/target_version.sql

CREATE TABLE target_version (
    target_id uuid NOT NULL,
    version integer NOT NULL,
    network text NOT NULL,
    province_code text,
    commune_code text,
    content jsonb NOT NULL,
    replaced_by uuid NOT NULL,
    replaced_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE target_version FORCE ROW LEVEL SECURITY;

ALTER TABLE target_version
    ADD CONSTRAINT target_version_pkey PRIMARY KEY (target_id, version);

ALTER TABLE target_version
    ADD CONSTRAINT target_version_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE target_version
    ADD CONSTRAINT target_version_target_id_fkey FOREIGN KEY (target_id) REFERENCES target(id);

ALTER TABLE target_version ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON target_version TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON target_version TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

CREATE POLICY tenant_read ON target_version FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND ((province_code IS NULL) OR (EXISTS ( SELECT
   FROM target t
  WHERE ((t.id = target_version.target_id) AND ((t.for_user_id = ( SELECT scope_actor() AS scope_actor)) OR (t.for_group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])))))))));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON target_version FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON target_version FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT ON TABLE target_version TO app_role;

-- Table export_list: forms/export_list.sql

CREATE TABLE export_list (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    commune_code text,
    form text NOT NULL,
    layout integer NOT NULL,
    number integer NOT NULL,
    year integer NOT NULL,
    list_date date NOT NULL,
    collector_name text,
    collector_code text,
    params jsonb NOT NULL,
    rows integer NOT NULL,
    totals jsonb NOT NULL,
    job_id uuid,
    client_key text NOT NULL,
    request_hash bytea NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    has_mentions boolean DEFAULT false NOT NULL,
    CONSTRAINT ck_export_list_collector_code CHECK (nfc(collector_code)),
    CONSTRAINT ck_export_list_collector_name CHECK (nfc(collector_name)),
    CONSTRAINT ck_export_list_form CHECK ((form ~ '^[a-z0-9_]{2,30}$'::text)),
    CONSTRAINT ck_export_list_layout CHECK ((layout > 0)),
    CONSTRAINT ck_export_list_number CHECK ((number > 0)),
    CONSTRAINT ck_export_list_rows CHECK ((rows > 0)),
    CONSTRAINT ck_export_list_year CHECK (((year)::numeric = EXTRACT(year FROM list_date)))
);

ALTER TABLE export_list FORCE ROW LEVEL SECURITY;

ALTER TABLE export_list
    ADD CONSTRAINT export_list_pkey PRIMARY KEY (id);

ALTER TABLE export_list
    ADD CONSTRAINT uq_export_list_key UNIQUE (organisation_id, client_key);

ALTER TABLE export_list
    ADD CONSTRAINT uq_export_list_number UNIQUE (organisation_id, form, year, number);

CREATE INDEX ix_export_list_job ON export_list USING btree (job_id) WHERE (job_id IS NOT NULL);

CREATE INDEX ix_export_list_province ON export_list USING btree (province_code, id);

ALTER TABLE export_list
    ADD CONSTRAINT export_list_job_id_fkey FOREIGN KEY (job_id) REFERENCES job(id);

ALTER TABLE export_list
    ADD CONSTRAINT export_list_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE export_list
    ADD CONSTRAINT export_list_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE export_list ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_all_groups ON export_list AS RESTRICTIVE TO app_role USING (( SELECT scope_all_groups() AS scope_all_groups));

CREATE POLICY system ON export_list TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON export_list TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation)))));

CREATE TRIGGER fixed BEFORE DELETE OR UPDATE ON export_list FOR EACH ROW EXECUTE FUNCTION refuse_other_change('job_id', 'collector_name', 'collector_code');

GRANT SELECT,INSERT ON TABLE export_list TO app_role;

GRANT UPDATE(job_id) ON TABLE export_list TO app_role;

-- Table export_mention: forms/export_mention.sql

CREATE TABLE export_mention (
    list_id uuid NOT NULL,
    "position" integer NOT NULL,
    member_id uuid NOT NULL,
    as_head boolean NOT NULL,
    network text NOT NULL
);

ALTER TABLE export_mention FORCE ROW LEVEL SECURITY;

ALTER TABLE export_mention
    ADD CONSTRAINT export_mention_pkey PRIMARY KEY (member_id, list_id, "position", as_head);

CREATE INDEX ix_export_mention_list ON export_mention USING btree (list_id);

ALTER TABLE export_mention
    ADD CONSTRAINT export_mention_list_id_fkey FOREIGN KEY (list_id) REFERENCES export_list(id);

ALTER TABLE export_mention ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_act ON export_mention FOR INSERT TO app_role WITH CHECK (((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)));

CREATE POLICY system ON export_mention TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant_read ON export_mention FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (EXISTS ( SELECT
   FROM export_list l
  WHERE (l.id = export_mention.list_id)))));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON export_mention FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON export_mention FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER with_its_list AFTER INSERT ON export_mention REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_late_row();

GRANT SELECT,INSERT ON TABLE export_mention TO app_role;

-- Table export_row: forms/export_row.sql

CREATE TABLE export_row (
    list_id uuid NOT NULL,
    "position" integer NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    commune_code text,
    form text NOT NULL,
    payment_id uuid,
    enrolment_id uuid,
    household_id uuid,
    data jsonb NOT NULL,
    CONSTRAINT ck_export_row_position CHECK (("position" > 0))
);

ALTER TABLE export_row FORCE ROW LEVEL SECURITY;

ALTER TABLE export_row
    ADD CONSTRAINT export_row_pkey PRIMARY KEY (list_id, "position");

CREATE INDEX ix_export_row_enrolment ON export_row USING btree (enrolment_id) WHERE (enrolment_id IS NOT NULL);

CREATE INDEX ix_export_row_household ON export_row USING btree (household_id) WHERE (household_id IS NOT NULL);

CREATE INDEX ix_export_row_organisation ON export_row USING btree (organisation_id);

CREATE UNIQUE INDEX uq_export_row_payment ON export_row USING btree (payment_id, form, network) WHERE (payment_id IS NOT NULL);

ALTER TABLE export_row
    ADD CONSTRAINT export_row_enrolment_id_fkey FOREIGN KEY (enrolment_id) REFERENCES enrolment(id);

ALTER TABLE export_row
    ADD CONSTRAINT export_row_household_id_fkey FOREIGN KEY (household_id) REFERENCES household(id);

ALTER TABLE export_row
    ADD CONSTRAINT export_row_list_id_fkey FOREIGN KEY (list_id) REFERENCES export_list(id);

ALTER TABLE export_row
    ADD CONSTRAINT export_row_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE export_row
    ADD CONSTRAINT export_row_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE export_row
    ADD CONSTRAINT export_row_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES premium_payment(id);

ALTER TABLE export_row ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_all_groups ON export_row AS RESTRICTIVE TO app_role USING (( SELECT scope_all_groups() AS scope_all_groups));

CREATE POLICY system ON export_row TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON export_row TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation)))));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON export_row FOR EACH ROW EXECUTE FUNCTION keep_export_row();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON export_row FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER with_its_list AFTER INSERT ON export_row REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_late_row();

GRANT SELECT,INSERT ON TABLE export_row TO app_role;

-- Table contribution_batch: imports/contribution_batch.sql

CREATE TABLE contribution_batch (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    commune_code text,
    job_id uuid,
    client_key text NOT NULL,
    request_hash bytea NOT NULL,
    mode text NOT NULL,
    rows integer NOT NULL,
    recorded integer DEFAULT 0 NOT NULL,
    unchanged integer DEFAULT 0 NOT NULL,
    rejected integer DEFAULT 0 NOT NULL,
    items jsonb DEFAULT '[]'::jsonb NOT NULL,
    sent_by uuid NOT NULL,
    sent_at timestamp with time zone DEFAULT now() NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    skipped_rows jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT ck_contribution_batch_mode CHECK ((mode = ANY (ARRAY['validate'::text, 'partial'::text, 'atomic'::text]))),
    CONSTRAINT ck_contribution_batch_rows CHECK ((rows > 0))
);

ALTER TABLE contribution_batch FORCE ROW LEVEL SECURITY;

ALTER TABLE contribution_batch
    ADD CONSTRAINT contribution_batch_pkey PRIMARY KEY (id);

ALTER TABLE contribution_batch
    ADD CONSTRAINT uq_contribution_batch_key UNIQUE (organisation_id, client_key);

CREATE INDEX ix_contribution_batch_job ON contribution_batch USING btree (job_id) WHERE (job_id IS NOT NULL);

ALTER TABLE contribution_batch
    ADD CONSTRAINT contribution_batch_job_id_fkey FOREIGN KEY (job_id) REFERENCES job(id);

ALTER TABLE contribution_batch
    ADD CONSTRAINT contribution_batch_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE contribution_batch
    ADD CONSTRAINT contribution_batch_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE contribution_batch ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_limited_client ON contribution_batch AS RESTRICTIVE TO app_role USING (((NOT ( SELECT scope_limited() AS scope_limited)) OR (sent_by = ( SELECT scope_actor() AS scope_actor)) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))));

CREATE POLICY system ON contribution_batch TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON contribution_batch TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (organisation_id = ( SELECT scope_organisation() AS scope_organisation)) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (sent_by = ( SELECT scope_actor() AS scope_actor))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (organisation_id = ( SELECT scope_organisation() AS scope_organisation)) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (sent_by = ( SELECT scope_actor() AS scope_actor)))));

GRANT SELECT,INSERT,UPDATE ON TABLE contribution_batch TO app_role;

-- Table enrolment_batch: imports/enrolment_batch.sql

CREATE TABLE enrolment_batch (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    commune_code text,
    client_id uuid,
    client_key text NOT NULL,
    request_hash bytea NOT NULL,
    mode text NOT NULL,
    rows integer NOT NULL,
    created integer DEFAULT 0 NOT NULL,
    duplicate integer DEFAULT 0 NOT NULL,
    unchanged integer DEFAULT 0 NOT NULL,
    rejected integer DEFAULT 0 NOT NULL,
    items jsonb DEFAULT '[]'::jsonb NOT NULL,
    sent_by uuid NOT NULL,
    sent_at timestamp with time zone DEFAULT now() NOT NULL,
    job_id uuid,
    updated integer DEFAULT 0 NOT NULL,
    skipped integer DEFAULT 0 NOT NULL,
    skipped_rows jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT ck_enrolment_batch_mode CHECK ((mode = ANY (ARRAY['validate'::text, 'partial'::text, 'atomic'::text]))),
    CONSTRAINT ck_enrolment_batch_rows CHECK ((rows > 0))
);

ALTER TABLE enrolment_batch FORCE ROW LEVEL SECURITY;

ALTER TABLE enrolment_batch
    ADD CONSTRAINT enrolment_batch_pkey PRIMARY KEY (id);

ALTER TABLE enrolment_batch
    ADD CONSTRAINT uq_enrolment_batch_key UNIQUE (organisation_id, client_key);

CREATE INDEX ix_enrolment_batch_client ON enrolment_batch USING btree (client_id) WHERE (client_id IS NOT NULL);

CREATE INDEX ix_enrolment_batch_job ON enrolment_batch USING btree (job_id) WHERE (job_id IS NOT NULL);

CREATE INDEX ix_enrolment_batch_organisation ON enrolment_batch USING btree (organisation_id, id);

ALTER TABLE enrolment_batch
    ADD CONSTRAINT enrolment_batch_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_client(id);

ALTER TABLE enrolment_batch
    ADD CONSTRAINT enrolment_batch_job_id_fkey FOREIGN KEY (job_id) REFERENCES job(id);

ALTER TABLE enrolment_batch
    ADD CONSTRAINT enrolment_batch_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE enrolment_batch
    ADD CONSTRAINT enrolment_batch_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE enrolment_batch ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_all_groups ON enrolment_batch AS RESTRICTIVE TO app_role USING (( SELECT scope_all_groups() AS scope_all_groups));

CREATE POLICY of_limited_client ON enrolment_batch AS RESTRICTIVE TO app_role USING (((NOT ( SELECT scope_limited() AS scope_limited)) OR (client_id = ( SELECT scope_actor() AS scope_actor)) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))));

CREATE POLICY system ON enrolment_batch TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON enrolment_batch TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation)))));

CREATE TRIGGER kept BEFORE DELETE ON enrolment_batch FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER kept_key BEFORE UPDATE OF id ON enrolment_batch FOR EACH ROW WHEN ((old.id IS DISTINCT FROM new.id)) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER kept_truncate BEFORE TRUNCATE ON enrolment_batch FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT,UPDATE ON TABLE enrolment_batch TO app_role;

-- Table coverage: insurance/coverage/coverage.sql

CREATE TABLE coverage (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    group_id uuid,
    member_id uuid NOT NULL,
    enrolment_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    product text NOT NULL,
    method text NOT NULL,
    months integer NOT NULL,
    supported_months integer NOT NULL,
    valid_from date,
    valid_to date,
    continuous_since date,
    five_years_from date,
    ended_on date,
    ended_why text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_coverage_days CHECK (((valid_to >= valid_from) AND ((valid_from IS NULL) = (valid_to IS NULL)))),
    CONSTRAINT ck_coverage_ended CHECK (((ended_on >= (valid_from - 1)) AND (ended_on <= valid_to))),
    CONSTRAINT ck_coverage_months CHECK ((months >= 0)),
    CONSTRAINT ck_coverage_supported CHECK (((supported_months >= 0) AND (supported_months <= months)))
);

ALTER TABLE coverage FORCE ROW LEVEL SECURITY;

ALTER TABLE coverage
    ADD CONSTRAINT coverage_pkey PRIMARY KEY (id);

ALTER TABLE coverage
    ADD CONSTRAINT ex_coverage_overlap EXCLUDE USING gist (member_id WITH =, product WITH =, daterange(valid_from, (LEAST(valid_to, ended_on) + 1)) WITH &&) WHERE ((valid_from IS NOT NULL));

ALTER TABLE coverage
    ADD CONSTRAINT uq_coverage_payment UNIQUE (payment_id);

CREATE INDEX ix_coverage_commune ON coverage USING btree (commune_code, id);

CREATE INDEX ix_coverage_enrolment ON coverage USING btree (enrolment_id);

CREATE INDEX ix_coverage_group ON coverage USING btree (group_id, id);

CREATE INDEX ix_coverage_member ON coverage USING btree (member_id, product);

CREATE INDEX ix_coverage_organisation ON coverage USING btree (organisation_id);

CREATE INDEX ix_coverage_province ON coverage USING btree (province_code, id);

CREATE INDEX ix_coverage_until ON coverage USING btree (province_code, valid_to) WHERE (valid_to IS NOT NULL);

ALTER TABLE coverage
    ADD CONSTRAINT coverage_enrolment_id_fkey FOREIGN KEY (enrolment_id) REFERENCES enrolment(id);

ALTER TABLE coverage
    ADD CONSTRAINT coverage_group_id_fkey FOREIGN KEY (group_id) REFERENCES savings_group(id);

ALTER TABLE coverage
    ADD CONSTRAINT coverage_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(id);

ALTER TABLE coverage
    ADD CONSTRAINT coverage_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE coverage
    ADD CONSTRAINT coverage_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE coverage
    ADD CONSTRAINT coverage_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES premium_payment(id);

ALTER TABLE coverage ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON coverage TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON coverage TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])) OR ((group_id IS NULL) AND is_direct_customer(member_id))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])) OR ((group_id IS NULL) AND is_direct_customer(member_id)))));

CREATE TRIGGER fixed BEFORE DELETE OR UPDATE ON coverage FOR EACH ROW EXECUTE FUNCTION refuse_other_change('months', 'supported_months', 'ended_on', 'ended_why', 'version');

GRANT SELECT,INSERT,UPDATE ON TABLE coverage TO app_role;

-- Table renewal_reminder: insurance/coverage/renewal_reminder.sql

CREATE TABLE renewal_reminder (
    coverage_id uuid NOT NULL,
    due_on date NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    group_id uuid,
    reminded_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE renewal_reminder FORCE ROW LEVEL SECURITY;

ALTER TABLE renewal_reminder
    ADD CONSTRAINT renewal_reminder_pkey PRIMARY KEY (coverage_id, due_on);

CREATE INDEX ix_renewal_reminder_group ON renewal_reminder USING btree (group_id);

CREATE INDEX ix_renewal_reminder_organisation ON renewal_reminder USING btree (organisation_id);

ALTER TABLE renewal_reminder
    ADD CONSTRAINT renewal_reminder_coverage_id_fkey FOREIGN KEY (coverage_id) REFERENCES coverage(id);

ALTER TABLE renewal_reminder
    ADD CONSTRAINT renewal_reminder_group_id_fkey FOREIGN KEY (group_id) REFERENCES savings_group(id);

ALTER TABLE renewal_reminder
    ADD CONSTRAINT renewal_reminder_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE renewal_reminder
    ADD CONSTRAINT renewal_reminder_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE renewal_reminder ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON renewal_reminder TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON renewal_reminder TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])) OR ((group_id IS NULL) AND (EXISTS ( SELECT
   FROM coverage c
  WHERE (c.id = renewal_reminder.coverage_id))))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])) OR ((group_id IS NULL) AND (EXISTS ( SELECT
   FROM coverage c
  WHERE (c.id = renewal_reminder.coverage_id)))))));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON renewal_reminder FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON renewal_reminder FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON TABLE renewal_reminder TO app_role;

-- Table enrolment: insurance/enrolments/enrolment.sql

CREATE TABLE enrolment (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    group_id uuid,
    member_id uuid NOT NULL,
    product text NOT NULL,
    method text NOT NULL,
    months integer NOT NULL,
    monthly_income bigint,
    from_month date NOT NULL,
    support_group text,
    relation_to_head text,
    status text NOT NULL,
    external_ref text,
    client_id uuid,
    batch_id uuid,
    content_hash bytea NOT NULL,
    reasons jsonb DEFAULT '[]'::jsonb NOT NULL,
    submitted_at timestamp with time zone,
    submitted_by uuid,
    decided_at timestamp with time zone,
    decided_by uuid,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    covered_until date,
    insured_since date,
    supported_before integer DEFAULT 0 NOT NULL,
    paid_at timestamp with time zone,
    activated_at timestamp with time zone,
    ended_on date,
    ended_why text,
    consented_on date,
    months_paid_before integer DEFAULT 0 NOT NULL,
    proof_kind text,
    proof_no text,
    proof_issued_by text,
    proof_valid_until date,
    CONSTRAINT ck_enrolment_active CHECK (((status <> 'active'::text) OR (activated_at IS NOT NULL))),
    CONSTRAINT ck_enrolment_decided CHECK (((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'withdrawn'::text])) OR (decided_at IS NOT NULL))),
    CONSTRAINT ck_enrolment_ended CHECK ((((status = 'ended'::text) = (ended_on IS NOT NULL)) AND ((ended_on IS NULL) = (ended_why IS NULL)))),
    CONSTRAINT ck_enrolment_ended_why CHECK ((ended_why = ANY (ARRAY['compulsory'::text, 'died'::text, 'one_off'::text, 'pension'::text, 'stopped'::text]))),
    CONSTRAINT ck_enrolment_from_month CHECK ((EXTRACT(day FROM from_month) = (1)::numeric)),
    CONSTRAINT ck_enrolment_income_of_product CHECK (((product = 'bhxh_tn'::text) = (monthly_income IS NOT NULL))),
    CONSTRAINT ck_enrolment_method CHECK ((method = ANY (ARRAY['months_1'::text, 'months_3'::text, 'months_6'::text, 'months_12'::text, 'years_2'::text, 'years_3'::text, 'years_4'::text, 'years_5'::text, 'missing_months'::text]))),
    CONSTRAINT ck_enrolment_monthly_income CHECK ((monthly_income > 0)),
    CONSTRAINT ck_enrolment_months CHECK (((months >= 1) AND (months <= 120))),
    CONSTRAINT ck_enrolment_months_paid_before CHECK (((months_paid_before >= 0) AND (months_paid_before <= 1200))),
    CONSTRAINT ck_enrolment_paid CHECK (((status <> ALL (ARRAY['paid'::text, 'active'::text, 'ended'::text])) OR (paid_at IS NOT NULL))),
    CONSTRAINT ck_enrolment_product CHECK ((product = ANY (ARRAY['bhxh_tn'::text, 'bhyt_hgd'::text]))),
    CONSTRAINT ck_enrolment_proof CHECK ((((proof_kind IS NOT NULL) OR (num_nonnulls(proof_no, proof_issued_by, proof_valid_until) = 0)) AND ((proof_kind IS NULL) OR (product = 'bhyt_hgd'::text)))),
    CONSTRAINT ck_enrolment_proof_kind CHECK ((proof_kind = ANY (ARRAY['approved_list'::text, 'household_certificate'::text, 'student_card'::text, 'school_confirmation'::text, 'appointment'::text, 'title_decision'::text, 'victim_confirmation'::text, 'residence_confirmation'::text]))),
    CONSTRAINT ck_enrolment_status CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'accepted'::text, 'returned'::text, 'rejected'::text, 'withdrawn'::text, 'paid'::text, 'active'::text, 'ended'::text]))),
    CONSTRAINT ck_enrolment_submitted CHECK (((status = 'draft'::text) OR (status = 'withdrawn'::text) OR (submitted_at IS NOT NULL))),
    CONSTRAINT ck_enrolment_support_group CHECK (((support_group = ANY (ARRAY['poor'::text, 'near_poor'::text, 'ethnic_minority'::text, 'island'::text, 'other'::text])) OR ((product = 'bhyt_hgd'::text) AND (support_group = ANY (ARRAY['near_poor'::text, 'near_poor_poor_commune'::text, 'student'::text, 'farm_household'::text, 'ethnic_minority'::text, 'community_worker'::text, 'trafficking_victim'::text, 'mine_victim'::text]))))),
    CONSTRAINT ck_enrolment_supported_before CHECK (((supported_before >= 0) AND (supported_before <= 120)))
);

ALTER TABLE enrolment FORCE ROW LEVEL SECURITY;

ALTER TABLE enrolment
    ADD CONSTRAINT enrolment_pkey PRIMARY KEY (id);

CREATE INDEX ix_enrolment_batch ON enrolment USING btree (batch_id, id) WHERE (batch_id IS NOT NULL);

CREATE INDEX ix_enrolment_commune ON enrolment USING btree (commune_code, id);

CREATE INDEX ix_enrolment_group ON enrolment USING btree (group_id, id) WHERE (group_id IS NOT NULL);

CREATE INDEX ix_enrolment_member ON enrolment USING btree (member_id, id);

CREATE INDEX ix_enrolment_province ON enrolment USING btree (province_code, id);

CREATE UNIQUE INDEX uq_enrolment_client_ref ON enrolment USING btree (client_id, external_ref) WHERE (client_id IS NOT NULL);

CREATE UNIQUE INDEX uq_enrolment_live ON enrolment USING btree (member_id, product, from_month) WHERE (status <> ALL (ARRAY['rejected'::text, 'withdrawn'::text, 'ended'::text]));

CREATE UNIQUE INDEX uq_enrolment_organisation_ref ON enrolment USING btree (organisation_id, external_ref) WHERE ((client_id IS NULL) AND (external_ref IS NOT NULL));

ALTER TABLE enrolment
    ADD CONSTRAINT enrolment_group_id_fkey FOREIGN KEY (group_id) REFERENCES savings_group(id);

ALTER TABLE enrolment
    ADD CONSTRAINT enrolment_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(id);

ALTER TABLE enrolment ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON enrolment TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON enrolment TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])) OR ((group_id IS NULL) AND is_direct_customer(member_id))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])) OR ((group_id IS NULL) AND is_direct_customer(member_id)))));

CREATE TRIGGER refs AFTER INSERT ON enrolment REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refs_of_enrolment();

CREATE TRIGGER refs_stay BEFORE UPDATE OF network, organisation_id, client_id, batch_id ON enrolment FOR EACH ROW WHEN (((((old.network IS DISTINCT FROM new.network) OR (old.organisation_id IS DISTINCT FROM new.organisation_id)) OR (old.client_id IS DISTINCT FROM new.client_id)) OR (old.batch_id IS DISTINCT FROM new.batch_id))) EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT,UPDATE ON TABLE enrolment TO app_role;

-- Table enrolment_decision: insurance/enrolments/enrolment_decision.sql

CREATE TABLE enrolment_decision (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    commune_code text,
    job_id uuid,
    client_key text NOT NULL,
    request_hash bytea NOT NULL,
    action text NOT NULL,
    dry_run boolean NOT NULL,
    dry_run_id uuid,
    reasons jsonb DEFAULT '[]'::jsonb NOT NULL,
    enrolment_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    versions integer[] DEFAULT '{}'::integer[] NOT NULL,
    rows integer DEFAULT 0 NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    refused integer DEFAULT 0 NOT NULL,
    items jsonb DEFAULT '[]'::jsonb NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_enrolment_decision_action CHECK ((action = ANY (ARRAY['accept'::text, 'return'::text, 'reject'::text])))
);

ALTER TABLE enrolment_decision FORCE ROW LEVEL SECURITY;

ALTER TABLE enrolment_decision
    ADD CONSTRAINT enrolment_decision_pkey PRIMARY KEY (id);

ALTER TABLE enrolment_decision
    ADD CONSTRAINT uq_enrolment_decision_key UNIQUE (organisation_id, client_key);

CREATE INDEX ix_enrolment_decision_job ON enrolment_decision USING btree (job_id) WHERE (job_id IS NOT NULL);

CREATE INDEX ix_enrolment_decision_trial ON enrolment_decision USING btree (dry_run_id) WHERE (dry_run_id IS NOT NULL);

ALTER TABLE enrolment_decision
    ADD CONSTRAINT enrolment_decision_dry_run_id_fkey FOREIGN KEY (dry_run_id) REFERENCES enrolment_decision(id);

ALTER TABLE enrolment_decision
    ADD CONSTRAINT enrolment_decision_job_id_fkey FOREIGN KEY (job_id) REFERENCES job(id);

ALTER TABLE enrolment_decision
    ADD CONSTRAINT enrolment_decision_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE enrolment_decision
    ADD CONSTRAINT enrolment_decision_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE enrolment_decision ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON enrolment_decision TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON enrolment_decision TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (organisation_id = ( SELECT scope_organisation() AS scope_organisation)) AND ( SELECT scope_all_groups() AS scope_all_groups))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (organisation_id = ( SELECT scope_organisation() AS scope_organisation)) AND ( SELECT scope_all_groups() AS scope_all_groups)));

CREATE TRIGGER kept BEFORE DELETE ON enrolment_decision FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER kept_truncate BEFORE TRUNCATE ON enrolment_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT ON TABLE enrolment_decision TO app_role;

GRANT UPDATE(job_id) ON TABLE enrolment_decision TO app_role;

GRANT UPDATE(dry_run_id) ON TABLE enrolment_decision TO app_role;

GRANT UPDATE(reasons) ON TABLE enrolment_decision TO app_role;

GRANT UPDATE(enrolment_ids) ON TABLE enrolment_decision TO app_role;

GRANT UPDATE(versions) ON TABLE enrolment_decision TO app_role;

GRANT UPDATE(rows) ON TABLE enrolment_decision TO app_role;

GRANT UPDATE(done) ON TABLE enrolment_decision TO app_role;

GRANT UPDATE(refused) ON TABLE enrolment_decision TO app_role;

GRANT UPDATE(items) ON TABLE enrolment_decision TO app_role;

-- Table enrolment_merge: insurance/enrolments/enrolment_merge.sql

CREATE TABLE enrolment_merge (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    product text NOT NULL,
    shared text[] NOT NULL,
    keep_id uuid NOT NULL,
    drop_id uuid NOT NULL,
    before jsonb NOT NULL,
    dropped_version integer NOT NULL,
    merged_by uuid NOT NULL,
    merged_at timestamp with time zone DEFAULT now() NOT NULL,
    undone_by uuid,
    undone_at timestamp with time zone,
    CONSTRAINT ck_enrolment_merge_network CHECK ((network = 'bhxh'::text)),
    CONSTRAINT ck_enrolment_merge_two CHECK ((keep_id <> drop_id)),
    CONSTRAINT ck_enrolment_merge_undone CHECK (((undone_at IS NULL) = (undone_by IS NULL)))
);

ALTER TABLE enrolment_merge FORCE ROW LEVEL SECURITY;

ALTER TABLE enrolment_merge
    ADD CONSTRAINT enrolment_merge_pkey PRIMARY KEY (id);

CREATE INDEX ix_enrolment_merge_drop ON enrolment_merge USING btree (drop_id);

CREATE INDEX ix_enrolment_merge_keep ON enrolment_merge USING btree (keep_id);

CREATE INDEX ix_enrolment_merge_organisation ON enrolment_merge USING btree (organisation_id);

CREATE INDEX ix_enrolment_merge_place ON enrolment_merge USING btree (province_code, id);

CREATE UNIQUE INDEX uq_enrolment_merge_drop ON enrolment_merge USING btree (drop_id) WHERE (undone_at IS NULL);

ALTER TABLE enrolment_merge
    ADD CONSTRAINT enrolment_merge_drop_id_fkey FOREIGN KEY (drop_id) REFERENCES enrolment(id);

ALTER TABLE enrolment_merge
    ADD CONSTRAINT enrolment_merge_keep_id_fkey FOREIGN KEY (keep_id) REFERENCES enrolment(id);

ALTER TABLE enrolment_merge
    ADD CONSTRAINT enrolment_merge_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE enrolment_merge
    ADD CONSTRAINT enrolment_merge_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE enrolment_merge ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON enrolment_merge TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON enrolment_merge TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

GRANT SELECT,INSERT,UPDATE ON TABLE enrolment_merge TO app_role;

-- Table insurance_rule: insurance/insurance_rule.sql

CREATE TABLE insurance_rule (
    id uuid NOT NULL,
    key text NOT NULL,
    value numeric NOT NULL,
    province_code text,
    valid_from date NOT NULL,
    valid_to date,
    legal_basis text NOT NULL,
    note text,
    status text NOT NULL,
    confirmed_at timestamp with time zone,
    confirmed_by uuid,
    entered_by uuid,
    entered_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    confirmed_to date,
    reminded_of date,
    end_proposed_to date,
    end_proposed_by uuid,
    end_proposed_at timestamp with time zone,
    end_confirmed_by uuid,
    end_confirmed_at timestamp with time zone,
    CONSTRAINT ck_insurance_rule_dates CHECK ((valid_to >= (valid_from - 1))),
    CONSTRAINT ck_insurance_rule_end_proposed CHECK ((num_nulls(end_proposed_to, end_proposed_by, end_proposed_at) = ANY (ARRAY[0, 3]))),
    CONSTRAINT ck_insurance_rule_legal_basis CHECK (nfc(legal_basis)),
    CONSTRAINT ck_insurance_rule_status CHECK ((status = ANY (ARRAY['active'::text, 'unconfirmed'::text]))),
    CONSTRAINT ck_insurance_rule_value CHECK ((value >= (0)::numeric))
);

ALTER TABLE insurance_rule FORCE ROW LEVEL SECURITY;

ALTER TABLE insurance_rule
    ADD CONSTRAINT ex_insurance_rule_overlap EXCLUDE USING gist (key WITH =, COALESCE(province_code, ''::text) WITH =, daterange(valid_from, (valid_to + 1)) WITH &&) WHERE ((status = 'active'::text));

ALTER TABLE insurance_rule
    ADD CONSTRAINT insurance_rule_pkey PRIMARY KEY (id);

CREATE INDEX ix_insurance_rule_key ON insurance_rule USING btree (key, valid_from);

ALTER TABLE insurance_rule ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON insurance_rule TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON insurance_rule TO app_role USING (((( SELECT scope_network() AS scope_network) = '*'::text) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[]))))) WITH CHECK (((( SELECT scope_network() AS scope_network) = '*'::text) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])))));

CREATE POLICY tenant_read ON insurance_rule FOR SELECT TO app_role USING (true);

CREATE TRIGGER no_edit BEFORE DELETE OR UPDATE ON insurance_rule FOR EACH ROW EXECUTE FUNCTION refuse_rule_edit();

GRANT SELECT,INSERT,UPDATE ON TABLE insurance_rule TO app_role;

-- Table other_insurance: insurance/other_insurance.sql

CREATE TABLE other_insurance (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    entered_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_other_insurance_dates CHECK ((valid_to >= valid_from)),
    CONSTRAINT ck_other_insurance_kind CHECK ((kind = ANY (ARRAY['compulsory'::text, 'pension'::text, 'social_pension'::text, 'poor_household'::text, 'disabled'::text, 'merit'::text, 'merit_family'::text, 'child'::text, 'difficult_area'::text, 'other_free_card'::text]))),
    CONSTRAINT ck_other_insurance_network CHECK ((network = 'bhxh'::text))
);

ALTER TABLE other_insurance FORCE ROW LEVEL SECURITY;

ALTER TABLE other_insurance
    ADD CONSTRAINT ex_other_insurance_overlap EXCLUDE USING gist (member_id WITH =, kind WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE other_insurance
    ADD CONSTRAINT other_insurance_pkey PRIMARY KEY (id);

CREATE INDEX ix_other_insurance_organisation ON other_insurance USING btree (organisation_id);

ALTER TABLE other_insurance
    ADD CONSTRAINT other_insurance_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(id);

ALTER TABLE other_insurance
    ADD CONSTRAINT other_insurance_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE other_insurance
    ADD CONSTRAINT other_insurance_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE other_insurance ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON other_insurance TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON other_insurance TO app_role USING (((( SELECT scope_network() AS scope_network) = '*'::text) AND (EXISTS ( SELECT
   FROM member m
  WHERE (m.id = other_insurance.member_id))))) WITH CHECK (((( SELECT scope_network() AS scope_network) = '*'::text) AND (EXISTS ( SELECT
   FROM member m
  WHERE (m.id = other_insurance.member_id)))));

GRANT SELECT,INSERT,UPDATE ON TABLE other_insurance TO app_role;

-- Table premium_advance: insurance/premiums/premium_advance.sql

CREATE TABLE premium_advance (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    group_id uuid NOT NULL,
    member_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    source_id uuid NOT NULL,
    amount bigint NOT NULL,
    instalments integer NOT NULL,
    first_due date NOT NULL,
    repaid bigint DEFAULT 0 NOT NULL,
    next_due date,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_premium_advance_amount CHECK ((amount > 0)),
    CONSTRAINT ck_premium_advance_instalments CHECK ((instalments > 0)),
    CONSTRAINT ck_premium_advance_next CHECK (((repaid = amount) = (next_due IS NULL))),
    CONSTRAINT ck_premium_advance_repaid CHECK (((repaid >= 0) AND (repaid <= amount)))
);

ALTER TABLE premium_advance FORCE ROW LEVEL SECURITY;

ALTER TABLE premium_advance
    ADD CONSTRAINT premium_advance_pkey PRIMARY KEY (id);

ALTER TABLE premium_advance
    ADD CONSTRAINT uq_premium_advance_source UNIQUE (source_id);

CREATE INDEX ix_premium_advance_commune ON premium_advance USING btree (commune_code, id);

CREATE INDEX ix_premium_advance_group ON premium_advance USING btree (group_id, id);

CREATE INDEX ix_premium_advance_member ON premium_advance USING btree (member_id, id);

CREATE INDEX ix_premium_advance_organisation ON premium_advance USING btree (organisation_id);

CREATE INDEX ix_premium_advance_payment ON premium_advance USING btree (payment_id);

CREATE INDEX ix_premium_advance_province ON premium_advance USING btree (province_code, id);

ALTER TABLE premium_advance
    ADD CONSTRAINT premium_advance_group_id_fkey FOREIGN KEY (group_id) REFERENCES savings_group(id);

ALTER TABLE premium_advance
    ADD CONSTRAINT premium_advance_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(id);

ALTER TABLE premium_advance
    ADD CONSTRAINT premium_advance_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE premium_advance
    ADD CONSTRAINT premium_advance_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE premium_advance
    ADD CONSTRAINT premium_advance_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES premium_payment(id);

ALTER TABLE premium_advance
    ADD CONSTRAINT premium_advance_source_id_fkey FOREIGN KEY (source_id) REFERENCES premium_source(id);

ALTER TABLE premium_advance ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON premium_advance TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON premium_advance TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])))));

CREATE TRIGGER fixed BEFORE DELETE OR UPDATE ON premium_advance FOR EACH ROW EXECUTE FUNCTION refuse_other_change('repaid', 'next_due', 'version');

GRANT SELECT,INSERT,UPDATE ON TABLE premium_advance TO app_role;

-- Table premium_payment: insurance/premiums/premium_payment.sql

CREATE TABLE premium_payment (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    group_id uuid,
    member_id uuid NOT NULL,
    household_id uuid,
    enrolment_id uuid NOT NULL,
    product text NOT NULL,
    method text NOT NULL,
    months integer NOT NULL,
    monthly_income bigint,
    from_month date NOT NULL,
    status text NOT NULL,
    business_date date NOT NULL,
    priced_on date NOT NULL,
    amount_due bigint NOT NULL,
    state_support bigint NOT NULL,
    province_support bigint NOT NULL,
    other_support bigint NOT NULL,
    participant_pays bigint NOT NULL,
    supported_months integer NOT NULL,
    supported_before integer NOT NULL,
    support_group text,
    covered_until date,
    insured_since date,
    household_order integer,
    declared_order integer,
    formula jsonb NOT NULL,
    rules jsonb NOT NULL,
    receipt_series text,
    receipt_no text,
    payment_date date,
    posted_at timestamp with time zone,
    posted_by uuid,
    voided_at timestamp with time zone,
    voided_by uuid,
    remuneration_kind text,
    remuneration_rate numeric,
    remuneration_rule_id uuid,
    remuneration bigint,
    client_id uuid,
    client_key text NOT NULL,
    request_hash bytea NOT NULL,
    answer jsonb NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    collector_id uuid,
    collection_series text,
    collection_no bigint,
    CONSTRAINT ck_premium_payment_months CHECK ((months > 0)),
    CONSTRAINT ck_premium_payment_order CHECK ((household_order > 0)),
    CONSTRAINT ck_premium_payment_priced CHECK (((payment_date IS NULL) OR (payment_date = priced_on))),
    CONSTRAINT ck_premium_payment_product CHECK ((product = ANY (ARRAY['bhxh_tn'::text, 'bhyt_hgd'::text]))),
    CONSTRAINT ck_premium_payment_receipt CHECK (((status = ANY (ARRAY['posted'::text, 'refunded'::text])) = ((payment_date IS NOT NULL) AND (receipt_series IS NOT NULL) AND (receipt_no IS NOT NULL) AND (posted_at IS NOT NULL)))),
    CONSTRAINT ck_premium_payment_remuneration CHECK ((remuneration_kind = ANY (ARRAY['first'::text, 'again'::text]))),
    CONSTRAINT ck_premium_payment_status CHECK ((status = ANY (ARRAY['held'::text, 'posted'::text, 'voided'::text, 'refunded'::text]))),
    CONSTRAINT ck_premium_payment_sum CHECK (((LEAST(amount_due, state_support, province_support, other_support, participant_pays) >= 0) AND (amount_due = (((state_support + province_support) + other_support) + participant_pays))))
);

ALTER TABLE premium_payment FORCE ROW LEVEL SECURITY;

ALTER TABLE premium_payment
    ADD CONSTRAINT premium_payment_pkey PRIMARY KEY (id);

ALTER TABLE premium_payment
    ADD CONSTRAINT uq_premium_payment_key UNIQUE (organisation_id, client_key);

CREATE INDEX ix_premium_payment_client ON premium_payment USING btree (client_id) WHERE (client_id IS NOT NULL);

CREATE INDEX ix_premium_payment_collector ON premium_payment USING btree (collector_id, id) WHERE (collector_id IS NOT NULL);

CREATE INDEX ix_premium_payment_commune ON premium_payment USING btree (commune_code, id);

CREATE INDEX ix_premium_payment_date ON premium_payment USING btree (province_code, payment_date) WHERE (payment_date IS NOT NULL);

CREATE INDEX ix_premium_payment_enrolment ON premium_payment USING btree (enrolment_id, id);

CREATE INDEX ix_premium_payment_group ON premium_payment USING btree (group_id, id);

CREATE INDEX ix_premium_payment_household ON premium_payment USING btree (household_id) WHERE (household_id IS NOT NULL);

CREATE INDEX ix_premium_payment_member ON premium_payment USING btree (member_id, id);

CREATE INDEX ix_premium_payment_organisation ON premium_payment USING btree (organisation_id, id);

CREATE INDEX ix_premium_payment_province ON premium_payment USING btree (province_code, id);

CREATE INDEX ix_premium_payment_rule ON premium_payment USING btree (remuneration_rule_id) WHERE (remuneration_rule_id IS NOT NULL);

CREATE UNIQUE INDEX uq_premium_payment_collection ON premium_payment USING btree (organisation_id, collection_series, collection_no) WHERE (collection_no IS NOT NULL);

CREATE UNIQUE INDEX uq_premium_payment_enrolment ON premium_payment USING btree (enrolment_id) WHERE (status <> 'voided'::text);

CREATE UNIQUE INDEX uq_premium_payment_receipt ON premium_payment USING btree (network, receipt_series, receipt_no) WHERE (receipt_no IS NOT NULL);

ALTER TABLE premium_payment
    ADD CONSTRAINT premium_payment_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_client(id);

ALTER TABLE premium_payment
    ADD CONSTRAINT premium_payment_collector_id_fkey FOREIGN KEY (collector_id) REFERENCES app_user(id);

ALTER TABLE premium_payment
    ADD CONSTRAINT premium_payment_enrolment_id_fkey FOREIGN KEY (enrolment_id) REFERENCES enrolment(id);

ALTER TABLE premium_payment
    ADD CONSTRAINT premium_payment_group_id_fkey FOREIGN KEY (group_id) REFERENCES savings_group(id);

ALTER TABLE premium_payment
    ADD CONSTRAINT premium_payment_household_id_fkey FOREIGN KEY (household_id) REFERENCES household(id);

ALTER TABLE premium_payment
    ADD CONSTRAINT premium_payment_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(id);

ALTER TABLE premium_payment
    ADD CONSTRAINT premium_payment_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE premium_payment
    ADD CONSTRAINT premium_payment_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE premium_payment
    ADD CONSTRAINT premium_payment_remuneration_rule_id_fkey FOREIGN KEY (remuneration_rule_id) REFERENCES insurance_rule(id);

ALTER TABLE premium_payment ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON premium_payment TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON premium_payment TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])) OR ((group_id IS NULL) AND ((collector_id = ( SELECT scope_actor() AS scope_actor)) OR (EXISTS ( SELECT
   FROM member m
  WHERE ((m.id = premium_payment.member_id) AND (m.created_by = ( SELECT scope_actor() AS scope_actor)))))))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])) OR ((group_id IS NULL) AND ((collector_id = ( SELECT scope_actor() AS scope_actor)) OR (EXISTS ( SELECT
   FROM member m
  WHERE ((m.id = premium_payment.member_id) AND (m.created_by = ( SELECT scope_actor() AS scope_actor))))))))));

CREATE TRIGGER held BEFORE UPDATE ON premium_payment FOR EACH ROW WHEN (((old.status = 'held'::text) AND (new.status <> 'refunded'::text))) EXECUTE FUNCTION refuse_other_change('status', 'priced_on', 'amount_due', 'state_support', 'province_support', 'other_support', 'participant_pays', 'supported_months', 'supported_before', 'support_group', 'covered_until', 'insured_since', 'household_id', 'household_order', 'formula', 'rules', 'receipt_series', 'receipt_no', 'payment_date', 'posted_at', 'posted_by', 'voided_at', 'voided_by', 'remuneration_kind', 'remuneration_rate', 'remuneration_rule_id', 'remuneration', 'version');

CREATE TRIGGER no_delete BEFORE DELETE ON premium_payment FOR EACH ROW EXECUTE FUNCTION refuse_other_change();

CREATE TRIGGER posted BEFORE UPDATE ON premium_payment FOR EACH ROW WHEN (((old.status = 'posted'::text) AND (new.status = 'refunded'::text))) EXECUTE FUNCTION refuse_other_change('status', 'version');

CREATE TRIGGER settled BEFORE UPDATE ON premium_payment FOR EACH ROW WHEN ((((old.status <> 'held'::text) AND (NOT ((old.status = 'posted'::text) AND (new.status = 'refunded'::text)))) OR ((old.status = 'held'::text) AND (new.status = 'refunded'::text)))) EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT,UPDATE ON TABLE premium_payment TO app_role;

-- Table premium_refund: insurance/premiums/premium_refund.sql

CREATE TABLE premium_refund (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    group_id uuid,
    member_id uuid NOT NULL,
    enrolment_id uuid NOT NULL,
    payment_id uuid NOT NULL,
    product text NOT NULL,
    reason text NOT NULL,
    from_month date NOT NULL,
    remaining_months integer NOT NULL,
    unused bigint NOT NULL,
    amount bigint NOT NULL,
    state_returned bigint NOT NULL,
    province_returned bigint NOT NULL,
    other_returned bigint NOT NULL,
    formula jsonb NOT NULL,
    rules jsonb NOT NULL,
    remuneration_rate numeric,
    clawback bigint,
    decided_by uuid NOT NULL,
    decided_on date NOT NULL,
    decided_at timestamp with time zone DEFAULT now() NOT NULL,
    status text NOT NULL,
    received_as text,
    received_on date,
    received_by uuid,
    received_at timestamp with time zone,
    txn_id uuid,
    receiver_id uuid,
    client_key text,
    request_hash bytea,
    version integer DEFAULT 1 NOT NULL,
    unused_from date,
    CONSTRAINT ck_premium_refund_amount CHECK ((amount >= 0)),
    CONSTRAINT ck_premium_refund_months CHECK ((remaining_months > 0)),
    CONSTRAINT ck_premium_refund_parts CHECK (((LEAST(state_returned, province_returned, other_returned) >= 0) AND (unused = (((amount + state_returned) + province_returned) + other_returned)))),
    CONSTRAINT ck_premium_refund_reason CHECK ((reason = ANY (ARRAY['compulsory'::text, 'one_off'::text, 'died'::text, 'pension'::text, 'other_group'::text, 'missing'::text, 'left_country'::text, 'paid_in_error'::text]))),
    CONSTRAINT ck_premium_refund_received CHECK (((status = 'received'::text) = ((received_as IS NOT NULL) AND (received_on IS NOT NULL) AND (client_key IS NOT NULL)))),
    CONSTRAINT ck_premium_refund_received_as CHECK ((received_as = ANY (ARRAY['savings'::text, 'person'::text, 'cash'::text, 'transfer'::text]))),
    CONSTRAINT ck_premium_refund_status CHECK ((status = ANY (ARRAY['decided'::text, 'received'::text])))
);

ALTER TABLE premium_refund FORCE ROW LEVEL SECURITY;

ALTER TABLE premium_refund
    ADD CONSTRAINT premium_refund_pkey PRIMARY KEY (id);

ALTER TABLE premium_refund
    ADD CONSTRAINT uq_premium_refund_key UNIQUE (receiver_id, client_key);

ALTER TABLE premium_refund
    ADD CONSTRAINT uq_premium_refund_payment UNIQUE (payment_id);

CREATE INDEX ix_premium_refund_commune ON premium_refund USING btree (commune_code, id);

CREATE INDEX ix_premium_refund_enrolment ON premium_refund USING btree (enrolment_id);

CREATE INDEX ix_premium_refund_group ON premium_refund USING btree (group_id, id);

CREATE INDEX ix_premium_refund_member ON premium_refund USING btree (member_id, id);

CREATE INDEX ix_premium_refund_organisation ON premium_refund USING btree (organisation_id);

CREATE INDEX ix_premium_refund_province ON premium_refund USING btree (province_code, id);

ALTER TABLE premium_refund
    ADD CONSTRAINT premium_refund_enrolment_id_fkey FOREIGN KEY (enrolment_id) REFERENCES enrolment(id);

ALTER TABLE premium_refund
    ADD CONSTRAINT premium_refund_group_id_fkey FOREIGN KEY (group_id) REFERENCES savings_group(id);

ALTER TABLE premium_refund
    ADD CONSTRAINT premium_refund_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(id);

ALTER TABLE premium_refund
    ADD CONSTRAINT premium_refund_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE premium_refund
    ADD CONSTRAINT premium_refund_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE premium_refund
    ADD CONSTRAINT premium_refund_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES premium_payment(id);

ALTER TABLE premium_refund
    ADD CONSTRAINT premium_refund_receiver_id_fkey FOREIGN KEY (receiver_id) REFERENCES organisation(id);

ALTER TABLE premium_refund ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON premium_refund TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON premium_refund TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])) OR ((group_id IS NULL) AND is_direct_customer(member_id))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])) OR ((group_id IS NULL) AND is_direct_customer(member_id)))));

CREATE TRIGGER fixed BEFORE DELETE OR UPDATE ON premium_refund FOR EACH ROW EXECUTE FUNCTION refuse_other_change('status', 'received_as', 'received_on', 'received_by', 'received_at', 'txn_id', 'receiver_id', 'client_key', 'request_hash', 'version');

GRANT SELECT,INSERT,UPDATE ON TABLE premium_refund TO app_role;

-- Table premium_repayment: insurance/premiums/premium_repayment.sql

CREATE TABLE premium_repayment (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    group_id uuid NOT NULL,
    advance_id uuid NOT NULL,
    amount bigint NOT NULL,
    paid_from text NOT NULL,
    business_date date NOT NULL,
    repaid_after bigint NOT NULL,
    txn_id uuid NOT NULL,
    client_key text NOT NULL,
    request_hash bytea NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_premium_repayment_amount CHECK ((amount > 0)),
    CONSTRAINT ck_premium_repayment_paid_from CHECK ((paid_from = ANY (ARRAY['cash'::text, 'savings'::text])))
);

ALTER TABLE premium_repayment FORCE ROW LEVEL SECURITY;

ALTER TABLE premium_repayment
    ADD CONSTRAINT premium_repayment_pkey PRIMARY KEY (id);

ALTER TABLE premium_repayment
    ADD CONSTRAINT uq_premium_repayment_key UNIQUE (organisation_id, client_key);

CREATE INDEX ix_premium_repayment_advance ON premium_repayment USING btree (advance_id, id);

CREATE INDEX ix_premium_repayment_group ON premium_repayment USING btree (group_id);

ALTER TABLE premium_repayment
    ADD CONSTRAINT premium_repayment_advance_id_fkey FOREIGN KEY (advance_id) REFERENCES premium_advance(id);

ALTER TABLE premium_repayment
    ADD CONSTRAINT premium_repayment_group_id_fkey FOREIGN KEY (group_id) REFERENCES savings_group(id);

ALTER TABLE premium_repayment
    ADD CONSTRAINT premium_repayment_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE premium_repayment
    ADD CONSTRAINT premium_repayment_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE premium_repayment ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON premium_repayment TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON premium_repayment TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])))));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON premium_repayment FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON premium_repayment FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT ON TABLE premium_repayment TO app_role;

-- Table premium_source: insurance/premiums/premium_source.sql

CREATE TABLE premium_source (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    group_id uuid,
    payment_id uuid NOT NULL,
    "position" integer NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL,
    paid bigint,
    source text,
    instalments integer,
    first_due date,
    donation_id uuid,
    hold_id uuid NOT NULL,
    resolution_id uuid,
    collector_id uuid,
    bank_reference text,
    CONSTRAINT ck_premium_source_amount CHECK ((amount > 0)),
    CONSTRAINT ck_premium_source_bank_reference CHECK ((((kind = 'transfer'::text) = (bank_reference IS NOT NULL)) AND nfc(bank_reference))),
    CONSTRAINT ck_premium_source_direct CHECK (((kind = ANY (ARRAY['cash'::text, 'transfer'::text])) = (group_id IS NULL))),
    CONSTRAINT ck_premium_source_donor CHECK (((kind = 'donor'::text) = ((source IS NOT NULL) AND (donation_id IS NOT NULL)))),
    CONSTRAINT ck_premium_source_instalment CHECK (((kind = 'instalment'::text) = ((instalments IS NOT NULL) AND (first_due IS NOT NULL)))),
    CONSTRAINT ck_premium_source_kind CHECK ((kind = ANY (ARRAY['savings'::text, 'fund'::text, 'donor'::text, 'instalment'::text, 'cash'::text, 'transfer'::text]))),
    CONSTRAINT ck_premium_source_paid CHECK (((paid >= 0) AND (paid <= amount))),
    CONSTRAINT ck_premium_source_resolved CHECK (((paid IS NULL) = (resolution_id IS NULL))),
    CONSTRAINT ck_premium_source_source CHECK (nfc(source))
);

ALTER TABLE premium_source FORCE ROW LEVEL SECURITY;

ALTER TABLE premium_source
    ADD CONSTRAINT premium_source_pkey PRIMARY KEY (id);

ALTER TABLE premium_source
    ADD CONSTRAINT uq_premium_source_position UNIQUE (payment_id, "position");

CREATE INDEX ix_premium_source_collector ON premium_source USING btree (collector_id) WHERE (collector_id IS NOT NULL);

CREATE INDEX ix_premium_source_group ON premium_source USING btree (group_id);

CREATE INDEX ix_premium_source_organisation ON premium_source USING btree (organisation_id);

ALTER TABLE premium_source
    ADD CONSTRAINT premium_source_collector_id_fkey FOREIGN KEY (collector_id) REFERENCES app_user(id);

ALTER TABLE premium_source
    ADD CONSTRAINT premium_source_group_id_fkey FOREIGN KEY (group_id) REFERENCES savings_group(id);

ALTER TABLE premium_source
    ADD CONSTRAINT premium_source_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE premium_source
    ADD CONSTRAINT premium_source_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE premium_source
    ADD CONSTRAINT premium_source_payment_id_fkey FOREIGN KEY (payment_id) REFERENCES premium_payment(id);

ALTER TABLE premium_source ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON premium_source TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON premium_source TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])) OR ((group_id IS NULL) AND (EXISTS ( SELECT
   FROM premium_payment p
  WHERE (p.id = premium_source.payment_id))))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])) OR ((group_id IS NULL) AND (EXISTS ( SELECT
   FROM premium_payment p
  WHERE (p.id = premium_source.payment_id)))))));

CREATE TRIGGER fixed BEFORE DELETE OR UPDATE ON premium_source FOR EACH ROW EXECUTE FUNCTION refuse_other_change('paid', 'resolution_id');

GRANT SELECT,INSERT,UPDATE ON TABLE premium_source TO app_role;

-- Table job: jobs/job.sql

CREATE TABLE job (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    commune_code text,
    kind text NOT NULL,
    status text NOT NULL,
    rows_done bigint DEFAULT 0 NOT NULL,
    rows_total bigint,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    params jsonb DEFAULT '{}'::jsonb NOT NULL,
    checkpoint jsonb DEFAULT '{}'::jsonb NOT NULL,
    error text,
    file_name text,
    file_type text,
    file_size bigint,
    session_id uuid NOT NULL,
    asked_by uuid NOT NULL,
    taken integer DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    touched_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    cancel_asked_at timestamp with time zone,
    errors jsonb DEFAULT '[]'::jsonb NOT NULL,
    files_removed_at timestamp with time zone,
    CONSTRAINT ck_job_file CHECK ((num_nulls(file_name, file_type, file_size) = ANY (ARRAY[0, 3]))),
    CONSTRAINT ck_job_file_name CHECK (nfc(file_name)),
    CONSTRAINT ck_job_finished CHECK (((finished_at IS NULL) = (status = ANY (ARRAY['queued'::text, 'running'::text])))),
    CONSTRAINT ck_job_rows CHECK (((rows_done >= 0) AND ((rows_total IS NULL) OR (rows_done <= rows_total)))),
    CONSTRAINT ck_job_status CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text])))
);

ALTER TABLE job FORCE ROW LEVEL SECURITY;

ALTER TABLE job
    ADD CONSTRAINT job_pkey PRIMARY KEY (id);

CREATE INDEX ix_job_organisation ON job USING btree (organisation_id, id);

CREATE INDEX ix_job_prunable ON job USING btree (finished_at) WHERE ((finished_at IS NOT NULL) AND (files_removed_at IS NULL));

CREATE INDEX ix_job_unfinished ON job USING btree (touched_at) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));

ALTER TABLE job
    ADD CONSTRAINT job_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE job
    ADD CONSTRAINT job_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE job ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_limited_client ON job AS RESTRICTIVE TO app_role USING (((NOT ( SELECT scope_limited() AS scope_limited)) OR (asked_by = ( SELECT scope_actor() AS scope_actor)) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))));

CREATE POLICY system ON job TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON job TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (organisation_id = ( SELECT scope_organisation() AS scope_organisation)) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (asked_by = ( SELECT scope_actor() AS scope_actor))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (organisation_id = ( SELECT scope_organisation() AS scope_organisation)) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (asked_by = ( SELECT scope_actor() AS scope_actor)))));

GRANT INSERT ON TABLE job TO app_role;

GRANT SELECT(id) ON TABLE job TO app_role;

GRANT SELECT(network) ON TABLE job TO app_role;

GRANT SELECT(organisation_id) ON TABLE job TO app_role;

GRANT SELECT(province_code) ON TABLE job TO app_role;

GRANT SELECT(commune_code) ON TABLE job TO app_role;

GRANT SELECT(kind) ON TABLE job TO app_role;

GRANT SELECT(status),UPDATE(status) ON TABLE job TO app_role;

GRANT SELECT(rows_done),UPDATE(rows_done) ON TABLE job TO app_role;

GRANT SELECT(rows_total),UPDATE(rows_total) ON TABLE job TO app_role;

GRANT SELECT(counts),UPDATE(counts) ON TABLE job TO app_role;

GRANT SELECT(params) ON TABLE job TO app_role;

GRANT SELECT(checkpoint),UPDATE(checkpoint) ON TABLE job TO app_role;

GRANT SELECT(error),UPDATE(error) ON TABLE job TO app_role;

GRANT SELECT(file_name),UPDATE(file_name) ON TABLE job TO app_role;

GRANT SELECT(file_type),UPDATE(file_type) ON TABLE job TO app_role;

GRANT SELECT(file_size),UPDATE(file_size) ON TABLE job TO app_role;

GRANT SELECT(asked_by) ON TABLE job TO app_role;

GRANT SELECT(taken),UPDATE(taken) ON TABLE job TO app_role;

GRANT SELECT(created_at) ON TABLE job TO app_role;

GRANT SELECT(started_at),UPDATE(started_at) ON TABLE job TO app_role;

GRANT SELECT(touched_at),UPDATE(touched_at) ON TABLE job TO app_role;

GRANT SELECT(finished_at),UPDATE(finished_at) ON TABLE job TO app_role;

GRANT SELECT(cancel_asked_at),UPDATE(cancel_asked_at) ON TABLE job TO app_role;

GRANT SELECT(errors),UPDATE(errors) ON TABLE job TO app_role;

GRANT SELECT(files_removed_at) ON TABLE job TO app_role;

-- Table job_file: jobs/job_file.sql

CREATE TABLE job_file (
    job_id uuid NOT NULL,
    name text NOT NULL,
    part integer NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT ck_job_file_name CHECK (nfc(name)),
    CONSTRAINT ck_job_file_part CHECK ((part >= 0))
);
ALTER TABLE job_file ALTER COLUMN content SET STORAGE EXTERNAL;

ALTER TABLE job_file FORCE ROW LEVEL SECURITY;

ALTER TABLE job_file
    ADD CONSTRAINT job_file_pkey PRIMARY KEY (job_id, name, part);

ALTER TABLE job_file
    ADD CONSTRAINT job_file_job_id_fkey FOREIGN KEY (job_id) REFERENCES job(id);

ALTER TABLE job_file ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON job_file TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON job_file TO app_role USING ((EXISTS ( SELECT
   FROM job j
  WHERE (j.id = job_file.job_id)))) WITH CHECK ((EXISTS ( SELECT
   FROM job j
  WHERE (j.id = job_file.job_id))));

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE job_file TO app_role;

-- Table account: ledger/account.sql

CREATE TABLE account (
    id bigint NOT NULL,
    kind text NOT NULL,
    network text NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    group_id uuid NOT NULL,
    member_id uuid,
    posted bigint DEFAULT 0 NOT NULL,
    held bigint DEFAULT 0 NOT NULL,
    version bigint DEFAULT 0 NOT NULL,
    floor bigint,
    CONSTRAINT ck_account_floor CHECK (((held >= 0) AND ((posted - held) >= floor)))
)
WITH (fillfactor='70');

ALTER TABLE account FORCE ROW LEVEL SECURITY;

ALTER TABLE account ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME account_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE account
    ADD CONSTRAINT account_pkey PRIMARY KEY (id);

ALTER TABLE account
    ADD CONSTRAINT uq_account_owner UNIQUE NULLS NOT DISTINCT (group_id, member_id, kind);

CREATE INDEX ix_account_member ON account USING btree (member_id) WHERE (member_id IS NOT NULL);

ALTER TABLE account ENABLE ROW LEVEL SECURITY;

CREATE POLICY follow ON account FOR INSERT TO owner WITH CHECK (true);

CREATE POLICY system ON account TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON account TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])))));

CREATE POLICY writer ON account TO owner USING ((group_id = scope_group())) WITH CHECK ((group_id = scope_group()));

GRANT SELECT ON TABLE account TO app_role;

-- Table organisation_account: ledger/books/organisation_account.sql

CREATE TABLE organisation_account (
    id uuid NOT NULL,
    kind text NOT NULL,
    network text NOT NULL,
    province_code text,
    commune_code text,
    organisation_id uuid NOT NULL,
    holder_id uuid,
    posted bigint NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT ck_organisation_account_floor CHECK (
CASE
    WHEN (kind = 'due'::text) THEN (posted >= 0)
    ELSE (posted <= 0)
END),
    CONSTRAINT ck_organisation_account_kind CHECK (((kind = ANY (ARRAY['cash'::text, 'bank'::text, 'due'::text])) AND ((kind <> 'cash'::text) OR (holder_id IS NOT NULL)) AND ((kind <> 'bank'::text) OR (holder_id IS NULL))))
)
WITH (fillfactor='70');

ALTER TABLE organisation_account FORCE ROW LEVEL SECURITY;

ALTER TABLE organisation_account
    ADD CONSTRAINT organisation_account_pkey PRIMARY KEY (id);

ALTER TABLE organisation_account
    ADD CONSTRAINT uq_organisation_account_owner UNIQUE NULLS NOT DISTINCT (organisation_id, holder_id, kind);

CREATE INDEX ix_organisation_account_province ON organisation_account USING btree (province_code);

ALTER TABLE organisation_account ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_limited_client ON organisation_account AS RESTRICTIVE TO app_role USING (((NOT ( SELECT scope_limited() AS scope_limited)) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))));

CREATE POLICY system ON organisation_account TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON organisation_account TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (holder_id = ( SELECT scope_actor() AS scope_actor))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (holder_id = ( SELECT scope_actor() AS scope_actor)))));

CREATE POLICY writer ON organisation_account TO owner USING ((organisation_id = scope_book())) WITH CHECK ((organisation_id = scope_book()));

GRANT SELECT ON TABLE organisation_account TO app_role;

-- Table organisation_posting: ledger/books/organisation_posting.sql

CREATE TABLE organisation_posting (
    account_id uuid NOT NULL,
    account_version bigint NOT NULL,
    txn_id uuid NOT NULL,
    amount bigint NOT NULL,
    balance_after bigint NOT NULL,
    CONSTRAINT ck_organisation_posting_amount CHECK ((amount <> 0))
);

ALTER TABLE organisation_posting FORCE ROW LEVEL SECURITY;

ALTER TABLE organisation_posting
    ADD CONSTRAINT organisation_posting_pkey PRIMARY KEY (account_id, account_version);

CREATE INDEX ix_organisation_posting_txn ON organisation_posting USING btree (txn_id);

ALTER TABLE organisation_posting ENABLE ROW LEVEL SECURITY;

CREATE POLICY follow ON organisation_posting FOR INSERT TO owner WITH CHECK (true);

CREATE POLICY system ON organisation_posting TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON organisation_posting TO app_role USING ((EXISTS ( SELECT
   FROM organisation_account a
  WHERE (a.id = organisation_posting.account_id)))) WITH CHECK ((EXISTS ( SELECT
   FROM organisation_account a
  WHERE (a.id = organisation_posting.account_id))));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON organisation_posting FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON organisation_posting FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON TABLE organisation_posting TO app_role;

-- Table organisation_txn: ledger/books/organisation_txn.sql

CREATE TABLE organisation_txn (
    id uuid NOT NULL,
    seq bigint NOT NULL,
    network text NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    organisation_id uuid NOT NULL,
    holder_id uuid,
    payment_id uuid NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    product text NOT NULL,
    amount bigint NOT NULL,
    business_date date NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    recorded_by uuid NOT NULL,
    settles_id uuid,
    balance bigint NOT NULL,
    CONSTRAINT ck_organisation_txn_amount CHECK (((amount > 0) AND (balance >= 0))),
    CONSTRAINT ck_organisation_txn_kind CHECK (((kind = ANY (ARRAY['collected'::text, 'remitted'::text, 'returned'::text, 'refund_received'::text, 'refund_paid'::text])) AND ((settles_id IS NULL) = (kind = ANY (ARRAY['collected'::text, 'refund_received'::text])))))
);

ALTER TABLE organisation_txn FORCE ROW LEVEL SECURITY;

ALTER TABLE organisation_txn ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME organisation_txn_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE organisation_txn
    ADD CONSTRAINT organisation_txn_pkey PRIMARY KEY (id);

CREATE INDEX ix_organisation_txn_box ON organisation_txn USING btree (organisation_id, holder_id, seq);

CREATE INDEX ix_organisation_txn_member ON organisation_txn USING btree (member_id);

CREATE INDEX ix_organisation_txn_payment ON organisation_txn USING btree (payment_id);

CREATE INDEX ix_organisation_txn_province ON organisation_txn USING btree (province_code, seq);

CREATE UNIQUE INDEX uq_organisation_txn_refund ON organisation_txn USING btree (payment_id, kind) WHERE (kind = ANY (ARRAY['refund_received'::text, 'refund_paid'::text]));

CREATE UNIQUE INDEX uq_organisation_txn_settles ON organisation_txn USING btree (settles_id, kind) WHERE (settles_id IS NOT NULL);

ALTER TABLE organisation_txn ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON organisation_txn TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON organisation_txn TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (holder_id = ( SELECT scope_actor() AS scope_actor)) OR is_direct_customer(member_id)))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (holder_id = ( SELECT scope_actor() AS scope_actor)) OR is_direct_customer(member_id))));

CREATE POLICY writer ON organisation_txn TO owner USING ((organisation_id = scope_book())) WITH CHECK ((organisation_id = scope_book()));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON organisation_txn FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON organisation_txn FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER stats_follow AFTER INSERT ON organisation_txn FOR EACH ROW WHEN ((new.kind = ANY (ARRAY['remitted'::text, 'refund_paid'::text]))) EXECUTE FUNCTION book_stats_follow();

GRANT SELECT ON TABLE organisation_txn TO app_role;

-- Table receipt_series: ledger/books/receipt_series.sql

CREATE TABLE receipt_series (
    organisation_id uuid NOT NULL,
    series text NOT NULL,
    network text NOT NULL,
    last_no bigint NOT NULL
);

ALTER TABLE receipt_series FORCE ROW LEVEL SECURITY;

ALTER TABLE receipt_series
    ADD CONSTRAINT receipt_series_pkey PRIMARY KEY (organisation_id, series);

ALTER TABLE receipt_series
    ADD CONSTRAINT receipt_series_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE receipt_series ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON receipt_series TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

-- Table books_opening: ledger/books_opening.sql

CREATE TABLE books_opening (
    network text NOT NULL,
    province_code text NOT NULL,
    commune_code text,
    begins_on date NOT NULL,
    set_by uuid,
    set_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE books_opening FORCE ROW LEVEL SECURITY;

ALTER TABLE books_opening
    ADD CONSTRAINT books_opening_pkey PRIMARY KEY (network, province_code);

ALTER TABLE books_opening
    ADD CONSTRAINT books_opening_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE books_opening ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON books_opening TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON books_opening TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

CREATE POLICY writer ON books_opening FOR SELECT TO owner USING (((scope_group() IS NOT NULL) OR (scope_book() IS NOT NULL)));

GRANT SELECT,INSERT,UPDATE ON TABLE books_opening TO app_role;

-- Table closed_period: ledger/closed_period.sql

CREATE TABLE closed_period (
    network text NOT NULL,
    province_code text NOT NULL,
    commune_code text,
    closed_through date NOT NULL,
    closed_by uuid,
    closed_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE closed_period FORCE ROW LEVEL SECURITY;

ALTER TABLE closed_period
    ADD CONSTRAINT closed_period_pkey PRIMARY KEY (network, province_code);

ALTER TABLE closed_period
    ADD CONSTRAINT closed_period_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE closed_period ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON closed_period TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON closed_period TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

CREATE POLICY writer ON closed_period FOR SELECT TO owner USING (((scope_group() IS NOT NULL) OR (scope_book() IS NOT NULL)));

GRANT SELECT,INSERT,UPDATE ON TABLE closed_period TO app_role;

-- Table ledger_txn: ledger/ledger_txn.sql

CREATE TABLE ledger_txn (
    id uuid NOT NULL,
    seq bigint NOT NULL,
    network text NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    group_id uuid NOT NULL,
    model_id uuid,
    member_id uuid,
    kind text NOT NULL,
    product text,
    amount bigint NOT NULL,
    quantity numeric(12,3),
    unit text,
    unit_price bigint,
    source text,
    note text,
    business_date date NOT NULL,
    recorded_at timestamp with time zone DEFAULT now() NOT NULL,
    recorded_by uuid NOT NULL,
    org_id uuid NOT NULL,
    client_key text,
    request_hash bytea,
    sheet_id uuid,
    lines smallint,
    reverses_id uuid,
    reversed_kind text,
    resolves_id uuid,
    member_balance bigint,
    group_balance bigint NOT NULL,
    CONSTRAINT ck_ledger_txn_amount CHECK (((amount > 0) OR (kind = 'sheet'::text)))
);

ALTER TABLE ledger_txn FORCE ROW LEVEL SECURITY;

ALTER TABLE ledger_txn ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ledger_txn_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ledger_txn
    ADD CONSTRAINT ledger_txn_pkey PRIMARY KEY (id);

CREATE INDEX ix_ledger_txn_group ON ledger_txn USING btree (group_id, seq);

CREATE INDEX ix_ledger_txn_province ON ledger_txn USING btree (province_code, seq);

CREATE INDEX ix_ledger_txn_sheet ON ledger_txn USING btree (group_id, seq) WHERE (kind = 'sheet'::text);

CREATE INDEX ix_ledger_txn_sheet_province ON ledger_txn USING btree (province_code, seq) WHERE (kind = 'sheet'::text);

CREATE UNIQUE INDEX uq_ledger_txn_key ON ledger_txn USING btree (org_id, client_key) WHERE (client_key IS NOT NULL);

CREATE UNIQUE INDEX uq_ledger_txn_resolves ON ledger_txn USING btree (resolves_id) WHERE (resolves_id IS NOT NULL);

CREATE UNIQUE INDEX uq_ledger_txn_reverses ON ledger_txn USING btree (reverses_id) WHERE (reverses_id IS NOT NULL);

ALTER TABLE ledger_txn ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON ledger_txn TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON ledger_txn TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])))));

CREATE POLICY writer ON ledger_txn TO owner USING ((group_id = scope_group())) WITH CHECK ((group_id = scope_group()));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON ledger_txn FOR EACH ROW EXECUTE FUNCTION refuse_all_but_clearing('note', 'source');

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON ledger_txn FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER stats_follow AFTER INSERT ON ledger_txn FOR EACH ROW WHEN (((new.sheet_id IS NULL) AND (new.kind = ANY (ARRAY['saving'::text, 'withdrawal'::text, 'donation'::text, 'sale'::text, 'reversal'::text, 'hold_posted'::text, 'premium_refund'::text])))) EXECUTE FUNCTION ledger_stats_follow();

GRANT SELECT ON TABLE ledger_txn TO app_role;

-- Table posting: ledger/posting.sql

CREATE TABLE posting (
    account_id bigint NOT NULL,
    account_version bigint NOT NULL,
    txn_id uuid NOT NULL,
    amount bigint NOT NULL,
    balance_after bigint NOT NULL
);

ALTER TABLE posting FORCE ROW LEVEL SECURITY;

ALTER TABLE posting
    ADD CONSTRAINT posting_pkey PRIMARY KEY (account_id, account_version);

ALTER TABLE posting ENABLE ROW LEVEL SECURITY;

CREATE POLICY follow ON posting FOR INSERT TO owner WITH CHECK (true);

CREATE POLICY system ON posting TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON posting TO app_role USING ((EXISTS ( SELECT
   FROM account a
  WHERE (a.id = posting.account_id)))) WITH CHECK ((EXISTS ( SELECT
   FROM account a
  WHERE (a.id = posting.account_id))));

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE ON posting FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON posting FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON TABLE posting TO app_role;

-- Table consent: people/consent.sql

CREATE TABLE consent (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    network text NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    purpose text NOT NULL,
    text_version text NOT NULL,
    method text NOT NULL,
    given_at timestamp with time zone NOT NULL,
    given_by text NOT NULL,
    guardian_name text,
    recorded_by uuid,
    withdrawn_at timestamp with time zone,
    withdrawn_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_consent_dates CHECK (((withdrawn_at IS NULL) OR (withdrawn_at >= given_at))),
    CONSTRAINT ck_consent_given_by CHECK ((given_by = ANY (ARRAY['self'::text, 'guardian'::text, 'both'::text]))),
    CONSTRAINT ck_consent_guardian CHECK (((guardian_name IS NOT NULL) = (given_by <> 'self'::text))),
    CONSTRAINT ck_consent_guardian_name CHECK (nfc(guardian_name)),
    CONSTRAINT ck_consent_method CHECK ((method = ANY (ARRAY['paper'::text, 'electronic'::text, 'spoken_witnessed'::text]))),
    CONSTRAINT ck_consent_purpose CHECK ((purpose = ANY (ARRAY['insurance'::text, 'savings'::text, 'sharing_bhxh'::text, 'sensitive_data'::text, 'publication'::text, 'reminders'::text])))
);

ALTER TABLE consent FORCE ROW LEVEL SECURITY;

ALTER TABLE consent
    ADD CONSTRAINT consent_pkey PRIMARY KEY (id);

CREATE INDEX ix_consent_guardian ON consent USING btree (commune_code, network) WHERE (guardian_name IS NOT NULL);

CREATE INDEX ix_consent_member ON consent USING btree (member_id);

CREATE UNIQUE INDEX uq_consent_current ON consent USING btree (member_id, purpose, text_version) WHERE (withdrawn_at IS NULL);

ALTER TABLE consent
    ADD CONSTRAINT consent_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(id);

ALTER TABLE consent
    ADD CONSTRAINT consent_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE consent ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON consent TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON consent TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (member_id IN ( SELECT p.id
   FROM member p))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (member_id IN ( SELECT p.id
   FROM member p)))));

GRANT SELECT,INSERT,UPDATE ON TABLE consent TO app_role;

-- Table household: people/household.sql

CREATE TABLE household (
    id uuid NOT NULL,
    code text,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    hamlet_code text,
    address text,
    head_member_id uuid,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL
);

ALTER TABLE household FORCE ROW LEVEL SECURITY;

ALTER TABLE household
    ADD CONSTRAINT household_pkey PRIMARY KEY (id);

ALTER TABLE household
    ADD CONSTRAINT uq_household_code UNIQUE (network, code);

CREATE INDEX ix_household_head ON household USING btree (head_member_id) WHERE (head_member_id IS NOT NULL);

CREATE INDEX ix_household_organisation ON household USING btree (organisation_id);

CREATE INDEX ix_household_place ON household USING btree (commune_code, network);

ALTER TABLE household
    ADD CONSTRAINT household_head_member_id_fkey FOREIGN KEY (head_member_id) REFERENCES member(id);

ALTER TABLE household
    ADD CONSTRAINT household_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE household
    ADD CONSTRAINT household_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE household ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON household TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON household TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (created_by = ( SELECT scope_actor() AS scope_actor)) OR (id IN ( SELECT p.household_id
   FROM (member p
     JOIN membership m ON ((m.member_id = p.id)))
  WHERE (m.group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[]))))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (created_by = ( SELECT scope_actor() AS scope_actor)) OR (id IN ( SELECT p.household_id
   FROM (member p
     JOIN membership m ON ((m.member_id = p.id)))
  WHERE (m.group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])))))));

GRANT SELECT,INSERT,UPDATE ON TABLE household TO app_role;

-- Table member: people/member.sql

CREATE TABLE member (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    hamlet_code text,
    household_id uuid,
    relation_to_head text,
    full_name text NOT NULL,
    search_name text NOT NULL,
    birth_date date,
    sex text,
    national_id text,
    social_insurance_no text,
    health_card_no text,
    phone text,
    occupation text,
    referrer_id uuid,
    joined_on date,
    died_on date,
    created_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    anonymised_at timestamp with time zone,
    number_claim uuid,
    number_status text DEFAULT 'confirmed'::text NOT NULL,
    number_to_check boolean DEFAULT false NOT NULL,
    number_distinct_from text[] DEFAULT '{}'::text[] NOT NULL,
    numbers_since timestamp with time zone,
    CONSTRAINT ck_member_full_name CHECK (nfc(full_name)),
    CONSTRAINT ck_member_national_id CHECK ((national_id ~ '^[0-9]{9}([0-9]{3})?$'::text)),
    CONSTRAINT ck_member_number_claim CHECK (((number_status = 'confirmed'::text) = (number_claim IS NULL))),
    CONSTRAINT ck_member_number_status CHECK ((number_status = ANY (ARRAY['confirmed'::text, 'pending'::text, 'distinct'::text]))),
    CONSTRAINT ck_member_sex CHECK ((sex = ANY (ARRAY['female'::text, 'male'::text]))),
    CONSTRAINT ck_member_social_insurance_no CHECK ((social_insurance_no ~ '^[0-9]{10}$'::text))
);

ALTER TABLE member FORCE ROW LEVEL SECURITY;

ALTER TABLE member
    ADD CONSTRAINT member_pkey PRIMARY KEY (id);

CREATE INDEX ix_member_commune ON member USING btree (commune_code, network, id);

CREATE INDEX ix_member_created_by ON member USING btree (created_by, id) WHERE (created_by IS NOT NULL);

CREATE INDEX ix_member_health_card ON member USING btree (health_card_no) WHERE (health_card_no IS NOT NULL);

CREATE INDEX ix_member_household ON member USING btree (household_id) WHERE (household_id IS NOT NULL);

CREATE INDEX ix_member_namesakes ON member USING btree (commune_code, search_name, birth_date, id) INCLUDE (network, province_code, created_by, national_id, social_insurance_no);

CREATE INDEX ix_member_network ON member USING btree (network, id);

CREATE INDEX ix_member_pending ON member USING btree (id) WHERE (number_status = 'pending'::text);

CREATE INDEX ix_member_phone ON member USING btree (phone) WHERE (phone IS NOT NULL);

CREATE INDEX ix_member_province ON member USING btree (province_code, network, id);

CREATE INDEX ix_member_referrer ON member USING btree (referrer_id) WHERE (referrer_id IS NOT NULL);

CREATE UNIQUE INDEX uq_member_national_id ON member USING btree (national_id, network, number_claim) INCLUDE (id, province_code, commune_code, created_by) NULLS NOT DISTINCT WHERE (national_id IS NOT NULL);

CREATE UNIQUE INDEX uq_member_social_insurance_no ON member USING btree (social_insurance_no, network, number_claim) INCLUDE (id, province_code, commune_code, created_by) NULLS NOT DISTINCT WHERE (social_insurance_no IS NOT NULL);

ALTER TABLE member
    ADD CONSTRAINT member_household_id_fkey FOREIGN KEY (household_id) REFERENCES household(id);

ALTER TABLE member
    ADD CONSTRAINT member_referrer_id_fkey FOREIGN KEY (referrer_id) REFERENCES member(id);

ALTER TABLE member ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON member TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON member TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (created_by = ( SELECT scope_actor() AS scope_actor)) OR (id IN ( SELECT m.member_id
   FROM membership m
  WHERE (m.group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[]))))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (created_by = ( SELECT scope_actor() AS scope_actor)) OR (id IN ( SELECT m.member_id
   FROM membership m
  WHERE (m.group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])))))));

CREATE TRIGGER date_numbers BEFORE UPDATE OF national_id, social_insurance_no ON member FOR EACH ROW WHEN (((old.national_id IS DISTINCT FROM new.national_id) OR (old.social_insurance_no IS DISTINCT FROM new.social_insurance_no))) EXECUTE FUNCTION date_numbers();

CREATE TRIGGER refs AFTER INSERT ON member REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refs_of_member();

CREATE TRIGGER refs_stay BEFORE UPDATE OF network, organisation_id ON member FOR EACH ROW WHEN (((old.network IS DISTINCT FROM new.network) OR (old.organisation_id IS DISTINCT FROM new.organisation_id))) EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT,UPDATE ON TABLE member TO app_role;

-- Table support_group: people/support_group.sql

CREATE TABLE support_group (
    id uuid NOT NULL,
    member_id uuid NOT NULL,
    network text NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    kind text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    evidence text,
    entered_by uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_support_group_dates CHECK (((valid_to IS NULL) OR (valid_to >= valid_from))),
    CONSTRAINT ck_support_group_kind CHECK ((kind = ANY (ARRAY['poor'::text, 'near_poor'::text, 'ethnic_minority'::text, 'island'::text, 'other'::text])))
);

ALTER TABLE support_group FORCE ROW LEVEL SECURITY;

ALTER TABLE support_group
    ADD CONSTRAINT ex_support_group_overlap EXCLUDE USING gist (member_id WITH =, kind WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE support_group
    ADD CONSTRAINT support_group_pkey PRIMARY KEY (id);

ALTER TABLE support_group
    ADD CONSTRAINT support_group_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(id);

ALTER TABLE support_group
    ADD CONSTRAINT support_group_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE support_group ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON support_group TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON support_group TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (member_id IN ( SELECT p.id
   FROM member p))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (member_id IN ( SELECT p.id
   FROM member p)))));

GRANT SELECT,INSERT,UPDATE ON TABLE support_group TO app_role;

-- Table place: places/place.sql

CREATE TABLE place (
    code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    level text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    parent_code text,
    search_name text NOT NULL,
    latitude double precision,
    longitude double precision,
    area_km2 double precision,
    created_by_org uuid,
    CONSTRAINT ck_place_code CHECK ((code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$'::text)),
    CONSTRAINT ck_place_dates CHECK (((valid_to IS NULL) OR (valid_to >= valid_from))),
    CONSTRAINT ck_place_level CHECK ((level = ANY (ARRAY['country'::text, 'province'::text, 'district'::text, 'commune'::text, 'hamlet'::text, 'block'::text]))),
    CONSTRAINT ck_place_name CHECK (nfc(name))
);

ALTER TABLE place FORCE ROW LEVEL SECURITY;

ALTER TABLE place
    ADD CONSTRAINT place_pkey PRIMARY KEY (code, valid_from);

CREATE INDEX ix_place_created_by_org ON place USING btree (created_by_org) WHERE (created_by_org IS NOT NULL);

CREATE INDEX ix_place_parent ON place USING btree (parent_code, level);

ALTER TABLE place
    ADD CONSTRAINT place_created_by_org_fkey FOREIGN KEY (created_by_org) REFERENCES organisation(id);

ALTER TABLE place ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON place TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON place FOR INSERT TO app_role WITH CHECK ((( SELECT scope_network() AS scope_network) IS NOT NULL));

CREATE POLICY tenant_read ON place FOR SELECT USING (true);

GRANT SELECT,INSERT ON TABLE place TO app_role;

-- Table place_dataset: places/place_dataset.sql

CREATE TABLE place_dataset (
    one boolean DEFAULT true NOT NULL,
    version text NOT NULL,
    loaded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_place_dataset_one CHECK (one)
);

ALTER TABLE place_dataset
    ADD CONSTRAINT place_dataset_pkey PRIMARY KEY (one);

GRANT SELECT ON TABLE place_dataset TO app_role;

-- Table place_succession: places/place_succession.sql

CREATE TABLE place_succession (
    old_code text NOT NULL,
    new_code text NOT NULL,
    on_date date NOT NULL,
    share double precision,
    is_default boolean NOT NULL
);

ALTER TABLE place_succession
    ADD CONSTRAINT place_succession_pkey PRIMARY KEY (old_code, new_code, on_date);

CREATE INDEX ix_place_succession_new ON place_succession USING btree (new_code, on_date);

GRANT SELECT ON TABLE place_succession TO app_role;

-- Table data_request: privacy/data_request.sql

CREATE TABLE data_request (
    id uuid DEFAULT new_id() NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    member_id uuid NOT NULL,
    kind text NOT NULL,
    status text DEFAULT 'received'::text NOT NULL,
    requester text NOT NULL,
    requester_name text,
    identity_check text NOT NULL,
    details text,
    purposes text[] DEFAULT '{}'::text[] NOT NULL,
    received_at timestamp with time zone NOT NULL,
    respond_by date NOT NULL,
    due_on date NOT NULL,
    extended_at timestamp with time zone,
    extension_reason text,
    decided_at timestamp with time zone,
    decided_by uuid,
    refusal_code text,
    answer text,
    done_at timestamp with time zone,
    done_by uuid,
    outcome jsonb DEFAULT '{}'::jsonb NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_data_request_done CHECK (((status = 'done'::text) = (done_at IS NOT NULL))),
    CONSTRAINT ck_data_request_extended CHECK (((extended_at IS NULL) = (extension_reason IS NULL))),
    CONSTRAINT ck_data_request_identity_check CHECK ((identity_check = ANY (ARRAY['in_person'::text, 'document'::text, 'known_phone'::text]))),
    CONSTRAINT ck_data_request_kind CHECK ((kind = ANY (ARRAY['access'::text, 'copy'::text, 'correction'::text, 'objection'::text, 'deletion'::text]))),
    CONSTRAINT ck_data_request_refused CHECK (((status = 'refused'::text) = (refusal_code IS NOT NULL))),
    CONSTRAINT ck_data_request_requester CHECK ((requester = ANY (ARRAY['self'::text, 'guardian'::text, 'representative'::text]))),
    CONSTRAINT ck_data_request_requester_name CHECK (nfc(requester_name)),
    CONSTRAINT ck_data_request_status CHECK ((status = ANY (ARRAY['received'::text, 'accepted'::text, 'done'::text, 'refused'::text, 'withdrawn'::text])))
);

ALTER TABLE data_request FORCE ROW LEVEL SECURITY;

ALTER TABLE data_request
    ADD CONSTRAINT data_request_pkey PRIMARY KEY (id);

CREATE INDEX ix_data_request_member ON data_request USING btree (member_id, id);

CREATE INDEX ix_data_request_organisation ON data_request USING btree (organisation_id);

CREATE INDEX ix_data_request_province ON data_request USING btree (province_code, id);

CREATE UNIQUE INDEX uq_data_request_open ON data_request USING btree (member_id, kind) WHERE (status = ANY (ARRAY['received'::text, 'accepted'::text]));

ALTER TABLE data_request
    ADD CONSTRAINT data_request_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(id);

ALTER TABLE data_request
    ADD CONSTRAINT data_request_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE data_request
    ADD CONSTRAINT data_request_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE data_request ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON data_request TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON data_request TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND ( SELECT scope_all_groups() AS scope_all_groups))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND ( SELECT scope_all_groups() AS scope_all_groups)));

GRANT SELECT,INSERT,UPDATE ON TABLE data_request TO app_role;

-- Table emergency_access: privacy/emergency_access.sql

CREATE TABLE emergency_access (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    place_code text NOT NULL,
    province_code text NOT NULL,
    commune_code text,
    provinces text[] NOT NULL,
    communes text[] NOT NULL,
    requested_by uuid NOT NULL,
    reason_kind text NOT NULL,
    reason text NOT NULL,
    minutes integer NOT NULL,
    status text DEFAULT 'requested'::text NOT NULL,
    decide_by timestamp with time zone DEFAULT (now() + '1 day'::interval) NOT NULL,
    decided_at timestamp with time zone,
    decided_by uuid,
    decision_note text,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    ended_by uuid,
    review_by timestamp with time zone,
    reviewed_at timestamp with time zone,
    reviewed_by uuid,
    review_outcome text,
    review_note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_emergency_access_decided CHECK (((decided_by IS NOT NULL) = (status <> ALL (ARRAY['requested'::text, 'cancelled'::text])))),
    CONSTRAINT ck_emergency_access_minutes CHECK (((minutes >= 15) AND (minutes <= 240))),
    CONSTRAINT ck_emergency_access_reason CHECK (nfc(reason)),
    CONSTRAINT ck_emergency_access_reason_kind CHECK ((reason_kind = ANY (ARRAY['urgent_care'::text, 'disaster'::text, 'fraud_inquiry'::text, 'authority_request'::text, 'system_failure'::text, 'other'::text]))),
    CONSTRAINT ck_emergency_access_review_outcome CHECK ((review_outcome = ANY (ARRAY['justified'::text, 'excessive'::text, 'unjustified'::text]))),
    CONSTRAINT ck_emergency_access_reviewed CHECK ((((reviewed_at IS NULL) = (review_outcome IS NULL)) AND ((reviewed_at IS NULL) = (reviewed_by IS NULL)) AND ((reviewed_by <> requested_by) AND (reviewed_by <> decided_by)))),
    CONSTRAINT ck_emergency_access_status CHECK ((status = ANY (ARRAY['requested'::text, 'approved'::text, 'refused'::text, 'cancelled'::text, 'ended'::text]))),
    CONSTRAINT ck_emergency_access_time CHECK ((((starts_at IS NOT NULL) = (status = ANY (ARRAY['approved'::text, 'ended'::text]))) AND ((ends_at IS NOT NULL) = (status = ANY (ARRAY['approved'::text, 'ended'::text]))) AND (ends_at <= (starts_at + '04:00:00'::interval)))),
    CONSTRAINT ck_emergency_access_two_people CHECK ((decided_by <> requested_by))
);

ALTER TABLE emergency_access FORCE ROW LEVEL SECURITY;

ALTER TABLE emergency_access
    ADD CONSTRAINT emergency_access_pkey PRIMARY KEY (id);

CREATE INDEX ix_emergency_access_organisation ON emergency_access USING btree (organisation_id, id);

CREATE INDEX ix_emergency_access_province ON emergency_access USING btree (province_code, id);

CREATE INDEX ix_emergency_access_requester ON emergency_access USING btree (requested_by);

ALTER TABLE emergency_access
    ADD CONSTRAINT emergency_access_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE emergency_access
    ADD CONSTRAINT emergency_access_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE emergency_access
    ADD CONSTRAINT emergency_access_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES app_user(id);

ALTER TABLE emergency_access ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_act ON emergency_access FOR INSERT TO app_role WITH CHECK (((requested_by = ( SELECT scope_actor() AS scope_actor)) AND (organisation_id = ( SELECT scope_organisation() AS scope_organisation)) AND (status = 'requested'::text) AND (( SELECT scope_network() AS scope_network) IS NOT NULL)));

CREATE POLICY step ON emergency_access FOR UPDATE TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))) AND ( SELECT scope_all_groups() AS scope_all_groups) AND (NOT ( SELECT scope_limited() AS scope_limited))));

CREATE POLICY system ON emergency_access TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant_read ON emergency_access FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))) AND ( SELECT scope_all_groups() AS scope_all_groups) AND (NOT ( SELECT scope_limited() AS scope_limited))));

CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON emergency_access FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER no_delete BEFORE DELETE ON emergency_access FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER step BEFORE UPDATE ON emergency_access FOR EACH ROW EXECUTE FUNCTION emergency_step();

GRANT SELECT,INSERT,UPDATE ON TABLE emergency_access TO app_role;

-- Table trace_doubt: privacy/traces/trace_doubt.sql

CREATE TABLE trace_doubt (
    record_kind text NOT NULL,
    record_id uuid NOT NULL,
    file text NOT NULL,
    part integer NOT NULL,
    is_failed boolean NOT NULL,
    rows text[] NOT NULL,
    more integer DEFAULT 0 NOT NULL,
    noted_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE trace_doubt FORCE ROW LEVEL SECURITY;

ALTER TABLE trace_doubt
    ADD CONSTRAINT trace_doubt_pkey PRIMARY KEY (record_kind, record_id, file, part, is_failed);

ALTER TABLE trace_doubt ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON trace_doubt TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

-- Table trace_search: privacy/traces/trace_search.sql

CREATE TABLE trace_search (
    member_id uuid NOT NULL,
    network text NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    full_name text NOT NULL,
    search_name text NOT NULL,
    numbers text[] NOT NULL,
    phone text,
    asked_at timestamp with time zone DEFAULT now() NOT NULL,
    beside text[],
    begun_at timestamp with time zone,
    stage text DEFAULT 'jobs'::text NOT NULL,
    at_id uuid DEFAULT '00000000-0000-0000-0000-000000000000'::uuid NOT NULL,
    at_name text,
    at_part integer DEFAULT '-1'::integer NOT NULL,
    waiting uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    passed uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    failures integer DEFAULT 0 NOT NULL,
    doubts integer DEFAULT 0 NOT NULL,
    CONSTRAINT ck_trace_search_stage CHECK ((stage = ANY (ARRAY['jobs'::text, 'batches'::text, 'contributions'::text, 'lists'::text, 'waiting'::text, 'aside'::text])))
);

ALTER TABLE trace_search FORCE ROW LEVEL SECURITY;

ALTER TABLE trace_search
    ADD CONSTRAINT trace_search_pkey PRIMARY KEY (member_id);

ALTER TABLE trace_search ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON trace_search TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

-- Table membership: savings/membership.sql

CREATE TABLE membership (
    id uuid NOT NULL,
    group_id uuid NOT NULL,
    member_id uuid NOT NULL,
    network text NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    duty text DEFAULT 'member'::text NOT NULL,
    joined_on date NOT NULL,
    left_on date,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_membership_dates CHECK (((left_on IS NULL) OR (left_on >= joined_on))),
    CONSTRAINT ck_membership_duty CHECK ((duty = ANY (ARRAY['member'::text, 'leader'::text, 'treasurer'::text])))
);

ALTER TABLE membership FORCE ROW LEVEL SECURITY;

ALTER TABLE membership
    ADD CONSTRAINT membership_pkey PRIMARY KEY (id);

CREATE INDEX ix_membership_group ON membership USING btree (group_id, id);

CREATE INDEX ix_membership_member ON membership USING btree (member_id, group_id);

CREATE UNIQUE INDEX uq_membership_current ON membership USING btree (group_id, member_id) WHERE (left_on IS NULL);

ALTER TABLE membership
    ADD CONSTRAINT membership_group_id_fkey FOREIGN KEY (group_id) REFERENCES savings_group(id);

ALTER TABLE membership
    ADD CONSTRAINT membership_member_id_fkey FOREIGN KEY (member_id) REFERENCES member(id);

ALTER TABLE membership ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON membership TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON membership TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])))));

CREATE POLICY writer ON membership FOR SELECT TO owner USING ((group_id = scope_group()));

CREATE TRIGGER accounts_of_membership AFTER INSERT ON membership REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION open_member_accounts();

CREATE TRIGGER refs AFTER INSERT ON membership REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refs_of_membership();

CREATE TRIGGER refs_stay BEFORE UPDATE OF network ON membership FOR EACH ROW WHEN ((old.network IS DISTINCT FROM new.network)) EXECUTE FUNCTION refuse_change();

GRANT SELECT,INSERT,UPDATE ON TABLE membership TO app_role;

-- Table pledge: savings/pledge.sql

CREATE TABLE pledge (
    id uuid NOT NULL,
    membership_id uuid NOT NULL,
    group_id uuid NOT NULL,
    network text NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    kind text NOT NULL,
    product text,
    amount bigint,
    per text,
    asset_name text,
    asset_quantity numeric(12,3),
    asset_quantity_max numeric(12,3),
    valid_from date NOT NULL,
    valid_to date,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_pledge_amount CHECK ((amount > 0)),
    CONSTRAINT ck_pledge_asset_name CHECK (nfc(asset_name)),
    CONSTRAINT ck_pledge_dates CHECK (((valid_to IS NULL) OR (valid_to >= (valid_from - 1)))),
    CONSTRAINT ck_pledge_kind CHECK ((kind = ANY (ARRAY['money'::text, 'asset'::text]))),
    CONSTRAINT ck_pledge_per CHECK ((per = ANY (ARRAY['day'::text, 'week'::text, 'month'::text, 'year'::text]))),
    CONSTRAINT ck_pledge_product CHECK ((product = ANY (ARRAY['bhxh_tn'::text, 'bhyt_hgd'::text]))),
    CONSTRAINT ck_pledge_whole CHECK (
CASE kind
    WHEN 'money'::text THEN ((amount IS NOT NULL) AND (per IS NOT NULL) AND (asset_name IS NULL))
    ELSE ((asset_name IS NOT NULL) AND (asset_quantity > (0)::numeric))
END)
);

ALTER TABLE pledge FORCE ROW LEVEL SECURITY;

ALTER TABLE pledge
    ADD CONSTRAINT pledge_pkey PRIMARY KEY (id);

CREATE INDEX ix_pledge_group ON pledge USING btree (group_id);

CREATE INDEX ix_pledge_membership ON pledge USING btree (membership_id);

ALTER TABLE pledge
    ADD CONSTRAINT pledge_group_id_fkey FOREIGN KEY (group_id) REFERENCES savings_group(id);

ALTER TABLE pledge
    ADD CONSTRAINT pledge_membership_id_fkey FOREIGN KEY (membership_id) REFERENCES membership(id);

ALTER TABLE pledge
    ADD CONSTRAINT pledge_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE pledge ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON pledge TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON pledge TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (group_id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])))));

GRANT SELECT,INSERT,UPDATE ON TABLE pledge TO app_role;

-- Table savings_group: savings/savings_group.sql

CREATE TABLE savings_group (
    id uuid NOT NULL,
    code text NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    model_id uuid,
    kind text NOT NULL,
    name text NOT NULL,
    search_name text DEFAULT ''::text NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    hamlet_code text,
    leader_id uuid,
    treasurer_id uuid,
    cycle text,
    meeting_day integer,
    started_on date,
    ended_on date,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_savings_group_cycle CHECK ((cycle = ANY (ARRAY['day'::text, 'week'::text, 'month'::text, 'season'::text, 'year'::text]))),
    CONSTRAINT ck_savings_group_dates CHECK (((ended_on IS NULL) OR (started_on IS NULL) OR (ended_on >= started_on))),
    CONSTRAINT ck_savings_group_kind CHECK ((kind = ANY (ARRAY['savings_group'::text, 'club'::text, 'neighbour_block'::text, 'fund'::text]))),
    CONSTRAINT ck_savings_group_meeting_day CHECK (((meeting_day >= 1) AND (meeting_day <= 31))),
    CONSTRAINT ck_savings_group_name CHECK (nfc(name))
);

ALTER TABLE savings_group FORCE ROW LEVEL SECURITY;

ALTER TABLE savings_group
    ADD CONSTRAINT savings_group_pkey PRIMARY KEY (id);

ALTER TABLE savings_group
    ADD CONSTRAINT uq_savings_group_code UNIQUE (network, code);

CREATE INDEX ix_savings_group_commune ON savings_group USING btree (commune_code, network, id);

CREATE INDEX ix_savings_group_leader ON savings_group USING btree (leader_id) WHERE (leader_id IS NOT NULL);

CREATE INDEX ix_savings_group_model ON savings_group USING btree (model_id) WHERE (model_id IS NOT NULL);

CREATE INDEX ix_savings_group_organisation ON savings_group USING btree (organisation_id);

CREATE INDEX ix_savings_group_province ON savings_group USING btree (province_code, network, id);

CREATE INDEX ix_savings_group_treasurer ON savings_group USING btree (treasurer_id) WHERE (treasurer_id IS NOT NULL);

ALTER TABLE savings_group
    ADD CONSTRAINT savings_group_leader_id_fkey FOREIGN KEY (leader_id) REFERENCES member(id);

ALTER TABLE savings_group
    ADD CONSTRAINT savings_group_model_id_fkey FOREIGN KEY (model_id) REFERENCES savings_model(id);

ALTER TABLE savings_group
    ADD CONSTRAINT savings_group_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE savings_group
    ADD CONSTRAINT savings_group_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE savings_group
    ADD CONSTRAINT savings_group_treasurer_id_fkey FOREIGN KEY (treasurer_id) REFERENCES member(id);

ALTER TABLE savings_group ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON savings_group TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON savings_group USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))) AND (( SELECT scope_all_groups() AS scope_all_groups) OR (id = ANY (( SELECT scope_groups() AS scope_groups)::uuid[])))));

CREATE TRIGGER accounts_of_group AFTER INSERT ON savings_group FOR EACH ROW EXECUTE FUNCTION open_group_accounts();

CREATE TRIGGER accounts_of_moved_group AFTER UPDATE OF province_code, commune_code ON savings_group FOR EACH ROW WHEN (((old.commune_code <> new.commune_code) OR (old.province_code <> new.province_code))) EXECUTE FUNCTION move_group_accounts();

GRANT SELECT,INSERT,UPDATE ON TABLE savings_group TO app_role;

-- Table savings_model: savings/savings_model.sql

CREATE TABLE savings_model (
    id uuid NOT NULL,
    code text NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    place_code text,
    province_code text,
    commune_code text,
    name text NOT NULL,
    aliases text[] DEFAULT '{}'::text[] NOT NULL,
    search_name text DEFAULT ''::text NOT NULL,
    mechanism text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    products text[] DEFAULT '{}'::text[] NOT NULL,
    partners text[] DEFAULT '{}'::text[] NOT NULL,
    launched_on date,
    ended_on date,
    description text,
    replicated_from_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_savings_model_mechanism CHECK ((mechanism = ANY (ARRAY['piggy_bank'::text, 'farm_product'::text, 'dedicated_asset'::text, 'pooled_capital'::text, 'rotating_fund'::text, 'instalment'::text, 'recyclables'::text, 'donation'::text, 'public_support'::text, 'recruitment_pledge'::text, 'full_coverage_pledge'::text]))),
    CONSTRAINT ck_savings_model_name CHECK (nfc(name))
);

ALTER TABLE savings_model FORCE ROW LEVEL SECURITY;

ALTER TABLE savings_model
    ADD CONSTRAINT savings_model_pkey PRIMARY KEY (id);

ALTER TABLE savings_model
    ADD CONSTRAINT uq_savings_model_code UNIQUE (network, code);

CREATE INDEX ix_savings_model_organisation ON savings_model USING btree (organisation_id);

CREATE INDEX ix_savings_model_place ON savings_model USING btree (province_code, network);

CREATE INDEX ix_savings_model_replicated_from ON savings_model USING btree (replicated_from_id) WHERE (replicated_from_id IS NOT NULL);

ALTER TABLE savings_model
    ADD CONSTRAINT savings_model_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE savings_model
    ADD CONSTRAINT savings_model_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE savings_model
    ADD CONSTRAINT savings_model_replicated_from_id_fkey FOREIGN KEY (replicated_from_id) REFERENCES savings_model(id);

ALTER TABLE savings_model ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON savings_model TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON savings_model TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

CREATE POLICY tenant_read ON savings_model FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (province_code IS NULL)));

CREATE POLICY tenant_read_home ON savings_model FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (commune_code IS NULL) AND (province_code = ANY (( SELECT scope_home_provinces() AS scope_home_provinces)::text[]))));

GRANT SELECT,INSERT,UPDATE ON TABLE savings_model TO app_role;

-- Table stat_day: stats/stat_day.sql

CREATE TABLE stat_day (
    province_code text NOT NULL,
    commune_code text NOT NULL,
    day date NOT NULL,
    network text NOT NULL,
    model_id uuid NOT NULL,
    product text NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL,
    entries bigint NOT NULL
)
WITH (fillfactor='80');

ALTER TABLE stat_day FORCE ROW LEVEL SECURITY;

ALTER TABLE stat_day
    ADD CONSTRAINT stat_day_pkey PRIMARY KEY (commune_code, day, network, model_id, product, kind, province_code);

ALTER TABLE stat_day ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON stat_day TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON stat_day TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

GRANT SELECT ON TABLE stat_day TO app_role;

-- Table stat_month: stats/stat_month.sql

CREATE TABLE stat_month (
    province_code text NOT NULL,
    commune_code text NOT NULL,
    month date NOT NULL,
    network text NOT NULL,
    model_id uuid NOT NULL,
    product text NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL,
    entries bigint NOT NULL
)
WITH (fillfactor='80');

ALTER TABLE stat_month FORCE ROW LEVEL SECURITY;

ALTER TABLE stat_month
    ADD CONSTRAINT stat_month_pkey PRIMARY KEY (commune_code, month, network, model_id, product, kind, province_code);

CREATE INDEX ix_stat_month_model ON stat_month USING btree (model_id);

ALTER TABLE stat_month ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON stat_month TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON stat_month TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

GRANT SELECT ON TABLE stat_month TO app_role;

-- Table stat_pending: stats/stat_pending.sql

CREATE TABLE stat_pending (
    id bigint NOT NULL,
    day date NOT NULL,
    network text NOT NULL,
    province_code text NOT NULL,
    commune_code text NOT NULL,
    model_id uuid NOT NULL,
    product text NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL,
    entries bigint NOT NULL
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='5000');

ALTER TABLE stat_pending FORCE ROW LEVEL SECURITY;

ALTER TABLE stat_pending ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME stat_pending_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE stat_pending
    ADD CONSTRAINT stat_pending_pkey PRIMARY KEY (id);

ALTER TABLE stat_pending ENABLE ROW LEVEL SECURITY;

CREATE POLICY follow ON stat_pending FOR INSERT TO owner WITH CHECK (true);

CREATE POLICY system ON stat_pending TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON stat_pending TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

GRANT SELECT ON TABLE stat_pending TO app_role;

-- Table stat_province_month: stats/stat_province_month.sql

CREATE TABLE stat_province_month (
    province_code text NOT NULL,
    commune_code text,
    month date NOT NULL,
    network text NOT NULL,
    model_id uuid NOT NULL,
    product text NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL,
    entries bigint NOT NULL
)
WITH (fillfactor='80');

ALTER TABLE stat_province_month FORCE ROW LEVEL SECURITY;

ALTER TABLE stat_province_month
    ADD CONSTRAINT stat_province_month_pkey PRIMARY KEY (province_code, month, network, model_id, product, kind);

ALTER TABLE stat_province_month ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON stat_province_month TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON stat_province_month TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[]))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))));

GRANT SELECT ON TABLE stat_province_month TO app_role;

-- Table api_client: tenancy/api_client.sql

CREATE TABLE api_client (
    id uuid NOT NULL,
    client_id text NOT NULL,
    name text NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    commune_code text,
    scopes text[] NOT NULL,
    disabled_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    last_used_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    sandbox boolean DEFAULT false NOT NULL,
    place_codes text[],
    within_provinces text[],
    within_communes text[],
    within_commune_provinces text[],
    requests_per_minute integer,
    rows_per_minute integer,
    CONSTRAINT ck_api_client_name CHECK (nfc(name)),
    CONSTRAINT ck_api_client_place_codes CHECK ((cardinality(place_codes) > 0)),
    CONSTRAINT ck_api_client_requests_per_minute CHECK ((requests_per_minute > 0)),
    CONSTRAINT ck_api_client_rows_per_minute CHECK ((rows_per_minute > 0))
);

ALTER TABLE api_client FORCE ROW LEVEL SECURITY;

ALTER TABLE api_client
    ADD CONSTRAINT api_client_pkey PRIMARY KEY (id);

ALTER TABLE api_client
    ADD CONSTRAINT uq_api_client_client_id UNIQUE (client_id);

CREATE INDEX ix_api_client_organisation ON api_client USING btree (organisation_id);

ALTER TABLE api_client
    ADD CONSTRAINT api_client_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE api_client
    ADD CONSTRAINT api_client_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE api_client ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_row ON api_client FOR SELECT TO app_role USING (((id = ( SELECT scope_actor() AS scope_actor)) AND (( SELECT scope_network() AS scope_network) IS NOT NULL)));

CREATE POLICY system ON api_client TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON api_client TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation)))));

CREATE TRIGGER kept BEFORE DELETE ON api_client FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER kept_key BEFORE UPDATE OF id ON api_client FOR EACH ROW WHEN ((old.id IS DISTINCT FROM new.id)) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER kept_truncate BEFORE TRUNCATE ON api_client FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER outdate_scopes AFTER UPDATE OF client_id, organisation_id, scopes, disabled_at, sandbox, place_codes, within_provinces, within_communes, within_commune_provinces ON api_client FOR EACH ROW WHEN ((((((((((old.client_id IS DISTINCT FROM new.client_id) OR (old.organisation_id IS DISTINCT FROM new.organisation_id)) OR (old.scopes IS DISTINCT FROM new.scopes)) OR (old.disabled_at IS DISTINCT FROM new.disabled_at)) OR (old.sandbox IS DISTINCT FROM new.sandbox)) OR (old.place_codes IS DISTINCT FROM new.place_codes)) OR (old.within_provinces IS DISTINCT FROM new.within_provinces)) OR (old.within_communes IS DISTINCT FROM new.within_communes)) OR (old.within_commune_provinces IS DISTINCT FROM new.within_commune_provinces))) EXECUTE FUNCTION outdate_scopes();

CREATE TRIGGER places_of_client BEFORE INSERT OR UPDATE OF place_codes ON api_client FOR EACH ROW EXECUTE FUNCTION expand_client_places();

GRANT SELECT,INSERT,UPDATE ON TABLE api_client TO app_role;

-- Table app_user: tenancy/app_user.sql

CREATE TABLE app_user (
    id uuid NOT NULL,
    username text NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    commune_code text,
    full_name text NOT NULL,
    phone text,
    roles text[] NOT NULL,
    disabled_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_app_user_full_name CHECK (nfc(full_name)),
    CONSTRAINT ck_app_user_roles CHECK ((cardinality(roles) > 0))
);

ALTER TABLE app_user FORCE ROW LEVEL SECURITY;

ALTER TABLE app_user
    ADD CONSTRAINT app_user_pkey PRIMARY KEY (id);

ALTER TABLE app_user
    ADD CONSTRAINT uq_app_user_username UNIQUE (username);

CREATE INDEX ix_app_user_organisation ON app_user USING btree (organisation_id);

ALTER TABLE app_user
    ADD CONSTRAINT app_user_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE app_user
    ADD CONSTRAINT app_user_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE app_user ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_row ON app_user FOR SELECT TO app_role USING (((id = ( SELECT scope_actor() AS scope_actor)) AND (( SELECT scope_network() AS scope_network) IS NOT NULL)));

CREATE POLICY system ON app_user TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON app_user TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation)))));

CREATE TRIGGER outdate_scopes AFTER UPDATE OF username, organisation_id, roles, disabled_at ON app_user FOR EACH ROW WHEN (((((old.username IS DISTINCT FROM new.username) OR (old.organisation_id IS DISTINCT FROM new.organisation_id)) OR (old.roles IS DISTINCT FROM new.roles)) OR (old.disabled_at IS DISTINCT FROM new.disabled_at))) EXECUTE FUNCTION outdate_scopes();

GRANT SELECT,INSERT,UPDATE ON TABLE app_user TO app_role;

-- Table device: tenancy/device.sql

CREATE TABLE device (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    app_version text,
    registered_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT ck_device_name CHECK (nfc(name))
);

ALTER TABLE device FORCE ROW LEVEL SECURITY;

ALTER TABLE device
    ADD CONSTRAINT device_pkey PRIMARY KEY (id);

CREATE INDEX ix_device_user ON device USING btree (user_id);

ALTER TABLE device
    ADD CONSTRAINT device_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id);

ALTER TABLE device ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON device TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON device TO app_role USING ((EXISTS ( SELECT
   FROM app_user u
  WHERE (u.id = device.user_id)))) WITH CHECK ((EXISTS ( SELECT
   FROM app_user u
  WHERE (u.id = device.user_id))));

CREATE TRIGGER outdate_scopes AFTER UPDATE OF user_id, revoked_at ON device FOR EACH ROW WHEN (((old.user_id IS DISTINCT FROM new.user_id) OR (old.revoked_at IS DISTINCT FROM new.revoked_at))) EXECUTE FUNCTION outdate_scopes();

GRANT SELECT,INSERT,UPDATE ON TABLE device TO app_role;

-- Table network: tenancy/network.sql

CREATE TABLE network (
    code text NOT NULL,
    name_vi text NOT NULL,
    name_en text NOT NULL,
    sees_all boolean DEFAULT false NOT NULL
);

ALTER TABLE network
    ADD CONSTRAINT network_pkey PRIMARY KEY (code);

CREATE TRIGGER kept BEFORE DELETE ON network FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER kept_key BEFORE UPDATE OF code ON network FOR EACH ROW WHEN ((old.code IS DISTINCT FROM new.code)) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER kept_truncate BEFORE TRUNCATE ON network FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER outdate_scopes AFTER UPDATE OF sees_all ON network FOR EACH ROW WHEN ((old.sees_all IS DISTINCT FROM new.sees_all)) EXECUTE FUNCTION outdate_scopes();

GRANT SELECT ON TABLE network TO app_role;

-- Table organisation: tenancy/organisation.sql

CREATE TABLE organisation (
    id uuid NOT NULL,
    code text NOT NULL,
    network text NOT NULL,
    level text NOT NULL,
    name text NOT NULL,
    province_code text,
    commune_code text,
    closed_on date,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_organisation_level CHECK ((level = ANY (ARRAY['national'::text, 'province'::text, 'district'::text, 'commune'::text, 'hamlet'::text]))),
    CONSTRAINT ck_organisation_name CHECK (nfc(name))
);

ALTER TABLE organisation FORCE ROW LEVEL SECURITY;

ALTER TABLE organisation
    ADD CONSTRAINT organisation_pkey PRIMARY KEY (id);

ALTER TABLE organisation
    ADD CONSTRAINT uq_organisation_code UNIQUE (code);

CREATE INDEX ix_organisation_network_province ON organisation USING btree (network, province_code);

ALTER TABLE organisation
    ADD CONSTRAINT organisation_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_row ON organisation FOR SELECT TO app_role USING ((id IN ( SELECT app_user.organisation_id
   FROM app_user
  WHERE (app_user.id = ( SELECT scope_actor() AS scope_actor))
UNION ALL
 SELECT api_client.organisation_id
   FROM api_client
  WHERE (api_client.id = ( SELECT scope_actor() AS scope_actor)))));

CREATE POLICY system ON organisation TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON organisation TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (id = ( SELECT scope_organisation() AS scope_organisation))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (id = ( SELECT scope_organisation() AS scope_organisation)))));

CREATE POLICY tenant_read ON organisation FOR SELECT TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (province_code IS NULL)));

CREATE TRIGGER begin_scope_version AFTER INSERT ON organisation FOR EACH ROW EXECUTE FUNCTION begin_scope_version();

CREATE TRIGGER kept BEFORE DELETE ON organisation FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER kept_key BEFORE UPDATE OF id ON organisation FOR EACH ROW WHEN ((old.id IS DISTINCT FROM new.id)) EXECUTE FUNCTION refuse_change();

CREATE TRIGGER kept_truncate BEFORE TRUNCATE ON organisation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER outdate_scopes AFTER UPDATE OF network, closed_on ON organisation FOR EACH ROW WHEN (((old.network IS DISTINCT FROM new.network) OR (old.closed_on IS DISTINCT FROM new.closed_on))) EXECUTE FUNCTION outdate_scopes();

GRANT SELECT,INSERT,UPDATE ON TABLE organisation TO app_role;

-- Table organisation_parent: tenancy/organisation_parent.sql

CREATE TABLE organisation_parent (
    organisation_id uuid NOT NULL,
    parent_id uuid NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT ck_organisation_parent_dates CHECK (((valid_to IS NULL) OR (valid_to >= valid_from))),
    CONSTRAINT ck_organisation_parent_self CHECK ((parent_id <> organisation_id))
);

ALTER TABLE organisation_parent FORCE ROW LEVEL SECURITY;

ALTER TABLE organisation_parent
    ADD CONSTRAINT ex_organisation_parent_overlap EXCLUDE USING gist (organisation_id WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE organisation_parent
    ADD CONSTRAINT organisation_parent_pkey PRIMARY KEY (organisation_id, valid_from);

CREATE INDEX ix_organisation_parent_parent ON organisation_parent USING btree (parent_id);

ALTER TABLE organisation_parent
    ADD CONSTRAINT organisation_parent_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE organisation_parent
    ADD CONSTRAINT organisation_parent_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES organisation(id);

ALTER TABLE organisation_parent ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON organisation_parent TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON organisation_parent TO app_role USING (((EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = organisation_parent.organisation_id) AND (( SELECT scope_national() AS scope_national) OR (o.province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (o.commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))))) AND (EXISTS ( SELECT
   FROM organisation o
  WHERE (o.id = organisation_parent.parent_id))))) WITH CHECK (((EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = organisation_parent.organisation_id) AND (( SELECT scope_national() AS scope_national) OR (o.province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (o.commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))))) AND (EXISTS ( SELECT
   FROM organisation o
  WHERE (o.id = organisation_parent.parent_id)))));

CREATE POLICY tenant_read ON organisation_parent FOR SELECT TO app_role USING ((EXISTS ( SELECT
   FROM organisation o
  WHERE (o.id = organisation_parent.organisation_id))));

CREATE TRIGGER no_cycle AFTER INSERT OR UPDATE ON organisation_parent FOR EACH ROW EXECUTE FUNCTION refuse_cycle();

GRANT SELECT,INSERT,UPDATE ON TABLE organisation_parent TO app_role;

-- Table organisation_place: tenancy/organisation_place.sql

CREATE TABLE organisation_place (
    organisation_id uuid NOT NULL,
    place_code text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    provinces text[] NOT NULL,
    communes text[] NOT NULL,
    nationwide boolean DEFAULT false NOT NULL,
    CONSTRAINT ck_organisation_place_dates CHECK (((valid_to IS NULL) OR (valid_to >= valid_from)))
);

ALTER TABLE organisation_place FORCE ROW LEVEL SECURITY;

ALTER TABLE organisation_place
    ADD CONSTRAINT ex_organisation_place_overlap EXCLUDE USING gist (organisation_id WITH =, place_code WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE organisation_place
    ADD CONSTRAINT organisation_place_pkey PRIMARY KEY (organisation_id, place_code, valid_from);

ALTER TABLE organisation_place
    ADD CONSTRAINT organisation_place_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE organisation_place ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON organisation_place TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON organisation_place TO app_role USING (((EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = organisation_place.organisation_id) AND (( SELECT scope_national() AS scope_national) OR (o.province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (o.commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))))) AND coverage_in_scope(provinces, communes, nationwide))) WITH CHECK (((EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = organisation_place.organisation_id) AND (( SELECT scope_national() AS scope_national) OR (o.province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (o.commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])))))) AND coverage_in_scope(provinces, communes, nationwide)));

CREATE POLICY tenant_read ON organisation_place FOR SELECT TO app_role USING ((EXISTS ( SELECT
   FROM organisation o
  WHERE (o.id = organisation_place.organisation_id))));

CREATE TRIGGER outdate_scopes AFTER INSERT OR DELETE OR UPDATE ON organisation_place FOR EACH ROW EXECUTE FUNCTION outdate_scopes();

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE organisation_place TO app_role;

-- Table user_group: tenancy/user_group.sql

CREATE TABLE user_group (
    user_id uuid NOT NULL,
    group_id uuid NOT NULL,
    duty text NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    CONSTRAINT ck_user_group_dates CHECK (((valid_to IS NULL) OR (valid_to >= valid_from))),
    CONSTRAINT ck_user_group_duty CHECK ((duty = ANY (ARRAY['treasurer'::text, 'collector'::text])))
);

ALTER TABLE user_group FORCE ROW LEVEL SECURITY;

ALTER TABLE user_group
    ADD CONSTRAINT ex_user_group_overlap EXCLUDE USING gist (user_id WITH =, group_id WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&);

ALTER TABLE user_group
    ADD CONSTRAINT user_group_pkey PRIMARY KEY (user_id, group_id, valid_from);

CREATE INDEX ix_user_group_group ON user_group USING btree (group_id);

ALTER TABLE user_group
    ADD CONSTRAINT user_group_user_id_fkey FOREIGN KEY (user_id) REFERENCES app_user(id);

ALTER TABLE user_group ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON user_group TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON user_group TO app_role USING ((EXISTS ( SELECT
   FROM app_user u
  WHERE (u.id = user_group.user_id)))) WITH CHECK ((EXISTS ( SELECT
   FROM app_user u
  WHERE (u.id = user_group.user_id))));

CREATE TRIGGER outdate_scopes AFTER INSERT OR DELETE OR UPDATE ON user_group FOR EACH ROW EXECUTE FUNCTION outdate_scopes();

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE user_group TO app_role;

-- Table webhook: webhooks/webhook.sql

CREATE TABLE webhook (
    id uuid NOT NULL,
    network text NOT NULL,
    organisation_id uuid NOT NULL,
    province_code text,
    commune_code text,
    client_id uuid,
    url text NOT NULL,
    kinds text[],
    description text,
    disabled_at timestamp with time zone,
    disabled_why text,
    failing_since timestamp with time zone,
    deleted_at timestamp with time zone,
    created_by uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ck_webhook_description CHECK (nfc(description)),
    CONSTRAINT ck_webhook_disabled CHECK (((disabled_at IS NULL) = (disabled_why IS NULL))),
    CONSTRAINT ck_webhook_disabled_why CHECK ((disabled_why = ANY (ARRAY['asked'::text, 'gone'::text, 'failing'::text]))),
    CONSTRAINT ck_webhook_kinds CHECK ((cardinality(kinds) > 0)),
    CONSTRAINT ck_webhook_url CHECK ((length(url) <= 2000))
);

ALTER TABLE webhook FORCE ROW LEVEL SECURITY;

ALTER TABLE webhook
    ADD CONSTRAINT webhook_pkey PRIMARY KEY (id);

CREATE INDEX ix_webhook_client ON webhook USING btree (client_id) WHERE (client_id IS NOT NULL);

CREATE INDEX ix_webhook_organisation ON webhook USING btree (organisation_id, id);

ALTER TABLE webhook
    ADD CONSTRAINT webhook_client_id_fkey FOREIGN KEY (client_id) REFERENCES api_client(id);

ALTER TABLE webhook
    ADD CONSTRAINT webhook_network_fkey FOREIGN KEY (network) REFERENCES network(code);

ALTER TABLE webhook
    ADD CONSTRAINT webhook_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id);

ALTER TABLE webhook ENABLE ROW LEVEL SECURITY;

CREATE POLICY of_staff_or_itself ON webhook AS RESTRICTIVE TO app_role USING ((( SELECT scope_all_groups() AS scope_all_groups) AND ((client_id = ( SELECT scope_actor() AS scope_actor)) OR (NOT (EXISTS ( SELECT
   FROM api_client c
  WHERE (c.id = ( SELECT scope_actor() AS scope_actor))))))));

CREATE POLICY system ON webhook TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON webhook TO app_role USING ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation))))) WITH CHECK ((((( SELECT scope_network() AS scope_network) = network) OR (( SELECT scope_network() AS scope_network) = '*'::text)) AND (( SELECT scope_national() AS scope_national) OR (province_code = ANY (( SELECT scope_provinces() AS scope_provinces)::text[])) OR (commune_code = ANY (( SELECT scope_communes() AS scope_communes)::text[])) OR (organisation_id = ( SELECT scope_organisation() AS scope_organisation)))));

GRANT SELECT,INSERT,UPDATE ON TABLE webhook TO app_role;

-- Table webhook_attempt: webhooks/webhook_attempt.sql

CREATE TABLE webhook_attempt (
    webhook_id uuid NOT NULL,
    seq bigint NOT NULL,
    number integer NOT NULL,
    at timestamp with time zone NOT NULL,
    duration_ms integer NOT NULL,
    status_code integer,
    error text,
    answer text NOT NULL
);

ALTER TABLE webhook_attempt FORCE ROW LEVEL SECURITY;

ALTER TABLE webhook_attempt
    ADD CONSTRAINT webhook_attempt_pkey PRIMARY KEY (webhook_id, seq, number);

ALTER TABLE webhook_attempt
    ADD CONSTRAINT fk_webhook_attempt_delivery FOREIGN KEY (webhook_id, seq) REFERENCES webhook_delivery(webhook_id, seq);

ALTER TABLE webhook_attempt ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON webhook_attempt TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON webhook_attempt TO app_role USING ((EXISTS ( SELECT
   FROM webhook w
  WHERE (w.id = webhook_attempt.webhook_id)))) WITH CHECK ((EXISTS ( SELECT
   FROM webhook w
  WHERE (w.id = webhook_attempt.webhook_id))));

GRANT SELECT ON TABLE webhook_attempt TO app_role;

-- Table webhook_delivery: webhooks/webhook_delivery.sql

CREATE TABLE webhook_delivery (
    webhook_id uuid NOT NULL,
    seq bigint NOT NULL,
    event_id uuid NOT NULL,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    first_at timestamp with time zone,
    due_at timestamp with time zone,
    lease uuid,
    finished_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ck_webhook_delivery_due CHECK (((due_at IS NULL) OR (status = 'pending'::text))),
    CONSTRAINT ck_webhook_delivery_finished CHECK (((status = 'pending'::text) = (finished_at IS NULL))),
    CONSTRAINT ck_webhook_delivery_lease CHECK (((lease IS NULL) OR (due_at IS NOT NULL))),
    CONSTRAINT ck_webhook_delivery_status CHECK ((status = ANY (ARRAY['pending'::text, 'delivered'::text, 'failed'::text])))
);

ALTER TABLE webhook_delivery FORCE ROW LEVEL SECURITY;

ALTER TABLE webhook_delivery
    ADD CONSTRAINT uq_webhook_delivery_event UNIQUE (webhook_id, event_id);

ALTER TABLE webhook_delivery
    ADD CONSTRAINT webhook_delivery_pkey PRIMARY KEY (webhook_id, seq);

CREATE INDEX ix_webhook_delivery_due ON webhook_delivery USING btree (webhook_id, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX ix_webhook_delivery_finished ON webhook_delivery USING btree (finished_at) WHERE (finished_at IS NOT NULL);

CREATE INDEX ix_webhook_delivery_leased ON webhook_delivery USING btree (webhook_id) WHERE (lease IS NOT NULL);

CREATE INDEX ix_webhook_delivery_pending ON webhook_delivery USING btree (webhook_id, subject_id, seq) WHERE (status = 'pending'::text);

ALTER TABLE webhook_delivery
    ADD CONSTRAINT webhook_delivery_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES webhook(id);

ALTER TABLE webhook_delivery ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON webhook_delivery TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON webhook_delivery TO app_role USING ((EXISTS ( SELECT
   FROM webhook w
  WHERE (w.id = webhook_delivery.webhook_id)))) WITH CHECK ((EXISTS ( SELECT
   FROM webhook w
  WHERE (w.id = webhook_delivery.webhook_id))));

GRANT SELECT,INSERT,UPDATE ON TABLE webhook_delivery TO app_role;

-- Table webhook_secret: webhooks/webhook_secret.sql

CREATE TABLE webhook_secret (
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone
);

ALTER TABLE webhook_secret FORCE ROW LEVEL SECURITY;

ALTER TABLE webhook_secret
    ADD CONSTRAINT webhook_secret_pkey PRIMARY KEY (id);

CREATE INDEX ix_webhook_secret_webhook ON webhook_secret USING btree (webhook_id);

ALTER TABLE webhook_secret
    ADD CONSTRAINT webhook_secret_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES webhook(id);

ALTER TABLE webhook_secret ENABLE ROW LEVEL SECURITY;

CREATE POLICY system ON webhook_secret TO owner USING ((current_setting('app.system'::text, true) = 'on'::text)) WITH CHECK ((current_setting('app.system'::text, true) = 'on'::text));

CREATE POLICY tenant ON webhook_secret TO app_role USING ((EXISTS ( SELECT
   FROM webhook w
  WHERE (w.id = webhook_secret.webhook_id)))) WITH CHECK ((EXISTS ( SELECT
   FROM webhook w
  WHERE (w.id = webhook_secret.webhook_id))));

GRANT INSERT ON TABLE webhook_secret TO app_role;

GRANT SELECT(id) ON TABLE webhook_secret TO app_role;

GRANT SELECT(webhook_id) ON TABLE webhook_secret TO app_role;

GRANT UPDATE(sealed) ON TABLE webhook_secret TO app_role;

GRANT SELECT(created_at) ON TABLE webhook_secret TO app_role;

GRANT SELECT(expires_at),UPDATE(expires_at) ON TABLE webhook_secret TO app_role;

GRANT SELECT(revoked_at),UPDATE(revoked_at) ON TABLE webhook_secret TO app_role;

-- Types and functions

CREATE TYPE actor_row AS (
	session_id uuid,
	kind text,
	id uuid,
	name text,
	organisation_id uuid,
	network text,
	all_networks boolean,
	roles text[],
	scopes text[],
	nationwide boolean,
	provinces text[],
	communes text[],
	groups uuid[],
	device_id uuid,
	emergency_access_id uuid
);

CREATE TYPE entry_group AS (
	id uuid,
	network text,
	model_id uuid,
	province_code text,
	commune_code text,
	province_today text,
	ended_on date,
	started_on date
);

CREATE TYPE entry_line AS (
	id uuid,
	member_id uuid,
	kind text,
	product text,
	amount bigint,
	quantity numeric(12,3),
	unit text,
	unit_price bigint,
	source text,
	note text
);

CREATE TYPE entry_row AS (
	id uuid,
	txn_id uuid,
	group_id uuid,
	member_id uuid,
	kind text,
	product text,
	amount bigint,
	quantity text,
	unit text,
	unit_price bigint,
	source text,
	note text,
	business_date date,
	meeting_id uuid,
	reverses_id uuid,
	member_balance bigint,
	group_balance bigint,
	recorded_at text
);

CREATE TYPE member_filter AS (
	commune text,
	province text,
	hamlet text,
	household_id uuid,
	referrer_id uuid,
	name text
);

CREATE TYPE member_item AS (
	id uuid,
	network text,
	organisation_id uuid,
	province_code text,
	commune_code text,
	hamlet_code text,
	household_id uuid,
	relation_to_head text,
	full_name text,
	birth_date date,
	sex text,
	national_id text,
	social_insurance_no text,
	health_card_no text,
	phone text,
	occupation text,
	referrer_id uuid,
	joined_on date,
	died_on date,
	version integer
);

CREATE TYPE trace_step AS (
	stage text,
	at_id uuid,
	at_name text,
	at_part integer,
	waits uuid[],
	ended uuid[],
	organisation_id uuid,
	kind text,
	id uuid,
	name text,
	part integer,
	content bytea,
	beside bytea,
	body jsonb
);

CREATE FUNCTION add_client_secret(p_key bytea, p_id uuid, p_client uuid, p_hash text, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/secrets/add_client_secret.sql

CREATE FUNCTION admit_guess(p_key bytea, p_guess bytea, p_start timestamp with time zone, p_quota integer) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/throttle/admit_guess.sql

CREATE FUNCTION admit_login(p_key bytea, p_kind text, p_name text, p_device uuid, p_device_key bytea, p_own_key bytea, p_name_key bytea, p_address_key bytea, p_origin bytea, p_start timestamp with time zone, p_end timestamp with time zone, p_now timestamp with time zone, p_own integer, p_stranger integer, p_of_name integer, p_of_address integer, p_longest integer, OUT refused text, OUT retry_at timestamp with time zone, OUT familiar boolean) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/throttle/admit_login.sql

CREATE FUNCTION admit_sandbox_rows(p_key bytea, p_client uuid, p_rows integer, p_quota integer) RETURNS TABLE(admitted boolean, remaining integer, until timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/throttle/admit_sandbox_rows.sql

CREATE FUNCTION announce_overdue_reviews(p_key bytea) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/announce_overdue_reviews.sql

CREATE FUNCTION await_trace() RETURNS trace_search
    LANGUAGE plpgsql
    AS …;  -- privacy/traces/await_trace.sql

CREATE FUNCTION begin_actor(p_session uuid) RETURNS actor_row
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/begin_actor.sql

CREATE FUNCTION begin_permitted(p_session uuid, p_roles text[], p_scopes text[]) RETURNS actor_row
    LANGUAGE plpgsql
    AS …;  -- auth/begin_permitted.sql

CREATE FUNCTION begin_reading(p_session uuid, p_roles text[], p_scopes text[], p_member uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- people/begin_reading.sql

CREATE FUNCTION begin_scope_version() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/begin_scope_version.sql

CREATE FUNCTION begin_trace_step(p_search trace_search) RETURNS trace_step
    LANGUAGE sql IMMUTABLE
    AS …;  -- privacy/traces/steps/begin_trace_step.sql

CREATE FUNCTION book_for_entry(p_organisation uuid, p_network text, p_province text, p_commune text, p_day date) RETURNS entry_group
    LANGUAGE plpgsql
    AS …;  -- ledger/books/book_for_entry.sql

CREATE FUNCTION book_stats_follow() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- ledger/books/book_stats_follow.sql

CREATE FUNCTION check_day(g entry_group, p_day date) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- ledger/writer/check_day.sql

CREATE FUNCTION check_days_since(p_account bigint, p_delta bigint, p_day date) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- ledger/days/check_days_since.sql

CREATE FUNCTION check_joined(g entry_group, p_member uuid, p_day date) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- ledger/writer/check_joined.sql

CREATE FUNCTION check_sheet_since(p_group uuid, p_day date, p_lines jsonb) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- ledger/days/check_sheet_since.sql

CREATE FUNCTION choose_trace() RETURNS trace_search
    LANGUAGE sql
    AS …;  -- privacy/traces/choose_trace.sql

CREATE FUNCTION claim_device(p_key bytea, p_id uuid, p_user uuid, p_name text, p_new_name text, p_at timestamp with time zone) RETURNS TABLE(user_id uuid, revoked boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/claim_device.sql

CREATE FUNCTION claim_numbers(p_member uuid, p_network text, p_national_id text, p_social_insurance_no text) RETURNS text
    LANGUAGE plpgsql
    AS …;  -- people/claim_numbers.sql

CREATE FUNCTION client_limits(p_client uuid) RETURNS TABLE(requests integer, rows integer, sandbox boolean)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/client_limits.sql

CREATE FUNCTION collect_money(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, p_payment uuid, p_member uuid, p_province text, p_commune text, p_holder uuid, p_product text, p_amount bigint, p_day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/books/collect_money.sql

CREATE FUNCTION confirm_distinct(p_member uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- people/confirm_distinct.sql

CREATE FUNCTION confirm_numbers(p_member uuid) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- people/confirm_numbers.sql

CREATE FUNCTION contribution_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, OUT body text) RETURNS text
    LANGUAGE plpgsql
    AS …;  -- ledger/lists/contribution_detail.sql

CREATE FUNCTION copy_of_person(p_member uuid) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/copy_of_person.sql

CREATE FUNCTION count_overdue_reviews(p_key bytea) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/count_overdue_reviews.sql

CREATE FUNCTION coverage_in_scope(p_provinces text[], p_communes text[], p_nationwide boolean) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS …;  -- tenancy/coverage_in_scope.sql

CREATE FUNCTION coverage_of(p_member uuid) RETURNS SETOF coverage
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/coverage/coverage_of.sql

CREATE FUNCTION covered_by(p_organisation uuid, p_day date) RETURNS TABLE(provinces text[], communes text[], nationwide boolean)
    LANGUAGE sql STABLE
    AS …;  -- auth/covered_by.sql

CREATE FUNCTION date_numbers() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- insurance/persons/date_numbers.sql

CREATE FUNCTION delay_trace(p_key bytea, p_lasting boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/traces/delay_trace.sql

CREATE FUNCTION nfc(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;  -- core/nfc.sql

CREATE FUNCTION doubt_elsewhere(m member, p_household uuid[], p_numbers text[], p_since timestamp with time zone) RETURNS void
    LANGUAGE sql
    AS …;  -- privacy/erasure/texts/doubt_elsewhere.sql

CREATE FUNCTION emergency_actor(a actor_row, p_access uuid) RETURNS actor_row
    LANGUAGE plpgsql
    AS …;  -- auth/emergency_actor.sql

CREATE FUNCTION emergency_step() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- privacy/emergency_step.sql

CREATE FUNCTION end_job(p_key bytea, p_job uuid, p_error text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- jobs/end_job.sql

CREATE FUNCTION end_sessions(p_key bytea, p_reason text, p_session uuid, p_user uuid, p_client uuid, p_device uuid, p_except uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/end_sessions.sql

CREATE FUNCTION end_traces(p_members uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- privacy/traces/end_traces.sql

CREATE FUNCTION enrolment_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, p_see_roles text[], p_see_scopes text[], OUT body text, OUT version integer) RETURNS record
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS …;  -- insurance/enrolments/enrolment_detail.sql

CREATE FUNCTION erase_by_id(p_member uuid, p_until timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- privacy/erasure/erase_by_id.sql

CREATE FUNCTION erase_elsewhere(m member, p_numbers text[], p_since timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- privacy/erasure/texts/erase_elsewhere.sql

CREATE FUNCTION erase_files(p_members uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- privacy/erasure/erase_files.sql

CREATE FUNCTION erase_member(p_key bytea, p_member uuid, p_kept_since date, p_carry_out boolean) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/erasure/erase_member.sql

CREATE FUNCTION erase_person(p_member uuid) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- privacy/erasure/erase_person.sql

CREATE FUNCTION erase_rows(p_member uuid) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- privacy/erasure/erase_rows.sql

CREATE FUNCTION erased_fields(p_fields jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS …;  -- privacy/erasure/erased_fields.sql

CREATE FUNCTION erased_head(p_data jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS …;  -- privacy/erasure/erased_head.sql

CREATE FUNCTION erased_items(p_items jsonb, p_member uuid) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS …;  -- privacy/erasure/erased_items.sql

CREATE FUNCTION erased_row(p_data jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS …;  -- privacy/erasure/erased_row.sql

CREATE FUNCTION erasure_obstacles(p_member uuid, p_kept_since date) RETURNS text[]
    LANGUAGE sql STABLE
    AS …;  -- privacy/erasure/erasure_obstacles.sql

CREATE FUNCTION expand_client_places() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- tenancy/expand_client_places.sql

CREATE FUNCTION expand_place(p_code text, OUT provinces text[], OUT communes text[], OUT nationwide boolean) RETURNS record
    LANGUAGE plpgsql STABLE
    AS …;  -- places/expand_place.sql

CREATE FUNCTION explain_refusal(p_group uuid, p_day date, p_lines jsonb, p_single boolean) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- ledger/writer/explain_refusal.sql

CREATE FUNCTION fan_out_events(p_now timestamp with time zone, p_limit integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- webhooks/fan_out_events.sql

CREATE FUNCTION find_actor(p_session uuid, OUT a actor_row, OUT scope text) RETURNS record
    LANGUAGE plpgsql
    AS …;  -- auth/find_actor.sql

CREATE FUNCTION find_client(p_key bytea, p_client_id text) RETURNS TABLE(id uuid, scopes text[], disabled boolean, secret_id uuid, secret_hash text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/find_client.sql

CREATE FUNCTION find_login(p_key bytea, p_username text) RETURNS TABLE(user_id uuid, password_hash text, disabled boolean, initial_until timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/find_login.sql

CREATE FUNCTION find_refresh_token(p_key bytea, p_token bytea) RETURNS TABLE(session_id uuid, device_id uuid, expires_at timestamp with time zone, used_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/find_refresh_token.sql

CREATE FUNCTION find_second_factor(p_key bytea, p_user uuid) RETURNS TABLE(sealed_secret bytea, confirmed_at timestamp with time zone, codes_left bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/second_factors/find_second_factor.sql

CREATE FUNCTION finish_delivery(p_key bytea, p_webhook uuid, p_seq bigint, p_lease uuid, p_at timestamp with time zone, p_duration integer, p_code integer, p_error text, p_answer text, p_status text, p_due timestamp with time zone, p_gone boolean, p_patience interval, p_audit uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- webhooks/finish_delivery.sql

CREATE FUNCTION fold_reads() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET jit TO 'off'
    AS …;  -- audit/fold_reads.sql

CREATE FUNCTION fold_stats() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- stats/fold_stats.sql

CREATE FUNCTION forget_scope() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/forget_scope.sql

CREATE FUNCTION forgive_login(p_key bytea, p_keys bytea[], p_start timestamp with time zone, p_succeeded boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/throttle/forgive_login.sql

CREATE FUNCTION group_for_entry(a actor_row, p_group uuid, p_group_code text, p_day date, p_pointer text DEFAULT '/group_id'::text) RETURNS entry_group
    LANGUAGE plpgsql
    AS …;  -- ledger/writer/group_for_entry.sql

CREATE FUNCTION hamlet_windows(p_places text[], p_units text, p_on date) RETURNS TABLE(code text, communes text[], valid_from date, valid_to date, unit text)
    LANGUAGE sql STABLE
    AS …;  -- stats/hamlet_windows.sql

CREATE FUNCTION has_session_from(p_key bytea, p_user uuid, p_origin bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/has_session_from.sql

CREATE FUNCTION has_words(p_doubt trace_doubt) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;  -- privacy/traces/has_words.sql

CREATE FUNCTION hold_money(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_member uuid, p_id uuid, p_product text, p_amount bigint, p_day date, p_note text, OUT replayed boolean, OUT body json) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/writer/hold_money.sql

CREATE FUNCTION household_orders(p_household uuid, p_member uuid, p_year integer) RETURNS TABLE(payment_id uuid, own boolean, taken integer)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/household_orders.sql

CREATE FUNCTION in_force(p_code text, p_day date) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;  -- places/in_force.sql

CREATE FUNCTION insured_person(p_enrolment uuid) RETURNS TABLE(birth_date date, sex text, numbers_since timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/persons/insured_person.sql

CREATE FUNCTION is_direct_customer(p_member uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;  -- insurance/premiums/is_direct_customer.sql

CREATE FUNCTION is_followed(p_coverage uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;  -- insurance/coverage/is_followed.sql

CREATE FUNCTION is_renewed(p_coverage uuid) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/coverage/is_renewed.sql

CREATE FUNCTION is_unused_token(p_key bytea, p_token bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/is_unused_token.sql

CREATE FUNCTION keep_audit() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- audit/keep_audit.sql

CREATE FUNCTION keep_distinct(p_member uuid, p_national_id text, p_social_insurance_no text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- people/keep_distinct.sql

CREATE FUNCTION keep_export_row() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- forms/keep_export_row.sql

CREATE FUNCTION keep_read_audit() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- audit/keep_read_audit.sql

CREATE FUNCTION keep_scope(p_session uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/keep_scope.sql

CREATE FUNCTION known_qualifier(word text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;  -- campaigns/known_qualifier.sql

CREATE FUNCTION lease_deliveries(p_key bytea, p_now timestamp with time zone, p_until timestamp with time zone, p_limit integer, p_each integer, p_failing boolean) RETURNS TABLE(webhook_id uuid, seq bigint, lease uuid, url text, secret_ids uuid[], secrets bytea[], event_id uuid, kind text, at timestamp with time zone, subject_id uuid, organisation_id uuid, data text, tries integer, first_at timestamp with time zone)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- webhooks/lease_deliveries.sql

CREATE FUNCTION ledger_stats_follow() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- stats/ledger_stats_follow.sql

CREATE FUNCTION line_up_deliveries(p_webhook uuid, p_subjects uuid[], p_now timestamp with time zone) RETURNS void
    LANGUAGE sql
    AS …;  -- webhooks/line_up_deliveries.sql

CREATE FUNCTION list_contributions(p_session uuid, p_roles text[], p_scopes text[], p_group uuid, p_group_code text, p_member uuid, p_kind text, p_product text, p_from date, p_to date, p_meeting uuid, p_before bigint, p_limit integer, OUT items text, OUT last bigint, OUT more boolean) RETURNS record
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS …;  -- ledger/lists/list_contributions.sql

CREATE FUNCTION list_meetings(p_session uuid, p_roles text[], p_scopes text[], p_group uuid, p_group_code text, p_must boolean, p_from date, p_to date, p_before bigint, p_limit integer, OUT items text, OUT last bigint, OUT more boolean) RETURNS record
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS …;  -- ledger/lists/list_meetings.sql

CREATE FUNCTION list_members(p_session uuid, p_roles text[], p_scopes text[], p_after uuid, p_limit integer, p_group uuid, f member_filter, OUT items text, OUT last_id uuid, OUT emergency uuid[]) RETURNS record
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    SET jit TO 'off'
    SET max_parallel_workers_per_gather TO '0'
    SET enable_sort TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_seqscan TO 'off'
    AS …;  -- people/lists/list_members.sql

CREATE FUNCTION lists_naming(p_members uuid[]) RETURNS uuid[]
    LANGUAGE sql STABLE
    AS …;  -- privacy/erasure/lists_naming.sql

CREATE FUNCTION live_sessions(p_key bytea, p_user uuid) RETURNS SETOF auth_session
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/live_sessions.sql

CREATE FUNCTION local_today() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- core/local_today.sql

CREATE FUNCTION lock_book_box(p_organisation uuid, p_holder uuid) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- ledger/books/lock_book_box.sql

CREATE FUNCTION lock_insured(p_members uuid[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/persons/lock_insured.sql

CREATE FUNCTION lowest_balances(p_accounts bigint[], p_day date) RETURNS TABLE(account_id bigint, day date, free bigint)
    LANGUAGE plpgsql
    AS …;  -- ledger/days/lowest_balances.sql

CREATE FUNCTION main_predecessor(p_code text, p_from date) RETURNS text
    LANGUAGE sql STABLE
    AS …;  -- places/main_predecessor.sql

CREATE FUNCTION makes_room(p_job uuid, p_queue text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- jobs/makes_room.sql

CREATE FUNCTION mask_id(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;  -- people/mask_id.sql

CREATE FUNCTION mask_phone(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;  -- people/mask_phone.sql

CREATE FUNCTION masked_text(p_text text, p_numbers text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    AS …;  -- privacy/erasure/texts/masked_text.sql

CREATE FUNCTION masks_digits(p_before text, p_after text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS …;  -- core/masks_digits.sql

CREATE FUNCTION meeting_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, OUT body text) RETURNS text
    LANGUAGE plpgsql
    AS …;  -- ledger/lists/meeting_detail.sql

CREATE FUNCTION meeting_head(t ledger_txn) RETURNS json
    LANGUAGE sql STABLE
    AS …;  -- ledger/wire/meeting_head.sql

CREATE FUNCTION member_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, OUT body text, OUT version integer, OUT created_at timestamp with time zone, OUT updated_at timestamp with time zone, OUT national_id text, OUT social_insurance_no text, OUT health_card_no text, OUT birth_date date, OUT sex text, OUT number_to_check boolean, OUT emergency boolean) RETURNS record
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS …;  -- people/member_detail.sql

CREATE FUNCTION member_fits(m member, f member_filter) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;  -- people/lists/member_fits.sql

CREATE FUNCTION member_page(a actor_row, f member_filter, p_group uuid, p_after uuid, p_limit integer) RETURNS SETOF member
    LANGUAGE plpgsql STABLE ROWS 50
    AS …;  -- people/lists/member_page.sql

CREATE FUNCTION member_streams(a actor_row, f member_filter, OUT provinces text[], OUT communes text[]) RETURNS record
    LANGUAGE plpgsql STABLE
    AS …;  -- people/lists/member_streams.sql

CREATE FUNCTION members_of_communes(communes text[], networks text[], f member_filter, p_after uuid, p_limit integer) RETURNS SETOF member
    LANGUAGE plpgsql STABLE ROWS 50
    AS …;  -- people/lists/members_of_communes.sql

CREATE FUNCTION members_of_few(a actor_row, f member_filter, p_group uuid, p_after uuid, p_limit integer) RETURNS SETOF member
    LANGUAGE plpgsql STABLE ROWS 50
    AS …;  -- people/lists/members_of_few.sql

CREATE FUNCTION members_of_places(a actor_row, f member_filter, p_after uuid, p_limit integer) RETURNS SETOF member
    LANGUAGE plpgsql STABLE ROWS 50
    AS …;  -- people/lists/members_of_places.sql

CREATE FUNCTION members_of_provinces(provinces text[], networks text[], f member_filter, p_after uuid, p_limit integer) RETURNS SETOF member
    LANGUAGE plpgsql STABLE ROWS 50
    AS …;  -- people/lists/members_of_provinces.sql

CREATE FUNCTION members_of_trace(p_search trace_search) RETURNS uuid[]
    LANGUAGE sql
    AS …;  -- privacy/traces/members_of_trace.sql

CREATE FUNCTION move_group_accounts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/accounts/move_group_accounts.sql

CREATE FUNCTION names_others(p_list uuid, p_position integer) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;  -- privacy/erasure/names_others.sql

CREATE FUNCTION new_id() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    AS …;  -- core/new_id.sql

CREATE FUNCTION next_trace(p_key bytea, OUT kind text, OUT id uuid, OUT name text, OUT part integer, OUT content bytea, OUT beside bytea, OUT body jsonb, OUT people jsonb) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/traces/next_trace.sql

CREATE FUNCTION next_trace_of_batches(p_search trace_search) RETURNS trace_step
    LANGUAGE plpgsql
    AS …;  -- privacy/traces/steps/next_trace_of_batches.sql

CREATE FUNCTION next_trace_of_jobs(p_search trace_search) RETURNS trace_step
    LANGUAGE plpgsql
    AS …;  -- privacy/traces/steps/next_trace_of_jobs.sql

CREATE FUNCTION next_trace_of_lists(p_search trace_search) RETURNS trace_step
    LANGUAGE plpgsql
    AS …;  -- privacy/traces/steps/next_trace_of_lists.sql

CREATE FUNCTION note_client_use(p_key bytea, p_client uuid, p_secret uuid, p_hash text, p_at timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/secrets/note_client_use.sql

CREATE FUNCTION note_emergency_reads(p_key bytea, p_session uuid, p_act text, p_members uuid[], p_reason text, p_searched_by text, p_searched_for text, p_request text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- audit/note_emergency_reads.sql

CREATE FUNCTION note_outbox() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- audit/note_outbox.sql

CREATE FUNCTION note_proof(p_key bytea, p_session uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/secrets/note_proof.sql

CREATE FUNCTION note_search(p_name text, p_shown uuid[]) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- people/lists/note_search.sql

CREATE FUNCTION number_in_sight(p_member uuid, p_network text, p_national_id text, p_social_insurance_no text) RETURNS text
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    AS …;  -- people/number_in_sight.sql

CREATE FUNCTION numbers_in_sight(p_network text, p_members uuid[], p_national_ids text[], p_social_insurance_nos text[]) RETURNS SETOF uuid
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    AS …;  -- people/numbers_in_sight.sql

CREATE FUNCTION open_group_accounts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/accounts/open_group_accounts.sql

CREATE FUNCTION open_member_accounts() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/accounts/open_member_accounts.sql

CREATE FUNCTION other_enrolments(p_enrolments uuid[]) RETURNS TABLE(enrolment_id uuid, other_id uuid, own boolean, status text, network text, from_month date, months integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/persons/other_enrolments.sql

CREATE FUNCTION other_insurance_in(p_members uuid[], p_months date[]) RETURNS TABLE(member_id uuid, month date, kind text)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/other_insurance_in.sql

CREATE FUNCTION outdate_scopes() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/outdate_scopes.sql

CREATE FUNCTION own_numbers(p_member uuid, p_network text, p_numbers text[]) RETURNS text[]
    LANGUAGE sql STABLE
    AS …;  -- privacy/erasure/texts/own_numbers.sql

CREATE FUNCTION passbook(p_session uuid, p_roles text[], p_scopes text[], p_member uuid, p_group uuid, p_group_code text, p_before jsonb, p_limit integer, OUT head text, OUT items text, OUT last text, OUT more boolean) RETURNS record
    LANGUAGE plpgsql
    SET plan_cache_mode TO 'force_generic_plan'
    AS …;  -- ledger/lists/passbook.sql

CREATE FUNCTION passes_by(p_search trace_search) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS …;  -- privacy/traces/steps/passes_by.sql

CREATE FUNCTION password_of(p_key bytea, p_user uuid) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/secrets/password_of.sql

CREATE FUNCTION pay_refund(p_session uuid, p_roles text[], p_scopes text[], p_payment uuid, p_received uuid, p_paid uuid, p_holder uuid, p_amount bigint, p_day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/books/pay_refund.sql

CREATE FUNCTION people_of_event(p_key bytea, p_seq bigint) RETURNS TABLE(names text[], numbers text[])
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- webhooks/people_of_event.sql

CREATE FUNCTION people_of_traces(p_members uuid[], p_organisation uuid) RETURNS jsonb
    LANGUAGE sql STABLE
    AS …;  -- privacy/traces/steps/people_of_traces.sql

CREATE FUNCTION place_heir(p_code text, p_from date, p_day date, OUT code text, OUT valid_from date) RETURNS record
    LANGUAGE sql STABLE
    AS …;  -- places/place_heir.sql

CREATE FUNCTION place_in_line(p_job uuid, p_queue text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- jobs/place_in_line.sql

CREATE FUNCTION place_on(p_code text, p_day date) RETURNS text
    LANGUAGE plpgsql STABLE
    AS …;  -- places/place_on.sql

CREATE FUNCTION place_windows(p_places text[], p_units text, p_on date, p_level text DEFAULT 'commune'::text) RETURNS TABLE(code text, valid_from date, valid_to date, unit text)
    LANGUAGE plpgsql STABLE ROWS 300
    AS …;  -- stats/place_windows.sql

CREATE FUNCTION premium_entry(a actor_row, g entry_group, p_key text, p_hash bytea, p_member uuid, p_id uuid, p_kind text, p_product text, p_amount bigint, p_delta bigint, p_day date, p_note text) RETURNS ledger_txn
    LANGUAGE plpgsql
    AS …;  -- ledger/writer/premium_entry.sql

CREATE FUNCTION premiums_of(p_member uuid) RETURNS TABLE(valid_from date, paid_on date, months integer, supported_months integer, monthly_income bigint, state_support bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/coverage/premiums_of.sql

CREATE FUNCTION province_of(p_code text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS …;  -- places/province_of.sql

CREATE FUNCTION prune_batch_outcomes(p_before timestamp with time zone, p_limit integer, p_dry_runs boolean DEFAULT false) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/retention/prune_batch_outcomes.sql

CREATE FUNCTION prune_data_requests(p_before timestamp with time zone, p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/retention/prune_data_requests.sql

CREATE FUNCTION prune_deliveries(p_before timestamp with time zone, p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- webhooks/prune_deliveries.sql

CREATE FUNCTION prune_departed(p_before timestamp with time zone, p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/retention/prune_departed.sql

CREATE FUNCTION prune_job_files(p_before timestamp with time zone, p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- jobs/prune_job_files.sql

CREATE FUNCTION prune_read_audit(p_before timestamp with time zone, p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/retention/prune_read_audit.sql

CREATE FUNCTION prune_second_factors(p_before timestamp with time zone, p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/second_factors/prune_second_factors.sql

CREATE FUNCTION prune_security_events(p_before timestamp with time zone, p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/retention/prune_security_events.sql

CREATE FUNCTION prune_sessions(p_before timestamp with time zone, p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/prune_sessions.sql

CREATE FUNCTION prune_throttles(p_before timestamp with time zone, p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/throttle/prune_throttles.sql

CREATE FUNCTION reasons_of(reasons jsonb) RETURNS json
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;  -- insurance/enrolments/reasons_of.sql

CREATE FUNCTION record_entries(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_group_code text, p_sheet uuid, p_day date, p_note text, p_lines jsonb, OUT replayed boolean, OUT body json) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/writer/record_entries.sql

CREATE FUNCTION record_entry(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_group_code text, p_day date, p_line jsonb, OUT replayed boolean, OUT body json) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/writer/record_entry.sql

CREATE FUNCTION record_premium_refund(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_member uuid, p_id uuid, p_product text, p_amount bigint, p_day date, p_note text, OUT replayed boolean, OUT body json) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/writer/record_premium_refund.sql

CREATE FUNCTION record_repayment(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_from_member uuid, p_id uuid, p_from_id uuid, p_product text, p_amount bigint, p_day date, p_note text, OUT replayed boolean, OUT body json) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/writer/record_repayment.sql

CREATE FUNCTION record_security_event(p_key bytea, p_id uuid, p_event text, p_subject uuid, p_fields jsonb, p_request text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- audit/record_security_event.sql

CREATE FUNCTION refs_of_enrolment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/enrolments/refs_of_enrolment.sql

CREATE FUNCTION refs_of_member() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- people/refs_of_member.sql

CREATE FUNCTION refs_of_membership() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- savings/refs_of_membership.sql

CREATE FUNCTION refs_of_outbox_event() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- audit/refs_of_outbox_event.sql

CREATE FUNCTION refuse(status text, code text, detail jsonb DEFAULT '{}'::jsonb) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- core/refuse.sql

CREATE FUNCTION refuse_all_but_clearing() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- core/refuse_all_but_clearing.sql

CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- core/refuse_change.sql

CREATE FUNCTION refuse_cycle() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- tenancy/refuse_cycle.sql

CREATE FUNCTION refuse_late_row() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- forms/refuse_late_row.sql

CREATE FUNCTION refuse_other_change() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- core/refuse_other_change.sql

CREATE FUNCTION refuse_rule_edit() RETURNS trigger
    LANGUAGE plpgsql
    AS …;  -- insurance/refuse_rule_edit.sql

CREATE FUNCTION rehash_password(p_key bytea, p_user uuid, p_old text, p_new text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/secrets/rehash_password.sql

CREATE FUNCTION release_premiums(p_session uuid, p_roles text[], p_scopes text[], p_enrolments uuid[]) RETURNS TABLE(id uuid, enrolment_id uuid, network text, organisation_id uuid, province_code text, commune_code text, client_id uuid, product text, amount_due bigint, participant_pays bigint, from_month date)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/premiums/release_premiums.sql

CREATE FUNCTION release_traces() RETURNS void
    LANGUAGE sql
    AS …;  -- privacy/traces/release_traces.sql

CREATE FUNCTION remind_expiring_rules(p_key bytea, p_rules json) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/remind_expiring_rules.sql

CREATE FUNCTION remind_renewals(p_key bytea, p_on date, p_days integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/coverage/remind_renewals.sql

CREATE FUNCTION remove_second_factor(p_key bytea, p_user uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/second_factors/remove_second_factor.sql

CREATE FUNCTION remove_workbooks(p_lists uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- privacy/erasure/remove_workbooks.sql

CREATE FUNCTION renewal_deadline(p_product text, p_method text, p_until date) RETURNS date
    LANGUAGE sql STABLE
    AS …;  -- insurance/coverage/renewal_deadline.sql

CREATE FUNCTION renewal_latest(p_product text, p_until date) RETURNS date
    LANGUAGE sql STABLE
    AS …;  -- insurance/coverage/renewal_latest.sql

CREATE FUNCTION replace_refresh_token(p_key bytea, p_token bytea, p_successor bytea, p_factor text, p_at timestamp with time zone, p_expires timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/replace_refresh_token.sql

CREATE FUNCTION replayed_entry(p_org uuid, p_key text, p_hash bytea, p_group uuid) RETURNS json
    LANGUAGE plpgsql
    AS …;  -- ledger/writer/replayed_entry.sql

CREATE FUNCTION requeue_jobs(p_silent double precision) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- jobs/requeue_jobs.sql

CREATE FUNCTION require_member_in_sight(p_member uuid) RETURNS void
    LANGUAGE plpgsql STABLE
    AS …;  -- privacy/require_member_in_sight.sql

CREATE FUNCTION require_process(p_key bytea) RETURNS void
    LANGUAGE plpgsql STABLE
    AS …;  -- auth/secrets/require_process.sql

CREATE FUNCTION resembles_person(p_text text, p_name text, p_numbers text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS …;  -- privacy/erasure/texts/resembles_person.sql

CREATE FUNCTION resolve_hold(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_hold uuid, p_id uuid, p_outcome text, p_day date, p_amount bigint DEFAULT NULL::bigint, OUT replayed boolean, OUT body json) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/writer/resolve_hold.sql

CREATE FUNCTION return_collected(a actor_row, p_payments uuid[]) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- ledger/books/return_collected.sql

CREATE FUNCTION reverse_entry(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_txn uuid, p_id uuid, p_day date, p_note text, OUT replayed boolean, OUT body json) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/writer/reverse_entry.sql

CREATE FUNCTION rows_as_json(p_rows jsonb[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    AS …;  -- privacy/rows_as_json.sql

CREATE FUNCTION same_person(p_members uuid[]) RETURNS TABLE(member_id uuid, id uuid)
    LANGUAGE sql STABLE
    AS …;  -- insurance/persons/same_person.sql

CREATE FUNCTION scope_actor() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- auth/scope/scope_actor.sql

CREATE FUNCTION scope_all_groups() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- auth/scope/scope_all_groups.sql

CREATE FUNCTION scope_book() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- ledger/books/scope_book.sql

CREATE FUNCTION scope_communes() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- auth/scope/scope_communes.sql

CREATE FUNCTION scope_group() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- auth/scope/scope_group.sql

CREATE FUNCTION scope_groups() RETURNS uuid[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- auth/scope/scope_groups.sql

CREATE FUNCTION scope_home_provinces() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- auth/scope/scope_home_provinces.sql

CREATE FUNCTION scope_limited() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- auth/scope/scope_limited.sql

CREATE FUNCTION scope_national() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- auth/scope/scope_national.sql

CREATE FUNCTION scope_network() RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER COST 1 PARALLEL SAFE
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/scope/scope_network.sql

CREATE FUNCTION scope_organisation() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- auth/scope/scope_organisation.sql

CREATE FUNCTION scope_provinces() RETURNS text[]
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- auth/scope/scope_provinces.sql

CREATE FUNCTION scope_seal(p_key bytea, p_scope text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- auth/scope/scope_seal.sql

CREATE FUNCTION scope_walks(a actor_row, p_group uuid, p_group_code text, p_must boolean, OUT groups uuid[], OUT provinces text[]) RETURNS record
    LANGUAGE plpgsql STABLE
    AS …;  -- ledger/lists/scope_walks.sql

CREATE FUNCTION sees_member(p_network text, p_province text, p_commune text) RETURNS boolean
    LANGUAGE sql STABLE
    AS …;  -- privacy/sees_member.sql

CREATE FUNCTION seq_before(p_province text, p_day date) RETURNS bigint
    LANGUAGE plpgsql STABLE
    AS …;  -- ledger/lists/seq_before.sql

CREATE FUNCTION session_ids(p_key bytea, p_user uuid) RETURNS SETOF uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/session_ids.sql

CREATE FUNCTION session_of_job(p_key bytea, p_job uuid) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/session_of_job.sql

CREATE FUNCTION set_factor_state(p_key bytea, p_session uuid, p_state text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/second_factors/set_factor_state.sql

CREATE FUNCTION set_recovery_codes(p_key bytea, p_user uuid, p_hashes bytea[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/second_factors/set_recovery_codes.sql

CREATE FUNCTION set_trace_aside(p_member uuid) RETURNS void
    LANGUAGE sql
    AS …;  -- privacy/traces/set_trace_aside.sql

CREATE FUNCTION settle_money(p_session uuid, p_roles text[], p_scopes text[], p_collected uuid, p_remitted uuid, p_returned uuid, p_paid bigint, p_day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/books/settle_money.sql

CREATE FUNCTION settle_trace(p_key bytea, p_kind text, p_id uuid, p_name text, p_part integer, p_content bytea, p_beside bytea, p_body jsonb, p_own integer[], p_heads integer[], p_doubts text[], p_failed boolean, p_members uuid[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/traces/settle_trace.sql

CREATE FUNCTION shared_communes(p_provinces text[], p_communes text[], p_within text[], p_within_communes text[], p_their_provinces text[]) RETURNS text[]
    LANGUAGE sql STABLE
    AS …;  -- auth/shared_communes.sql

CREATE FUNCTION shared_provinces(p_provinces text[], p_within text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;  -- auth/shared_provinces.sql

CREATE FUNCTION sheet_head(t ledger_txn, items json) RETURNS json
    LANGUAGE sql STABLE
    AS …;  -- ledger/wire/sheet_head.sql

CREATE FUNCTION sheet_json(t ledger_txn) RETURNS json
    LANGUAGE sql STABLE
    AS …;  -- ledger/wire/sheet_json.sql

CREATE FUNCTION short_time(t timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- core/short_time.sql

CREATE FUNCTION signing_keys(p_key bytea) RETURNS SETOF signing_key
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/secrets/signing_keys.sql

CREATE FUNCTION start_emergency_session(p_key bytea, p_id uuid, p_session uuid, p_access uuid) RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/start_emergency_session.sql

CREATE FUNCTION start_second_factor(p_key bytea, p_user uuid, p_sealed bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/second_factors/start_second_factor.sql

CREATE FUNCTION start_session(p_key bytea, p_id uuid, p_user uuid, p_client uuid, p_device uuid, p_scopes text[], p_factor text, p_origin bytea, p_expires timestamp with time zone, p_token bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/logins/start_session.sql

CREATE FUNCTION stats_cells(p_session uuid, p_roles text[], p_scopes text[], p_places text[], p_units text, p_on date, p_from date, p_to date, OUT nationwide boolean, OUT places text[], OUT roles text[], OUT scopes text[], OUT body json) RETURNS record
    LANGUAGE plpgsql STABLE
    AS …;  -- stats/stats_cells.sql

CREATE FUNCTION store_password(p_key bytea, p_user uuid, p_hash text, p_initial_until timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/secrets/store_password.sql

CREATE FUNCTION support_of(p_members uuid[], p_enrolment uuid) RETURNS integer
    LANGUAGE sql STABLE
    AS …;  -- insurance/persons/support_of.sql

CREATE FUNCTION supports_before(p_members uuid[], p_enrolments uuid[]) RETURNS TABLE(member_id uuid, enrolment_id uuid, months integer)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- insurance/persons/supports_before.sql

CREATE FUNCTION take_receipt_number(p_session uuid, p_roles text[], p_scopes text[], p_day date, OUT series text, OUT number bigint) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/books/take_receipt_number.sql

CREATE FUNCTION texts_elsewhere(m member, p_household uuid[]) RETURNS TABLE(kind text, id uuid, words text)
    LANGUAGE sql STABLE
    AS …;  -- privacy/erasure/texts/texts_elsewhere.sql

CREATE FUNCTION traces_left(OUT searches bigint, OUT asked_at timestamp with time zone, OUT parts bigint, OUT delayed bigint, OUT aside bigint, OUT doubts bigint, OUT failed bigint) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- privacy/traces/traces_left.sql

CREATE FUNCTION transactions_under_way() RETURNS text[]
    LANGUAGE sql
    AS …;  -- privacy/traces/transactions_under_way.sql

CREATE FUNCTION txn_anywhere(p_id uuid) RETURNS ledger_txn
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- ledger/writer/txn_anywhere.sql

CREATE FUNCTION txn_json(t ledger_txn) RETURNS json
    LANGUAGE sql STABLE
    AS …;  -- ledger/wire/txn_json.sql

CREATE FUNCTION txn_wanted(t ledger_txn, p_kind text, p_product text, p_from date, p_to date) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS …;  -- ledger/lists/txn_wanted.sql

CREATE FUNCTION units_on(p_province text, p_commune text, p_day date, OUT province_code text, OUT commune_code text) RETURNS record
    LANGUAGE plpgsql STABLE
    AS …;  -- places/units_on.sql

CREATE FUNCTION use_recovery_code(p_key bytea, p_user uuid, p_hash bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/second_factors/use_recovery_code.sql

CREATE FUNCTION use_second_factor(p_key bytea, p_user uuid, p_step bigint, p_confirm boolean) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS …;  -- auth/second_factors/use_second_factor.sql

CREATE FUNCTION webhook_audience(p_seqs bigint[], p_webhook uuid DEFAULT NULL::uuid) RETURNS TABLE(webhook_id uuid, seq bigint, event_id uuid, kind text, subject_id uuid)
    LANGUAGE sql STABLE
    AS …;  -- webhooks/webhook_audience.sql

CREATE FUNCTION wire_time(t timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS …;  -- core/wire_time.sql

CREATE FUNCTION write_book_entry(a actor_row, g entry_group, p_id uuid, p_holder uuid, p_payment uuid, p_member uuid, p_kind text, p_product text, p_amount bigint, p_delta bigint, p_day date, p_settles uuid) RETURNS void
    LANGUAGE plpgsql
    AS …;  -- ledger/books/write_book_entry.sql

CREATE AGGREGATE joined(text[]) (
    SFUNC = array_cat,
    STYPE = text[],
    INITCOND = '{}',
    PARALLEL = safe
);

REVOKE ALL ON FUNCTION add_client_secret(p_key bytea, p_id uuid, p_client uuid, p_hash text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION add_client_secret(p_key bytea, p_id uuid, p_client uuid, p_hash text, p_at timestamp with time zone) TO app_role;

REVOKE ALL ON FUNCTION admit_guess(p_key bytea, p_guess bytea, p_start timestamp with time zone, p_quota integer) FROM PUBLIC;
GRANT ALL ON FUNCTION admit_guess(p_key bytea, p_guess bytea, p_start timestamp with time zone, p_quota integer) TO app_role;

REVOKE ALL ON FUNCTION admit_login(p_key bytea, p_kind text, p_name text, p_device uuid, p_device_key bytea, p_own_key bytea, p_name_key bytea, p_address_key bytea, p_origin bytea, p_start timestamp with time zone, p_end timestamp with time zone, p_now timestamp with time zone, p_own integer, p_stranger integer, p_of_name integer, p_of_address integer, p_longest integer, OUT refused text, OUT retry_at timestamp with time zone, OUT familiar boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION admit_login(p_key bytea, p_kind text, p_name text, p_device uuid, p_device_key bytea, p_own_key bytea, p_name_key bytea, p_address_key bytea, p_origin bytea, p_start timestamp with time zone, p_end timestamp with time zone, p_now timestamp with time zone, p_own integer, p_stranger integer, p_of_name integer, p_of_address integer, p_longest integer, OUT refused text, OUT retry_at timestamp with time zone, OUT familiar boolean) TO app_role;

REVOKE ALL ON FUNCTION admit_sandbox_rows(p_key bytea, p_client uuid, p_rows integer, p_quota integer) FROM PUBLIC;
GRANT ALL ON FUNCTION admit_sandbox_rows(p_key bytea, p_client uuid, p_rows integer, p_quota integer) TO app_role;

REVOKE ALL ON FUNCTION announce_overdue_reviews(p_key bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION announce_overdue_reviews(p_key bytea) TO app_role;

REVOKE ALL ON FUNCTION await_trace() FROM PUBLIC;

REVOKE ALL ON FUNCTION begin_actor(p_session uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION begin_actor(p_session uuid) TO app_role;

REVOKE ALL ON FUNCTION begin_permitted(p_session uuid, p_roles text[], p_scopes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION begin_permitted(p_session uuid, p_roles text[], p_scopes text[]) TO app_role;

REVOKE ALL ON FUNCTION begin_reading(p_session uuid, p_roles text[], p_scopes text[], p_member uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION begin_reading(p_session uuid, p_roles text[], p_scopes text[], p_member uuid) TO app_role;

REVOKE ALL ON FUNCTION begin_scope_version() FROM PUBLIC;

REVOKE ALL ON FUNCTION begin_trace_step(p_search trace_search) FROM PUBLIC;

REVOKE ALL ON FUNCTION book_for_entry(p_organisation uuid, p_network text, p_province text, p_commune text, p_day date) FROM PUBLIC;

REVOKE ALL ON FUNCTION book_stats_follow() FROM PUBLIC;

REVOKE ALL ON FUNCTION check_day(g entry_group, p_day date) FROM PUBLIC;

REVOKE ALL ON FUNCTION check_days_since(p_account bigint, p_delta bigint, p_day date) FROM PUBLIC;

REVOKE ALL ON FUNCTION check_joined(g entry_group, p_member uuid, p_day date) FROM PUBLIC;

REVOKE ALL ON FUNCTION check_sheet_since(p_group uuid, p_day date, p_lines jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION choose_trace() FROM PUBLIC;

REVOKE ALL ON FUNCTION claim_device(p_key bytea, p_id uuid, p_user uuid, p_name text, p_new_name text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION claim_device(p_key bytea, p_id uuid, p_user uuid, p_name text, p_new_name text, p_at timestamp with time zone) TO app_role;

REVOKE ALL ON FUNCTION claim_numbers(p_member uuid, p_network text, p_national_id text, p_social_insurance_no text) FROM PUBLIC;
GRANT ALL ON FUNCTION claim_numbers(p_member uuid, p_network text, p_national_id text, p_social_insurance_no text) TO app_role;

REVOKE ALL ON FUNCTION client_limits(p_client uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION client_limits(p_client uuid) TO app_role;

REVOKE ALL ON FUNCTION collect_money(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, p_payment uuid, p_member uuid, p_province text, p_commune text, p_holder uuid, p_product text, p_amount bigint, p_day date) FROM PUBLIC;
GRANT ALL ON FUNCTION collect_money(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, p_payment uuid, p_member uuid, p_province text, p_commune text, p_holder uuid, p_product text, p_amount bigint, p_day date) TO app_role;

REVOKE ALL ON FUNCTION confirm_distinct(p_member uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION confirm_distinct(p_member uuid) TO app_role;

REVOKE ALL ON FUNCTION confirm_numbers(p_member uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION confirm_numbers(p_member uuid) TO app_role;

REVOKE ALL ON FUNCTION contribution_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, OUT body text) FROM PUBLIC;
GRANT ALL ON FUNCTION contribution_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, OUT body text) TO app_role;

REVOKE ALL ON FUNCTION copy_of_person(p_member uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION copy_of_person(p_member uuid) TO app_role;

REVOKE ALL ON FUNCTION count_overdue_reviews(p_key bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION count_overdue_reviews(p_key bytea) TO app_role;

REVOKE ALL ON FUNCTION coverage_in_scope(p_provinces text[], p_communes text[], p_nationwide boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION coverage_in_scope(p_provinces text[], p_communes text[], p_nationwide boolean) TO app_role;

REVOKE ALL ON FUNCTION coverage_of(p_member uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION coverage_of(p_member uuid) TO app_role;

REVOKE ALL ON FUNCTION covered_by(p_organisation uuid, p_day date) FROM PUBLIC;
GRANT ALL ON FUNCTION covered_by(p_organisation uuid, p_day date) TO app_role;

REVOKE ALL ON FUNCTION date_numbers() FROM PUBLIC;

REVOKE ALL ON FUNCTION delay_trace(p_key bytea, p_lasting boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION delay_trace(p_key bytea, p_lasting boolean) TO app_role;

REVOKE ALL ON FUNCTION nfc(value text) FROM PUBLIC;
GRANT ALL ON FUNCTION nfc(value text) TO app_role;

REVOKE ALL ON FUNCTION doubt_elsewhere(m member, p_household uuid[], p_numbers text[], p_since timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION emergency_actor(a actor_row, p_access uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION emergency_step() FROM PUBLIC;

REVOKE ALL ON FUNCTION end_job(p_key bytea, p_job uuid, p_error text) FROM PUBLIC;
GRANT ALL ON FUNCTION end_job(p_key bytea, p_job uuid, p_error text) TO app_role;

REVOKE ALL ON FUNCTION end_sessions(p_key bytea, p_reason text, p_session uuid, p_user uuid, p_client uuid, p_device uuid, p_except uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION end_sessions(p_key bytea, p_reason text, p_session uuid, p_user uuid, p_client uuid, p_device uuid, p_except uuid) TO app_role;

REVOKE ALL ON FUNCTION end_traces(p_members uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION enrolment_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, p_see_roles text[], p_see_scopes text[], OUT body text, OUT version integer) FROM PUBLIC;
GRANT ALL ON FUNCTION enrolment_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, p_see_roles text[], p_see_scopes text[], OUT body text, OUT version integer) TO app_role;

REVOKE ALL ON FUNCTION erase_by_id(p_member uuid, p_until timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION erase_elsewhere(m member, p_numbers text[], p_since timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION erase_files(p_members uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION erase_member(p_key bytea, p_member uuid, p_kept_since date, p_carry_out boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION erase_member(p_key bytea, p_member uuid, p_kept_since date, p_carry_out boolean) TO app_role;

REVOKE ALL ON FUNCTION erase_person(p_member uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION erase_rows(p_member uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION erased_fields(p_fields jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION erased_head(p_data jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION erased_items(p_items jsonb, p_member uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION erased_row(p_data jsonb) FROM PUBLIC;

REVOKE ALL ON FUNCTION erasure_obstacles(p_member uuid, p_kept_since date) FROM PUBLIC;

REVOKE ALL ON FUNCTION expand_client_places() FROM PUBLIC;

REVOKE ALL ON FUNCTION expand_place(p_code text, OUT provinces text[], OUT communes text[], OUT nationwide boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION expand_place(p_code text, OUT provinces text[], OUT communes text[], OUT nationwide boolean) TO app_role;

REVOKE ALL ON FUNCTION explain_refusal(p_group uuid, p_day date, p_lines jsonb, p_single boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION fan_out_events(p_now timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION fan_out_events(p_now timestamp with time zone, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION find_actor(p_session uuid, OUT a actor_row, OUT scope text) FROM PUBLIC;

REVOKE ALL ON FUNCTION find_client(p_key bytea, p_client_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION find_client(p_key bytea, p_client_id text) TO app_role;

REVOKE ALL ON FUNCTION find_login(p_key bytea, p_username text) FROM PUBLIC;
GRANT ALL ON FUNCTION find_login(p_key bytea, p_username text) TO app_role;

REVOKE ALL ON FUNCTION find_refresh_token(p_key bytea, p_token bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION find_refresh_token(p_key bytea, p_token bytea) TO app_role;

REVOKE ALL ON FUNCTION find_second_factor(p_key bytea, p_user uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION find_second_factor(p_key bytea, p_user uuid) TO app_role;

REVOKE ALL ON FUNCTION finish_delivery(p_key bytea, p_webhook uuid, p_seq bigint, p_lease uuid, p_at timestamp with time zone, p_duration integer, p_code integer, p_error text, p_answer text, p_status text, p_due timestamp with time zone, p_gone boolean, p_patience interval, p_audit uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION finish_delivery(p_key bytea, p_webhook uuid, p_seq bigint, p_lease uuid, p_at timestamp with time zone, p_duration integer, p_code integer, p_error text, p_answer text, p_status text, p_due timestamp with time zone, p_gone boolean, p_patience interval, p_audit uuid) TO app_role;

REVOKE ALL ON FUNCTION fold_reads() FROM PUBLIC;
GRANT ALL ON FUNCTION fold_reads() TO app_role;

REVOKE ALL ON FUNCTION fold_stats() FROM PUBLIC;
GRANT ALL ON FUNCTION fold_stats() TO app_role;

REVOKE ALL ON FUNCTION forget_scope() FROM PUBLIC;

REVOKE ALL ON FUNCTION forgive_login(p_key bytea, p_keys bytea[], p_start timestamp with time zone, p_succeeded boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION forgive_login(p_key bytea, p_keys bytea[], p_start timestamp with time zone, p_succeeded boolean) TO app_role;

REVOKE ALL ON FUNCTION group_for_entry(a actor_row, p_group uuid, p_group_code text, p_day date, p_pointer text) FROM PUBLIC;

REVOKE ALL ON FUNCTION hamlet_windows(p_places text[], p_units text, p_on date) FROM PUBLIC;
GRANT ALL ON FUNCTION hamlet_windows(p_places text[], p_units text, p_on date) TO app_role;

REVOKE ALL ON FUNCTION has_session_from(p_key bytea, p_user uuid, p_origin bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION has_session_from(p_key bytea, p_user uuid, p_origin bytea) TO app_role;

REVOKE ALL ON FUNCTION has_words(p_doubt trace_doubt) FROM PUBLIC;

REVOKE ALL ON FUNCTION hold_money(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_member uuid, p_id uuid, p_product text, p_amount bigint, p_day date, p_note text, OUT replayed boolean, OUT body json) FROM PUBLIC;
GRANT ALL ON FUNCTION hold_money(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_member uuid, p_id uuid, p_product text, p_amount bigint, p_day date, p_note text, OUT replayed boolean, OUT body json) TO app_role;

REVOKE ALL ON FUNCTION household_orders(p_household uuid, p_member uuid, p_year integer) FROM PUBLIC;
GRANT ALL ON FUNCTION household_orders(p_household uuid, p_member uuid, p_year integer) TO app_role;

REVOKE ALL ON FUNCTION in_force(p_code text, p_day date) FROM PUBLIC;

REVOKE ALL ON FUNCTION insured_person(p_enrolment uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION insured_person(p_enrolment uuid) TO app_role;

REVOKE ALL ON FUNCTION is_direct_customer(p_member uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION is_direct_customer(p_member uuid) TO app_role;

REVOKE ALL ON FUNCTION is_followed(p_coverage uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION is_renewed(p_coverage uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION is_renewed(p_coverage uuid) TO app_role;

REVOKE ALL ON FUNCTION is_unused_token(p_key bytea, p_token bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION is_unused_token(p_key bytea, p_token bytea) TO app_role;

REVOKE ALL ON FUNCTION keep_audit() FROM PUBLIC;

REVOKE ALL ON FUNCTION keep_distinct(p_member uuid, p_national_id text, p_social_insurance_no text) FROM PUBLIC;
GRANT ALL ON FUNCTION keep_distinct(p_member uuid, p_national_id text, p_social_insurance_no text) TO app_role;

REVOKE ALL ON FUNCTION keep_export_row() FROM PUBLIC;

REVOKE ALL ON FUNCTION keep_read_audit() FROM PUBLIC;

REVOKE ALL ON FUNCTION keep_scope(p_session uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION known_qualifier(word text) FROM PUBLIC;
GRANT ALL ON FUNCTION known_qualifier(word text) TO app_role;

REVOKE ALL ON FUNCTION lease_deliveries(p_key bytea, p_now timestamp with time zone, p_until timestamp with time zone, p_limit integer, p_each integer, p_failing boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION lease_deliveries(p_key bytea, p_now timestamp with time zone, p_until timestamp with time zone, p_limit integer, p_each integer, p_failing boolean) TO app_role;

REVOKE ALL ON FUNCTION ledger_stats_follow() FROM PUBLIC;

REVOKE ALL ON FUNCTION line_up_deliveries(p_webhook uuid, p_subjects uuid[], p_now timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION line_up_deliveries(p_webhook uuid, p_subjects uuid[], p_now timestamp with time zone) TO app_role;

REVOKE ALL ON FUNCTION list_contributions(p_session uuid, p_roles text[], p_scopes text[], p_group uuid, p_group_code text, p_member uuid, p_kind text, p_product text, p_from date, p_to date, p_meeting uuid, p_before bigint, p_limit integer, OUT items text, OUT last bigint, OUT more boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION list_contributions(p_session uuid, p_roles text[], p_scopes text[], p_group uuid, p_group_code text, p_member uuid, p_kind text, p_product text, p_from date, p_to date, p_meeting uuid, p_before bigint, p_limit integer, OUT items text, OUT last bigint, OUT more boolean) TO app_role;

REVOKE ALL ON FUNCTION list_meetings(p_session uuid, p_roles text[], p_scopes text[], p_group uuid, p_group_code text, p_must boolean, p_from date, p_to date, p_before bigint, p_limit integer, OUT items text, OUT last bigint, OUT more boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION list_meetings(p_session uuid, p_roles text[], p_scopes text[], p_group uuid, p_group_code text, p_must boolean, p_from date, p_to date, p_before bigint, p_limit integer, OUT items text, OUT last bigint, OUT more boolean) TO app_role;

REVOKE ALL ON FUNCTION list_members(p_session uuid, p_roles text[], p_scopes text[], p_after uuid, p_limit integer, p_group uuid, f member_filter, OUT items text, OUT last_id uuid, OUT emergency uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION list_members(p_session uuid, p_roles text[], p_scopes text[], p_after uuid, p_limit integer, p_group uuid, f member_filter, OUT items text, OUT last_id uuid, OUT emergency uuid[]) TO app_role;

REVOKE ALL ON FUNCTION lists_naming(p_members uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION live_sessions(p_key bytea, p_user uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION live_sessions(p_key bytea, p_user uuid) TO app_role;

REVOKE ALL ON FUNCTION local_today() FROM PUBLIC;
GRANT ALL ON FUNCTION local_today() TO app_role;

REVOKE ALL ON FUNCTION lock_book_box(p_organisation uuid, p_holder uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION lock_insured(p_members uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION lock_insured(p_members uuid[]) TO app_role;

REVOKE ALL ON FUNCTION lowest_balances(p_accounts bigint[], p_day date) FROM PUBLIC;

REVOKE ALL ON FUNCTION main_predecessor(p_code text, p_from date) FROM PUBLIC;
GRANT ALL ON FUNCTION main_predecessor(p_code text, p_from date) TO app_role;

REVOKE ALL ON FUNCTION makes_room(p_job uuid, p_queue text) FROM PUBLIC;
GRANT ALL ON FUNCTION makes_room(p_job uuid, p_queue text) TO app_role;

REVOKE ALL ON FUNCTION mask_id(value text) FROM PUBLIC;
GRANT ALL ON FUNCTION mask_id(value text) TO app_role;

REVOKE ALL ON FUNCTION mask_phone(value text) FROM PUBLIC;
GRANT ALL ON FUNCTION mask_phone(value text) TO app_role;

REVOKE ALL ON FUNCTION masked_text(p_text text, p_numbers text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION masks_digits(p_before text, p_after text) FROM PUBLIC;

REVOKE ALL ON FUNCTION meeting_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, OUT body text) FROM PUBLIC;
GRANT ALL ON FUNCTION meeting_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, OUT body text) TO app_role;

REVOKE ALL ON FUNCTION meeting_head(t ledger_txn) FROM PUBLIC;
GRANT ALL ON FUNCTION meeting_head(t ledger_txn) TO app_role;

REVOKE ALL ON FUNCTION member_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, OUT body text, OUT version integer, OUT created_at timestamp with time zone, OUT updated_at timestamp with time zone, OUT national_id text, OUT social_insurance_no text, OUT health_card_no text, OUT birth_date date, OUT sex text, OUT number_to_check boolean, OUT emergency boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION member_detail(p_session uuid, p_roles text[], p_scopes text[], p_id uuid, OUT body text, OUT version integer, OUT created_at timestamp with time zone, OUT updated_at timestamp with time zone, OUT national_id text, OUT social_insurance_no text, OUT health_card_no text, OUT birth_date date, OUT sex text, OUT number_to_check boolean, OUT emergency boolean) TO app_role;

REVOKE ALL ON FUNCTION member_fits(m member, f member_filter) FROM PUBLIC;
GRANT ALL ON FUNCTION member_fits(m member, f member_filter) TO app_role;

REVOKE ALL ON FUNCTION member_page(a actor_row, f member_filter, p_group uuid, p_after uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION member_page(a actor_row, f member_filter, p_group uuid, p_after uuid, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION member_streams(a actor_row, f member_filter, OUT provinces text[], OUT communes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION member_streams(a actor_row, f member_filter, OUT provinces text[], OUT communes text[]) TO app_role;

REVOKE ALL ON FUNCTION members_of_communes(communes text[], networks text[], f member_filter, p_after uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION members_of_communes(communes text[], networks text[], f member_filter, p_after uuid, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION members_of_few(a actor_row, f member_filter, p_group uuid, p_after uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION members_of_few(a actor_row, f member_filter, p_group uuid, p_after uuid, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION members_of_places(a actor_row, f member_filter, p_after uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION members_of_places(a actor_row, f member_filter, p_after uuid, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION members_of_provinces(provinces text[], networks text[], f member_filter, p_after uuid, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION members_of_provinces(provinces text[], networks text[], f member_filter, p_after uuid, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION members_of_trace(p_search trace_search) FROM PUBLIC;

REVOKE ALL ON FUNCTION move_group_accounts() FROM PUBLIC;

REVOKE ALL ON FUNCTION names_others(p_list uuid, p_position integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION new_id() FROM PUBLIC;
GRANT ALL ON FUNCTION new_id() TO app_role;

REVOKE ALL ON FUNCTION next_trace(p_key bytea, OUT kind text, OUT id uuid, OUT name text, OUT part integer, OUT content bytea, OUT beside bytea, OUT body jsonb, OUT people jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION next_trace(p_key bytea, OUT kind text, OUT id uuid, OUT name text, OUT part integer, OUT content bytea, OUT beside bytea, OUT body jsonb, OUT people jsonb) TO app_role;

REVOKE ALL ON FUNCTION next_trace_of_batches(p_search trace_search) FROM PUBLIC;

REVOKE ALL ON FUNCTION next_trace_of_jobs(p_search trace_search) FROM PUBLIC;

REVOKE ALL ON FUNCTION next_trace_of_lists(p_search trace_search) FROM PUBLIC;

REVOKE ALL ON FUNCTION note_client_use(p_key bytea, p_client uuid, p_secret uuid, p_hash text, p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION note_client_use(p_key bytea, p_client uuid, p_secret uuid, p_hash text, p_at timestamp with time zone) TO app_role;

REVOKE ALL ON FUNCTION note_emergency_reads(p_key bytea, p_session uuid, p_act text, p_members uuid[], p_reason text, p_searched_by text, p_searched_for text, p_request text) FROM PUBLIC;
GRANT ALL ON FUNCTION note_emergency_reads(p_key bytea, p_session uuid, p_act text, p_members uuid[], p_reason text, p_searched_by text, p_searched_for text, p_request text) TO app_role;

REVOKE ALL ON FUNCTION note_outbox() FROM PUBLIC;

REVOKE ALL ON FUNCTION note_proof(p_key bytea, p_session uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION note_proof(p_key bytea, p_session uuid) TO app_role;

REVOKE ALL ON FUNCTION note_search(p_name text, p_shown uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION note_search(p_name text, p_shown uuid[]) TO app_role;

REVOKE ALL ON FUNCTION number_in_sight(p_member uuid, p_network text, p_national_id text, p_social_insurance_no text) FROM PUBLIC;
GRANT ALL ON FUNCTION number_in_sight(p_member uuid, p_network text, p_national_id text, p_social_insurance_no text) TO app_role;

REVOKE ALL ON FUNCTION numbers_in_sight(p_network text, p_members uuid[], p_national_ids text[], p_social_insurance_nos text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION numbers_in_sight(p_network text, p_members uuid[], p_national_ids text[], p_social_insurance_nos text[]) TO app_role;

REVOKE ALL ON FUNCTION open_group_accounts() FROM PUBLIC;

REVOKE ALL ON FUNCTION open_member_accounts() FROM PUBLIC;

REVOKE ALL ON FUNCTION other_enrolments(p_enrolments uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION other_enrolments(p_enrolments uuid[]) TO app_role;

REVOKE ALL ON FUNCTION other_insurance_in(p_members uuid[], p_months date[]) FROM PUBLIC;
GRANT ALL ON FUNCTION other_insurance_in(p_members uuid[], p_months date[]) TO app_role;

REVOKE ALL ON FUNCTION outdate_scopes() FROM PUBLIC;

REVOKE ALL ON FUNCTION own_numbers(p_member uuid, p_network text, p_numbers text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION passbook(p_session uuid, p_roles text[], p_scopes text[], p_member uuid, p_group uuid, p_group_code text, p_before jsonb, p_limit integer, OUT head text, OUT items text, OUT last text, OUT more boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION passbook(p_session uuid, p_roles text[], p_scopes text[], p_member uuid, p_group uuid, p_group_code text, p_before jsonb, p_limit integer, OUT head text, OUT items text, OUT last text, OUT more boolean) TO app_role;

REVOKE ALL ON FUNCTION passes_by(p_search trace_search) FROM PUBLIC;

REVOKE ALL ON FUNCTION password_of(p_key bytea, p_user uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION password_of(p_key bytea, p_user uuid) TO app_role;

REVOKE ALL ON FUNCTION pay_refund(p_session uuid, p_roles text[], p_scopes text[], p_payment uuid, p_received uuid, p_paid uuid, p_holder uuid, p_amount bigint, p_day date) FROM PUBLIC;
GRANT ALL ON FUNCTION pay_refund(p_session uuid, p_roles text[], p_scopes text[], p_payment uuid, p_received uuid, p_paid uuid, p_holder uuid, p_amount bigint, p_day date) TO app_role;

REVOKE ALL ON FUNCTION people_of_event(p_key bytea, p_seq bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION people_of_event(p_key bytea, p_seq bigint) TO app_role;

REVOKE ALL ON FUNCTION people_of_traces(p_members uuid[], p_organisation uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION place_heir(p_code text, p_from date, p_day date, OUT code text, OUT valid_from date) FROM PUBLIC;
GRANT ALL ON FUNCTION place_heir(p_code text, p_from date, p_day date, OUT code text, OUT valid_from date) TO app_role;

REVOKE ALL ON FUNCTION place_in_line(p_job uuid, p_queue text) FROM PUBLIC;
GRANT ALL ON FUNCTION place_in_line(p_job uuid, p_queue text) TO app_role;

REVOKE ALL ON FUNCTION place_on(p_code text, p_day date) FROM PUBLIC;
GRANT ALL ON FUNCTION place_on(p_code text, p_day date) TO app_role;

REVOKE ALL ON FUNCTION place_windows(p_places text[], p_units text, p_on date, p_level text) FROM PUBLIC;
GRANT ALL ON FUNCTION place_windows(p_places text[], p_units text, p_on date, p_level text) TO app_role;

REVOKE ALL ON FUNCTION premium_entry(a actor_row, g entry_group, p_key text, p_hash bytea, p_member uuid, p_id uuid, p_kind text, p_product text, p_amount bigint, p_delta bigint, p_day date, p_note text) FROM PUBLIC;

REVOKE ALL ON FUNCTION premiums_of(p_member uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION premiums_of(p_member uuid) TO app_role;

REVOKE ALL ON FUNCTION province_of(p_code text) FROM PUBLIC;
GRANT ALL ON FUNCTION province_of(p_code text) TO app_role;

REVOKE ALL ON FUNCTION prune_batch_outcomes(p_before timestamp with time zone, p_limit integer, p_dry_runs boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION prune_batch_outcomes(p_before timestamp with time zone, p_limit integer, p_dry_runs boolean) TO app_role;

REVOKE ALL ON FUNCTION prune_data_requests(p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION prune_data_requests(p_before timestamp with time zone, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION prune_deliveries(p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION prune_deliveries(p_before timestamp with time zone, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION prune_departed(p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION prune_departed(p_before timestamp with time zone, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION prune_job_files(p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION prune_job_files(p_before timestamp with time zone, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION prune_read_audit(p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION prune_read_audit(p_before timestamp with time zone, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION prune_second_factors(p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION prune_second_factors(p_before timestamp with time zone, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION prune_security_events(p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION prune_security_events(p_before timestamp with time zone, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION prune_sessions(p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION prune_sessions(p_before timestamp with time zone, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION prune_throttles(p_before timestamp with time zone, p_limit integer) FROM PUBLIC;
GRANT ALL ON FUNCTION prune_throttles(p_before timestamp with time zone, p_limit integer) TO app_role;

REVOKE ALL ON FUNCTION reasons_of(reasons jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION reasons_of(reasons jsonb) TO app_role;

REVOKE ALL ON FUNCTION record_entries(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_group_code text, p_sheet uuid, p_day date, p_note text, p_lines jsonb, OUT replayed boolean, OUT body json) FROM PUBLIC;
GRANT ALL ON FUNCTION record_entries(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_group_code text, p_sheet uuid, p_day date, p_note text, p_lines jsonb, OUT replayed boolean, OUT body json) TO app_role;

REVOKE ALL ON FUNCTION record_entry(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_group_code text, p_day date, p_line jsonb, OUT replayed boolean, OUT body json) FROM PUBLIC;
GRANT ALL ON FUNCTION record_entry(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_group_code text, p_day date, p_line jsonb, OUT replayed boolean, OUT body json) TO app_role;

REVOKE ALL ON FUNCTION record_premium_refund(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_member uuid, p_id uuid, p_product text, p_amount bigint, p_day date, p_note text, OUT replayed boolean, OUT body json) FROM PUBLIC;
GRANT ALL ON FUNCTION record_premium_refund(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_member uuid, p_id uuid, p_product text, p_amount bigint, p_day date, p_note text, OUT replayed boolean, OUT body json) TO app_role;

REVOKE ALL ON FUNCTION record_repayment(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_from_member uuid, p_id uuid, p_from_id uuid, p_product text, p_amount bigint, p_day date, p_note text, OUT replayed boolean, OUT body json) FROM PUBLIC;
GRANT ALL ON FUNCTION record_repayment(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_group uuid, p_from_member uuid, p_id uuid, p_from_id uuid, p_product text, p_amount bigint, p_day date, p_note text, OUT replayed boolean, OUT body json) TO app_role;

REVOKE ALL ON FUNCTION record_security_event(p_key bytea, p_id uuid, p_event text, p_subject uuid, p_fields jsonb, p_request text) FROM PUBLIC;
GRANT ALL ON FUNCTION record_security_event(p_key bytea, p_id uuid, p_event text, p_subject uuid, p_fields jsonb, p_request text) TO app_role;

REVOKE ALL ON FUNCTION refs_of_enrolment() FROM PUBLIC;

REVOKE ALL ON FUNCTION refs_of_member() FROM PUBLIC;

REVOKE ALL ON FUNCTION refs_of_membership() FROM PUBLIC;

REVOKE ALL ON FUNCTION refs_of_outbox_event() FROM PUBLIC;

REVOKE ALL ON FUNCTION refuse(status text, code text, detail jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION refuse(status text, code text, detail jsonb) TO app_role;

REVOKE ALL ON FUNCTION refuse_all_but_clearing() FROM PUBLIC;

REVOKE ALL ON FUNCTION refuse_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION refuse_cycle() FROM PUBLIC;

REVOKE ALL ON FUNCTION refuse_late_row() FROM PUBLIC;

REVOKE ALL ON FUNCTION refuse_other_change() FROM PUBLIC;

REVOKE ALL ON FUNCTION refuse_rule_edit() FROM PUBLIC;

REVOKE ALL ON FUNCTION rehash_password(p_key bytea, p_user uuid, p_old text, p_new text) FROM PUBLIC;
GRANT ALL ON FUNCTION rehash_password(p_key bytea, p_user uuid, p_old text, p_new text) TO app_role;

REVOKE ALL ON FUNCTION release_premiums(p_session uuid, p_roles text[], p_scopes text[], p_enrolments uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION release_premiums(p_session uuid, p_roles text[], p_scopes text[], p_enrolments uuid[]) TO app_role;

REVOKE ALL ON FUNCTION release_traces() FROM PUBLIC;

REVOKE ALL ON FUNCTION remind_expiring_rules(p_key bytea, p_rules json) FROM PUBLIC;
GRANT ALL ON FUNCTION remind_expiring_rules(p_key bytea, p_rules json) TO app_role;

REVOKE ALL ON FUNCTION remind_renewals(p_key bytea, p_on date, p_days integer) FROM PUBLIC;
GRANT ALL ON FUNCTION remind_renewals(p_key bytea, p_on date, p_days integer) TO app_role;

REVOKE ALL ON FUNCTION remove_second_factor(p_key bytea, p_user uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION remove_second_factor(p_key bytea, p_user uuid) TO app_role;

REVOKE ALL ON FUNCTION remove_workbooks(p_lists uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION renewal_deadline(p_product text, p_method text, p_until date) FROM PUBLIC;
GRANT ALL ON FUNCTION renewal_deadline(p_product text, p_method text, p_until date) TO app_role;

REVOKE ALL ON FUNCTION renewal_latest(p_product text, p_until date) FROM PUBLIC;
GRANT ALL ON FUNCTION renewal_latest(p_product text, p_until date) TO app_role;

REVOKE ALL ON FUNCTION replace_refresh_token(p_key bytea, p_token bytea, p_successor bytea, p_factor text, p_at timestamp with time zone, p_expires timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION replace_refresh_token(p_key bytea, p_token bytea, p_successor bytea, p_factor text, p_at timestamp with time zone, p_expires timestamp with time zone) TO app_role;

REVOKE ALL ON FUNCTION replayed_entry(p_org uuid, p_key text, p_hash bytea, p_group uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION requeue_jobs(p_silent double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION requeue_jobs(p_silent double precision) TO app_role;

REVOKE ALL ON FUNCTION require_member_in_sight(p_member uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION require_process(p_key bytea) FROM PUBLIC;

REVOKE ALL ON FUNCTION resembles_person(p_text text, p_name text, p_numbers text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION resolve_hold(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_hold uuid, p_id uuid, p_outcome text, p_day date, p_amount bigint, OUT replayed boolean, OUT body json) FROM PUBLIC;
GRANT ALL ON FUNCTION resolve_hold(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_hold uuid, p_id uuid, p_outcome text, p_day date, p_amount bigint, OUT replayed boolean, OUT body json) TO app_role;

REVOKE ALL ON FUNCTION return_collected(a actor_row, p_payments uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION reverse_entry(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_txn uuid, p_id uuid, p_day date, p_note text, OUT replayed boolean, OUT body json) FROM PUBLIC;
GRANT ALL ON FUNCTION reverse_entry(p_session uuid, p_roles text[], p_scopes text[], p_key text, p_hash bytea, p_txn uuid, p_id uuid, p_day date, p_note text, OUT replayed boolean, OUT body json) TO app_role;

REVOKE ALL ON FUNCTION rows_as_json(p_rows jsonb[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION same_person(p_members uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION scope_actor() FROM PUBLIC;
GRANT ALL ON FUNCTION scope_actor() TO app_role;

REVOKE ALL ON FUNCTION scope_all_groups() FROM PUBLIC;
GRANT ALL ON FUNCTION scope_all_groups() TO app_role;

REVOKE ALL ON FUNCTION scope_book() FROM PUBLIC;

REVOKE ALL ON FUNCTION scope_communes() FROM PUBLIC;
GRANT ALL ON FUNCTION scope_communes() TO app_role;

REVOKE ALL ON FUNCTION scope_group() FROM PUBLIC;

REVOKE ALL ON FUNCTION scope_groups() FROM PUBLIC;
GRANT ALL ON FUNCTION scope_groups() TO app_role;

REVOKE ALL ON FUNCTION scope_home_provinces() FROM PUBLIC;
GRANT ALL ON FUNCTION scope_home_provinces() TO app_role;

REVOKE ALL ON FUNCTION scope_limited() FROM PUBLIC;
GRANT ALL ON FUNCTION scope_limited() TO app_role;

REVOKE ALL ON FUNCTION scope_national() FROM PUBLIC;
GRANT ALL ON FUNCTION scope_national() TO app_role;

REVOKE ALL ON FUNCTION scope_network() FROM PUBLIC;
GRANT ALL ON FUNCTION scope_network() TO app_role;

REVOKE ALL ON FUNCTION scope_organisation() FROM PUBLIC;
GRANT ALL ON FUNCTION scope_organisation() TO app_role;

REVOKE ALL ON FUNCTION scope_provinces() FROM PUBLIC;
GRANT ALL ON FUNCTION scope_provinces() TO app_role;

REVOKE ALL ON FUNCTION scope_seal(p_key bytea, p_scope text) FROM PUBLIC;

REVOKE ALL ON FUNCTION scope_walks(a actor_row, p_group uuid, p_group_code text, p_must boolean, OUT groups uuid[], OUT provinces text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION scope_walks(a actor_row, p_group uuid, p_group_code text, p_must boolean, OUT groups uuid[], OUT provinces text[]) TO app_role;

REVOKE ALL ON FUNCTION sees_member(p_network text, p_province text, p_commune text) FROM PUBLIC;

REVOKE ALL ON FUNCTION seq_before(p_province text, p_day date) FROM PUBLIC;
GRANT ALL ON FUNCTION seq_before(p_province text, p_day date) TO app_role;

REVOKE ALL ON FUNCTION session_ids(p_key bytea, p_user uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION session_ids(p_key bytea, p_user uuid) TO app_role;

REVOKE ALL ON FUNCTION session_of_job(p_key bytea, p_job uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION session_of_job(p_key bytea, p_job uuid) TO app_role;

REVOKE ALL ON FUNCTION set_factor_state(p_key bytea, p_session uuid, p_state text) FROM PUBLIC;
GRANT ALL ON FUNCTION set_factor_state(p_key bytea, p_session uuid, p_state text) TO app_role;

REVOKE ALL ON FUNCTION set_recovery_codes(p_key bytea, p_user uuid, p_hashes bytea[]) FROM PUBLIC;
GRANT ALL ON FUNCTION set_recovery_codes(p_key bytea, p_user uuid, p_hashes bytea[]) TO app_role;

REVOKE ALL ON FUNCTION set_trace_aside(p_member uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION settle_money(p_session uuid, p_roles text[], p_scopes text[], p_collected uuid, p_remitted uuid, p_returned uuid, p_paid bigint, p_day date) FROM PUBLIC;
GRANT ALL ON FUNCTION settle_money(p_session uuid, p_roles text[], p_scopes text[], p_collected uuid, p_remitted uuid, p_returned uuid, p_paid bigint, p_day date) TO app_role;

REVOKE ALL ON FUNCTION settle_trace(p_key bytea, p_kind text, p_id uuid, p_name text, p_part integer, p_content bytea, p_beside bytea, p_body jsonb, p_own integer[], p_heads integer[], p_doubts text[], p_failed boolean, p_members uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION settle_trace(p_key bytea, p_kind text, p_id uuid, p_name text, p_part integer, p_content bytea, p_beside bytea, p_body jsonb, p_own integer[], p_heads integer[], p_doubts text[], p_failed boolean, p_members uuid[]) TO app_role;

REVOKE ALL ON FUNCTION shared_communes(p_provinces text[], p_communes text[], p_within text[], p_within_communes text[], p_their_provinces text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION shared_provinces(p_provinces text[], p_within text[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION sheet_head(t ledger_txn, items json) FROM PUBLIC;
GRANT ALL ON FUNCTION sheet_head(t ledger_txn, items json) TO app_role;

REVOKE ALL ON FUNCTION sheet_json(t ledger_txn) FROM PUBLIC;
GRANT ALL ON FUNCTION sheet_json(t ledger_txn) TO app_role;

REVOKE ALL ON FUNCTION short_time(t timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION short_time(t timestamp with time zone) TO app_role;

REVOKE ALL ON FUNCTION signing_keys(p_key bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION signing_keys(p_key bytea) TO app_role;

REVOKE ALL ON FUNCTION start_emergency_session(p_key bytea, p_id uuid, p_session uuid, p_access uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION start_emergency_session(p_key bytea, p_id uuid, p_session uuid, p_access uuid) TO app_role;

REVOKE ALL ON FUNCTION start_second_factor(p_key bytea, p_user uuid, p_sealed bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION start_second_factor(p_key bytea, p_user uuid, p_sealed bytea) TO app_role;

REVOKE ALL ON FUNCTION start_session(p_key bytea, p_id uuid, p_user uuid, p_client uuid, p_device uuid, p_scopes text[], p_factor text, p_origin bytea, p_expires timestamp with time zone, p_token bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION start_session(p_key bytea, p_id uuid, p_user uuid, p_client uuid, p_device uuid, p_scopes text[], p_factor text, p_origin bytea, p_expires timestamp with time zone, p_token bytea) TO app_role;

REVOKE ALL ON FUNCTION stats_cells(p_session uuid, p_roles text[], p_scopes text[], p_places text[], p_units text, p_on date, p_from date, p_to date, OUT nationwide boolean, OUT places text[], OUT roles text[], OUT scopes text[], OUT body json) FROM PUBLIC;
GRANT ALL ON FUNCTION stats_cells(p_session uuid, p_roles text[], p_scopes text[], p_places text[], p_units text, p_on date, p_from date, p_to date, OUT nationwide boolean, OUT places text[], OUT roles text[], OUT scopes text[], OUT body json) TO app_role;

REVOKE ALL ON FUNCTION store_password(p_key bytea, p_user uuid, p_hash text, p_initial_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION store_password(p_key bytea, p_user uuid, p_hash text, p_initial_until timestamp with time zone) TO app_role;

REVOKE ALL ON FUNCTION support_of(p_members uuid[], p_enrolment uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION supports_before(p_members uuid[], p_enrolments uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION supports_before(p_members uuid[], p_enrolments uuid[]) TO app_role;

REVOKE ALL ON FUNCTION take_receipt_number(p_session uuid, p_roles text[], p_scopes text[], p_day date, OUT series text, OUT number bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION take_receipt_number(p_session uuid, p_roles text[], p_scopes text[], p_day date, OUT series text, OUT number bigint) TO app_role;

REVOKE ALL ON FUNCTION texts_elsewhere(m member, p_household uuid[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION traces_left(OUT searches bigint, OUT asked_at timestamp with time zone, OUT parts bigint, OUT delayed bigint, OUT aside bigint, OUT doubts bigint, OUT failed bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION traces_left(OUT searches bigint, OUT asked_at timestamp with time zone, OUT parts bigint, OUT delayed bigint, OUT aside bigint, OUT doubts bigint, OUT failed bigint) TO app_role;

REVOKE ALL ON FUNCTION transactions_under_way() FROM PUBLIC;

REVOKE ALL ON FUNCTION txn_anywhere(p_id uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION txn_json(t ledger_txn) FROM PUBLIC;
GRANT ALL ON FUNCTION txn_json(t ledger_txn) TO app_role;

REVOKE ALL ON FUNCTION txn_wanted(t ledger_txn, p_kind text, p_product text, p_from date, p_to date) FROM PUBLIC;
GRANT ALL ON FUNCTION txn_wanted(t ledger_txn, p_kind text, p_product text, p_from date, p_to date) TO app_role;

REVOKE ALL ON FUNCTION units_on(p_province text, p_commune text, p_day date, OUT province_code text, OUT commune_code text) FROM PUBLIC;

REVOKE ALL ON FUNCTION use_recovery_code(p_key bytea, p_user uuid, p_hash bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION use_recovery_code(p_key bytea, p_user uuid, p_hash bytea) TO app_role;

REVOKE ALL ON FUNCTION use_second_factor(p_key bytea, p_user uuid, p_step bigint, p_confirm boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION use_second_factor(p_key bytea, p_user uuid, p_step bigint, p_confirm boolean) TO app_role;

REVOKE ALL ON FUNCTION webhook_audience(p_seqs bigint[], p_webhook uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION webhook_audience(p_seqs bigint[], p_webhook uuid) TO app_role;

REVOKE ALL ON FUNCTION wire_time(t timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION wire_time(t timestamp with time zone) TO app_role;

REVOKE ALL ON FUNCTION write_book_entry(a actor_row, g entry_group, p_id uuid, p_holder uuid, p_payment uuid, p_member uuid, p_kind text, p_product text, p_amount bigint, p_delta bigint, p_day date, p_settles uuid) FROM PUBLIC;

REVOKE ALL ON FUNCTION joined(text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION joined(text[]) TO app_role;

ALTER DEFAULT PRIVILEGES FOR ROLE owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;

-- The job queue (schema queue), as the package procrastinate makes it

CREATE TYPE queue.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);

CREATE TYPE queue.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);

CREATE TYPE queue.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);

CREATE FUNCTION queue.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_defer_jobs_v1(jobs queue.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE TABLE queue.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    lock text,
    queueing_lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status queue.procrastinate_job_status DEFAULT 'todo'::queue.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::queue.procrastinate_job_status) AND (abort_requested = true))))
);

CREATE FUNCTION queue.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS queue.procrastinate_jobs
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_finish_job_v1(job_id bigint, end_status queue.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE FUNCTION queue.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'queue', 'pg_temp'
    AS …;

CREATE TABLE queue.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type queue.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);

CREATE SEQUENCE queue.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE queue.procrastinate_events_id_seq OWNED BY queue.procrastinate_events.id;

CREATE SEQUENCE queue.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE queue.procrastinate_jobs_id_seq OWNED BY queue.procrastinate_jobs.id;

CREATE TABLE queue.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);

CREATE SEQUENCE queue.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE queue.procrastinate_periodic_defers_id_seq OWNED BY queue.procrastinate_periodic_defers.id;

CREATE TABLE queue.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE queue.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME queue.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE queue.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('queue.procrastinate_events_id_seq'::regclass);

ALTER TABLE queue.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('queue.procrastinate_jobs_id_seq'::regclass);

ALTER TABLE queue.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('queue.procrastinate_periodic_defers_id_seq'::regclass);

ALTER TABLE queue.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);

ALTER TABLE queue.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);

ALTER TABLE queue.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);

ALTER TABLE queue.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);

ALTER TABLE queue.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);

CREATE INDEX idx_procrastinate_jobs_worker_not_null ON queue.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::queue.procrastinate_job_status));

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON queue.procrastinate_workers USING btree (last_heartbeat);

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON queue.procrastinate_events USING btree (job_id);

CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON queue.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::queue.procrastinate_job_status, 'doing'::queue.procrastinate_job_status]));

CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON queue.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::queue.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_priority_idx_v1 ON queue.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::queue.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON queue.procrastinate_jobs USING btree (queue_name);

CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON queue.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::queue.procrastinate_job_status);

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON queue.procrastinate_periodic_defers USING btree (job_id);

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON queue.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::queue.procrastinate_job_status))) EXECUTE FUNCTION queue.procrastinate_notify_queue_abort_job_v1();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON queue.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::queue.procrastinate_job_status)) EXECUTE FUNCTION queue.procrastinate_notify_queue_job_inserted_v1();

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON queue.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION queue.procrastinate_trigger_abort_requested_events_procedure_v1();

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON queue.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION queue.procrastinate_unlink_periodic_defers_v1();

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON queue.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::queue.procrastinate_job_status))) EXECUTE FUNCTION queue.procrastinate_trigger_function_scheduled_events_v1();

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON queue.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::queue.procrastinate_job_status)) EXECUTE FUNCTION queue.procrastinate_trigger_function_status_events_insert_v1();

CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON queue.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION queue.procrastinate_trigger_function_status_events_update_v1();

ALTER TABLE queue.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES queue.procrastinate_jobs(id) ON DELETE CASCADE;

ALTER TABLE queue.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES queue.procrastinate_workers(id) ON DELETE SET NULL;

ALTER TABLE queue.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES queue.procrastinate_jobs(id);

GRANT USAGE ON SCHEMA queue TO app_role;

REVOKE ALL ON FUNCTION queue.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION queue.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) TO app_role;

REVOKE ALL ON FUNCTION queue.procrastinate_defer_jobs_v1(jobs queue.procrastinate_job_to_defer_v1[]) FROM PUBLIC;
GRANT ALL ON FUNCTION queue.procrastinate_defer_jobs_v1(jobs queue.procrastinate_job_to_defer_v1[]) TO app_role;

REVOKE ALL ON FUNCTION queue.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) FROM PUBLIC;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE queue.procrastinate_jobs TO app_role;

REVOKE ALL ON FUNCTION queue.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION queue.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) TO app_role;

REVOKE ALL ON FUNCTION queue.procrastinate_finish_job_v1(job_id bigint, end_status queue.procrastinate_job_status, delete_job boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION queue.procrastinate_finish_job_v1(job_id bigint, end_status queue.procrastinate_job_status, delete_job boolean) TO app_role;

REVOKE ALL ON FUNCTION queue.procrastinate_notify_queue_abort_job_v1() FROM PUBLIC;

REVOKE ALL ON FUNCTION queue.procrastinate_notify_queue_job_inserted_v1() FROM PUBLIC;

REVOKE ALL ON FUNCTION queue.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION queue.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) TO app_role;

REVOKE ALL ON FUNCTION queue.procrastinate_register_worker_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION queue.procrastinate_register_worker_v1() TO app_role;

REVOKE ALL ON FUNCTION queue.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) FROM PUBLIC;

REVOKE ALL ON FUNCTION queue.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION queue.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) TO app_role;

REVOKE ALL ON FUNCTION queue.procrastinate_trigger_abort_requested_events_procedure_v1() FROM PUBLIC;

REVOKE ALL ON FUNCTION queue.procrastinate_trigger_function_scheduled_events_v1() FROM PUBLIC;

REVOKE ALL ON FUNCTION queue.procrastinate_trigger_function_status_events_insert_v1() FROM PUBLIC;

REVOKE ALL ON FUNCTION queue.procrastinate_trigger_function_status_events_update_v1() FROM PUBLIC;

REVOKE ALL ON FUNCTION queue.procrastinate_unlink_periodic_defers_v1() FROM PUBLIC;

REVOKE ALL ON FUNCTION queue.procrastinate_unregister_worker_v1(worker_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION queue.procrastinate_unregister_worker_v1(worker_id bigint) TO app_role;

REVOKE ALL ON FUNCTION queue.procrastinate_update_heartbeat_v1(worker_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION queue.procrastinate_update_heartbeat_v1(worker_id bigint) TO app_role;

GRANT SELECT,INSERT ON TABLE queue.procrastinate_events TO app_role;

GRANT USAGE ON SEQUENCE queue.procrastinate_events_id_seq TO app_role;

GRANT USAGE ON SEQUENCE queue.procrastinate_jobs_id_seq TO app_role;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE queue.procrastinate_periodic_defers TO app_role;

GRANT USAGE ON SEQUENCE queue.procrastinate_periodic_defers_id_seq TO app_role;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE queue.procrastinate_workers TO app_role;

GRANT USAGE ON SEQUENCE queue.procrastinate_workers_id_seq TO app_role;
