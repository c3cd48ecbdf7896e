revoke all on auth_session from :"app_role";
grant select, insert, update on auth_session to :"app_role";
