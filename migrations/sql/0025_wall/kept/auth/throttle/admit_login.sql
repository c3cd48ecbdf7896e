-- Before there is an actor: whether an attempt to log in may be checked now.
--
-- It is counted before the check, so that parallel guesses are all counted; what is refused is not counted. A device that
-- logged in before has a counter of its own, which no stranger touches. Everybody else has three: their own (the name from
-- this address), the name's and the address's. The last two refuse nobody by themselves: over its quota each makes strangers
-- slower. A name by a pause before an address is heard for the first time, twice as long with every quota that was used up;
-- both by fewer guesses, and a pause after each of them. Who had a session from this address is no stranger.
--
-- p_origin: the address as sessions keep it; p_longest: seconds of a pause at most. refused: the name of the limit, null if
-- the attempt was admitted; retry_at: from when on it may be made again; familiar: it was counted as the device's.
create or replace function admit_login(p_kind text, p_name text, p_device uuid, p_device_key bytea, p_own_key bytea,
    p_name_key bytea, p_address_key bytea, p_origin bytea, p_start timestamptz, p_end timestamptz, p_now timestamptz,
    p_own integer, p_stranger integer, p_of_name integer, p_of_address integer, p_longest integer,
    out refused text, out retry_at timestamptz, out familiar boolean)
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    keys bytea[] := array[p_own_key, p_name_key, p_address_key];
    own login_throttle;
    name_failures integer;
    address_failures integer;
    strained boolean;
begin
    perform set_config('app.system', 'on', true);
    familiar := p_kind = 'user' and p_device is not null and exists (
        select from device d join app_user u on u.id = d.user_id
         where d.id = p_device and d.revoked_at is null and u.username = p_name);
    if familiar then
        keys := array[p_device_key];
    end if;
    insert into login_throttle (key_hash, window_start, failures)
    select k, p_start, 0 from unnest(keys) k order by k on conflict (key_hash, window_start) do nothing;
    perform from login_throttle where key_hash = any (keys) and window_start = p_start order by key_hash for update;
    select * into own from login_throttle where key_hash = keys[1] and window_start = p_start;
    select coalesce(max(failures) filter (where key_hash = p_name_key), 0),
           coalesce(max(failures) filter (where key_hash = p_address_key), 0) into name_failures, address_failures
      from login_throttle where key_hash = any (keys) and window_start = p_start;
    strained := (name_failures >= p_of_name or address_failures >= p_of_address)
        and not case p_kind
            when 'user' then exists (select from app_user u join auth_session s on s.user_id = u.id
                                      where u.username = p_name and s.address_hash = p_origin)
            else exists (select from api_client c join auth_session s on s.client_id = c.id
                          where c.client_id = p_name and s.address_hash = p_origin) end;
    perform set_config('app.system', was, true);

    if own.failures >= (case when strained then p_stranger else p_own end) then
        refused := case when familiar then 'device' else 'user-address' end;
        retry_at := p_end;
    elsif strained and own.wait_until is null and name_failures >= p_of_name then
        refused := 'user';
        retry_at := p_now + least(p_longest, 2 ^ least(name_failures / p_of_name - 1, 20)) * interval '1 second';
        update login_throttle set wait_until = retry_at where key_hash = keys[1] and window_start = p_start;
    elsif strained and own.wait_until > p_now then
        refused := case when name_failures >= p_of_name then 'user' else 'address' end;
        retry_at := own.wait_until;
    else
        update login_throttle
           set failures = failures + 1,
               wait_until = case when strained and key_hash = keys[1]
                                 then p_now + least(p_longest, 2 ^ own.failures) * interval '1 second'
                                 else wait_until end
         where key_hash = any (keys) and window_start = p_start;
    end if;
end $$;
revoke execute on function admit_login(text, text, uuid, bytea, bytea, bytea, bytea, bytea, timestamptz, timestamptz,
    timestamptz, integer, integer, integer, integer, integer) from public;
grant execute on function admit_login(text, text, uuid, bytea, bytea, bytea, bytea, bytea, timestamptz, timestamptz,
    timestamptz, integer, integer, integer, integer, integer) to :"app_role";
