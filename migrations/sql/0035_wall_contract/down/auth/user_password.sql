revoke all on user_password from :"app_role";
grant select, insert, update on user_password to :"app_role";
