-- Whether a file, or a part with its beginning, is one of gzip or ZIP (as XLSX and DOCX are): it cannot be searched.
create or replace function is_compressed(p_content bytea) returns boolean language sql immutable as $$
    select substring(p_content for 2) in ('\x1f8b'::bytea, '\x504b'::bytea)
$$;
