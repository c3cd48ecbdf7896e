revoke all on place from :"app_role";
grant select, insert on place to :"app_role";
