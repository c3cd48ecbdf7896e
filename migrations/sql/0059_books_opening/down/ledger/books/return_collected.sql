-- Gives back today what was collected for these payments and is neither paid on nor given back; its caller has locked them and set
-- `app.system`. The boxes are locked in one order: what collectors hold, then the banks.
create or replace function return_collected(a actor_row, p_payments uuid[]) returns void
language plpgsql as $$
declare
    t organisation_txn;
    g entry_group;
    back uuid;
begin
    for t in select c.* from organisation_txn c join premium_source s on s.hold_id = c.id
              where s.payment_id = any (p_payments) and s.paid is null and c.kind = 'collected'
              order by c.holder_id is null, c.organisation_id, c.holder_id, c.seq loop
        g.id := t.organisation_id;
        g.network := t.network;
        g.province_code := coalesce(place_on(t.province_code, local_today()), t.province_code);
        g.commune_code := coalesce(place_on(t.commune_code, local_today()), t.commune_code);
        back := new_id();
        perform lock_book_box(g.id, t.holder_id);
        perform write_book_entry(a, g, back, t.holder_id, t.payment_id, t.member_id, 'returned', t.product, t.amount,
            -t.amount, local_today(), t.id);
        update premium_source set paid = 0, resolution_id = back where hold_id = t.id;
    end loop;
end $$;
