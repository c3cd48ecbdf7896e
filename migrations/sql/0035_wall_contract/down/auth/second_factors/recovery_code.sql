revoke all on recovery_code from :"app_role";
