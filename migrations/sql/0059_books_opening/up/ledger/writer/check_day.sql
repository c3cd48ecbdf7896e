-- Refuses a day in the future or outside the life of the group, one before the books begin, and a closed period. Called after the
-- key was looked up, so that what was accepted once is answered again however late it is repeated. The lock is shared among
-- writers; who closes a period or says where the books begin takes it alone, and so waits for entries that saw the day open.
create or replace function check_day(g entry_group, p_day date) returns void
language plpgsql as $$
declare
    period_lock text;
    begins_on date;
    closed boolean;
begin
    if p_day > local_today() then
        perform refuse('422', 'business_date_future', '{"pointer": "/business_date"}');
    elsif p_day < g.started_on then
        perform refuse('422', 'before_group', '{"pointer": "/business_date"}');
    elsif p_day > g.ended_on then
        perform refuse('422', 'group_ended', '{"pointer": "/business_date"}');
    end if;
    period_lock := pg_advisory_xact_lock_shared(hashtext('ansinh.period'), hashtext(g.network || ' ' || g.province_today));
    select (select max(o.begins_on) from books_opening o
             where o.network = g.network and o.province_code in (g.province_today, g.province_code)),
           exists (select from closed_period c where c.network = g.network
                      and c.province_code in (g.province_today, g.province_code) and c.closed_through >= p_day)
      into begins_on, closed;
    if p_day < begins_on then
        perform refuse('422', 'before_books', jsonb_build_object('pointer', '/business_date', 'day', begins_on));
    elsif closed then
        perform refuse('409', 'period_closed', '{"pointer": "/business_date"}');
    end if;
end $$;
