-- What is kept of sessions of an organisation (`session_scope`) holds no longer: something changed that decides who its people
-- and its partners' systems are and what they may see. Each request after the commit looks it up again.
--
-- The organisation is the row itself, the row's, or that of its user, before and after the change; or all of a network.
create or replace function outdate_scopes() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    changed constant jsonb := jsonb_build_array(case when tg_op <> 'INSERT' then to_jsonb(old) end,
                                                case when tg_op <> 'DELETE' then to_jsonb(new) end);
begin
    perform set_config('app.system', 'on', true);
    update scope_version v set version = v.version + 1 where v.organisation_id in (
        select coalesce((r ->> 'organisation_id')::uuid, u.organisation_id, (r ->> 'id')::uuid)
          from jsonb_array_elements(changed) r left join app_user u on u.id = (r ->> 'user_id')::uuid
        union all
        select o.id from organisation o where tg_table_name = 'network' and o.network = changed -> 1 ->> 'code');
    perform set_config('app.system', was, true);
    return null;
end $$;
