"""Guards of books compared, of documents asked for, and of whose bills are given to whom."""

from tests.mutants.mutant import Mutant

_DECIDE = "service/domain/decide"
_H1 = "tests/scenarios/test_H_reconciliations.py"
_C4 = "tests/scenarios/test_C_conversations.py"
_G = "tests/scenarios/test_G_moves.py"

MUTANTS = (
    Mutant(
        "the restricted are sent no reconciliation (E5)",
        f"{_DECIDE}/reconciliations.py",
        "    if customer.restrictions:\n        raise Conflict(",
        "    if False:\n        raise Conflict(",
        f"{_H1}::test_E5_nobody_sends_one_to_the_restricted",
    ),
    Mutant(
        "only what is out, open and ours is compared (H1)",
        f"{_DECIDE}/reconciliations.py",
        'if case.stage in ("review", "legal", "closed") or not case.open:',
        "if False:",
        f"{_H1}::test_H1_only_what_has_gone_out_is_open_and_ours_is_compared",
    ),
    Mutant(
        "nothing is signed before the letter or ahead of today (H1)",
        f"{_DECIDE}/reconciliations.py",
        "if not known.on <= on <= scene.today:",
        "if False:",
        f"{_H1}::test_H1_an_answer_is_of_a_day_between_the_letters_and_today",
    ),
    Mutant(
        "signed it begins the limitation period anew (I1)",
        f"{_DECIDE}/reconciliations.py",
        '        yield from demands.interrupt(account, cases, "acknowledgement", confirmed.type, on)\n',
        "",
        f"{_H1}::test_I1_signed_it_begins_the_limitation_period_anew_on_every_bill_it_names",
    ),
    Mutant(
        "equal balances are no difference (H1)",
        f"{_DECIDE}/reconciliations.py",
        "if said == known.balances:",
        "if False:",
        f"{_H1}::test_H1_the_same_balances_are_no_difference_and_others_currencies_are_not_ours",
    ),
    Mutant(
        "nobody asks the restricted for an answer (E5)",
        f"{_DECIDE}/reconciliations.py",
        "if owed and not account.customer.restrictions:",
        "if owed:",
        f"{_H1}::test_E5_silence_of_the_restricted_is_nobodys_errand",
    ),
    Mutant(
        "nobody asks about bills that are paid (H1)",
        f"{_DECIDE}/reconciliations.py",
        "if owed and not account.customer.restrictions:",
        "if not account.customer.restrictions:",
        f"{_H1}::test_H1_what_is_paid_by_then_needs_nobody_and_the_task_ends_with_the_last_bill",
    ),
    Mutant(
        "a difference stays somebody's while another one stands (H1)",
        f"{_DECIDE}/reconciliations.py",
        "if task and all(one.state != state for one in account.customer.reconciliations.values()):",
        "if task:",
        f"{_H1}::test_H1_while_another_differs_the_task_stays",
    ),
    Mutant(
        "a signed reconciliation is told one way only (I1)",
        f"{_DECIDE}/demands.py",
        "if command.signed and command.letter in account.customer.reconciliations:",
        "if False:",
        f"{_H1}::test_I1_a_reconciliation_that_came_back_signed_is_an_answer_and_no_receipt",
    ),
    Mutant(
        "an answered reconciliation is never silent (H1)",
        "service/domain/due.py",
        '        if one.state == "sent":\n            yield Due(_open_days_after(one.until, 1, workdays)',
        "        if True:\n            yield Due(_open_days_after(one.until, 1, workdays)",
        f"{_H1}::test_H1_an_answer_in_time_is_never_silence",
    ),
    Mutant(
        "unanswered reconciliations are bounded (H1)",
        "service/domain/evolve/reconciliation.py",
        ".items())[-KEPT:]",
        ".items())",
        f"{_H1}::test_H1_a_customer_who_never_answers_is_remembered_in_so_many_words",
    ),
    Mutant(
        "documents are sent to who asks for them (C4)",
        f"{_DECIDE}/conversations.py",
        '    if record.outcome != "asks_documents":\n        return\n',
        "",
        f"{_C4}::test_C4_who_asks_for_none_is_sent_none",
    ),
    Mutant(
        "a bill is given to nobody unknown (E6)",
        f"{_DECIDE}/owners.py",
        "if scene.people.role_of(command.owner) is None:",
        "if False:",
        "tests/scenarios/test_E_owners.py::test_E6_a_bill_is_given_to_nobody_whom_the_directory_does_not_know",
    ),
    Mutant(
        "a moved case takes the tenant's grace (G)",
        f"{_DECIDE}/moves.py",
        "    return scene.settings.grace_days.get(segment, own.get(segment, 0))",
        "    return own.get(segment, 0)",
        f"{_G}::test_G_with_the_tenants_own_grace_for_the_segment_the_move_takes_that",
    ),
    Mutant(
        "what lies behind a moved case is told by its new grace (G)",
        f"{_DECIDE}/moves.py",
        "playbook_version=plan.version, grace_days=days, done=_shared(case, plan))",
        "playbook_version=plan.version, done=_shared(case, plan))",
        f"{_G}::test_G_what_is_over_by_the_new_grace_is_not_said_though_by_the_old_one_it_lies_ahead",
    ),
    Mutant(
        "no letter leaves to the restricted (E5)",
        "service/engine/leaving.py",
        'if one.customer.restrictions and (one.row["channel"] == "letter" or not one.row["service"]):',
        "if False:",
        "tests/api/test_reconciliations.py::test_E5_what_waits_to_leave_is_struck_when_nobody_may_write_any_more",
    ),
    Mutant(
        "a late difference ends the asking for an answer (H1)",
        f"{_DECIDE}/reconciliations.py",
        '    yield from _settled(account, cases, "silent")\n',
        "",
        "tests/scenarios/test_H_answers.py::test_H1_a_late_difference_ends_the_asking_and_begins_the_looking",
    ),
    Mutant(
        "a proposal is taken up by whom it is for (G)",
        f"{_DECIDE}/gathering.py",
        '{"hand_over": "legal", "statement": "collector"}',
        '{"hand_over": "collector", "statement": "legal"}',
        "tests/scenarios/test_G_wants.py::test_G_a_proposal_is_taken_up_by_whom_it_is_for",
    ),
    Mutant(
        "how often a request is brought up is the playbook's (B8)",
        f"{_DECIDE}/gathering.py",
        "            remind_open_days=request.remind_open_days,\n",
        "",
        "tests/scenarios/test_G_wants.py::test_B8_how_often_a_request_is_brought_up_is_the_playbooks",
    ),
)
