-- Two keys in one row, for the owner's functions alone: what signs a scope (`scope_seal`), and the digest of what the
-- processes of this installation show (`require_process`).
revoke all on owner_key from :"app_role";

alter table owner_key enable row level security;
alter table owner_key force row level security;

drop policy if exists system on owner_key;
create policy system on owner_key to current_user using (true) with check (true);
