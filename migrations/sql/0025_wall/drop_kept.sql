-- What the release before 0025 calls, with the arguments that it gives.
drop routine if exists admit_guess(bytea, timestamptz, integer);
drop routine if exists admit_login(text, text, uuid, bytea, bytea, bytea, bytea, bytea, timestamptz, timestamptz, timestamptz, integer, integer, integer, integer, integer);
drop routine if exists end_job(uuid, text);
drop routine if exists find_client(text);
drop routine if exists find_login(text);
drop routine if exists find_second_factor(uuid);
drop routine if exists finish_delivery(uuid, bigint, uuid, timestamptz, integer, integer, text, text, text, timestamptz, boolean, interval, uuid);
drop routine if exists forgive_login(bytea[], timestamptz, boolean);
drop routine if exists lease_deliveries(timestamptz, timestamptz, integer, integer, boolean);
drop routine if exists record_security_event(uuid, text, uuid, jsonb, text);
drop routine if exists remind_renewals(date, integer);
drop routine if exists remove_second_factor(uuid);
drop routine if exists set_recovery_codes(uuid, bytea[]);
drop routine if exists start_second_factor(uuid, bytea);
drop routine if exists use_recovery_code(uuid, bytea);
drop routine if exists use_second_factor(uuid, bigint, boolean);
