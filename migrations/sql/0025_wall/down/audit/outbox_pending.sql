revoke all on outbox_pending from :"app_role";
grant insert on outbox_pending to :"app_role";
