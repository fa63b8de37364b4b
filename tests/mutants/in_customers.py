"""Guards of what customers are as a whole: credit, restrictions, reviews, payment runs, owners."""

from tests.mutants.mutant import Mutant

_DECIDE = "service/domain/decide"
_GUARDS = "tests/scenarios/test_E_guards.py"
_STOP = "tests/scenarios/test_E_one_stop.py"
_FAMILY = "tests/scenarios/test_E_families.py"

MUTANTS = (
    Mutant(
        "nothing is asked of what is stopped (E3)",
        f"{_DECIDE}/acting.py",
        "if deed.kind == p.CREDIT_STOP.kind and STOP in customer.credit:",
        "if False:",
        f"{_STOP}::test_E3_nothing_is_asked_of_what_is_stopped",
    ),
    Mutant(
        "the daily look asks nothing while somebody has asked (E3)",
        f"{_DECIDE}/credit.py",
        "if STOP in customer.credit or CREDIT_STOP.kind in customer.requests:",
        "if STOP in customer.credit:",
        f"{_STOP}::test_E3_look_and_playbook_on_one_day_ask_once",
    ),
    Mutant(
        "however a playbook wants credit stopped, finance is asked the same (E3)",
        "service/domain/grammar.py",
        "deed=p.CREDIT_STOP) if stops else found",
        "deed=p.CREDIT_STOP) if False else found",
        f"{_STOP}::test_E3_what_is_asked_for_is_the_same_whoever_asks",
    ),
    Mutant(
        "a parent that may not be contacted is not written to for its children (E5)",
        "service/domain/account.py",
        "if head and not head.customer.restrictions else None",
        "if head else None",
        f"{_FAMILY}::test_E_where_the_parent_is_not_to_be_had_the_child_is_written_to_itself",
    ),
    Mutant(
        "families have two generations",
        f"{_DECIDE}/customers.py",
        "if known[id].customer.parent:",
        "if False:",
        f"{_FAMILY}::test_E_families_have_two_generations",
    ),
    Mutant(
        "children that are not locked make a parent too",
        f"{_DECIDE}/customers.py",
        "children = {one for one in account.kin.children(customer.id) if one not in known}",
        "children: set[str] = set()",
        f"{_FAMILY}::test_E_children_that_are_not_at_hand_count_too",
    ),
    Mutant(
        "a child is worked on only with its parent",
        "service/engine/families.py",
        "sorted(wanted | _parents(session, asks, wanted))",
        "sorted(wanted)",
        "tests/store/test_families.py::test_a_child_is_worked_on_only_with_its_parent",
    ),
    Mutant(
        "a message to a parent waits while something is due for a child (C3)",
        "service/store/messages.py",
        '{others if families else ""}',
        "",
        "tests/store/test_families.py::test_a_message_to_a_parent_waits_while_something_is_due_for_a_child",
    ),
    Mutant(
        "a former parent learns nothing more (C7)",
        "service/engine/leaving.py",
        "if child.parent != one.customer.id:",
        "if False:",
        "tests/journeys/test_families.py::test_C7_a_former_parent_learns_nothing_more",
    ),
    Mutant(
        "the feed's same word of a restriction is no new one (E5)",
        f"{_DECIDE}/restrictions.py",
        "[one for one in customer.restrictions if one not in before]",
        "[one for one in customer.restrictions if True]",
        f"{_GUARDS}::test_E5_the_feeds_same_word_again_is_no_new_one",
    ),
    Mutant(
        "a call that ends with a restriction names its own bills (E5)",
        f"{_DECIDE}/restrictions.py",
        "if case.tasks.get(kind) == task.id]",
        "if True]",
        f"{_GUARDS}::test_E5_a_call_that_ends_names_the_bills_that_stood_in_it",
    ),
    Mutant(
        "given to whose it is nothing happens (E6)",
        f"{_DECIDE}/owners.py",
        "if customer.owner == old and new != old:",
        "if customer.owner == old:",
        f"{_GUARDS}::test_E6_given_to_whose_it_is_nothing_happens",
    ),
    Mutant(
        "a customer's task goes along once (E6)",
        f"{_DECIDE}/owners.py",
        "if kind not in CONSOLIDATED | SEVERAL and account",
        "if account",
        f"{_GUARDS}::test_E6_a_customers_task_goes_along_once_though_its_bills_know_of_it",
    ),
    Mutant(
        "who is named alone has no turn (E6)",
        f"{_DECIDE}/owners.py",
        "if len(rule.to) == 1 or customer.taken_by in rule.to:",
        "if customer.taken_by in rule.to:",
        f"{_GUARDS}::test_E6_who_is_named_alone_has_no_turn",
    ),
    Mutant(
        "a new due date that passes makes a key account's bill the manager's again (E1)",
        f"{_DECIDE}/key_accounts.py",
        "(mark and mark.anchor == case.due_on)",
        "mark",
        f"{_GUARDS}::test_E1_a_new_due_date_that_passes_makes_it_the_managers_again",
    ),
    Mutant(
        "a payment run asks for what is collected (E7)",
        f"{_DECIDE}/payment_runs.py",
        'case.stage == "collection" and case.pause is None',
        "case.pause is None",
        f"{_GUARDS}::test_E7_a_bill_that_waits_for_its_confirmation_is_not_asked_for",
    ),
    Mutant(
        "a bill joins the call of a payment run once (E7)",
        f"{_DECIDE}/payment_runs.py",
        'if not tasks.is_in(account, case, "call")]',
        "if True]",
        f"{_GUARDS}::test_E7_a_bill_that_stands_in_the_call_already_does_not_join_it_again",
    ),
    Mutant(
        "a bill that rises below the hold does not keep it (B10)",
        f"{_DECIDE}/acting.py",
        '        yield on_case(case.id, escalated)\n        if RANK[level] >= RANK["hold"]:',
        "        yield on_case(case.id, escalated)\n        if True:",
        f"{_GUARDS}::test_B10_a_bill_that_rises_below_the_hold_leaves_its_release_as_it_was_proposed",
    ),
    Mutant(
        "a letter says that a bill is paid only when its money has come (H1)",
        f"{_DECIDE}/letters.py",
        'if kind == "paid_in_full" and case.closed_as not in PAID:',
        "if False:",
        "tests/scenarios/test_H_letters.py::test_H1_of_what_ended_otherwise_no_letter_says_that_it_is_paid",
    ),
    Mutant(
        "where every week has its run a person is looked for all the same (C11)",
        f"{_DECIDE}/payment_runs.py",
        "    if unreachable:\n",
        "    if False:\n",
        "tests/scenarios/test_E_payment_runs.py"
        "::test_C11_where_every_week_has_its_run_a_person_is_looked_for_all_the_same",
    ),
    Mutant(
        "no payment run goes before its bill is taken up (F2)",
        f"{_DECIDE}/payment_runs.py",
        "case.pause is None and case.taken_up",
        "case.pause is None",
        "tests/scenarios/test_E_payment_runs.py"
        "::test_F2_no_payment_run_goes_before_the_bill_is_taken_up_on_the_day_of_going_live",
    ),
    Mutant(
        "a signal from before the last review is no danger any more (E2)",
        f"{_DECIDE}/reviews.py",
        " and max(customer.flags.values()) >= customer.review_on",
        "",
        "tests/scenarios/test_E_reviews.py::test_E2_a_signal_from_before_the_last_review_is_no_danger_any_more",
    ),
    Mutant(
        "a signal is told when it comes (E2)",
        f"{_DECIDE}/reviews.py",
        "account.happened[before:]",
        "account.happened",
        "tests/scenarios/test_E_reviews.py::test_E2_a_signal_is_told_when_it_comes_and_not_with_what_follows",
    ),
    Mutant(
        "whatever reaches out to the restricted ends (E5)",
        f"{_DECIDE}/restrictions.py",
        ', "documents", "reconciliation")',
        ")",
        "tests/scenarios/test_E_restrictions.py::test_E5_whatever_reaches_out_ends",
    ),
    Mutant(
        "an errand is the superior's of whoever works the bill (C9)",
        f"{_DECIDE}/errands.py",
        "scene.people.superior(owners[0] if owners else account.customer.owner)",
        "scene.people.superior(account.customer.owner)",
        "tests/scenarios/test_C_errands.py::test_C9_the_superior_is_that_of_whoever_works_the_bill",
    ),
    Mutant(
        "a message to a parent about a child's bills may bounce (C9)",
        f"{_DECIDE}/errands.py",
        " for id in cases if id in account.cases]",
        " for id in cases]",
        "tests/scenarios/test_C_errands.py::test_C9_a_message_to_a_parent_about_a_childs_bills_may_bounce",
    ),
    Mutant(
        "taken up already, a lost contact is not put off (C9)",
        f"{_DECIDE}/conversations.py",
        ' or "lost_contact" in customer.tasks:',
        ":",
        "tests/scenarios/test_C_errands.py::test_C9_taken_up_already_a_further_miss_puts_nothing_off",
    ),
    Mutant(
        "what is paid meanwhile needs no confirmation (C13)",
        f"{_DECIDE}/visits.py",
        ' if account.cases[id].stage != "closed"]',
        "]",
        "tests/scenarios/test_C_visits.py::test_C13_what_is_paid_meanwhile_needs_no_confirmation",
    ),
)
