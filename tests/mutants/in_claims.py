"""Guards of claims that are not simply paid: handed over, written off, lapsing."""

from tests.mutants.mutant import Mutant

_DECIDE = "service/domain/decide"
_D8 = "tests/scenarios/test_D_interest.py"
_I1 = "tests/scenarios/test_I_limitation.py"
_I2 = "tests/api/test_evidence.py::test_I2_who_tampers_and_mends_the_manifest_is_told_where"
_J1 = "tests/scenarios/test_J_hand_over.py"
_J2 = "tests/scenarios/test_J_write_off.py"

MUTANTS = (
    Mutant(
        "after hand-over nobody is dunned (J1)",
        "service/domain/playbook.py",
        'else (*own, ("stage", OURS))',
        "else own",
        f"{_J1}::test_J1_after_hand_over_only_steps_run_that_name_that_stage_and_contact_nobody",
    ),
    Mutant(
        "steps that name the stage contact nobody (J1)",
        "service/domain/playbook.py",
        'if stages and not (self.contacts and all("legal" in one for one in stages))',
        "if stages",
        f"{_J1}::test_J1_after_hand_over_only_steps_run_that_name_that_stage_and_contact_nobody",
    ),
    Mutant(
        "a promise to the agency that breaks calls nobody (J1)",
        f"{_DECIDE}/tasks.py",
        ' and case.stage != "legal"',
        "",
        f"{_J1}::test_J1_a_promise_to_the_agency_that_breaks_calls_nobody_and_raises_nothing",
    ),
    Mutant(
        "what the playbook asked for is asked no more (J1)",
        f"{_DECIDE}/hand_overs.py",
        "    yield from closing.leave_requests(account, scene, case, KIND)\n",
        "",
        f"{_J1}::test_J1_what_the_playbook_asked_for_is_asked_no_more_and_legals_task_is_done",
    ),
    Mutant(
        "no milestone lies before the hand-over (J1)",
        f"{_DECIDE}/hand_overs.py",
        "if case.handed and on < case.handed.on and not case.handed.milestones:",
        "if False:",
        f"{_J1}::test_J1_a_milestone_needs_a_hand_over_lies_after_it_and_not_ahead",
    ),
    Mutant(
        "one deadline does not hide another (J1)",
        "service/domain/handed.py",
        "if told_on is None or one.day > told_on",
        "if told_on is None",
        f"{_J1}::test_J1_two_deadlines_do_not_hide_each_other",
    ),
    Mutant(
        "nobody is told of days before a deadline was set (J1)",
        "service/domain/handed.py",
        " if day > one.set_on",
        "",
        f"{_J1}::test_J1_a_deadline_near_is_told_on_its_day_and_one_of_today_only_when_missed",
    ),
    Mutant(
        "no more comes back than was spent (J1)",
        f"{_DECIDE}/hand_overs.py",
        'command.kind == "refund" and amount > so_far.get(currency, 0)',
        "False",
        f"{_J1}::test_J1_costs_that_cannot_be",
    ),
    Mutant(
        "more than was agreed to needs another consent (J1, J2)",
        f"{_DECIDE}/consents.py",
        "if case.open > parse(amount, case.currency):",
        "if False:",
        f"{_J2}::test_J2_more_than_was_asked_for_needs_another_consent",
    ),
    Mutant(
        "only what is owed is written off or handed over (J1, J2)",
        f"{_DECIDE}/consents.py",
        'if case.stage == "closed":\n            raise',
        "if False:\n            raise",
        f"{_J1}::test_J1_only_what_is_owed_is_handed_over",
    ),
    Mutant(
        "each currency needs a limit of its own (J2)",
        f"{_DECIDE}/write_offs.py",
        "code in limits and ",
        "code not in limits or ",
        f"{_J2}::test_J2_currencies_are_never_added_and_each_needs_a_limit",
    ),
    Mutant(
        "a recovery that is reversed is lost again (J2)",
        "service/domain/evolve/claim.py",
        "less = 0 if event.why == REVERSED else event.recovered",
        "less = event.recovered",
        f"{_J2}::test_J2_a_recovery_that_is_taken_back_is_lost_again",
    ),
    Mutant(
        "a bounced message and one that asks for nothing are no demands (I1)",
        f"{_DECIDE}/demands.py",
        'if kind in DEMANDS if command.channel == "letter" else not command.message.endswith("~service"):',
        "if True:",
        f"{_I1}::test_I1_a_bounced_message_and_one_that_asks_for_nothing_are_no_demands",
    ),
    Mutant(
        "only what the law counts interrupts (I1)",
        "service/domain/limitation.py",
        "in case.interrupted.items() if cause in counted)",
        "in case.interrupted.items())",
        f"{_I1}::test_I1_what_counts_is_the_laws",
    ),
    Mutant(
        "an event that was changed is found offline (I2)",
        "service/api/evidence/verifier.py",
        'if link(event) != event["hash"]:',
        "if False:",
        _I2,
    ),
    Mutant(
        "an event that was left out is found offline (I2)",
        "service/api/evidence/verifier.py",
        'if event["version"] != place:',
        "if False:",
        _I2,
    ),
    Mutant(
        "a log that was cut off is found offline (I2)",
        "service/api/evidence/verifier.py",
        'if last != (said["head"]["version"], said["head"]["hash"]):',
        "if False:",
        _I2,
    ),
    Mutant(
        "an event that follows another one is found offline (I2)",
        "service/api/evidence/verifier.py",
        'and event["previous"] != before["hash"]:',
        "and False:",
        _I2,
    ),
    Mutant(
        "words that were never sent are found offline (I2)",
        "service/api/evidence/verifier.py",
        '"sha256").hexdigest() != data["seal"]:',
        '"sha256").hexdigest() == 1:',
        _I2,
    ),
    Mutant(
        "the key of a seal is erased with the words (I2, I34)",
        "service/store/messages.py",
        "text = NULL, salt = NULL,",
        "text = NULL,",
        "tests/api/test_evidence.py::test_I2_of_an_erased_person_nothing_can_be_exported_nor_guessed",
    ),
    Mutant(
        "money in time bears no interest though it came after a closed day (D8, T6)",
        "service/domain/interest.py",
        "since if not receipt.payment or receipt.on <= on_time else",
        "since if not receipt.payment else",
        f"{_D8}::test_D8_money_in_time_bears_none_though_the_due_date_was_a_closed_day",
    ),
    Mutant(
        "what is in dispute bears no interest (D8)",
        "service/domain/interest.py",
        " - case.disputed",
        "",
        f"{_D8}::test_D8_credits_and_disputes_count_for_the_customer",
    ),
    Mutant(
        "legal is told once of a warning (I1)",
        "service/domain/limitation.py",
        "        if day > told_on:\n",
        "        if True:\n",
        f"{_I1}::test_I1_legal_is_told_180_90_and_30_days_before",
    ),
)
