revoke all on outbox_pending from :"app_role";
