-- Those of a person's numbers that nobody else in the network's register has: of two records with one number, each may have it
-- by mistake, so it says nothing for sure.
create or replace function own_numbers(p_member uuid, p_network text, p_numbers text[]) returns text[]
language sql stable as $$
    select array(
        select n from unnest(p_numbers) n
         where not exists (select from member o where o.national_id = n and o.network = p_network and o.id <> p_member)
           and not exists (select from member o
                            where o.social_insurance_no = n and o.network = p_network and o.id <> p_member)
           and not exists (select from member o
                            where o.health_card_no = n and o.network = p_network and o.id <> p_member))
$$;
