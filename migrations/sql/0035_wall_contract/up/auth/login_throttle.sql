-- Nobody but the owner's functions: who counted and who forgave is theirs to say (`admit_login`, `forgive_login`).
revoke all on login_throttle from :"app_role";
