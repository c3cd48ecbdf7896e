-- The ended jobs of a register in one of whose files that can be read is a number of one of these members, the id or, without
-- any number, the name. Each file is read once, however many members are looked for.
create or replace function jobs_whose_text_names(p_network text, p_members uuid[]) returns uuid[] language plpgsql stable as $$
declare
    -- As `encode` writes what is not ASCII, with every sign that means something in a pattern made plain.
    pattern constant text := (
        select string_agg(regexp_replace(encode(convert_to(w, 'UTF8'), 'escape'), '([][\\.^$*+?(){}|])', '\\\1', 'g'), '|')
          from member m
         cross join unnest(array[m.id::text]
                           || case when num_nonnulls(m.national_id, m.social_insurance_no, m.phone) = 0 then m.full_name end
                           || array[m.national_id, m.social_insurance_no, m.phone, m.health_card_no]) w
         where m.id = any (p_members) and m.network = p_network and w is not null);
begin
    return array(
        select j.id from job j
         where j.network = p_network and j.finished_at is not null and j.files_removed_at is null
           and exists (select from job_file f
                        where f.job_id = j.id and not is_compressed(f.content)
                          and encode(f.content, 'escape') ~ pattern));
end $$;
