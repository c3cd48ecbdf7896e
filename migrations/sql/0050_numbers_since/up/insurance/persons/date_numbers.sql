-- When a member's numbers were last changed: what BHXH accepted before that was accepted for whoever the old ones meant.
-- By the clock, not by the transaction, so that an acceptance under way lies before it.
create or replace function date_numbers() returns trigger language plpgsql as $$
begin
    new.numbers_since := clock_timestamp();
    return new;
end $$;
