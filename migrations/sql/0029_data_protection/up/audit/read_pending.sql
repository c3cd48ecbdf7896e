revoke all on read_pending from :"app_role";
