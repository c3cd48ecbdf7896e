-- A text without a person's name, in whole words, and numbers.
create or replace function erased_text(p_text text, p_name text, p_numbers text[]) returns text
language plpgsql immutable as $$
declare
    -- With every sign that means something in a pattern made plain.
    name constant text := regexp_replace(p_name, '([][\\.^$*+?(){}|])', '\\\1', 'g');
    each text;
    erased text := btrim(regexp_replace(' ' || p_text || ' ', '([ .,;:()/"\n\t-])' || name || '(?=[ .,;:()/"\n\t-])',
                                        '\1Người đã ẩn danh', 'gi'));
begin
    foreach each in array p_numbers loop
        erased := replace(erased, each, '…');
    end loop;
    return erased;
end $$;
