"""Guards of the one road, the loops and the channels."""

from tests.mutants.mutant import Mutant

_HANDLE = "service/engine/handle.py"
_MAIL = "tests/journeys/test_mail.py"
_IDEMPOTENCY = "tests/api/test_idempotency.py"
_CONNECTIONS = "tests/channels/test_webhook_connections.py"

MUTANTS = (
    Mutant(
        "an id that another customer has is taken (I6)",
        _HANDLE,
        'if loaded.owners.get(f"case/{command.invoice}", command.customer) != command.customer:',
        "if False:",
        "tests/store/test_log.py::test_an_id_that_another_customer_has_is_taken",
    ),
    Mutant(
        "another fact by the same name is refused (I20)",
        _HANDLE,
        "if earlier.content != ask.identity.content:",
        "if False:",
        "tests/store/test_once.py::test_I20_another_fact_by_the_same_name_is_refused",
    ),
    Mutant(
        "a repeat is not carried out (I20)",
        _HANDLE,
        "one = (_repeat(ask, seen) if ours else _IN_PROGRESS) or",
        "one = (None if ours else _IN_PROGRESS) or",
        "tests/store/test_once.py::test_I20_a_fact_said_again_gets_the_same_position_and_nothing_happens",
    ),
    Mutant(
        "a repeat that comes with its original is told the same (I20)",
        _HANDLE,
        "position=first.get(name)",
        "position=None",
        "tests/store/test_once.py::test_I20_a_fact_said_twice_in_one_batch_is_one",
    ),
    Mutant(
        "a refusal for want of a right is forgotten (I21)",
        _HANDLE,
        "if status in FORGOTTEN or status >= 500:",
        "if status >= 500:",
        f"{_IDEMPOTENCY}::test_a_refusal_for_want_of_a_right_is_forgotten",
    ),
    Mutant(
        "a command is bound to what was seen (If-Match)",
        _HANDLE,
        "if present not in versions:",
        "if False:",
        "tests/api/test_work.py::test_if_match_binds_a_command_to_what_was_seen",
    ),
    Mutant(
        "a bug holds up nobody else (I36)",
        _HANDLE,
        "    except Exception:\n",
        "    except ZeroDivisionError:\n",
        "tests/chaos/test_poison.py::test_I36_a_customer_and_a_message_that_cannot_be_read_hold_up_nobody",
    ),
    Mutant(
        "a sandbox's clock is moved by one at a time",
        "service/engine/walk.py",
        "if not free:",
        "if False:",
        "tests/api/test_clock.py::test_a_second_move_meanwhile_is_refused",
    ),
    Mutant(
        "a paid bill is struck from what is to leave (I13)",
        "service/engine/compose.py",
        'if case.stage == "closed":\n        return "closed"',
        "if False:\n        return None",
        f"{_MAIL}::test_I13_a_bill_paid_after_the_mail_was_written_is_struck_from_it",
    ),
    Mutant(
        "a mail is asked again just before it is sent (I13)",
        "service/engine/post.py",
        "if not compose.compose(session, [message], locked, render):",
        "if False:",
        f"{_MAIL}::test_I13_a_bill_paid_after_the_mail_was_written_is_struck_from_it",
    ),
    Mutant(
        "nothing leaves outside the window (I15)",
        "service/engine/compose.py",
        "elif allowed > scene.now:",
        "elif False:",
        "tests/store/test_leaving.py::test_I15_what_misses_its_window_waits_for_the_next",
    ),
    Mutant(
        "what missed its day goes with a later one (I14)",
        "service/engine/compose.py",
        'if contact and row["channel"] != "letter" and scene.workdays.today(allowed) > row["day"]:',
        "if False:",
        "tests/store/test_leaving.py::test_I16_what_missed_its_days_goes_with_one_message",
    ),
    Mutant(
        "a mail is told of by who holds it (fence)",
        "service/engine/post.py",
        'row["fence"] != claimed["fence"] or ',
        "",
        "tests/store/test_leaving.py::test_who_lost_a_mail_to_another_says_nothing_of_it",
    ),
    Mutant(
        "a mail that is under way is not sent twice (lease)",
        "service/engine/post.py",
        ' or (row["next_at"] and row["next_at"] > session.tx.now)',
        "",
        "tests/store/test_leaving.py::test_a_mail_under_way_is_left_alone",
    ),
    Mutant(
        "how a mail fared is said once (I9)",
        "service/store/messages.py",
        "WHERE tenant = %(tenant)s AND id = %(id)s AND state = 'ready'",
        "WHERE tenant = %(tenant)s AND id = %(id)s",
        f"{_MAIL}::test_I9_how_a_mail_fared_stands_in_the_log_once_whoever_reports_it",
    ),
    Mutant(
        "a webhook is told of by who holds it (fence)",
        "service/store/outbox.py",
        " AND fence = %(fence)s",
        "",
        "tests/store/test_leaving.py::test_who_lost_a_webhook_to_another_says_nothing_of_it",
    ),
    Mutant(
        "a webhook whose senders die is given up (I36)",
        "service/engine/deliver.py",
        "if one.attempt > len(SCHEDULE):",
        "if False:",
        "tests/api/test_webhooks.py"
        "::test_I36_a_message_whose_senders_die_is_given_up_after_as_many_attempts_as_any_other",
    ),
    # Channels
    Mutant(
        "inner addresses are denied (I28)",
        "service/channels/addresses.py",
        "if any(address in network for network in DENIED):",
        "if False:",
        f"{_CONNECTIONS}::test_one_bad_answer_denies_the_host",
    ),
    Mutant(
        "addresses are checked at every connect (I28)",
        "service/channels/posting.py",
        "dial(check_answers(self._scheme, host, port, answers, self._reach), port, until)",
        "dial([literal for one in answers if (literal := literal_of(one))], port, until)",
        f"{_CONNECTIONS}::test_a_name_that_changes_its_answer_is_checked_at_every_connect",
    ),
    Mutant(
        "only a 2xx is success (I26)",
        "service/channels/webhook.py",
        "if 200 <= answer.status < 300:",
        "if 200 <= answer.status < 500:",
        "tests/channels/test_webhook_sending.py::test_anything_else_is_failure_and_410_is_gone",
    ),
    Mutant(
        "while a secret rotates both sign (I27)",
        "service/channels/webhook.py",
        "for secret in delivery.secrets]\n",
        "for secret in delivery.secrets[:1]]\n",
        "tests/channels/test_webhook_sending.py::test_while_a_secret_rotates_both_verify",
    ),
    Mutant(
        "an attempt ends at its deadline (I29)",
        "service/channels/posting.py",
        "        self._sock.settimeout(left(timeout))\n        try:\n            data",
        "        self._sock.settimeout(5)\n        try:\n            data",
        "tests/channels/test_webhook_hostile.py::test_a_slow_drip_ends_at_the_deadline",
    ),
    Mutant(
        "a secret opens in its own place",
        "service/channels/sealing.py",
        'return _VERSION + context.encode("utf-8")',
        "return _VERSION",
        "tests/channels/test_sealing_secrets.py::test_another_key_or_place_opens_nothing",
    ),
    Mutant(
        "attempts have an end (I26)",
        "service/channels/retries.py",
        "if attempts >= len(schedule):",
        "if attempts > len(schedule):",
        "tests/channels/test_retry_rules.py::test_the_schedule",
    ),
    Mutant(
        "an outage of a night disables nobody",
        "service/channels/retries.py",
        " and streak.windows >= FAILING_WINDOWS",
        "",
        "tests/channels/test_retry_rules.py::test_an_endpoint_is_disabled_after_five_days_and_three_windows",
    ),
)
