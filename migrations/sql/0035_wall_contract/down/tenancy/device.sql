revoke all on device from :"app_role";
grant select, insert, update on device to :"app_role";
