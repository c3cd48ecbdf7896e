revoke all on client_secret from :"app_role";
grant select, insert, update on client_secret to :"app_role";
