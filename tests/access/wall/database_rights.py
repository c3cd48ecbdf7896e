"""What the application may not read, and what it may execute with the owner's rights."""

SECRET_TABLES = {
    "user_password", "auth_session", "refresh_token", "signing_key", "owner_key", "client_secret", "webhook_secret",
}  # fmt: skip
"""What the application's role does not read: of the last two it reads all but the column with the secret."""

SECRET_COLUMNS = {"client_secret": {"secret_hash"}, "webhook_secret": {"sealed"}}

OWNERS_FUNCTIONS = {
    "begin_actor": "says who a session is, before there is a scope, and seals the scope that it has",
    "scope_network": "compares the seal of the scope, for which it reads the owner's key, and tells the network",
    "client_limits": "how often a partner system may ask, before there is an actor",
    "record_entry": "the ledger's writer: begins the actor, and is shown the group under their scope",
    "record_entries": "the ledger's writer",
    "reverse_entry": "the ledger's writer",
    "hold_money": "the ledger's writer",
    "resolve_hold": "the ledger's writer",
    "record_premium_refund": "the ledger's writer",
    "record_repayment": "the ledger's writer",
    "is_renewed": "says of a coverage of the actor's network whether anything follows on it, and no more",
    "coverage_of": "what one member of the own network was covered for: a treasurer's group knows a part only",
    "household_orders": "numbers that a household of the own network has taken, and no names",
    "other_insurance_in": "tells of the actor's own members what a check says, never BHXH's notes",
    "remind_renewals": "wants the key of the processes: announces what is due of all, once",
    "fold_stats": "moves rows of all and returns their number only",
    "fan_out_events": "looks up who hears an event and returns a number only",
    "requeue_jobs": "puts forgotten jobs back into the queue and returns their number only",
    "end_job": "wants the key of the processes: the end of a job whose asker may do nothing any more",
    "prune_sessions": "removes sessions of partner systems that ended long ago and returns a number only",
    "prune_job_files": "removes files whose time is over and returns a number only",
    "prune_deliveries": "removes a log whose time is over and returns a number only",
    "find_login": "wants the key of the processes: the hash of one user's password",
    "find_client": "wants the key of the processes: the hashes of one client's secrets",
    "start_session": "wants the key of the processes: whoever starts a session can be anybody",
    "end_sessions": "wants the key of the processes",
    "claim_device": "wants the key of the processes: the device of a login, before there is an actor",
    "find_refresh_token": "wants the key of the processes: one token by its hash",
    "is_unused_token": "wants the key of the processes: one token by its hash",
    "replace_refresh_token": "wants the key of the processes",
    "session_of_job": "wants the key of the processes: whoever knows a session can act as its holder",
    "password_of": "wants the key of the processes: the hash of one user's password",
    "store_password": "wants the key of the processes",
    "add_client_secret": "wants the key of the processes",
    "note_client_use": "wants the key of the processes",
    "signing_keys": "wants the key of the processes: private halves are sealed as well",
    "lease_deliveries": "wants the key of the processes: messages and sealed secrets of all",
    "finish_delivery": "wants the key of the processes",
}
"""What the application may execute with the owner's rights, each with the reason."""
