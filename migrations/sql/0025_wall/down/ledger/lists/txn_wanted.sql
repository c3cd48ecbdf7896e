-- What the ledger shows. These functions run in the rights of the application's role, so that row-level security
-- decides what is seen; they begin the actor and answer as JSON text, in one round trip.
--
-- A list walks an index from its newest entry and stops when the page is full. The index begins with a group, a
-- province or an account, so a scope of several is as many short walks, put together: never a sort of everything. One
-- walk, the usual case, has a statement of its own, because setting up the large one costs more than the walk. The
-- plans are the same whatever is asked for, so they are made once and not at every call. Entries are put together in the
-- order in which the walk yields them.
create or replace function txn_wanted(t ledger_txn, p_kind text, p_product text, p_from date, p_to date) returns boolean
language sql immutable parallel safe as $$
    select (p_kind is null and t.kind in ('saving', 'withdrawal', 'donation', 'sale', 'reversal') or t.kind = p_kind)
       and (p_product is null or t.product = p_product)
       and (p_from is null or t.business_date >= p_from) and (p_to is null or t.business_date <= p_to)
$$;
