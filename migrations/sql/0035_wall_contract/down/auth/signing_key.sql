revoke all on signing_key from :"app_role";
grant select on signing_key to :"app_role";
