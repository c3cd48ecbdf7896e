-- Notes that the search that was to go on met an error, so that it goes on after all others. Wants the key of the processes.
create or replace function delay_trace(p_key bytea) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    place trace_search;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    place := choose_trace();
    update trace_search s set failures = s.failures + 1
     where s.network = place.network and s.stage = place.stage and s.at_id = place.at_id
       and s.at_name is not distinct from place.at_name and s.at_part = place.at_part;
    perform set_config('app.system', was, true);
end $$;

grant execute on function delay_trace to :"app_role";
