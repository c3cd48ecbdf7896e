revoke all on login_throttle from :"app_role";
grant select, insert, update, delete on login_throttle to :"app_role";
