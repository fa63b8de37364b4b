"""Guards of the domain: money, promises, approvals, and when somebody may be reminded."""

from tests.mutants.mutant import Mutant

_DECIDE = "service/domain/decide"
_SCENARIOS = "tests/scenarios"
_WORLDS = "tests/simulation/test_simulation.py::test_promises_hold_in_worlds_that_are_always_the_same"

MUTANTS = (
    # Money
    Mutant(
        "a remittance names bills of its own currency (I3)",
        f"{_DECIDE}/payments.py",
        "if case.currency != currency:",
        "if False:",
        f"{_SCENARIOS}/test_D_payments.py::test_D7_a_remittance_that_cannot_be_understood_is_refused_whole",
    ),
    Mutant(
        "a remittance gives no more than came (I1)",
        f"{_DECIDE}/payments.py",
        "if sum(wanted.values()) > limit:",
        "if False:",
        f"{_SCENARIOS}/test_D_payments.py::test_D7_a_remittance_that_cannot_be_understood_is_refused_whole",
    ),
    Mutant(
        "a bill takes no more than it is worth (I2)",
        f"{_DECIDE}/payments.py",
        "share = min(left, most, owed - given.get(case.id, 0))",
        "share = min(left, most)",
        _WORLDS,
    ),
    Mutant(
        "what a smaller bill needs no longer is credit again (I2)",
        f"{_DECIDE}/money_back.py",
        "yield from _free(account, id, -account.cases[id].open, why)",
        "yield from ()",
        _WORLDS,
    ),
    Mutant(
        "reversed money is taken off every bill (I4)",
        f"{_DECIDE}/payments.py",
        "for id, amount in applied.items():",
        "for id, amount in list(applied.items())[1:]:",
        _WORLDS,
    ),
    Mutant(
        "both sides of what is freed move (I1)",
        "service/domain/evolve/payment.py",
        "return _applied(payment, event.freed, sign=-1)",
        "return payment",
        _WORLDS,
    ),
    Mutant(
        "a settled bill closes (I7)",
        f"{_DECIDE}/closing.py",
        'if case.open == 0 and case.stage != "closed":',
        "if False:",
        _WORLDS,
    ),
    Mutant(
        "a bill owed again reopens (I4)",
        f"{_DECIDE}/closing.py",
        'if case.open > 0 and case.stage == "closed" and case.closed_as != "voided":',
        "if False:",
        _WORLDS,
    ),
    Mutant(
        "a refused command leaves nothing",
        f"{_DECIDE}/__init__.py",
        "account.undo_to(before)",
        "pass",
        f"{_SCENARIOS}/test_I_money.py::test_a_refused_command_leaves_the_account_untouched",
    ),
    # Promises and pauses
    Mutant(
        "a promise that covers suspends (I17)",
        f"{_DECIDE}/promises.py",
        "    if covers:\n",
        "    if False:\n",
        _WORLDS,
    ),
    Mutant(
        "a smaller promise pauses nothing (D1)",
        f"{_DECIDE}/promises.py",
        "covers = amount >= case.undisputed and ",
        "covers = ",
        f"{_SCENARIOS}/test_D_promises.py::test_D1_a_smaller_one_is_watched_and_pauses_nothing",
    ),
    Mutant(
        "the number of promises that pause is limited (D1)",
        f"{_DECIDE}/promises.py",
        " and case.promises_pausing < scene.settings.promises_that_pause",
        "",
        f"{_SCENARIOS}/test_D_promises.py::test_D1_the_number_of_promises_that_pause_is_limited",
    ),
    Mutant(
        "a promise is judged when its last day is over (D1)",
        "service/domain/due.py",
        "workdays.moment(promise.until + _DAY), PromiseDue",
        "workdays.moment(promise.until), PromiseDue",
        _WORLDS,
    ),
    Mutant(
        "nothing is sent while paused (I12)",
        f"{_DECIDE}/firing.py",
        "if case.pause is None and case.taken_up else []",
        "if case.taken_up else []",
        f"{_SCENARIOS}/test_F_pauses.py::test_F1_a_paused_bill_is_left_alone_while_another_one_is_worked",
    ),
    Mutant(
        "progress counts after the clock's start (B4)",
        "service/domain/case.py",
        "max((day for day in days if day > start), default=None)",
        "max(days, default=None)",
        f"{_SCENARIOS}/test_B_collection.py::test_B4_progress_counts_from_the_day_after_the_clocks_start",
    ),
    # Approvals
    Mutant(
        "who asked never grants (I32)",
        "service/domain/authority.py",
        "if asker.actor == asked_by:",
        "if False:",
        f"{_SCENARIOS}/test_B_consent.py::test_who_asked_never_approves",
    ),
    Mutant(
        "only the role that was asked answers (I32)",
        "service/domain/authority.py",
        "if asker.role != role and not represented:",
        "if False:",
        f"{_SCENARIOS}/test_B_consent.py::test_only_the_role_that_was_asked_may_answer",
    ),
    Mutant(
        "nobody answers by the word of who asked (I32)",
        "service/domain/authority.py",
        "others = [user for user in represented if user != asked_by]",
        "others = represented",
        f"{_SCENARIOS}/test_B_four_eyes.py::test_I32_nobody_answers_by_the_word_of_who_asked",
    ),
    Mutant(
        "a delegation ends with its day (I32)",
        "service/domain/directory.py",
        "return day <= self.until and",
        "return",
        f"{_SCENARIOS}/test_B_four_eyes.py::test_I32_a_delegation_holds_to_the_end_of_its_last_day",
    ),
    Mutant(
        "a grant asks again whether it has an object (I32)",
        f"{_DECIDE}/approvals.py",
        "if row.cases and not names:",
        "if False:",
        f"{_SCENARIOS}/test_B_four_eyes.py::test_I32_a_request_that_no_bill_stands_behind_is_not_granted",
    ),
    Mutant(
        "what is granted is what was asked for (I32)",
        f"{_DECIDE}/approvals.py",
        "command.content_hash != row.content_hash",
        "False",
        f"{_SCENARIOS}/test_B_consent.py::test_what_is_granted_is_what_was_asked_for",
    ),
    Mutant(
        "one request of a kind a customer (B8)",
        f"{_DECIDE}/gathering.py",
        "id = standing.id if standing else",
        "id =",
        f"{_SCENARIOS}/test_B_consent.py::test_B8_one_request_per_customer_that_later_bills_join",
    ),
    Mutant(
        "a hold stands while a bill stands behind it (B10)",
        f"{_DECIDE}/holds.py",
        "for c in account.cases.values()\n",
        "for c in ()\n",
        f"{_SCENARIOS}/test_B_end.py::test_B10_when_the_last_bill_behind_the_hold_closes_its_release_is_proposed",
    ),
    # Contact
    Mutant(
        "steps fire in the window (I15)",
        f"{_DECIDE}/__init__.py",
        "if scene.in_window():",
        "if True:",
        f"{_SCENARIOS}/test_T_ladder.py::test_T3_the_clock_asks_nothing_of_customers_at_night",
    ),
    Mutant(
        "each occurrence fires once (I10)",
        "service/domain/occurrences.py",
        "if (after is None or on > after) and _goes_on(",
        "if _goes_on(",
        f"{_SCENARIOS}/test_T_ladder.py::test_T2_each_occurrence_fires_once_however_often_the_clock_looks",
    ),
    Mutant(
        "missed reminders become one (I16)",
        f"{_DECIDE}/occasion.py",
        "if (is_quiet(occasion, names) and not step.climbs) or (",
        "if (",
        f"{_SCENARIOS}/test_F_pauses.py::test_F1_after_forty_days_of_downtime",
    ),
    Mutant(
        "missed escalations go one a day (F1)",
        "service/domain/due.py",
        "case.missed_on and opens <= case.missed_on:",
        "False:",
        f"{_SCENARIOS}/test_F_pauses.py::test_F1_clocks_keep_running_and_missed_escalations_follow_one_an_open_day",
    ),
    Mutant(
        "a level only rises (I18)",
        f"{_DECIDE}/acting.py",
        "RANK[case.level] >= RANK[action.deed.level]",
        "False",
        f"{_SCENARIOS}/test_B_collection.py::test_B4_a_level_already_reached_is_skipped_and_tells_nobody",
    ),
    Mutant(
        "a message that has left takes no more (I14)",
        f"{_DECIDE}/messages.py",
        "if message not in account.gone_of(customer.id):",
        "if True:",
        f"{_SCENARIOS}/test_C_contact.py"
        "::test_C3_a_bill_that_falls_due_after_the_days_message_went_waits_for_the_next_open_day",
    ),
    Mutant(
        "nobody writes to the restricted (E5)",
        f"{_DECIDE}/acting.py",
        "if self.account.customer.restrictions and",
        "if False and",
        f"{_SCENARIOS}/test_C_contact.py::test_E5_nobody_writes_to_calls_or_visits_the_restricted",
    ),
    Mutant(
        "a person who has left is not written to (C7)",
        "service/domain/customer.py",
        "self.mark is None and ",
        "",
        f"{_SCENARIOS}/test_C_contact.py::test_C7_a_marked_contact_is_skipped_from_then_on",
    ),
    Mutant(
        "backfill climbs to the general manager at most (F2)",
        f"{_DECIDE}/backfill.py",
        " or RANK[step.escalates_to] > RANK[HIGHEST]",
        "",
        f"{_SCENARIOS}/test_F_backfill.py::test_F2_at_most_general_manager_whatever_the_playbook_says",
    ),
)
