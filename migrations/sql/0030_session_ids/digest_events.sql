-- Of sessions that hold, the audit keeps a digest in place of the id: whoever has the id can begin as its holder. Those of
-- sessions that ended open nothing and stay. By the subject's index, so that it costs little however long the audit is.
select set_config('app.system', 'on', true);
alter table audit_event disable trigger append_only;
update audit_event e
   set fields = e.fields - 'session_id' || jsonb_build_object('session', encode(sha256(uuid_send(s.id)), 'hex'))
  from auth_session s
 where s.revoked_at is null and s.expires_at > now()
   and e.subject_id = any (array[s.user_id, s.client_id, s.emergency_access_id])
   and e.fields ->> 'session_id' = s.id::text;
alter table audit_event enable trigger append_only;
select set_config('app.system', '', true);
