-- Renewals (đến hạn, tái tục): when what is paid for ends, until when it may be paid again, what follows on it, and the
-- reminders that were sent.

-- The last day to pay for what follows: of a premium by its method's deadline (Luật BHXH 41/2024/QH15, Article 36.3); of a
-- card, and of what is paid at registration, the last day that is covered.
create function renewal_deadline(p_product text, p_method text, p_until date) returns date language sql stable as $$
    select coalesce((
        select (date_trunc('month', p_until + 1) + make_interval(months => r.value::integer))::date - 1
          from insurance_rule r
         where p_product = 'bhxh_tn' and r.key = 'deadline_' || p_method and r.province_code is null
           and r.status = 'active' and p_until + 1 between r.valid_from and coalesce(r.valid_to, 'infinity')), p_until)
$$;

-- The last day on which what follows may begin without an interruption that counts: of a premium the next day; of a card
-- within 90 days, before 2025-07-01 three months (Luật 51/2024/QH15, Article 16.3.c; QĐ 595/QĐ-BHXH, Article 47.2.2).
create function renewal_latest(p_product text, p_until date) returns date language sql stable as $$
    select coalesce((
        select case r.key when 'bhyt_gap_days' then p_until + r.value::integer
                    else (p_until + 1 + make_interval(months => r.value::integer))::date - 1 end
          from insurance_rule r
         where p_product = 'bhyt_hgd' and r.key in ('bhyt_gap_days', 'bhyt_gap_months') and r.province_code is null
           and r.status = 'active' and p_until + 1 between r.valid_from and coalesce(r.valid_to, 'infinity')
         order by r.key limit 1), p_until + 1)
$$;

-- Whether something follows on a coverage: another that begins later, or a payment that is held for one. It sees what any
-- group of the network paid, so that nobody is asked to pay twice, and says no more than that.
create function is_renewed(p_coverage uuid) returns boolean
language plpgsql stable security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    found boolean;
begin
    perform set_config('app.system', 'on', true);
    select exists (select from coverage n
                    where n.member_id = c.member_id and n.product = c.product and n.valid_from > c.valid_from
                      and (n.ended_on is null or n.ended_on >= n.valid_from))
        or exists (select from premium_payment h
                    where h.member_id = c.member_id and h.product = c.product and h.status = 'held'
                      and h.from_month > c.valid_from)
      into found from coverage c where c.id = p_coverage and (was = 'on' or scope_network() in ('*', c.network));
    perform set_config('app.system', was, true);
    return coalesce(found, false);
end $$;

-- Which coverage was reminded of, and for which day: once, however often and from wherever it is asked for.
create table renewal_reminder (
    coverage_id uuid not null references coverage,
    due_on date not null,
    network text not null references network,
    organisation_id uuid not null references organisation,
    province_code text not null,
    commune_code text not null,
    group_id uuid not null references savings_group,
    reminded_at timestamptz not null default now(),
    primary key (coverage_id, due_on)
);
create index ix_renewal_reminder_organisation on renewal_reminder (organisation_id);
create index ix_renewal_reminder_group on renewal_reminder (group_id);
call protect_rows('renewal_reminder', grouped => true);
call grant_app('renewal_reminder', 'select');
call append_only('renewal_reminder');

-- Announces what ends within so many days and is not renewed, each once. Returns how many were announced now.
create function remind_renewals(p_on date, p_days integer) returns bigint
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    was constant text := coalesce(current_setting('app.system', true), '');
    told bigint;
begin
    perform set_config('app.system', 'on', true);
    with marked as (
        insert into renewal_reminder (coverage_id, due_on, network, organisation_id, province_code, commune_code, group_id)
        select c.id, c.valid_to, c.network, c.organisation_id, c.province_code, c.commune_code, c.group_id
          from coverage c
          join enrolment e on e.id = c.enrolment_id and e.status <> 'ended'
          join member m on m.id = c.member_id and m.died_on is null
         where c.valid_to between p_on and p_on + p_days and c.ended_on is null and not is_renewed(c.id)
           and not exists (select from renewal_reminder r where r.coverage_id = c.id and r.due_on = c.valid_to)
         order by c.id
            on conflict do nothing
        returning coverage_id, due_on
    ), announced as (
        insert into outbox_event (id, kind, network, organisation_id, province_code, commune_code, client_id, subject_kind,
               subject_id, data)
        select gen_random_uuid(), 'enrolment.due', e.network, e.organisation_id, e.province_code, e.commune_code,
               e.client_id, 'enrolment', e.id,
               jsonb_build_object('status', e.status, 'external_ref', e.external_ref, 'product', c.product,
                   'method', c.method, 'coverage_id', c.id, 'due_on', x.due_on,
                   'pay_by', renewal_deadline(c.product, c.method, c.valid_to))
          from marked x join coverage c on c.id = x.coverage_id join enrolment e on e.id = c.enrolment_id
         order by c.id
        returning 1
    )
    select count(*) into told from announced;
    perform set_config('app.system', was, true);
    return told;
end $$;
