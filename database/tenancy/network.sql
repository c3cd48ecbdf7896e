revoke all on network from :"app_role";
grant select on network to :"app_role";

create or replace trigger kept before delete on network for each row execute function refuse_change();

create or replace trigger kept_truncate before truncate on network
    for each statement execute function refuse_change();

create or replace trigger kept_key before update of code on network
    for each row when (old.code is distinct from new.code) execute function refuse_change();

create or replace trigger outdate_scopes after update of sees_all on network
    for each row when (old.sees_all is distinct from new.sees_all) execute function outdate_scopes();
