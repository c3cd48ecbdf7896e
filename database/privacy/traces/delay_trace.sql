-- Notes that the search that was to go on met an error, so that it goes on after all others. Wants the key of the processes.
--
-- p_lasting: the error is of the piece and not of the hour; after some of them the search passes the piece by (`passes_by`).
create or replace function delay_trace(p_key bytea, p_lasting boolean) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    place trace_search;
begin
    perform require_process(p_key);
    perform set_config('app.system', 'on', true);
    place := choose_trace();
    update trace_search s
       set failures = case when p_lasting then s.failures + 1 else greatest(s.failures, 1) end
     where s.network = place.network and s.stage = place.stage and s.at_id = place.at_id
       and s.at_name is not distinct from place.at_name and s.at_part = place.at_part
       and (s.begun_at is null) = (place.begun_at is null);
    perform set_config('app.system', was, true);
end $$;

grant execute on function delay_trace to :"app_role";
