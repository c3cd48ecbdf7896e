-- Raises a refusal: the status in the SQLSTATE, the code as the message, the arguments of its texts as the detail.
create or replace function refuse(status text, code text, detail jsonb default '{}') returns void language plpgsql as $$
begin
    raise exception using errcode = 'AS' || status, message = code, detail = detail::text;
end $$;

grant execute on function refuse to :"app_role";
