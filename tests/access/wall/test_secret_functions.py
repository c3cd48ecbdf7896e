"""The owner's functions say nothing to who forges settings, and give secrets to whoever has the key of the processes."""

from typing import Any

import asyncpg
import pytest

from tests.access.wall.forged_settings import EVERYTHING, Stage, forge, settings_of

SECRET_FUNCTIONS = {
    "find_login": "select * from find_login($1, 'admin')",
    "find_client": "select * from find_client($1, 'partner')",
    "start_session": "select start_session($1, gen_random_uuid(), gen_random_uuid(), null, null, null, 'passed', null,"
    " now(), null)",
    "end_sessions": "select end_sessions($1, 'x', null, gen_random_uuid(), null, null, null)",
    "live_sessions": "select * from live_sessions($1, gen_random_uuid())",
    "session_ids": "select session_ids($1, gen_random_uuid())",
    "has_session_from": "select has_session_from($1, gen_random_uuid(), '')",
    "set_factor_state": "select set_factor_state($1, gen_random_uuid(), 'passed')",
    "find_second_factor": "select * from find_second_factor($1, gen_random_uuid())",
    "start_second_factor": "select start_second_factor($1, gen_random_uuid(), '')",
    "use_second_factor": "select use_second_factor($1, gen_random_uuid(), 1, true)",
    "remove_second_factor": "select remove_second_factor($1, gen_random_uuid())",
    "set_recovery_codes": "select set_recovery_codes($1, gen_random_uuid(), '{}')",
    "use_recovery_code": "select use_recovery_code($1, gen_random_uuid(), '')",
    "admit_login": "select admit_login($1, 'user', 'x', null, '', '', '', '', '', now(), now(), now(), 1, 1, 1, 1, 1)",
    "admit_guess": "select admit_guess($1, '', now(), 1)",
    "admit_sandbox_rows": "select admit_sandbox_rows($1, gen_random_uuid(), 1, 1)",
    "forgive_login": "select forgive_login($1, '{}', now(), true)",
    "record_security_event": "select record_security_event($1, gen_random_uuid(), 'x', null, '{}', null)",
    "claim_device": "select * from claim_device($1, gen_random_uuid(), gen_random_uuid(), 'x', null, now())",
    "find_refresh_token": "select * from find_refresh_token($1, '')",
    "is_unused_token": "select is_unused_token($1, '')",
    "replace_refresh_token": "select replace_refresh_token($1, '', '', 'waived', now(), now())",
    "session_of_job": "select session_of_job($1, gen_random_uuid())",
    "password_of": "select password_of($1, gen_random_uuid())",
    "store_password": "select store_password($1, gen_random_uuid(), 'x', null)",
    "note_proof": "select note_proof($1, gen_random_uuid())",
    "rehash_password": "select rehash_password($1, gen_random_uuid(), 'x', 'y')",
    "add_client_secret": "select add_client_secret($1, gen_random_uuid(), gen_random_uuid(), 'x', now())",
    "note_client_use": "select note_client_use($1, gen_random_uuid(), gen_random_uuid(), 'x', now())",
    "signing_keys": "select * from signing_keys($1)",
    "erase_member": "select erase_member($1, gen_random_uuid(), current_date, true)",
    "next_trace": "select * from next_trace($1)",
    "delay_trace": "select delay_trace($1, true)",
    "settle_trace": "select settle_trace($1, 'none', null, null, null, null, null, null, null, null, null, null, null)",
    "start_emergency_session": "select start_emergency_session($1, gen_random_uuid(), gen_random_uuid(), gen_random_uuid())",
    "note_emergency_reads": "select note_emergency_reads($1, gen_random_uuid(), 'record', '{}', null, null, null, null)",
    "end_job": "select end_job($1, gen_random_uuid(), 'x')",
    "announce_overdue_reviews": "select announce_overdue_reviews($1)",
    "count_overdue_reviews": "select count_overdue_reviews($1)",
    "remind_renewals": "select remind_renewals($1, current_date, 30)",
    "remind_expiring_rules": "select remind_expiring_rules($1, '[]'::json)",
    "people_of_event": "select * from people_of_event($1, 1)",
    "lease_deliveries": "select * from lease_deliveries($1, now(), now(), 1000, 1000, false)",
    "finish_delivery": "select finish_delivery($1, gen_random_uuid(), 1, gen_random_uuid(), now(), 1, 200, null, null,"
    " 'delivered', null, true, '1 day', gen_random_uuid())",
}
"""Functions that give secrets away or decide who somebody is, to whoever shows the key of the processes."""


class TestOwnersFunctions:
    @pytest.mark.parametrize("name", SECRET_FUNCTIONS)
    async def test_a_secret_is_for_whoever_has_the_key(self, name: str, intruder: Any):
        for key in (b"", bytes(32), None):
            async with intruder.transaction():
                await forge(intruder, EVERYTHING)
                with pytest.raises(asyncpg.InsufficientPrivilegeError, match="this installation"):
                    async with intruder.transaction():
                        await intruder.fetch(SECRET_FUNCTIONS[name], key)

    async def test_every_function_with_a_key_is_tried(self, owner: Any):
        rows = await owner.fetch(
            "select proname from pg_proc where pronamespace = 'public'::regnamespace and prosecdef"
            " and 'p_key' = any (proargnames) and proargtypes[0] = 'bytea'::regtype"
        )
        assert {row["proname"] for row in rows} == SECRET_FUNCTIONS.keys()

    async def test_every_such_function_asks_for_it_first(self, owner: Any):
        rows = await owner.fetch(
            "select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace"
            " and proname = any ($1::text[])",
            list(SECRET_FUNCTIONS),
        )
        for row in rows:
            body = row["prosrc"].partition("begin")[2].strip()
            assert body.startswith("perform require_process(p_key);"), row["proname"]

    @pytest.mark.parametrize(
        "statement",
        [
            "select count(*) from coverage_of('{member}')",
            "select count(*) from premiums_of('{member}')",
            "select count(*) from household_orders('{member}', '{member}', 2026)",
            "select count(*) from other_insurance_in(array['{member}']::uuid[], array['2026-11-01']::date[])",
            "select count(*) from supports_before(array['{member}']::uuid[], array[null]::uuid[])",
            "select count(*) from other_enrolments(array(select id from enrolment where member_id = '{member}'))",
            "select count(*) from insured_person((select id from enrolment where member_id = '{member}' limit 1))",
            "select is_renewed(id)::integer from (select gen_random_uuid()) x (id)",
        ],
    )
    async def test_what_looks_past_the_policies_asks_for_the_scope(
        self, statement: str, intruder: Any, stage: Stage
    ):
        async with intruder.transaction():
            await forge(intruder, settings_of("*", stage.officer.organisation_id, stage.officer.id))
            assert await intruder.fetchval(statement.format(member=stage.group.members[0])) == 0

    async def test_whether_a_coverage_is_followed_is_told_within_the_scope_alone(
        self, intruder: Any, owner: Any
    ):
        sources = await owner.fetch(
            "select proname, prosrc from pg_proc where proname in ('is_renewed', 'is_followed')"
        )
        told = {row["proname"]: "scope_network()" in row["prosrc"] for row in sources}
        assert told == {"is_renewed": True, "is_followed": False}
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await intruder.fetch("select is_followed(gen_random_uuid())")

    async def test_the_queue_names_no_session(self, intruder: Any):
        columns = await intruder.fetch("select args from queue.procrastinate_jobs")
        assert [row["args"] for row in columns if "session" in row["args"]] == []
