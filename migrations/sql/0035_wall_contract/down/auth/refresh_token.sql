revoke all on refresh_token from :"app_role";
grant select, insert, update, delete on refresh_token to :"app_role";
