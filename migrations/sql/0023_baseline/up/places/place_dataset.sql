revoke all on place_dataset from :"app_role";
grant select on place_dataset to :"app_role";
