revoke all on place_succession from :"app_role";
grant select on place_succession to :"app_role";
