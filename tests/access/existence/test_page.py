"""The page of what an answer may tell names every unique constraint, and every function that looks past the policies."""

import re
from pathlib import Path
from typing import Any

PAGE = Path("docs/rooms/existence.md")

_UNIQUE = """
select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
 where (i.indisunique or i.indisexclusion) and not i.indisprimary and t.relnamespace = 'public'::regnamespace
"""
_PRIMARY = """
select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
 where i.indisprimary and t.relnamespace = 'public'::regnamespace and t.relname <> 'alembic_version'
"""
_PAST_THE_POLICIES = """
select p.proname from pg_proc p
 where p.prosecdef and p.pronamespace = 'public'::regnamespace
   and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
"""


def names_on_the_page() -> set[str]:
    return set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))


async def test_every_unique_constraint_is_judged(owner: Any):
    names = {row[0] for row in await owner.fetch(_UNIQUE)}
    assert len(names) > 40
    assert sorted(names - names_on_the_page()) == []


async def test_every_primary_key_is_one_of_ids_or_named_after_its_table(owner: Any):
    assert [row[0] for row in await owner.fetch(_PRIMARY) if not row[0].endswith("_pkey")] == []


async def test_every_function_past_the_policies_is_judged(owner: Any):
    names = {row[0] for row in await owner.fetch(_PAST_THE_POLICIES)}
    assert len(names) > 30
    assert sorted(names - names_on_the_page()) == []


async def test_nothing_on_the_page_is_gone(owner: Any):
    there = {row[0] for sql in (_UNIQUE, _PRIMARY, _PAST_THE_POLICIES) for row in await owner.fetch(sql)}
    listed = {name for name in names_on_the_page() if name.startswith(("uq_", "ex_"))}
    assert sorted(listed - there) == []
