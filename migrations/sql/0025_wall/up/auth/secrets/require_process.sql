-- Passwords, secrets and sessions are handed to whoever has the key of this installation, which its processes derive from
-- their secret key. Who can only run SQL as the application's role does not have it: it comes as a parameter, and the
-- database keeps a digest that the owner alone reads; while the secret key is replaced, of the old and the new one, one after
-- the other.
create or replace function require_process(p_key bytea) returns void language plpgsql stable as $$
begin
    if not exists (select from owner_key where position(sha256(p_key) in process) > 0) then
        raise exception 'the key shown is not that of this installation''s processes' using errcode = '42501';
    end if;
end $$;
