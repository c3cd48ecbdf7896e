-- A row can be confirmed and ended, nothing else: another value is another row, so that earlier quotes stay explicable.
create or replace function refuse_rule_edit() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or (old.id, old.key, old.value, old.valid_from, old.legal_basis, old.entered_at)
            is distinct from (new.id, new.key, new.value, new.valid_from, new.legal_basis, new.entered_at)
        or old.province_code is distinct from new.province_code or new.version <= old.version
        or old.status = 'active' and new.status <> 'active'
    then
        raise exception 'a rule is never edited' using errcode = 'AS409';
    end if;
    return new;
end $$;
