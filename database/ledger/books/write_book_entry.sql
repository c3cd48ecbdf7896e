-- One entry in a box whose lock the caller holds: what is due to BHXH or to the person changes by p_delta, and the box mirrors it.
create or replace function write_book_entry(a actor_row, g entry_group, p_id uuid, p_holder uuid, p_payment uuid, p_member uuid,
    p_kind text, p_product text, p_amount bigint, p_delta bigint, p_day date, p_settles uuid) returns void
language plpgsql as $$
declare
    due organisation_account;
    box organisation_account;
begin
    update organisation_account c set posted = c.posted + p_delta, version = c.version + 1
     where c.organisation_id = g.id and c.holder_id is not distinct from p_holder and c.kind = 'due' returning * into due;
    update organisation_account c set posted = c.posted - p_delta, version = c.version + 1
     where c.organisation_id = g.id and c.holder_id is not distinct from p_holder and c.kind <> 'due' returning * into box;
    insert into organisation_txn (id, network, province_code, commune_code, organisation_id, holder_id, payment_id, member_id,
            kind, product, amount, business_date, recorded_at, recorded_by, settles_id, balance)
    values (p_id, g.network, g.province_code, g.commune_code, g.id, p_holder, p_payment, p_member, p_kind, p_product, p_amount,
            p_day, now(), a.id, p_settles, due.posted);
    insert into organisation_posting (account_id, account_version, txn_id, amount, balance_after)
    values (due.id, due.version, p_id, p_delta, due.posted), (box.id, box.version, p_id, -p_delta, box.posted);
end $$;
