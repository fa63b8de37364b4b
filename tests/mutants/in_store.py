"""Guards in the database and in the statements: the log, isolation, locks, leases, the chain."""

from tests.mutants.mutant import Mutant

_FIRST = "migrations/versions/0001_the_log_and_its_projections.py"
_ISOLATION = "tests/store/test_isolation.py"
_LOG = "tests/store/test_log.py"

MUTANTS = (
    Mutant(
        "a tenant's rows are its own (I31)",
        _FIRST,
        "USING ({tenant} = {THIS_TENANT})",
        "USING (true)",
        f"{_ISOLATION}::test_a_tenant_sees_its_own_rows_and_no_others",
    ),
    Mutant(
        "policies bind the owner too (I31)",
        _FIRST,
        '    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")\n',
        "",
        f"{_ISOLATION}::test_every_table_forces_its_policies",
    ),
    Mutant(
        "the service has no right to rewrite the log (I23)",
        _FIRST,
        "REVOKE UPDATE, DELETE ON events",
        "REVOKE TRUNCATE ON events",
        f"{_ISOLATION}::test_the_service_cannot_rewrite_the_log",
    ),
    Mutant(
        "a version is taken once (I9)",
        _FIRST,
        'sa.CheckConstraint("version > 0", name="version_counts_from_one"),\n'
        '        sa.PrimaryKeyConstraint("tenant", "stream", "version"),',
        'sa.PrimaryKeyConstraint("tenant", "stream", "version", "position"),',
        f"{_LOG}::test_a_version_taken_meanwhile_fails_the_whole_transaction",
    ),
    Mutant(
        "a customer is one writer's (I13)",
        "service/store/customers.py",
        'ORDER BY id FOR UPDATE {"SKIP LOCKED" if skip_locked else ""}',
        "ORDER BY id",
        "tests/store/test_leaving.py::test_I13_whoever_pays_waits_while_a_mail_is_decided_on",
    ),
    Mutant(
        "the feed waits for who may still commit (I25)",
        "service/store/log.py",
        "AND xid < pg_snapshot_xmin(pg_current_snapshot())",
        "",
        f"{_LOG}::test_the_feed_never_skips_what_commits_late",
    ),
    Mutant(
        "an answer is kept once (I20)",
        "service/store/inbox.py",
        "            WHERE inbox.expires_at <= transaction_timestamp()",
        "",
        "tests/store/test_once.py::test_I20_the_same_fact_at_two_replicas_at_once_is_carried_out_once",
    ),
    Mutant(
        "one request with a key at a time (I21)",
        "service/store/inbox.py",
        'return bool(row and row["free"])',
        "return True",
        "tests/api/test_idempotency.py::test_while_the_first_is_under_way_the_second_is_told_so",
    ),
    Mutant(
        "a message waits until its customer has nothing more due (C3)",
        "service/store/messages.py",
        " AND (c.wake_at IS NULL OR c.wake_at > %(now)s)",
        "",
        "tests/store/test_leaving.py::test_C3_a_message_waits_until_its_customer_has_nothing_more_due",
    ),
    Mutant(
        "each event's hash is asked for (I23)",
        "service/engine/folding.py",
        "if right != hash:",
        "if False:",
        "tests/store/test_verify.py::test_one_changed_byte_of_an_event_is_found",
    ),
    Mutant(
        "the hash covers what happened (I23)",
        "service/store/chain.py",
        "                own,\n",
        "",
        "tests/store/test_verify.py::test_one_changed_byte_of_an_event_is_found",
    ),
    Mutant(
        "the business day of money is asked for",
        "service/engine/folding.py",
        "if type in _DATED and",
        "if False and",
        "tests/store/test_verify.py::test_the_business_day_of_money_is_found",
    ),
)
