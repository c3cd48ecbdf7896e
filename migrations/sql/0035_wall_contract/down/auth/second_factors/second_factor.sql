revoke all on second_factor from :"app_role";
