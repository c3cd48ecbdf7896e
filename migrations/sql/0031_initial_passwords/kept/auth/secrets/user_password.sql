-- This release sets an end of its own with each new password, and no other day for the same one with the costs of today.
create or replace trigger end_initial before update of password_hash on user_password for each row
    when (old.password_hash <> new.password_hash and old.changed_at <> new.changed_at
          and old.initial_until = new.initial_until)
    execute function end_initial();
