-- A text without a person's name and numbers.
create or replace function erased_text(p_text text, p_name text, p_numbers text[]) returns text
language plpgsql immutable as $$
declare
    each text;
    erased text := replace(p_text, p_name, 'Người đã ẩn danh');
begin
    foreach each in array p_numbers loop
        erased := replace(erased, each, '…');
    end loop;
    return erased;
end $$;
