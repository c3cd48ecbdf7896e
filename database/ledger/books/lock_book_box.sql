-- Locks a box of an organisation's book: the cash that somebody holds, or (null) its money in the bank. Its two accounts come
-- into being with the first đồng. Whoever writes to a box holds its cash account's row, and nothing that other boxes share.
create or replace function lock_book_box(p_organisation uuid, p_holder uuid) returns void
language plpgsql as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    box constant text := case when p_holder is null then 'bank' else 'cash' end;
begin
    perform from organisation_account c where c.organisation_id = p_organisation
        and c.holder_id is not distinct from p_holder and c.kind = box for no key update;
    if found then
        return;
    end if;
    perform set_config('app.system', 'on', true);  -- the organisation must be seen
    insert into organisation_account (id, kind, network, province_code, commune_code, organisation_id, holder_id, posted, version)
    select new_id(), kind, o.network, o.province_code, o.commune_code, o.id, p_holder, 0, 0
      from organisation o cross join unnest(array[box, 'due']) kind where o.id = p_organisation
    on conflict on constraint uq_organisation_account_owner do nothing;
    perform set_config('app.system', was, true);
    perform from organisation_account c where c.organisation_id = p_organisation
        and c.holder_id is not distinct from p_holder and c.kind = box for no key update;
end $$;
