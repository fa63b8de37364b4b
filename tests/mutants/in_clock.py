"""Guards of what the clock does for a whole tenant: digests, alarms computed anew, turns."""

from tests.mutants.mutant import Mutant

_DIGESTS = "tests/store/test_digests.py::test_F2_"
_RULES = "tests/scenarios/test_F_digests.py::test_F2_"
_RENEWAL = "tests/store/test_renewal.py::test_"
_TURNS = "tests/chaos/test_turns.py::test_"

MUTANTS = (
    Mutant(
        "a role is told once a day, whichever clock comes first (F2)",
        "service/engine/digests.py",
        "            if locked.digest_on.get(role) != scene.today  # another clock was faster\n",
        "",
        f"{_DIGESTS}a_clock_that_saw_the_queue_before_another_told_tells_nobody_again",
    ),
    Mutant(
        "nobody is told before everybody has been looked at (F2)",
        "service/engine/digests.py",
        "if rung is not None and rung <= scene.now:",
        "if False:",
        f"{_DIGESTS}nobody_is_told_before_everybody_has_been_looked_at",
    ),
    Mutant(
        "an import has a minute to go on (F2)",
        "service/engine/digests.py",
        "stands=now is not None",
        "stands=True",
        f"{_DIGESTS}a_running_clock_tells_once_a_minute_has_brought_nothing_more",
    ),
    Mutant(
        "what will come later is not told before (F2)",
        "service/store/digests.py",
        " AND at <= %(now)s",
        "",
        f"{_DIGESTS}what_will_come_later_is_not_told_before",
    ),
    Mutant(
        "a bill closed meanwhile is not told (F2)",
        "service/store/digests.py",
        "              WHERE k.stage <> 'closed')",
        ")",
        f"{_DIGESTS}what_was_paid_meanwhile_is_left_out",
    ),
    Mutant(
        "a day that had its digest has no other (F2)",
        "service/domain/digests.py",
        "if told_on is not None and workdays.today(waiting.first) <= told_on:",
        "if False:",
        f"{_RULES}a_role_is_told_in_a_window_once_a_day",
    ),
    Mutant(
        "people are told inside a window (F2, C1)",
        "service/domain/digests.py",
        " or not workdays.in_window(now)",
        "",
        f"{_RULES}a_clock_that_stands_has_all_of_the_instant",
    ),
    Mutant(
        "a digest stays under what a webhook may carry (F2)",
        "service/domain/digests.py",
        "takewhile(lambda length: length <= room, lengths)",
        "takewhile(lambda length: True, lengths)",
        f"{_RULES}the_digest_names_what_a_webhook_can_carry_and_counts_everything",
    ),
    Mutant(
        "a backfilled escalation calls on nobody (F2)",
        "service/domain/announce.py",
        "[] if event.backfill else ",
        "",
        "tests/scenarios/test_F_backfill.py::test_F2_a_backfilled_escalation_calls_on_nobody",
    ),
    Mutant(
        "a slice works with the settings that are in force",
        "service/store/tenants.py",
        " and rows[0][1] == version else None",
        " else None",
        f"{_RENEWAL}settings_changed_between_the_look_and_the_lock_are_not_worked_with",
    ),
    Mutant(
        "a change of days has every alarm computed anew (T7)",
        "service/engine/administer.py",
        "if not DAYS.isdisjoint(changed):",
        "if False:",
        f"{_RENEWAL}every_alarm_is_as_if_the_settings_had_always_been_so",
    ),
    Mutant(
        "alarms of older settings are no deviation while they are computed anew",
        "service/engine/walk.py",
        "session.clock.renews or (",
        "(",
        f"{_RENEWAL}until_it_is_done_verify_and_rebuild_take_alarms_of_before_for_right",
    ),
    Mutant(
        "a customer with very many bills holds up nobody (I36)",
        "service/store/cases.py",
        "ORDER BY n.rung, u.id)",
        "ORDER BY u.id)",
        f"{_TURNS}a_customer_with_very_many_bills_passes_in_slices_and_holds_up_nobody",
    ),
    Mutant(
        "one customer alone may have more to do than a slice",
        "service/engine/tick.py",
        "all(wake(desk, tenant, now) for _ in range(slices))",
        "all(wake(desk, tenant, now) >= SLICE for _ in range(slices))",
        f"{_TURNS}a_customer_with_very_many_bills_passes_in_slices_and_holds_up_nobody",
    ),
)
